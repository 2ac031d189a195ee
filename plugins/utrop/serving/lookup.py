"""From an address to an open file below the served folder, and never to one outside it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import IO
from urllib.parse import unquote_to_bytes


@dataclass(frozen=True, slots=True)
class Found:
    """An open file, and what its headers are made of."""

    name: str
    file: IO[bytes]
    status: os.stat_result

    @property
    def etag(self) -> str:
        """The validator that changes with every change of the file (RFC 9110, section 8.8.3)."""
        return f'"{self.status.st_mtime_ns:x}-{self.status.st_size:x}"'

    @property
    def modified(self) -> str:
        """When the file changed, as HTTP writes it (GMT)."""
        return formatdate(int(self.status.st_mtime), usegmt=True)


def below(path: str, base: str) -> str | None:
    """Return an address' path below the base, decoded; None where no file can be there."""
    try:
        decoded = unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        return None
    if not decoded.startswith(base) or "\0" in decoded or "\\" in decoded:
        return None
    inner = decoded.removeprefix(base)
    parts = inner.removesuffix("/").split("/")
    if any(len(part.encode()) > 255 for part in parts) or len(inner) > 2000:
        return None
    # No parent folders, no empty names; dot files are nobody's business but .well-known.
    if inner and any(not part or (part[0] == "." and part != ".well-known") for part in parts):
        return None
    return inner


def inside(path: Path, root: Path) -> bool:
    """Whether a path, its links resolved, lies below the root."""
    return path.resolve().is_relative_to(root)


def opened(path: Path, root: Path) -> Found | None:
    """Open a regular file below the root, links resolved; None where there is none."""
    try:
        if not path.is_file() or not inside(path, root):
            return None
        file = path.open("rb")
    except OSError:
        return None
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):  # pragma: no cover - replaced between look and open
        file.close()
        return None
    return Found(path.relative_to(root).as_posix(), file, status)
