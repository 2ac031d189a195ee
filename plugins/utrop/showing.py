"""Showing: the released site, the development server, the releases and going back."""

from __future__ import annotations

import sys
from pathlib import Path

from utrop import configuration, deployment, plugins, serving
from utrop.configuration import Site
from utrop.problem import Problem, ProblemsFound
from utrop.terminal import Terminal


def serve(site: Site, *, host: str, port: int, terminal: Terminal) -> None:
    """Serve the current release of a local target until interrupted."""
    target = deployment.open_target(
        site.deploy, root=site.root, keep=site.keep_releases, environ=site.environ
    )
    folder = target.folder
    if folder is None:
        raise configuration.configuration_error(
            f"the release is on a server: {site.deploy}", f"open {site.siteurl}"
        )
    if not folder.is_dir():
        raise ProblemsFound([Problem(what="nothing is released yet", instead="run make publish")])
    serving.serve(
        folder,
        host=host,
        port=port,
        base_path=site.base_path,
        ready=lambda address: terminal.tell("Serving", f"{address} (Ctrl-C stops)"),
    )


def develop(site: Site, *, host: str, port: int, terminal: Terminal) -> None:
    """Build, serve and rebuild on every change until interrupted."""
    watched = [site.content, Path(plugins.theme()), Path(__file__).parent]
    watched += [
        site.root / name for name in (configuration.DEVELOPMENT, configuration.PRODUCTION)
    ]
    serving.develop(
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
        site.output,
        host=host,
        port=port,
        base_path=site.base_path,
        say=terminal.say,
    )


def releases(site: Site, *, terminal: Terminal) -> None:
    """List the releases, newest first, the current one marked."""
    target = deployment.open_target(
        site.deploy, root=site.root, keep=site.keep_releases, environ=site.environ
    )
    for release in target.releases():
        mark = "  (current)" if release.current else ""
        terminal.say(f"{release.id}{mark}")


def rollback(site: Site, release: str | None, *, terminal: Terminal) -> None:
    """Go back to an earlier release. What was announced stays announced."""
    target = deployment.open_target(
        site.deploy, root=site.root, keep=site.keep_releases, environ=site.environ
    )
    chosen = target.rollback(release)
    terminal.tell("Released", f"{target.describe_current()}, as before")
    terminal.tell(
        "Note",
        f"{chosen} is live again; announcements stay where they are, and the next publish"
        " releases what content/ holds then",
    )
