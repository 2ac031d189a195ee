"""The files of a site: listed, compared, and set down in a new release."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Set
from pathlib import Path

from utrop.deployment.release import problems
from utrop.problem import Problem

FOLDER_MODE = 0o755
FILE_MODE = 0o644
_CHUNK = 1 << 20
_NO_HARD_LINK = {errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.EACCES}


def built_files(output: Path) -> dict[str, Path]:
    """Return a built site's files by their path below it, as a release will hold them.

    Links to files count as those files; empty folders do not count. Raises ``ProblemsFound``
    where there is nothing to release, or something that is neither file nor folder.
    """
    found: dict[str, Path] = {}
    bad = []
    for path in _walk(output):
        if path.is_file():
            found[path.relative_to(output).as_posix()] = path
        elif path.is_symlink():
            bad.append(
                Problem(
                    path=path,
                    what="is a link that leads to no file",
                    instead="put the file itself there, or remove the link",
                )
            )
        else:
            bad.append(Problem(path=path, what="is no file", instead="remove it"))
    if not found and not bad:
        bad.append(
            Problem(
                path=output,
                what="holds no built site",
                instead="run `make build` and look at what it says",
            )
        )
    problems(bad, exit_status=1)
    return found


def released_files(release: Path) -> dict[str, Path]:
    """Return a release's files by their path below it."""
    return {path.relative_to(release).as_posix(): path for path in _walk(release) if path.is_file()}


def _walk(folder: Path) -> Iterator[Path]:
    for name, folders, files in os.walk(folder):
        for file in files:
            yield Path(name, file)
        for inner in folders:
            # A link to a folder could lead round in circles: it is listed, never followed.
            if Path(name, inner).is_symlink():
                yield Path(name, inner)


def digest(output: Path) -> str:
    """Return a digest of a built site: of its files' paths and bytes, nothing else."""
    whole = hashlib.sha256()
    for name, path in sorted(built_files(output).items()):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").digest()
        whole.update(hashlib.sha256(os.fsencode(name)).digest() + content)
    return whole.hexdigest()


def unchanged(files: Mapping[str, Path], before: Mapping[str, Path]) -> frozenset[str]:
    """Return the paths at which both hold the same bytes."""
    return frozenset(
        name for name, path in files.items() if name in before and _same(path, before[name])
    )


def _same(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while chunk := left.read(_CHUNK):
            if chunk != right.read(_CHUNK):
                return False
        return not right.read(1)


def set_down(
    folder: Path,
    files: Mapping[str, Path],
    *,
    before: Mapping[str, Path],
    keep: Set[str],
    step: Callable[[str], None],
) -> None:
    """Fill a new folder with a site's files, on the disk for good when this returns.

    Those in ``keep`` are hard-linked from the release before, so that their time stays and a
    reader's cached copy stays good. The others are copied and get the present time: never
    linked, since the next build writes over its files.
    """
    folders = {folder}
    _make_folder(folder)
    copied = []
    for name, path in sorted(files.items()):
        destination = folder / name
        for parent in reversed(destination.relative_to(folder).parents):
            if (inner := folder / parent) not in folders:
                _make_folder(inner)
                folders.add(inner)
        if not (name in keep and _linked(before[name], destination)):
            _copy(path, destination, times_of=before[name] if name in keep else None)
            copied.append(destination)
        step(f"set down {name}")
    # All first, then to the disk: the first fsync then takes most of the others with it.
    for path in (*copied, *sorted(folders)):
        to_disk(path)


def _make_folder(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(FOLDER_MODE)  # whatever the umask, the web server may read


def _linked(before: Path, destination: Path) -> bool:
    """Hard-link, or answer no where the file system or its rules do not let us."""
    try:
        os.link(before, destination)
    except OSError as error:
        if error.errno in _NO_HARD_LINK:
            return False
        raise
    return True


def _copy(source: Path, destination: Path, *, times_of: Path | None) -> None:
    with source.open("rb") as incoming, destination.open("xb") as outgoing:
        shutil.copyfileobj(incoming, outgoing, _CHUNK)
        os.fchmod(outgoing.fileno(), FILE_MODE)
    if times_of is not None:
        status = times_of.stat()
        os.utime(destination, ns=(status.st_atime_ns, status.st_mtime_ns))


def to_disk(path: Path) -> None:
    """Have the system write a file, or a folder's entries, to the disk now."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
