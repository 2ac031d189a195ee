"""The peers' own throw-away environment: a venv, an npm folder and certificates, below ``.utrop``.

Versions are pinned by the lock files beside this one, with hashes. Nothing of it is installed
where Utrop runs, and no package's install scripts are run.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import shutil
import ssl
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers import bluesky_pds

HERE = Path(__file__).parent
MASTODON_HOST = "social.example.org"
"""The name that the certificate bears and that feed2fedi asks its proxy for."""
OLDEST_PYTHON = (3, 12)
"""What feed2fedi 4 needs; Utrop itself runs on older ones."""
INSTALL_SECONDS = 480


class UnavailableError(Exception):
    """Something that the comparison needs is not on this machine; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where everything was installed."""

    node: Path
    crosspost: Path
    feed2fedi: Path
    authority: Path
    server_side: ssl.SSLContext
    versions: dict[str, str]


def make(folder: Path) -> Environment:
    """Install what is not installed yet, and make new certificates.

    Raises UnavailableError where this machine lacks Node.js or a Python for the peer.
    """
    node = bluesky_pds.node()
    if node is None:
        raise UnavailableError(
            "Node.js and Bluesky's server are missing: run `make STRICT=1 peers`"
        )
    folder.mkdir(parents=True, exist_ok=True)
    venv = folder / "venv"
    python = venv / "bin" / "python"
    _once(folder, HERE / "requirements.lock", lambda: _install_venv(venv))
    _once(folder, HERE / "package-lock.json", lambda: _install_npm(folder / "npm", node))
    tls = folder / "tls"
    shutil.rmtree(tls, ignore_errors=True)
    tls.mkdir()
    _run([python, "-m", "trustme", "-q", "-d", tls, "-i", MASTODON_HOST, "127.0.0.1", "localhost"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls / "server.pem", tls / "server.key")
    package = folder / "npm" / "node_modules" / "@humanwhocodes" / "crosspost"
    return Environment(
        node=node,
        crosspost=package / "dist" / "bin.js",
        feed2fedi=venv / "bin" / "feed2fedi",
        authority=tls / "client.pem",
        server_side=context,
        versions={
            "crosspost": json.loads((package / "package.json").read_text())["version"],
            "feed2fedi": _said([python, "-c", _VERSION_OF.format("feed2fedi")]),
            "mastodon_mock": importlib.metadata.version("mastodon_mock"),
            "pds": json.loads((bluesky_pds.FOLDER / "package.json").read_text())["dependencies"][
                "@atproto/pds"
            ],
            "node": _said([node, "--version"]).lstrip("v"),
            "python": _said([python, "-c", "import platform; print(platform.python_version())"]),
        },
    )


_VERSION_OF = "import importlib.metadata as m; print(m.version({!r}))"


def _once(folder: Path, lock: Path, install: Callable[[], None]) -> None:
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    marker = folder / f".installed-{lock.name}"
    if not marker.exists() or marker.read_text() != wanted:
        install()
        marker.write_text(wanted)


def _install_venv(venv: Path) -> None:
    shutil.rmtree(venv, ignore_errors=True)
    _run([_python(), "-m", "venv", venv])
    pip: list[str | Path] = [
        venv / "bin" / "python",
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--quiet",
    ]
    _run([*pip, "install", "--require-hashes", "-r", HERE / "requirements.lock"])


def _install_npm(folder: Path, node: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder / name)
    npm = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environ = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
    _run([node, npm, "ci", "--ignore-scripts", "--loglevel=error"], cwd=folder, environ=environ)


def _python() -> str:
    """Return a Python that is new enough for the peer."""
    named = os.environ.get("PEERS_PYTHON")
    places = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python3"), reverse=True)
    candidates = [named] if named else ["python3.14", "python3.13", "python3.12", *map(str, places)]
    for candidate in candidates:
        try:
            said = _said([candidate, "-c", "import sys; print(*sys.version_info[:2])"])
        except (OSError, subprocess.SubprocessError):
            continue
        if tuple(map(int, said.split())) >= OLDEST_PYTHON:
            return candidate
    raise UnavailableError(
        "feed2fedi needs Python 3.12 or later and none was found: "
        "set PEERS_PYTHON=/the/path/of/one and run the command again"
    )


def _said(command: list[str | Path]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _run(
    command: Sequence[str | Path], *, cwd: Path | None = None, environ: dict[str, str] | None = None
) -> None:
    ended = subprocess.run(
        command,
        cwd=cwd,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    if ended.returncode:
        raise UnavailableError(f"{Path(command[0]).name} failed:\n{ended.stderr.strip()}")
