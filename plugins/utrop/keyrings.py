"""The keyring of the operating system, asked with bounded patience.

PyPI ``keyring`` is imported only here and only when a secret is known to lie there. Its call may
block for ever: a locked Secret Service waits for a prompt that nobody sees
(https://github.com/mitya57/secretstorage/issues/33), and no time-out can be handed in. So every
call has a thread of its own, which is left behind when it takes too long.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

PATIENCE: Final = 10.0
"""Seconds for one call where nobody sits at a terminal."""
PATIENCE_WITH_A_PERSON: Final = 60.0
"""Seconds where somebody may be typing the keyring's password."""
_RECOMMENDED: Final = 1
"""The least priority of a keyring that is one; below it are plain files and refusals
(https://keyring.readthedocs.io/en/latest/#write-your-own-backend)."""

T = TypeVar("T")


class KeyringError(Exception):
    """There is no keyring, or it does not answer; the message is for people."""


class Keyring:
    """The keyring of whoever runs the command. After one time-out it is not asked again."""

    def __init__(self, patience: float | None = None) -> None:
        """``patience`` is in seconds for one call; by default it depends on the terminal."""
        seen = sys.stderr is not None and sys.stderr.isatty()
        self._patience = patience or (PATIENCE_WITH_A_PERSON if seen else PATIENCE)
        self._turn = threading.Lock()
        self._gave_up = False

    def get(self, service: str, name: str) -> str | None:
        """Return a secret, None where there is none of that name. Raises ``KeyringError``."""
        return self._ask(lambda: _backend().get_password(service, name))

    def put(self, service: str, name: str, secret: str) -> None:
        """Store a secret and see that it is there. Raises ``KeyringError``."""

        def store() -> str | None:
            backend = _backend()
            if backend.priority < _RECOMMENDED:
                raise KeyringError("this machine has no keyring")
            backend.set_password(service, name, secret)
            return backend.get_password(service, name)

        if self._ask(store) != secret:
            raise KeyringError("the keyring does not give back what it was given")

    def _ask(self, call: Callable[[], T]) -> T:
        with self._turn:
            if self._gave_up:
                raise KeyringError(self._too_long())
            answers: queue.SimpleQueue[tuple[T | None, Exception | None]] = queue.SimpleQueue()
            threading.Thread(target=_answer, args=(call, answers), daemon=True).start()
            try:
                answer, error = answers.get(timeout=self._patience)
            except queue.Empty:
                self._gave_up = True
                raise KeyringError(self._too_long()) from None
        if error is not None:
            raise error
        return answer  # type: ignore[return-value]  # None only where T allows it

    def _too_long(self) -> str:
        return f"the keyring did not answer within {self._patience:.0f} s; it may be locked"


def _answer(
    call: Callable[[], T], answers: queue.SimpleQueue[tuple[T | None, Exception | None]]
) -> None:
    try:
        answers.put((call(), None))
    except KeyringError as error:
        answers.put((None, error))
    except Exception as error:  # noqa: BLE001 - backends raise what their system's library raises
        # Only its name: its text might repeat what was to be stored.
        kind = type(error).__name__
        absent = kind == "NoKeyringError"
        words = "this machine has no keyring" if absent else f"the keyring failed ({kind})"
        answers.put((None, KeyringError(words)))


def _backend() -> KeyringBackend:
    if find_spec("keyring") is None:
        raise KeyringError("there is no keyring package; pip install 'utrop[keyring]' brings it")
    import keyring

    return keyring.get_keyring()
