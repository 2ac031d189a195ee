"""The pages for those who publish: the preview of a site, and what is to be posted by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from utrop.syndication import networks
from utrop.syndication.by_hand import BY_HAND
from utrop.syndication.channels import audience_of
from utrop.syndication.delivery import Delivery
from utrop.syndication.manifest import Manifest
from utrop.syndication.networks import preview
from utrop.syndication.networks.preview import write_by_hand

__all__ = ["write_by_hand", "write_page"]


def write_page(
    path: Path,
    manifest: Manifest,
    *,
    networks: Iterable[str],
    settings: Mapping[str, Any],
    deliveries: Iterable[Delivery],
    released: str = "current/",
    environ: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Path:
    """Write the page for the networks in NETWORKS, or for an example where none is real.

    ``released`` is the way from the page to the released site. ``environ`` tells on which
    networks a person posts, else the deliveries do; ``now`` (aware) which reminders are due.
    Raises ``ProblemsFound`` where the settings are mistaken or the file cannot be written.
    """
    rows = list(deliveries)
    return preview.write_page(
        path,
        manifest.announcements,
        preview.columns_shown(_columns(networks, settings, rows, environ)),
        rows,
        site_name=str(settings.get("SITENAME") or ""),
        siteurl=manifest.site,
        lang=str(settings.get("DEFAULT_LANG") or "sv"),
        released=released,
        now=now,
        zone=ZoneInfo(str(settings.get("TIMEZONE") or "UTC")),
    )


def _columns(
    names: Iterable[str],
    settings: Mapping[str, Any],
    rows: list[Delivery],
    environ: Mapping[str, str] | None,
) -> list[preview.Column]:
    return [
        preview.Column(
            name=name,
            limits=networks.limits(name),
            audience=audience_of(name, settings),
            account=_account(name, rows),
            by_hand=_by_hand(name, rows, environ),
        )
        for name in names
        if not networks.is_local(name)
    ]


def _account(name: str, rows: list[Delivery]) -> str:
    own = (row.account for row in rows if row.network == name and row.account != BY_HAND)
    return next(own, "")


def _by_hand(name: str, rows: list[Delivery], environ: Mapping[str, str] | None) -> bool:
    if environ is not None:
        return networks.is_by_hand(name, environ)
    accounts = {row.account for row in rows if row.network == name}
    return accounts == {BY_HAND}
