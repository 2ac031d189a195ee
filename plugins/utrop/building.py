"""Building: run Pelican once, aside, and put its output in place only when all is well."""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pelican import Pelican
from pelican.log import console
from pelican.settings import read_settings

from utrop import articles, checks, codelists, failures, linting, outputs
from utrop.authoring.document import Document
from utrop.authoring.plugin import library_of
from utrop.configuration import Site
from utrop.deployment.release import MANIFEST
from utrop.holding import held
from utrop.inputs import SETTING, BuildInputs
from utrop.listings.plugin import SETTINGS as LISTING_SETTINGS
from utrop.outputs import Inputs
from utrop.post import DeadlineSeen, Post
from utrop.problem import Problem, ProblemsFound
from utrop.procurement import codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build made."""

    output: Path
    posts: tuple[Post, ...]
    web_pages: int
    feeds: int
    held: tuple[Document, ...]
    """Posts and pages under embargo, scheduled or drafts, and so not in the public site."""
    announce_lines: Mapping[str, int]
    """The line of each post that says how it is announced, by its source."""
    inputs: Mapping[str, Inputs]
    """What each file was made from, by its path in the output folder."""
    warnings: tuple[Problem, ...]


def build(
    site: Site,
    *,
    now: datetime,
    unpublished: bool = False,
    former_paths: Mapping[str, tuple[str, ...]] | None = None,
    former_deadlines: Mapping[str, tuple[DeadlineSeen, ...]] | None = None,
) -> Built:
    """Build a site into its output folder.

    The folder is replaced only by an output that passed every check. Raises ``ProblemsFound``
    with all that is wrong; the former output then stands untouched.
    """
    _refuse_what_is_not_ours(site)
    aside = site.output.with_name(site.output.name + ".building")
    _make_empty(aside)
    inputs = BuildInputs(
        now=now,
        unpublished=unpublished,
        former_paths=former_paths or {},
        former_deadlines=former_deadlines or {},
    )
    try:
        with _listening() as heard:
            pelican = _run(_settings(site, aside, inputs), heard)
        problems = [problem for problem in heard if problem.severity == "error"]
        warnings = [problem for problem in heard if problem.severity == "warning"]
        warnings += articles.warnings(pelican.settings)
        linted = _linted(site, library_of(pelican.settings).documents, now)
        problems += [problem for problem in linted if problem.severity == "error"]
        warnings += [problem for problem in linted if problem.severity == "warning"]
        found = checks.check_output(
            aside,
            siteurl=site.siteurl,
            base_path=site.base_path,
            default_lang=site.default_lang,
        )
        found = [_in_output(problem, aside, site.output) for problem in found]
        problems += [problem for problem in found if problem.severity == "error"]
        warnings += [problem for problem in found if problem.severity == "warning"]
        if problems:
            raise ProblemsFound([*problems, *warnings])
        _put_in_place(aside, site.output)
    except OSError as error:
        raise ProblemsFound([_unwritable(site.output, error)]) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    files = [path for path in site.output.rglob("*") if path.is_file()]
    return Built(
        output=site.output,
        posts=articles.built(pelican.settings),
        web_pages=sum(path.suffix == ".html" for path in files),
        feeds=sum(path.suffix in (".rss", ".atom") or path.name == "feed.json" for path in files),
        inputs=outputs.declared(pelican.settings),
        held=held(library_of(pelican.settings).documents),
        announce_lines={
            document.source: line
            for document in library_of(pelican.settings).posts
            if (line := document.line("announce")) is not None
        },
        warnings=tuple(warnings),
    )


def _linted(site: Site, documents: Iterable[Document], now: datetime) -> list[Problem]:
    """Return what the rules of procurement find in what is out, or will be without a hand.

    An error in a post that nobody can read yet is a warning: it must not hold back what is out,
    such as that a procurement has closed. Drafts are looked at by ``utrop lint`` alone.
    """
    documents = tuple(documents)
    states = {one.path: one.state for one in documents}
    findings = linting.lint_documents(
        documents,
        levels=linting.levels(site),
        now=now,
        zone=site.timezone,
        only=[one for one in documents if one.state not in ("draft", "withdrawn")],
    )
    told = [linting.problem(one) for one in findings]
    return [
        one
        if one.path is None or states.get(one.path) in ("published", "hidden")
        else replace(one, severity="warning")
        for one in told
    ]


def _run(settings: dict[str, Any], heard: list[Problem]) -> Pelican:
    """Run Pelican; what fails in a template or plugin of the site's is told with its place."""
    try:
        pelican = Pelican(settings)
        pelican.run()
    except ProblemsFound as found:
        logged = [problem for problem in heard if problem.severity == "error"]
        raise ProblemsFound([*logged, *found.problems], exit_status=found.exit_status) from found
    except (Exception, SystemExit) as error:  # a template or plugin may raise anything
        problem = failures.told(error)
        if problem is None:
            raise
        raise ProblemsFound([problem]) from error
    return pelican


def _settings(site: Site, output: Path, inputs: BuildInputs) -> dict[str, Any]:
    own = {name: value for name, value in site.settings.items() if value is not None}
    override = {
        **LISTING_SETTINGS,
        # Pelican matches its own "**/.*" against bare names, and so publishes hidden files.
        "IGNORE_FILES": [".*", "*~", "#*#", "__pycache__"],
        **own,
        "PATH": str(site.content),
        "OUTPUT_PATH": str(output),
        "CACHE_PATH": str(site.root / ".utrop" / "cache"),
        SETTING: inputs,
    }
    if named := site.settings.get("CPV_FILE"):
        # Only a list that the site keeps: what lies below .utrop/ is not the same everywhere.
        override[codes.SETTING] = codelists.at_hand(site.root, named)
    settings: dict[str, Any] = read_settings(None, override=override)
    return settings


@contextmanager
def _listening() -> Iterator[list[Problem]]:
    """Collect what Pelican would only log: an error there must fail the build here."""
    heard: list[Problem] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.ERROR:
                heard.append(_logged(record))
            else:
                heard.append(Problem(what=record.getMessage(), severity="warning"))

    collector = Collector(level=logging.WARNING)
    logger = logging.getLogger("pelican")
    propagated, quiet = logger.propagate, console.quiet
    logger.addHandler(collector)
    logger.propagate, console.quiet = False, True
    try:
        yield heard
    finally:
        logger.removeHandler(collector)
        logger.propagate, console.quiet = propagated, quiet


def _logged(record: logging.LogRecord) -> Problem:
    """Pelican logs many an exception without saying which: it is the one being handled."""
    message = record.getMessage()
    error = sys.exception()
    known = failures.told(error, before=message) if error is not None else None
    reason = f": {type(error).__name__}: {error}" if error and str(error) not in message else ""
    return known or Problem(what=message + reason, instead="correct it, or leave it out")


def _refuse_what_is_not_ours(site: Site) -> None:
    """The output folder is replaced whole: a mistaken OUTPUT_PATH must not cost anybody's files."""
    output, mistake = site.output, ""
    if output.exists() and not output.is_dir():
        mistake = "is a file, not a folder"
    elif any(path.is_relative_to(output) for path in (site.root, site.content)):
        mistake = "holds the site's sources, and a build replaces all that is in it"
    elif (site.root / site.ledger.partition(":///")[2]).resolve().is_relative_to(output):
        mistake = "holds the LEDGER, and a build replaces all that is in it"
    elif output.is_dir() and any(output.iterdir()) and not (output / MANIFEST).is_file():
        mistake = "holds files that no build made, and a build would replace them"
    if mistake:
        raise ProblemsFound(
            [Problem(path=output, what=mistake, instead="set OUTPUT_PATH to a folder of its own")],
            exit_status=2,
        )


def _in_output(problem: Problem, aside: Path, output: Path) -> Problem:
    """Name a file where a person looks for it; the folder that was built aside is gone by then."""
    if problem.path is None or not problem.path.is_relative_to(aside):
        return problem
    return replace(problem, path=output / problem.path.relative_to(aside))


def _make_empty(folder: Path) -> None:
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    except OSError as error:
        raise ProblemsFound([_unwritable(folder, error)]) from error


def _put_in_place(aside: Path, output: Path) -> None:
    """Swap the new output in; the former one is removed only once the new one stands."""
    former = output.with_name(output.name + ".old")
    shutil.rmtree(former, ignore_errors=True)
    if output.exists():
        output.rename(former)
    aside.rename(output)
    shutil.rmtree(former, ignore_errors=True)


def _unwritable(folder: Path, error: OSError) -> Problem:
    return Problem(
        path=folder,
        what=f"cannot be written: {error.strerror or error}",
        instead="make room or correct its permissions, or set UTROP_OUTPUT_PATH to another folder",
    )
