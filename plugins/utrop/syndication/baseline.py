"""The baseline: from when on each network announces, written into ``publishconf.py``.

A first run then never floods a network with old posts, whatever the ledger holds.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import shutil
import tempfile
import tokenize
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from utrop.problem import Problem, ProblemsFound, configuration_error
from utrop.syndication import ledger, networks


def begin(
    publishconf: Path,
    names: Iterable[str],
    moment: datetime,
    *,
    ledger_url: str,
    root: Path,
    again: bool = False,
) -> tuple[str, ...]:
    """Make the ledger where there is none, then write the baseline; return the lines written.

    Raises as ``ledger.open_ledger`` and ``write_baseline``.
    """
    wanted = tuple(names)
    _changed(publishconf, wanted, moment, again=again)  # every mistake before the ledger is made
    ledger.open_ledger(ledger_url, root).close()
    return write_baseline(publishconf, wanted, moment, again=again)


def write_baseline(
    publishconf: Path, names: Iterable[str], moment: datetime, *, again: bool = False
) -> tuple[str, ...]:
    """Set ``<NETWORK>_SINCE`` to a moment (aware) for each real network; return the lines.

    All else in the file stays as it is, and the change is atomic. ``again`` replaces a value that
    stands there already. Raises ``ProblemsFound`` with exit status 2 where one does without it,
    or where the file cannot be read, changed or written.
    """
    text, encoding, lines = _changed(publishconf, tuple(names), moment, again=again)
    if lines:
        _replace(publishconf, text.encode(encoding))
    return lines


def _changed(
    publishconf: Path, names: tuple[str, ...], moment: datetime, *, again: bool
) -> tuple[str, str, tuple[str, ...]]:
    """Return the file's new text, its encoding, and the lines that say what was set."""
    if moment.tzinfo is None:
        raise ValueError("a baseline needs a moment with an offset")
    source, encoding = _read(publishconf)
    tree = _parsed(source, publishconf)
    value = f'"{moment.isoformat(timespec="seconds")}"'
    problems, edits, appended, lines = [], [], [], []
    for name in (name for name in names if not networks.is_local(name)):
        setting = f"{name.upper()}_SINCE"
        lines.append(f"{setting} = {value}")
        standing, by_hand = _assignments(tree, setting)
        if by_hand is not None:
            problems.append(
                Problem(
                    path=publishconf,
                    line=by_hand.lineno,
                    what=f"{setting} is set in a way that cannot be changed safely",
                    instead=f"write {setting} = {value} there yourself",
                )
            )
        elif not standing:
            appended.append(lines[-1])
        elif again:
            edits += [(_span(source, node), value) for node in standing]
        else:
            problems.append(
                Problem(
                    path=publishconf,
                    line=standing[0].lineno,
                    what=f"{setting} is set already",
                    instead="run `utrop baseline --again` to announce nothing published until now",
                )
            )
    if problems:
        raise ProblemsFound(problems, exit_status=2)
    for (start, end), new in sorted(edits, reverse=True):
        source = source[:start] + new + source[end:]
    ending = "\r\n" if "\r\n" in source else "\n"
    if appended:
        gap = "" if not source or source.endswith("\n") else ending
        comment = "# Nothing published before is announced there; `utrop baseline` wrote it."
        source += gap + ending + ending.join([comment, *appended]) + ending
    _parsed(source, publishconf)
    return source, encoding, tuple(lines)


def _read(path: Path) -> tuple[str, str]:
    """Return the text with its line endings as they are, and the encoding that Python sees."""
    try:
        data = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding), encoding
    except OSError as error:
        raise configuration_error(
            f"cannot be read: {error.strerror}", "go to the site's folder", path
        ) from error
    except (SyntaxError, UnicodeDecodeError) as error:
        raise configuration_error(f"is no Python text: {error}", "correct it", path) from error


def _parsed(source: str, path: Path) -> ast.Module:
    try:
        return ast.parse(source.replace("\r\n", "\n"), str(path))
    except (SyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        raise ProblemsFound(
            [Problem(path=path, line=line, what=f"is not valid Python: {error}")], exit_status=2
        ) from error


def _assignments(tree: ast.Module, name: str) -> tuple[list[ast.expr], ast.Name | None]:
    """Return the plain values given to a name, and whatever else sets it."""
    values: list[ast.expr] = []
    plain: list[ast.expr] = []
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=found) as target], value=value) if found == name:
                values.append(value)
                plain.append(target)
            case ast.AnnAssign(target=ast.Name(id=found) as target, value=ast.expr() as value) if (
                found == name
            ):
                values.append(value)
                plain.append(target)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name) or node.id != name or node in plain:
            continue
        if not isinstance(node.ctx, ast.Load):
            return values, node
    return values, None


def _span(source: str, node: ast.expr) -> tuple[int, int]:
    """Return where a value stands, in characters. The parser counts columns in UTF-8 bytes."""
    lines = source.splitlines(keepends=True)

    def offset(line: int, column: int) -> int:
        before = sum(len(text) for text in lines[: line - 1])
        return before + len(lines[line - 1].encode()[:column].decode())

    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
    return offset(node.lineno, node.col_offset), offset(end_line, end_column)


def _replace(path: Path, data: bytes) -> None:
    real = path.resolve()  # a link stays a link
    try:
        handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            shutil.copymode(real, name)
            Path(name).replace(real)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise configuration_error(
            f"cannot be written: {error.strerror}", "correct its permissions", path
        ) from error
