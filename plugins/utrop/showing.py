"""Showing: the released site, the development server, the releases and going back."""

from __future__ import annotations

import sys
from pathlib import Path

from utrop import configuration, plugins
from utrop.configuration import Site
from utrop.deployment.targets.file import FileTarget
from utrop.problem import Problem, ProblemsFound, configuration_error
from utrop.publishing import UNPUBLISHED
from utrop.releasing import target_of
from utrop.serving.devserver import develop as develop_site
from utrop.serving.static import serve as serve_folder
from utrop.terminal import Terminal


def serve(site: Site, *, host: str, port: int, terminal: Terminal) -> None:
    """Serve the current release of a local target until interrupted."""
    target = target_of(site)
    if not isinstance(target, FileTarget):
        raise configuration_error(
            f"the release is on a server: {site.deploy}", f"open {site.siteurl}"
        )
    folder = target.folder / "current"
    if not folder.is_dir():
        raise ProblemsFound([Problem(what="nothing is released yet", instead="run make publish")])
    serve_folder(
        folder,
        host=host,
        port=port,
        base_path=site.base_path,
        ready=lambda address: terminal.tell("Serving", f"{address} (Ctrl-C stops)"),
    )


def develop(site: Site, *, host: str, port: int, terminal: Terminal) -> None:
    """Build, serve and rebuild on every change until interrupted."""
    watched = [site.content, Path(plugins.theme()), Path(__file__).parent]
    watched += [site.root / name for name in (configuration.DEVELOPMENT, configuration.PRODUCTION)]
    develop_site(
        [
            sys.executable,
            "-m",
            "utrop",
            "-C",
            str(site.root),
            "build",
            "--development",
            "--unpublished",
        ],
        [path for path in watched if path.exists()],
        site.root / UNPUBLISHED,
        host=host,
        port=port,
        base_path=site.base_path,
        say=terminal.say,
    )


def releases(site: Site, *, terminal: Terminal) -> None:
    """List the releases, newest first, the current one marked."""
    target = target_of(site)
    for release in target.releases():
        mark = "  (current)" if release.current else ""
        terminal.say(f"{release.id}{mark}")


def rollback(site: Site, release: str | None, *, terminal: Terminal) -> None:
    """Go back to an earlier release. What was announced stays announced."""
    target = target_of(site)
    chosen = target.rollback(release)
    terminal.tell("Released", f"{target.where}, as before")
    terminal.tell(
        "Note",
        f"{chosen} is live again; announcements stay where they are, and the next publish"
        " releases what content/ holds then",
    )
