"""The store of a site's secrets, outside its repository: a file of variables, and the keyring.

The file holds what ``utrop connect`` was told, one ``NAME=value`` a line. A secret that lies in
the operating system's keyring has the line ``NAME=@keyring`` instead, so the keyring is never
asked for anything that was not put there. A site is known by its SITEURL: a copy of it with
another address has no secrets, and so cannot announce by mistake.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from utrop import secret_file
from utrop.keyrings import Keyring, KeyringError
from utrop.problem import ProblemsFound

IN_KEYRING: Final = "@keyring"
"""What stands in the file for a secret that is in the keyring."""


class SecretStore:
    """What is stored for one site. Reading makes nothing; writing makes folder and file."""

    def __init__(
        self, siteurl: str, root: Path, environ: Mapping[str, str], keyring: Keyring | None = None
    ) -> None:
        """Take the process's environment for the place, ``root`` to keep out of its repository."""
        self.site = site_key(siteurl)
        self.path = secret_file.place(self.site, environ)
        self._root = root
        self._keyring = keyring or Keyring()

    @property
    def service(self) -> str:
        """The name that the site's secrets have in the keyring."""
        return f"utrop {self.site}"

    def values(self) -> dict[str, str]:
        """Return the file's variables, ``IN_KEYRING`` as it stands; empty where there is no file.

        Raises ``ProblemsFound`` with exit status 2 where others could read or change the file.
        """
        if self.path is None:
            return {}
        return dict(secret_file.variables(secret_file.read(self.path, self._root), self.path))

    def resolve(self, name: str, value: str) -> str:
        """Return a value of ``values``, asked of the keyring where it lies there.

        Raises ``ProblemsFound`` with exit status 2 where the keyring does not give it.
        """
        if value != IN_KEYRING:
            return value
        try:
            secret = self._keyring.get(self.service, name)
        except KeyringError as error:
            raise self._lost(name, str(error)) from None
        if not secret:
            raise self._lost(name, f"the keyring has none for {self.service!r}")
        return secret

    def keep(self, values: Mapping[str, str], secrets: Collection[str], *, file_only: bool) -> str:
        """Store variables, the secrets in the keyring if it takes them; an empty one is dropped.

        Returns why the keyring has none of them, for people; empty: it has them all. Raises
        ``ProblemsFound`` with exit status 2 where the file cannot be written safely.
        """
        former = "" if self.path is None else secret_file.read(self.path, self._root)
        path = secret_file.make_folder(self.path)
        lines, refusal = dict(values), "the file was asked for" if file_only else ""
        for name in [name for name in values if name in secrets and values[name]]:
            if refusal:
                break
            try:
                self._keyring.put(self.service, name, values[name])
                lines[name] = IN_KEYRING
            except KeyringError as error:
                refusal = str(error)
        secret_file.replace(path, secret_file.rewritten(former, lines))
        return refusal

    def _lost(self, name: str, why: str) -> ProblemsFound:
        return secret_file.problem(
            f"{name} lies in the keyring, but {why}",
            f"unlock it, set {name} in the environment, or connect the network again",
        )


class SiteEnvironment(Mapping[str, str]):
    """The environment of a run, in which a look-up also finds what is stored for the site.

    Only variables of the site's own networks are looked up in the store, and only those that the
    process does not have. Going through it gives what the process has and no more, so that a
    program that is started with it is handed no stored secret. Safe to use from several threads.
    """

    def __init__(
        self,
        process: Mapping[str, str],
        store: SecretStore,
        wanted: Callable[[], Collection[str]],
    ) -> None:
        """``wanted`` gives the names to look up in the store; asked when one is found there."""
        # A workflow hands an unset variable on as an empty one.
        self._process = {name: value for name, value in process.items() if value}
        self._store = store
        self._wanted = wanted
        self._turn = threading.RLock()
        self._stored: dict[str, str] | None = None
        self._resolved: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if name in self._process:
            return self._process[name]
        stored = self._from_store(name)
        if stored is None:
            raise KeyError(name)
        return stored

    def __iter__(self) -> Iterator[str]:
        return iter(self._process)

    def __len__(self) -> int:
        return len(self._process)

    def _from_store(self, name: str) -> str | None:
        with self._turn:
            if self._stored is None:
                self._stored = self._store.values()
            if name not in self._stored or name not in self._wanted():
                return None
            if name not in self._resolved:
                self._resolved[name] = self._store.resolve(name, self._stored[name])
            return self._resolved[name]


def site_key(siteurl: str) -> str:
    """Return the name of a site in the store: its host, its port and its path.

    ``https://www.exempel.se/blogg`` gives ``www.exempel.se+blogg``.
    """
    address = urlsplit(siteurl)
    parts = [address.netloc.lower(), *address.path.strip("/").split("/")]
    return "+".join(quote(part, safe="") for part in parts if part) or "site"
