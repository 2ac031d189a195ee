"""Pelican's hooks: the manifest, written when everything else stands, and the share kit."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pelican import signals
from pelican.generators import Generator

from utrop import articles, outputs
from utrop.inputs import SETTING, BuildInputs
from utrop.outputs import Inputs
from utrop.post import DeadlineSeen, Image, Post
from utrop.syndication import by_itself
from utrop.syndication.manifest import FILE_NAME, POST_FIELDS, announcement_of, to_bytes
from utrop.syndication.sharing import share_kit


class ManifestGenerator(Generator):  # type: ignore[misc] # Pelican ships no types
    """Writes ``announcements.json`` of what is really published."""

    def generate_context(self) -> None:
        """Do nothing: posts can be read only once every generator has its context."""

    def generate_output(self, writer: Any) -> None:  # noqa: ARG002 - the manifest needs no template
        """Write the manifest; Pelican calls it with the writer of its pages."""
        write(
            articles.posts(self.context),
            self.settings,
            site_image=articles.share_image(self.context),
            withdrawn=articles.withdrawn(self.settings),
        )


def write(
    posts: Sequence[Post],
    settings: MutableMapping[str, Any],
    *,
    site_image: Image | None = None,
    withdrawn: tuple[str, ...] = (),
) -> Path:
    """Write the manifest below OUTPUT_PATH and return the file; only published posts are in it."""
    rule = by_itself.Rule.of(settings)
    shown = tuple(post for post in posts if post.status == "published")
    published = [
        announcement_of(post, site_image, zone=rule.zone, reminders=by_itself.reminders(post, rule))
        for post in shown
    ]
    former = _former_deadlines(shown, settings)
    outputs.declare(
        settings,
        FILE_NAME,
        Inputs(
            posts=shown,
            fields=POST_FIELDS,
            values=(site_image, withdrawn, former),
            settings=frozenset({"SITEURL"}) | by_itself.SETTINGS,
        ),
    )
    path = Path(settings["OUTPUT_PATH"]) / FILE_NAME
    data = to_bytes(
        published, site=settings["SITEURL"], withdrawn=withdrawn, former_deadlines=dict(former)
    )
    if not path.is_file() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return path


def _former_deadlines(
    shown: Sequence[Post], settings: Mapping[str, Any]
) -> tuple[tuple[str, tuple[DeadlineSeen, ...]], ...]:
    """Return what the former release knew of posts that this one does not show, by guid."""
    given: BuildInputs | None = settings.get(SETTING)
    guids = {post.guid for post in shown}
    former = given.former_deadlines if given else {}
    return tuple(sorted((guid, seen) for guid, seen in former.items() if guid not in guids))


def register() -> None:
    """Pelican calls this once for each plugin."""
    signals.get_generators.connect(_generators)
    signals.generator_init.connect(_furnish)


def _furnish(generator: Any) -> None:
    """Give templates ``share_kit(post)``, a function of the post and TIMEZONE, as pages declare."""
    zone = ZoneInfo(str(generator.settings.get("TIMEZONE") or "UTC"))
    generator.env.globals["share_kit"] = partial(share_kit, zone=zone)


def _generators(_pelican: Any) -> type[ManifestGenerator]:
    return ManifestGenerator
