"""What LinkedIn needs from the environment: all mistakes in it named at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from utrop.problem import Problem, ProblemsFound
from utrop.syndication.networks import _environment

DEFAULT_URL: Final = "https://api.linkedin.com"
ENVIRONMENT: Final[Mapping[str, str]] = {
    "LINKEDIN_URL": "LinkedIn's API; https://api.linkedin.com where it is not set",
    "LINKEDIN_TOKEN": "an access token, which lasts 60 days, with the scopes w_organization_social"
    " and r_organization_social for a page, or w_member_social, openid and profile for a person",
    "LINKEDIN_AUTHOR": "who posts: urn:li:organization:NUMBER or urn:li:person:ID",
    "LINKEDIN_TOKEN_EXPIRES": "the day on which the token ends, such as 2027-01-22, so that you are"
    " warned before it; not needed with the two below",
    "LINKEDIN_CLIENT_ID": "the client id of the app that made the token, to ask when it ends",
    "LINKEDIN_CLIENT_SECRET": "the client secret of that app",
}
OPTIONAL: Final = frozenset(
    {
        "LINKEDIN_URL",
        "LINKEDIN_TOKEN_EXPIRES",
        "LINKEDIN_CLIENT_ID",
        "LINKEDIN_CLIENT_SECRET",
    }
)
SECRETS: Final = frozenset({"LINKEDIN_TOKEN", "LINKEDIN_CLIENT_SECRET"})

_AUTHOR: Final = re.compile(r"urn:li:(organization:\d{1,20}|person:[\w-]{1,64})", re.ASCII)
_APP: Final = frozenset({"LINKEDIN_CLIENT_ID", "LINKEDIN_CLIENT_SECRET"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the variables say, found to be well-formed."""

    url: str
    token: str
    author: str
    expires: datetime | None
    """The beginning (UTC) of the day on which the token ends, as a person noted it."""
    client_id: str
    client_secret: str

    @property
    def is_page(self) -> bool:
        """Whether an organization posts, not a person."""
        return self.author.startswith("urn:li:organization:")

    def __repr__(self) -> str:
        """Show nothing but who posts: the rest holds secrets."""
        return f"Settings({self.author})"


def read(environ: Mapping[str, str]) -> Settings:
    """Return the settings. Raises ProblemsFound (exit status 2) that never shows a value."""
    given = {name: value for name, value in environ.items() if value.strip()}
    given.setdefault("LINKEDIN_URL", DEFAULT_URL)
    wanted = {
        name: advice
        for name, advice in ENVIRONMENT.items()
        # Of the app's two values none goes without the other.
        if name not in OPTIONAL or name == "LINKEDIN_URL" or (name in _APP and given.keys() & _APP)
    }
    problems: list[Problem] = []
    values: dict[str, str] = {}
    try:
        values = _environment.read(given, wanted, network="linkedin")
    except ProblemsFound as error:
        problems += error.problems
    author = given.get("LINKEDIN_AUTHOR", "").strip()
    if author and not _AUTHOR.fullmatch(author):
        problems.append(_problem("LINKEDIN_AUTHOR is no author", "LINKEDIN_AUTHOR"))
    expires = None
    try:
        expires = _day(given.get("LINKEDIN_TOKEN_EXPIRES", "").strip())
    except ValueError:
        problems.append(_problem("LINKEDIN_TOKEN_EXPIRES is no day", "LINKEDIN_TOKEN_EXPIRES"))
    if problems:
        raise ProblemsFound(problems, exit_status=2)
    return Settings(
        url=values["LINKEDIN_URL"],
        token=values["LINKEDIN_TOKEN"],
        author=author,
        expires=expires,
        client_id=values.get("LINKEDIN_CLIENT_ID", ""),
        client_secret=values.get("LINKEDIN_CLIENT_SECRET", ""),
    )


def _problem(wrong: str, name: str) -> Problem:
    return Problem(what=f"linkedin is configured but {wrong}", instead=ENVIRONMENT[name])


def _day(written: str) -> datetime | None:
    if not written:
        return None
    day = date.fromisoformat(written)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
