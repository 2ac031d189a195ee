"""Dated: which posts have a calendar of their own, for pages that link to it and what writes it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from utrop.procurement.addresses import calendar_path
from utrop.procurement.kinds import Kind
from utrop.procurement.procedure import Procedure


class Dated(Protocol):
    """What a post must be to have a calendar: ``utrop.post.Post`` is."""

    @property
    def kind(self) -> Kind:
        """What it is."""

    @property
    def lang(self) -> str:
        """Its language."""

    @property
    def path(self) -> str:
        """Below SITEURL."""

    @property
    def starts(self) -> datetime | None:
        """When its event begins (aware)."""

    @property
    def procedure(self) -> Procedure | None:
        """The procurement that it tells of."""


def own_calendar(post: Dated) -> str:
    """Return the path below SITEURL of a post's own calendar; empty where it has none.

    A call for competition has one as long as its last moments are known, closed or not, and an
    event has one when it says when it begins.
    """
    if post.kind == "event":
        has_one = post.starts is not None
    else:
        procedure = post.procedure
        has_one = post.kind == "notice" and procedure is not None and bool(procedure.closes)
    return calendar_path(post.path, post.lang) if has_one else ""
