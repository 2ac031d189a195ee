"""The record as a BagIt package, https://www.rfc-editor.org/rfc/rfc8493 (BagIt 1.0).

Written by ourselves: the known Python writer makes bags of version 0.97, works in place and dates
them by its own clock. Whether ours are right is for that library to say, in the tests.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_DECLARATION: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def bag_of(payload: Mapping[str, bytes], info: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files of a bag by their paths in it: the same arguments give the same bytes.

    ``payload`` has paths below ``data/``, of letters, digits and ``./_-`` only, which no manifest
    need escape. ``info`` becomes ``bag-info.txt`` in the order given, each value on one line.
    """
    data = {f"data/{name}": content for name, content in sorted(payload.items())}
    octets = sum(map(len, data.values()))
    elements = dict(info) | {"Payload-Oxum": f"{octets}.{len(data)}"}
    lines = [f"{label}: {' '.join(value.split())}\n" for label, value in elements.items() if value]
    tags = {
        "bag-info.txt": "".join(lines).encode(),
        "bagit.txt": _DECLARATION,
        "manifest-sha256.txt": _manifest(data),
    }
    return {**tags, "tagmanifest-sha256.txt": _manifest(tags), **data}


def write_folder(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write a new folder with these files: written aside, then there as a whole or not at all.

    Raises ``OSError``; ``FileExistsError`` where there is anything of that name.
    """
    if folder.exists() or folder.is_symlink():
        raise FileExistsError(folder)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        whole = aside / "bag"
        for name, content in contents.items():
            path = whole / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        whole.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _manifest(contents: Mapping[str, bytes]) -> bytes:
    lines = (
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in contents.items()
    )
    return "".join(lines).encode()
