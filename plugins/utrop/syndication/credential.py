"""Credential: what a network says of the token it was asked with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What a network module's ``describe(environ, http)`` returns. Moments are aware UTC.

    ``describe`` raises an error of ``syndication.errors`` where the network refuses the token or
    cannot be asked, and ``ProblemsFound`` where a value is missing or malformed.
    """

    account: str
    """As people know it, such as ``@inkop@social.example.org``."""
    expires: datetime | None = None
    """When the token ends; None: it does not, or the network does not say."""
    scopes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """Permissions that announcing needs and the token lacks."""
    warnings: tuple[str, ...] = ()
    """One line each, for people: what ends or fails soon, and what to do."""
    server_time: datetime | None = None
    """The moment of the answer by the network's clock, to find our own clock wrong."""
