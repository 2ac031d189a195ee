"""Keyrings for tests, by the keyring library's own interface, chosen by PYTHON_KEYRING_BACKEND.

Interface: https://keyring.readthedocs.io/en/latest/#write-your-own-backend
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked


class Working(KeyringBackend):
    """Keeps secrets in the JSON file that KEYRING_FILE names, and there each call too."""

    priority = 5.0

    def get_password(self, service: str, username: str) -> str | None:
        secrets, calls = _read()
        _write(secrets, [*calls, f"get {service} {username}"])
        return secrets.get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        secrets, calls = _read()
        secrets[f"{service} {username}"] = password
        _write(secrets, [*calls, f"set {service} {username}"])


class Locked(Working):
    """A keyring that its owner does not unlock."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("canary: the message may hold anything")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked(f"canary: {password}")


class Forgetful(Working):
    """Takes what it is given and has nothing."""

    def get_password(self, service: str, username: str) -> str | None:
        return None


class Hanging(Working):
    """Waits for a prompt that nobody sees."""

    def get_password(self, service: str, username: str) -> str | None:
        threading.Event().wait()
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        threading.Event().wait()


def calls() -> list[str]:
    """Return what the keyring was asked, in order."""
    return _read()[1]


def _read() -> tuple[dict[str, str], list[str]]:
    path = Path(os.environ["KEYRING_FILE"])
    if not path.exists():
        return {}, []
    found = json.loads(path.read_text("utf-8"))
    return found["secrets"], found["calls"]


def _write(secrets: dict[str, str], calls: list[str]) -> None:
    path = Path(os.environ["KEYRING_FILE"])
    path.write_text(json.dumps({"secrets": secrets, "calls": calls}), "utf-8")
