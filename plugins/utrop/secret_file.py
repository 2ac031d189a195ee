"""The file of a site's secrets: where it is, whether it is safe to believe, how it is written.

One ``NAME=value`` a line, as ``docker --env-file`` and systemd's ``EnvironmentFile`` take it.
Only its owner may read it, and it never lies in the site's repository.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from utrop.problem import Problem, ProblemsFound

VARIABLE: Final = "UTROP_SECRETS"
"""Names another file than the usual one."""
_LARGEST: Final = 100_000
"""Bytes of the file at most; a site's secrets take a few hundred."""


def place(site: str, environ: Mapping[str, str]) -> Path | None:
    """Return where a site's file is; None where the environment names no folder for it."""
    named = environ.get(VARIABLE, "").strip()
    if named:
        return Path(named).expanduser().resolve()
    # A relative one is to be ignored: https://specifications.freedesktop.org/basedir-spec/
    folder = environ.get("XDG_CONFIG_HOME", "")
    if not folder.startswith("/"):
        home = environ.get("HOME", "")
        if not home.startswith("/"):
            return None
        folder = f"{home}/.config"
    return (Path(folder) / "utrop" / f"{site}.env").resolve()


def make_folder(path: Path | None) -> Path:
    """Return the path once its folder is there, for its owner alone."""
    if path is None:
        raise problem(
            "there is no folder for secrets: neither HOME nor XDG_CONFIG_HOME is set",
            f"set {VARIABLE} to a file outside the site's repository",
        )
    folder = path.parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.name == "utrop" and stat.S_IMODE(folder.stat().st_mode) != 0o700:
            folder.chmod(0o700)
    except OSError as error:
        raise problem(
            f"{folder} cannot be used for secrets: {error.strerror}",
            f"make it yours, or set {VARIABLE} to another file",
        ) from None
    return path


def read(path: Path, root: Path) -> str:
    """Return the file's text, '' where there is none.

    ``root`` is the site's folder. Raises ``ProblemsFound`` with exit status 2 where the file lies
    in the site's repository, or where others could read or change it.
    """
    repository = _repository(root)
    if path.is_relative_to(repository):
        raise problem(
            f"secrets do not belong in the site's repository, and {path} is in {repository}",
            f"move it to your own configuration folder, or set {VARIABLE} to another file",
        )
    try:
        folder = path.parent.stat()
        # Opened first and looked at then, so that it is the same file.
        opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise problem(
            f"the secrets in {path} cannot be read: {error.strerror}", "make the file yours"
        ) from None
    try:
        _refuse_unsafe(path, os.fstat(opened), folder)
        data = os.read(opened, _LARGEST + 1)
    finally:
        os.close(opened)
    if len(data) > _LARGEST:
        raise problem(f"{path} is too large to be a file of secrets", "see what it is")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise problem(f"{path} is not UTF-8", "save it as UTF-8") from None


def _repository(root: Path) -> Path:
    """Return the folder that is under version control with the site; else the site's own."""
    root = root.resolve()
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            return folder
    return root


def _refuse_unsafe(path: Path, file: os.stat_result, folder: os.stat_result) -> None:
    if not stat.S_ISREG(file.st_mode):
        raise problem(f"{path} is no file", f"set {VARIABLE} to another one")
    if file.st_mode & 0o077:
        raise problem(
            f"others than you can read the secrets in {path} (mode"
            f" {stat.S_IMODE(file.st_mode):04o})",
            f"run: chmod 600 '{path}', and make new secrets if somebody may have read them",
        )
    if file.st_uid not in (os.geteuid(), 0):
        raise problem(f"{path} belongs to somebody else", "make a file of your own")
    if folder.st_mode & 0o022 and not folder.st_mode & stat.S_ISVTX:
        raise problem(
            f"others than you can change what lies in {path.parent}",
            f"run: chmod 700 '{path.parent}'",
        )


def variables(text: str, path: Path) -> Iterator[tuple[str, str]]:
    """Yield the names and values in a file's text; ``path`` is for the words of a problem."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        name = name.strip().removeprefix("export ").strip()
        if not equals or not name.isidentifier():
            # Nothing of the line is shown: it may be half of a secret.
            raise ProblemsFound(
                [
                    Problem(
                        path=path, line=number, what="is no variable", instead="write NAME=value"
                    )
                ],
                exit_status=2,
            )
        yield name, _unquoted(value)


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value


def _line(name: str, value: str) -> str:
    if len(value.splitlines()) > 1 or not value.isprintable():
        raise problem(f"{name} has a character that cannot be stored", "give it in one line")
    return f"{name}={value}" if _unquoted(value) == value else f'{name}="{value}"'


def rewritten(text: str, values: Mapping[str, str]) -> str:
    """Return the file's text with these variables; an empty one goes, all else stays."""
    left = {name: _line(name, value) for name, value in values.items()}
    lines = []
    for line in text.splitlines() or ["# Secrets of a site; written by utrop connect."]:
        name = line.partition("=")[0].strip().removeprefix("export ").strip()
        if name not in values:
            lines.append(line)
        elif name in left and values[name]:
            lines.append(left.pop(name))
    lines += [line for name, line in left.items() if values[name]]
    return "\n".join(lines) + "\n"


def replace(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    try:
        # mkstemp makes it with mode 0600.
        number, name = tempfile.mkstemp(dir=path.parent, prefix=".utrop-")
        try:
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)  # noqa: PTH105 - mkstemp gives a name
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise problem(f"{path} cannot be written: {error.strerror}", "see its folder") from None


def problem(what: str, instead: str) -> ProblemsFound:
    """Return a mistake of the configuration, exit status 2."""
    return ProblemsFound([Problem(what=what, instead=instead)], exit_status=2)
