"""What templates may call: words, dates and addresses in the language of the page's view."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from utrop.languages import language
from utrop.listings.edition import Edition, by_year, terms
from utrop.listings.glossary import MOST, marked
from utrop.listings.head import Feed
from utrop.listings.prose import scrollable
from utrop.listings.view import View, Views
from utrop.listings.wording import date_in_words, moment_in_words, number
from utrop.page import SitePage
from utrop.post import Post, Term
from utrop.translations import Words

VIEWS = "utrop_views"
WORDS = "utrop_words"
"""Keys in Pelican's settings under which a build keeps its views and its words."""


class ThemeFunctions:
    """The theme's functions for one build; its views come to be after the templates' environment.

    Functions that say something take Jinja's context, where ``view`` names the page's language.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings

    def names(self) -> dict[str, Any]:
        """Return the functions by the names that templates know them by."""
        return {
            "_": self.gettext,
            "day": self.day,
            "feeds": self.feeds,
            "gettext": self.gettext,
            "glossary": lambda post: marked(post.body, post.lang, MOST if post.kind else 0),
            "href": self.href,
            "is_listed": self.is_listed,
            "iso_day": self.iso_day,
            "language_name": lambda code: language(code).name,
            "machine": self.machine,
            "moment": self.moment,
            "ngettext": self.ngettext,
            "notice_view": lambda post: self._views.notice(post),
            "publisher": lambda: self._views.publisher.name,
            "scrollable": self.scrollable,
            "subtitle": lambda: self._views.subtitle,
            "terms": terms,
            "view_of": self.view_of,
            "year_path": lambda edition, year: f"{edition.archive_path}{year}/",
            "years": self.years,
        }

    @property
    def _views(self) -> Views:
        found: Views = self._settings[VIEWS]
        return found

    def _words(self, context: Context) -> Words:
        found: Words = self._settings[WORDS][context["view"].lang]
        return found

    def view_of(self, content: Post | SitePage) -> View:
        """Return the view of a post or a page."""
        if isinstance(content, Post):
            return self._views.of_post(content)
        return self._views.of_page(content)

    def href(self, path: str) -> str:
        """Return a root-relative address for a path below SITEURL."""
        address: str = self._views.base + path
        return address

    def feeds(self, edition: Edition) -> tuple[Feed, ...]:
        """Return an edition's feeds."""
        return self._views.feeds(edition)

    def is_listed(self, term: Term) -> bool:
        """Whether a term has a page."""
        return self._views.is_listed(term)

    def years(self, edition: Edition) -> tuple[tuple[int, tuple[Post, ...]], ...]:
        """Return an edition's posts by year."""
        return by_year(edition.posts, self._views.zone)

    @pass_context
    def gettext(self, context: Context, message: str, **values: Any) -> Any:
        """Return a text in the page's language, its placeholders filled."""
        return _filled(self._words(context).text(message), values)

    @pass_context
    def ngettext(self, context: Context, one: str, many: str, count: int, **values: Any) -> Any:
        """Return the form of a text that goes with ``count``, which is also a placeholder."""
        words = self._words(context)
        filled = {"count": number(count, words.lang), **values}
        return _filled(words.plural(one, many, count), filled)

    @pass_context
    def day(self, context: Context, moment: datetime) -> str:
        """Return a day in words."""
        return date_in_words(moment, context["view"].lang, self._views.zone)

    @pass_context
    def moment(self, context: Context, moment: datetime) -> str:
        """Return a day and its time in words."""
        return moment_in_words(moment, context["view"].lang, self._views.zone)

    @pass_context
    def scrollable(self, context: Context, html: str) -> str:
        """Return HTML whose tables and code scroll on their own."""
        return scrollable(html, self._words(context).text("Table"))

    def iso_day(self, moment: datetime) -> str:
        """Return a day as ``2026-12-13``."""
        return moment.astimezone(self._views.zone).date().isoformat()

    def machine(self, moment: datetime) -> str:
        """Return a moment as a ``datetime`` attribute has it."""
        return moment.astimezone(self._views.zone).isoformat(timespec="minutes")


def _filled(text: str, values: Mapping[str, Any]) -> Any:
    """Put values into a text; where one is markup, the result is, with all else escaped."""
    if not values:
        return text
    if any(hasattr(value, "__html__") for value in values.values()):
        return Markup(escape(text)) % values  # noqa: S704 - the text is escaped
    return text % values
