"""The token of a LinkedIn account: what LinkedIn, or the person who made it, says of its end.

https://learn.microsoft.com/linkedin/shared/authentication/token-introspection needs the id and the
secret of the app that made the token; without them LinkedIn tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

import httpx

from utrop.syndication.credential import Credential
from utrop.syndication.errors import NetworkError, Unauthorized
from utrop.syndication.networks._http import Answer, answered_at, ask, shown, text_of
from utrop.syndication.networks._linkedin_api import API_VERSION, API_VERSION_ENDS
from utrop.syndication.networks._linkedin_settings import DEFAULT_URL, Settings

INTROSPECTION: Final = "https://www.linkedin.com"
"""The host that answers about tokens; the API itself is at another one."""
VERSION_WARNING: Final = timedelta(days=60)
"""So long before a version of the API may end, people are told."""
_OF_A_PAGE: Final = ("w_organization_social", "r_organization_social")
_OF_A_PERSON: Final = ("w_member_social",)
_SCOPES: Final = 100


@dataclass(slots=True, kw_only=True)
class _Told:
    """What LinkedIn told of a token."""

    expires: datetime | None = None
    scopes: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)
    answered: datetime | None = None


def credential(
    settings: Settings, http: httpx.Client, *, name: str, answered: datetime | None
) -> Credential:
    """Return what is known of a token that works.

    ``name`` is what people call its owner, ``answered`` the moment of LinkedIn's last answer.
    Raises Unauthorized where LinkedIn says that the token has ended.
    """
    told = _introspected(settings, http) if settings.client_id else _Told()
    expires = told.expires or settings.expires
    now = told.answered or answered
    needed = _OF_A_PAGE if settings.is_page else _OF_A_PERSON
    if expires is None:
        told.warnings.append(
            "when LINKEDIN_TOKEN ends is not known: 60 days from the day it was made; write that"
            " day into LINKEDIN_TOKEN_EXPIRES, such as 2027-01-22"
        )
    if now is not None and now + VERSION_WARNING >= _midnight(API_VERSION_ENDS):
        told.warnings.append(
            f"LinkedIn may end version {API_VERSION} of its API from {API_VERSION_ENDS} on: upgrade"
            " Utrop before that"
        )
    return Credential(
        account=f"{name} ({settings.author})" if name else settings.author,
        expires=expires,
        scopes=told.scopes,
        missing=tuple(one for one in needed if told.scopes and one not in told.scopes),
        warnings=tuple(told.warnings),
        server_time=now,
    )


def _introspected(settings: Settings, http: httpx.Client) -> _Told:
    try:
        answer = _ask(settings, http)
    except NetworkError as error:
        return _Told(warnings=[f"LinkedIn did not tell of LINKEDIN_TOKEN: {error}"])
    told = _Told(answered=answered_at(answer))
    found = answer.mapping()
    secrets = (settings.token, settings.client_secret)
    if not answer.ok or not isinstance(found.get("active"), bool):
        said = shown(text_of(found, "error_description", "message", "error"), secrets)
        told.warnings.append(
            f"LinkedIn did not tell of LINKEDIN_TOKEN (it answered {answer.status}"
            + (f": {said}" if said else "")
            + "); are LINKEDIN_CLIENT_ID and LINKEDIN_CLIENT_SECRET those of the app that made it?"
        )
    elif found["active"]:
        told.expires = _moment(found.get("expires_at"))
        told.scopes = _scopes(found, secrets)
    elif found.get("status") in {"expired", "revoked"}:
        raise Unauthorized(f"LINKEDIN_TOKEN is {found['status']}: make a new one")
    else:
        # So it is answered about a token that is not this app's; the account's own request worked.
        told.warnings.append("LINKEDIN_TOKEN was not made by the app of LINKEDIN_CLIENT_ID")
    return told


def _ask(settings: Settings, http: httpx.Client) -> Answer:
    host = INTROSPECTION if settings.url == DEFAULT_URL else settings.url
    form = {
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
        "token": settings.token,
    }
    return ask(
        http,
        "POST",
        f"{host}/oauth/v2/introspectToken",
        server="LinkedIn",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        content=urlencode(form).encode("ascii"),
    )


def _scopes(found: Mapping[str, object], secrets: tuple[str, ...]) -> tuple[str, ...]:
    listed = text_of(found, "scope").replace(",", " ").split()[:_SCOPES]
    return tuple(sorted({shown(one, secrets)[:100] for one in listed}))


def _moment(seconds: object) -> datetime | None:
    if type(seconds) is not int or seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
