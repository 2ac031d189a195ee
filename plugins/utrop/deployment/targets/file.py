"""``file:FOLDER``: releases in a folder of this machine, the live one behind a link.

::

    public/current             → releases/20261123T213000Z-1a2b3c
    public/releases/<id>/      whole releases, for `utrop rollback`
    public/releases/.partial-* one being made or removed; swept away by the next publish
    public/.lock               held while a publish or rollback is at work
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from utrop.deployment import tree
from utrop.deployment.lock import locked
from utrop.deployment.release import (
    MANIFEST,
    NO_MANIFEST,
    PARTIAL,
    Outcome,
    ReleaseInfo,
    chosen,
    expired,
    free_id,
    is_release_id,
    newest_first,
    problems,
)
from utrop.problem import Problem, ProblemsFound, configuration_error

_LINK = ".current-"


def connect(url: str, *, root: Path, keep: int, environ: Mapping[str, str]) -> FileTarget:
    """Return the folder that a URL names: ``file:public``, ``file:///srv/www``."""
    del environ  # a folder needs nothing of it
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.netloc not in ("", "localhost"):
        raise configuration_error(
            f"DEPLOY: {url!r} names the machine {parts.netloc!r}",
            f"write 'file:///{parts.netloc}{parts.path}', or 'rsync+ssh://…' for another machine",
        )
    if not path or parts.query or parts.fragment or "\0" in path:
        raise configuration_error(
            f"DEPLOY: {url!r} names no folder",
            "write 'file:public'; ? and # in a folder's name are %3F and %23",
        )
    if path.startswith("~"):
        raise configuration_error(
            f"DEPLOY: {url!r}: ~ has no meaning in an address", "write 'file:///home/…'"
        )
    return FileTarget(folder=(root / path).absolute(), keep=keep)


def _no_step(_: str) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTarget:
    """Releases below a folder of this machine."""

    folder: Path
    keep: int
    step: Callable[[str], None] = _no_step
    """Called with a name after each step that changes the disk; tests let the process die there."""

    @property
    def where(self) -> str:
        """The live site's place, for people."""
        with suppress(ValueError):
            return str((self.folder / "current").relative_to(Path.cwd()))
        return str(self.folder / "current")

    @property
    def is_remote(self) -> bool:
        """A folder is on this machine."""
        return False

    def check(self) -> None:
        """Find what would stop a release; nothing is written."""
        problems(self._obstacles(), exit_status=2)

    def release(self, output: Path, *, release_id: str) -> Outcome:
        """Make a built site the live one, in one step, unless it already is."""
        problems(self._obstacles(output), exit_status=1)
        files = tree.built_files(output)
        try:
            self._make_folders()
            with locked(self.folder):
                self._sweep()
                return self._release(files, release_id)
        except OSError as error:
            raise self._failure(error, "the site that was live is still live, and whole") from error

    def manifest(self) -> bytes | None:
        """Return the live release's manifest; None where nothing was released."""
        current = self._current()
        if current is None:
            return None
        try:
            return (self._releases / current / MANIFEST).read_bytes()
        except FileNotFoundError:
            return NO_MANIFEST
        except OSError as error:
            raise self._failure(error, "") from error

    def releases(self) -> list[ReleaseInfo]:
        """Return the releases that are kept, the newest first."""
        current = self._current()
        return [ReleaseInfo(id=name, current=name == current) for name in self._names()]

    def rollback(self, release_id: str | None) -> str:
        """Make a kept release live, by default the one before the current; return its id."""
        problems(self._obstacles(), exit_status=1)
        target = chosen(self._names(), current=self._current(), wanted=release_id)
        try:
            with locked(self.folder):
                self._sweep()
                # Chosen anew: another publish may have ended between the look and the lock.
                target = chosen(self._names(), current=self._current(), wanted=release_id)
                self._switch(target)
        except OSError as error:
            raise self._failure(error, "the site that was live is still live") from error
        return target

    @property
    def _releases(self) -> Path:
        return self.folder / "releases"

    def _make_folders(self) -> None:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        for folder in (self.folder, self._releases):
            with suppress(FileExistsError):
                folder.mkdir()
                folder.chmod(tree.FOLDER_MODE)

    def _names(self) -> list[str]:
        try:
            return newest_first(path.name for path in self._releases.iterdir() if path.is_dir())
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise self._failure(error, "") from error

    def _current(self) -> str | None:
        """Return the live release; None where there is none, or it was removed by hand."""
        try:
            name = (self.folder / "current").readlink().name
        except OSError:
            return None
        return name if is_release_id(name) and (self._releases / name).is_dir() else None

    def _release(self, files: Mapping[str, Path], wanted: str) -> Outcome:
        current = self._current()
        before = tree.released_files(self._releases / current) if current else {}
        same = tree.unchanged(files, before)
        if current and len(same) == len(files) == len(before):
            return Outcome(release_id=current, changed=False, files_sent=0, bytes=0)
        name = free_id(wanted, self._names())
        partial, whole = self._releases / f"{PARTIAL}{name}", self._releases / name
        try:
            tree.set_down(partial, files, before=before, keep=same, step=self.step)
            self.step("all on disk")
            partial.rename(whole)
            tree.to_disk(self._releases)
            self.step("named")
            self._switch(name)
        except BaseException:  # also Ctrl-C: nothing half-made is to stay behind
            if self._current() != name:
                shutil.rmtree(partial, ignore_errors=True)
                shutil.rmtree(whole, ignore_errors=True)
                self._remove_links()
            raise
        sent = [path for file, path in files.items() if file not in same]
        return Outcome(
            release_id=name,
            changed=True,
            files_sent=len(sent),
            bytes=sum(path.stat().st_size for path in sent),
            warnings=self._prune(name),
        )

    def _switch(self, name: str) -> None:
        link = self.folder / f"{_LINK}{os.getpid()}"
        with suppress(FileNotFoundError):
            link.unlink()
        link.symlink_to(f"releases/{name}")
        self.step("linked aside")
        link.replace(self.folder / "current")
        self.step("switched")
        tree.to_disk(self.folder)

    def _prune(self, current: str) -> tuple[Problem, ...]:
        warnings = []
        for name in expired(self._names(), current=current, keep=self.keep):
            try:
                self._remove(self._releases / name)
            except OSError as error:
                warnings.append(
                    Problem(
                        path=self._releases / name,
                        what=f"could not be removed ({error.strerror})",
                        instead="the next publish tries again",
                        severity="warning",
                    )
                )
        return tuple(warnings)

    def _remove(self, release: Path) -> None:
        # Renamed first: half of a release must never be one that a rollback could choose.
        leaving = release.with_name(f"{PARTIAL}{release.name}")
        release.rename(leaving)
        self.step("set aside for removal")
        shutil.rmtree(leaving)
        self.step("removed")

    def _sweep(self) -> None:
        """Remove what killed runs left behind; only under the lock."""
        for leftover in self._releases.glob(f"{PARTIAL}*"):
            if leftover.is_dir() and not leftover.is_symlink():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()
        self._remove_links()
        self.step("swept")

    def _remove_links(self) -> None:
        for link in self.folder.glob(f"{_LINK}*"):
            link.unlink(missing_ok=True)

    def _obstacles(self, output: Path | None = None) -> list[Problem]:
        found = []
        # Both folders if they are there, else the one in which they are to be made.
        for path in (self._releases, self.folder, *self.folder.parents):
            if not os.path.lexists(path):
                continue
            if not path.is_dir():
                found.append(
                    Problem(
                        path=path,
                        what="is no folder, so no release can go there",
                        instead="remove it, or choose another folder in DEPLOY",
                    )
                )
            elif not os.access(path, os.W_OK | os.X_OK):
                found.append(self._not_writable(path))
            if path != self._releases:
                break
        current = self.folder / "current"
        if current.is_symlink():
            if not is_release_id(current.readlink().name):
                found.append(
                    Problem(
                        path=current,
                        what=f"leads to {current.readlink()}, which is no release",
                        instead="remove the link, or choose another folder in DEPLOY",
                    )
                )
        elif current.exists():
            found.append(
                Problem(
                    path=current,
                    what="is no link, so it cannot be switched to a release",
                    instead="move it away, or choose another folder in DEPLOY",
                )
            )
        if output is not None and _overlap(self.folder, output):
            found.append(
                Problem(
                    path=self.folder,
                    what=f"releases and the build in {output} would lie inside each other",
                    instead="choose another folder in DEPLOY",
                )
            )
        return found

    def _not_writable(self, path: Path) -> Problem:
        return Problem(
            path=path,
            what="cannot be written to, so no release can go there",
            instead="have yourself given the right to write, or choose another folder in DEPLOY",
        )

    def _failure(self, error: OSError, state: str) -> ProblemsFound:
        after = f"; {state}" if state else ""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            problem = Problem(
                path=self.folder,
                what=f"there is no disk space left for the release{after}",
                instead="make room (a lower KEEP_RELEASES keeps fewer releases), publish again",
            )
        elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            problem = self._not_writable(Path(error.filename or self.folder))
        else:
            place = Path(error.filename) if error.filename else self.folder
            problem = Problem(path=place, what=f"{error.strerror or error}{after}")
        return ProblemsFound([problem])


def _overlap(one: Path, other: Path) -> bool:
    one, other = one.resolve(), other.resolve()
    return one.is_relative_to(other) or other.is_relative_to(one)
