"""The preview's page for a site: its columns by the settings, its states by the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from utrop.syndication import networks
from utrop.syndication.channels import audience_of
from utrop.syndication.delivery import Delivery
from utrop.syndication.manifest import Manifest
from utrop.syndication.networks import preview


def write_page(
    path: Path,
    manifest: Manifest,
    *,
    networks: Iterable[str],
    settings: Mapping[str, Any],
    deliveries: Iterable[Delivery],
    released: str = "current/",
) -> Path:
    """Write the page for the networks in NETWORKS, or for an example where none is real.

    ``released`` is the way from the page to the released site. Raises ``ProblemsFound`` where
    the settings are mistaken or the file cannot be written.
    """
    rows = list(deliveries)
    return preview.write_page(
        path,
        manifest.announcements,
        preview.columns_shown(_columns(networks, settings, rows)),
        rows,
        site_name=str(settings.get("SITENAME") or ""),
        siteurl=manifest.site,
        lang=str(settings.get("DEFAULT_LANG") or "sv"),
        released=released,
    )


def _columns(
    names: Iterable[str], settings: Mapping[str, Any], rows: list[Delivery]
) -> list[preview.Column]:
    return [
        preview.Column(
            name=name,
            limits=networks.limits(name),
            audience=audience_of(name, settings),
            account=next((row.account for row in rows if row.network == name), ""),
        )
        for name in names
        if not networks.is_local(name)
    ]
