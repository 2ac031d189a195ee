"""Articles: Pelican's content objects read into posts and pages, once for each build.

The only reader of those objects. Links between posts can be resolved only when every generator
has gathered its context, so nothing here reads a content before ``all_generators_finalized``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pelican.contents import Article, Page
from pelican.utils import slugify

from utrop import deadlines, pictures
from utrop.absolute import absolute
from utrop.aliases import Addressed, all_aliases
from utrop.inputs import SETTING, BuildInputs
from utrop.page import AFTER_PLACED, SitePage
from utrop.post import DeadlineSeen, Image, Post, Term, Translation, newest_first
from utrop.problem import Problem, ProblemsFound, configuration_error
from utrop.procedures import with_procedures
from utrop.procurement.kinds import OF_A_PROCEDURE
from utrop.taxonomy import Kind, Taxonomy, Use

WITHDRAWN = "UTROP_WITHDRAWN"
"""The setting in which authoring leaves the uids of withdrawn posts."""

_POSTS = "utrop_posts"
_PAGES = "utrop_pages"
_ADDRESSES = "utrop_addresses"
_WARNINGS = "utrop_warnings"
_NARROWEST = 600  # pixels: below it networks show a thumbnail instead of a card
_HEAVIEST = 5_000_000  # bytes: X takes no heavier one; the others take more
_SHARE_IMAGE = "images/share.png"


def guid_of(uid: str, settings: Mapping[str, Any]) -> str:
    """Return a post's id for feeds and ledger (RFC 4151)."""
    return f"tag:{settings['FEED_AUTHORITY']},{settings['FEED_AUTHORITY_YEAR']}:{uid}"


def withdrawn(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the guids of the posts that say ``status: withdrawn``, in order."""
    return tuple(sorted(guid_of(uid, settings) for uid in settings.get(WITHDRAWN, ())))


def posts_from(generators: Iterable[Any]) -> tuple[Post, ...]:
    """Return every built post, newest first: all languages, and the hidden (``status`` tells)."""
    return posts(next(iter(generators)).context)


def posts(context: MutableMapping[str, Any]) -> tuple[Post, ...]:
    """Return every built post of a build, newest first, made on the first call.

    Raises ``ProblemsFound`` with everything in the articles that cannot be published.
    """
    if _POSTS not in context:
        _Reading(context).store()
    found: tuple[Post, ...] = context[_POSTS]
    return found


def pages(context: MutableMapping[str, Any]) -> tuple[SitePage, ...]:
    """Return every built page of a build, in the order of their paths."""
    posts(context)
    found: tuple[SitePage, ...] = context[_PAGES]
    return found


def addresses(context: MutableMapping[str, Any]) -> dict[str, str]:
    """Return who has which path below SITEURL; plugins that write further pages add theirs."""
    posts(context)
    found: dict[str, str] = context[_ADDRESSES]
    return found


def share_image(context: MutableMapping[str, Any]) -> Image:
    """Return the picture of pages that have none of their own, from SHARE_IMAGE or the theme.

    Raises ``ProblemsFound`` where SHARE_IMAGE names no picture.
    """
    named = str(context.get("SHARE_IMAGE") or "").lstrip("/")
    if named:
        file, path = Path(context["PATH"]) / named, named
    else:
        file = Path(context["THEME"]) / "static" / _SHARE_IMAGE
        path = f"{context['THEME_STATIC_DIR']}/{_SHARE_IMAGE}"
    try:
        return pictures.served(
            file,
            path=path,
            siteurl=str(context["SITEURL"]),
            alt=str(context.get("SHARE_IMAGE_ALT") or context["SITENAME"]),
        )
    except (ValueError, OSError) as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else str(error)
        raise configuration_error(
            f"SHARE_IMAGE: {named or file}: {reason}", "name a JPEG, PNG or WebP file"
        ) from error


def collect(generators: Sequence[Any]) -> None:
    """Read the articles and pages; Pelican calls it when every generator has its context."""
    generator = generators[0]
    generator.context.pop(_POSTS, None)
    generator.settings[_POSTS] = posts_from(generators)
    generator.settings[_WARNINGS] = tuple(generator.context[_WARNINGS])


def built(settings: Mapping[str, Any]) -> tuple[Post, ...]:
    """Return the posts of the last build with these settings."""
    return tuple(settings.get(_POSTS, ()))


def warnings(settings: Mapping[str, Any]) -> list[Problem]:
    """Return what the last build with these settings found worth mentioning."""
    return list(settings.get(_WARNINGS, ()))


def publish_share_image(generator: Any) -> None:
    """Have the picture that SHARE_IMAGE names copied, wherever in the content folder it lies."""
    named = str(generator.settings.get("SHARE_IMAGE") or "").lstrip("/")
    if named and (Path(generator.settings["PATH"]) / named).is_file():
        generator.context["static_links"].add(named)


@dataclass(slots=True)
class _Reading:
    """The reading of one build's content objects."""

    context: MutableMapping[str, Any]
    problems: list[Problem] = field(default_factory=list)
    warned: list[Problem] = field(default_factory=list)
    versions: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    """All languages' contents by what they are versions of."""

    def store(self) -> None:
        """Read all, and keep the result in the context, beside each article and page."""
        contents = sorted(
            (item for item in self.context["generated_content"].values() if item is not None),
            key=lambda item: str(item.get_relative_source_path()),
        )
        for content in contents:
            if getattr(content, "utrop_document", None) is None:
                self._problem(content, "was not read by utrop's reader", "enable authoring")
        if self.problems:
            raise ProblemsFound(self.problems)
        for content in contents:
            self.versions.setdefault(_version_key(content), []).append(content)
        articles = [content for content in contents if isinstance(content, Article)]
        site_pages = [content for content in contents if isinstance(content, Page)]
        owners = self._owners([*articles, *site_pages])
        self.context[_ADDRESSES] = owners
        terms = self._taxonomy(articles)
        aliases = self._aliases(articles, set(owners))
        written = [self._post(item, terms, aliases) for item in articles]
        keys = [str(item.utrop_document.translation_key) for item in articles]
        told = with_procedures(
            zip(written, keys, strict=True),
            now=self._inputs.now,
            zone=ZoneInfo(self.context["TIMEZONE"]),
        )
        made = {id(item): post for item, post in zip(articles, told, strict=True)}
        made_pages = {id(item): self._page(item) for item in site_pages}
        if self.problems:
            raise ProblemsFound(self.problems)
        for article in articles:
            article.post = made[id(article)]
            article.lead = _words(article.utrop_document.front_matter, "summary")
            article.image_credit = _words(article.utrop_document.front_matter, "image_credit")
        for item in site_pages:
            item.site_page = made_pages[id(item)]
            item.image_credit = _words(item.utrop_document.front_matter, "image_credit")
        self.context[_POSTS] = tuple(newest_first(list(made.values())))
        self.context[_PAGES] = tuple(
            sorted((item.site_page for item in site_pages), key=lambda page: page.path)
        )
        self.context[_WARNINGS] = self.warned

    @property
    def _inputs(self) -> BuildInputs:
        given: BuildInputs = self.context[SETTING]
        return given

    @property
    def _siteurl(self) -> str:
        return str(self.context["SITEURL"])

    def _source(self, content: Any) -> Path:
        return Path(self.context["PATH"], content.get_relative_source_path())

    def _problem(self, content: Any, what: str, instead: str = "") -> None:
        self.problems.append(Problem(path=self._source(content), what=what, instead=instead))

    def _owners(self, contents: list[Any]) -> dict[str, str]:
        owners: dict[str, str] = {}
        for content in contents:
            source = content.get_relative_source_path()
            other = owners.setdefault(content.url, source)
            if other != source:
                self._problem(
                    content,
                    f"has the same address as {other}: {content.url}",
                    "give one of them another slug",
                )
        for static in self.context["static_content"].values():
            if static is not None:
                owners.setdefault(static.save_as, static.get_relative_source_path())
        return owners

    def _taxonomy(self, articles: list[Any]) -> Taxonomy:
        uses = [
            Use(
                kind=kind,
                name=name,
                lang=article.lang,
                published=article.utrop_document.published,
                source=self._source(article),
            )
            for article in articles
            for kind, names in _terms(article.utrop_document)
            for name in names
        ]
        taxonomy = Taxonomy(
            uses,
            siteurl=self._siteurl,
            default_lang=self.context["DEFAULT_LANG"],
            slugify=self._slug,
        )
        self.problems += taxonomy.problems
        return taxonomy

    def _slug(self, name: str) -> str:
        slug = slugify(name, regex_subs=self.context["SLUG_REGEX_SUBSTITUTIONS"])
        return str(slug).strip("-_")

    def _aliases(self, articles: list[Any], taken: set[str]) -> dict[str, tuple[str, ...]]:
        return all_aliases(
            (
                Addressed(
                    guid=self._guid(article),
                    path=article.url,
                    published=article.utrop_document.published,
                    aliases=_own_aliases(article),
                )
                for article in articles
            ),
            self._inputs.former_paths,
            taken,
        )

    def _guid(self, article: Any) -> str:
        return guid_of(article.utrop_document.uid, self.context)

    def _post(
        self,
        article: Any,
        terms: Taxonomy,
        aliases: dict[str, tuple[str, ...]],
    ) -> Post:
        document = article.utrop_document
        matter = document.front_matter
        guid = self._guid(article)
        url = f"{self._siteurl}/{article.url}"
        category = terms.term("category", document.category, article.lang)
        return Post(
            guid=guid,
            uid=document.uid,
            title=str(article.title),
            url=url,
            path=article.url,
            lang=article.lang,
            published=document.published,
            modified=document.modified,
            authors=terms.terms("author", document.authors, article.lang),
            category=category or Term(name="", slug="", path="", url=""),  # had a problem: reported
            tags=terms.terms("tag", document.tags, article.lang),
            summary=_summary(article),
            content=absolute(article.get_content(self._siteurl), url),
            body=article.get_content(urlsplit(self._siteurl).path),
            image=self._image(article),
            translations=self._translations(article),
            status=_state(article),
            announce=document.announce,
            aliases=aliases[guid],
            source=article.get_relative_source_path(),
            demo=bool(matter.demo),
            responsible_editor=_words(matter, "responsible_editor"),
            deadline=document.deadline,
            starts=matter.starts,
            ends=matter.ends,
            place=matter.place,
            registration_url=matter.registration_url,
            kind=document.post_kind,
            regime=document.regime,
            plain_summary=matter.plain_summary,
            notice=document.notice,
            course=document.course,
            procedure_id=document.procedure_id,
            deadlines_seen=self._deadlines_seen(article, guid),
            embargo=document.embargo,
            overrides=document.overrides,
        )

    def _deadlines_seen(self, article: Any, guid: str) -> tuple[DeadlineSeen, ...]:
        document = article.utrop_document
        if document.post_kind not in OF_A_PROCEDURE or document.state != "published":
            return ()
        former = self._inputs.former_deadlines.get(guid, ())
        if former and document.regime == "eu" and not document.notice_path:
            self._refuse_untold_move(article, former[-1])
        # A release that nobody saw before has the deadline from its publication on, so that a
        # build elsewhere writes the same.
        since = self._inputs.now if former else document.published
        return deadlines.seen(former, document.deadline, since)

    def _refuse_untold_move(self, article: Any, shown: DeadlineSeen) -> None:
        """A deadline of a notice that went to TED moves there first (upphandlingsförordningen 9 §).

        Where the notice's file is at hand, its own dates tell; here only the writer can.
        """
        document = article.utrop_document
        published = document.course.ted_published_at
        moved = document.deadline is not None and document.deadline != shown.moment
        if moved and (published is None or published <= shown.since):
            self.problems.append(
                Problem(
                    path=document.path,
                    line=document.line("deadline"),
                    what=f"the deadline has moved to {document.deadline:%Y-%m-%d %H:%M}, and"
                    " nothing says that TED has published the change",
                    instead="write the change as a post of its own (kind: change), or"
                    " ted_published_at with the change notice's date",
                )
            )

    def _page(self, page: Any) -> SitePage:
        menu = getattr(page.utrop_document.front_matter, "menu", None)
        place = AFTER_PLACED if menu is None else None if menu == "no" else menu
        return SitePage(
            title=str(page.title),
            url=f"{self._siteurl}/{page.url}",
            path=page.url,
            lang=page.lang,
            body=page.get_content(urlsplit(self._siteurl).path),
            summary=_summary(page),
            menu=place,
            translations=self._translations(page),
            modified=page.utrop_document.modified,
            status=_state(page),
            source=page.get_relative_source_path(),
            aliases=_own_aliases(page),
            image=self._image(page),
        )

    def _translations(self, content: Any) -> tuple[Translation, ...]:
        """A public page never points at one that is hidden or not yet published."""
        visible = {"published"} if _state(content) in ("published", "hidden") else _LISTED
        found = [
            Translation(
                lang=other.lang,
                url=f"{self._siteurl}/{other.url}",
                path=other.url,
                title=str(other.title),
            )
            for other in self.versions[_version_key(content)]
            if other.lang != content.lang and _state(other) in visible
        ]
        return tuple(sorted(found, key=lambda translation: translation.lang))

    def _image(self, content: Any) -> Image | None:
        named = content.utrop_document.image
        if not named:
            return None
        static = self.context["static_content"].get(named)
        file = Path(self.context["PATH"]) / named
        if static is None or not file.is_file():
            self._problem(content, f"there is no picture {named}", "correct `image:`")
            return None
        try:
            image = pictures.served(
                file,
                path=static.url,
                siteurl=self._siteurl,
                alt=_words(content.utrop_document.front_matter, "image_alt"),
            )
        except (ValueError, OSError) as error:
            self._problem(content, f"the picture {named}: {error}", "use a JPEG, PNG or WebP file")
            return None
        for what, instead in _weak_points(image, named):
            self.warned.append(
                Problem(
                    path=self._source(content),
                    line=content.utrop_document.line("image"),
                    what=what,
                    instead=instead,
                    severity="warning",
                )
            )
        return image


def _weak_points(image: Image, named: str) -> Iterator[tuple[str, str]]:
    """Yield why some network would not show a picture well, and what to do."""
    if image.width < _NARROWEST:
        yield (
            f"the picture {named} is {image.width} pixels wide, and shared links will show it"
            " small",
            "use one of 1200 × 630",
        )
    if image.length > _HEAVIEST:
        yield (
            f"the picture {named} has {image.length / 1_000_000:.1f} MB, and networks show none"
            f" above {_HEAVIEST // 1_000_000}",
            "save it smaller: 1200 × 630 as JPEG takes less than 0.5 MB",
        )
    if image.media_type == "image/avif":
        yield (
            f"the picture {named} is AVIF, which several networks do not show",
            "save it as JPEG, PNG or WebP",
        )


_LISTED = frozenset({"published", "draft", "scheduled", "embargoed"})


def _version_key(content: Any) -> tuple[str, str]:
    return content.utrop_document.kind, content.utrop_document.translation_key


def _state(content: Any) -> Any:
    return str(content.utrop_document.state)


def _terms(document: Any) -> tuple[tuple[Kind, tuple[str, ...]], ...]:
    return (
        ("category", (document.category,)),
        ("tag", document.tags),
        ("author", document.authors),
    )


def _words(matter: Any, name: str) -> str:
    return str(getattr(matter, name, None) or "").strip()


def _summary(content: Any) -> str:
    return str(content.metadata.get("summary", "")).strip()


def _own_aliases(content: Any) -> tuple[str, ...]:
    named = content.utrop_document.front_matter.aliases
    return tuple(str(alias).strip().lstrip("/") for alias in named)
