"""One SSH connection to a server: its address, and a shell there that runs our scripts."""

from __future__ import annotations

import os
import re
import secrets
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Self
from urllib.parse import unquote, urlsplit

from utrop.problem import Problem, ProblemsFound, configuration_error

_OPTIONS = (
    "BatchMode=yes",  # nobody is there to type a password
    "ConnectTimeout=10",
    "ServerAliveInterval=15",
    "ServerAliveCountMax=3",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a site lies on a server."""

    user: str | None
    host: str
    port: int | None
    path: str
    """Absolute, without a slash at the end."""

    @property
    def login(self) -> str:
        """The destination as ssh takes it."""
        return f"{self.user}@{self.host}" if self.user else self.host

    @property
    def rsync_host(self) -> str:
        """The destination as rsync takes it, before the colon."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.user}@{host}" if self.user else host

    def __str__(self) -> str:
        return f"{self.rsync_host}:{self.path}"


def parse(url: str) -> Address:
    """Return the address in ``rsync+ssh://user@host:port/path``.

    Raises ``ProblemsFound`` with exit status 2 and everything that is wrong with it.
    """
    example = "write 'rsync+ssh://user@host/srv/www/blog'"
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise configuration_error(f"DEPLOY: {url!r}: {error}", example) from error
    wrong = []
    port = None
    try:
        port = parts.port
    except ValueError:
        wrong.append("the port is no number from 1 to 65535")
    user = unquote(parts.username) if parts.username else None
    host = parts.hostname or ""
    path = unquote(parts.path).rstrip("/")
    if parts.password is not None:
        # Never shown: the address may stand in a public log.
        url = url.replace(f":{parts.password}@", ":…@")
        wrong.append("a password has no place in it; give the server your public key instead")
    # A leading hyphen would be read as an option of ssh.
    if not re.fullmatch(r"[A-Za-z0-9_.:%][A-Za-z0-9_.:%-]*", host):
        wrong.append("it names no host")
    if user is not None and not re.fullmatch(r"[\w.+@\\][\w.+@\\-]*", user):
        wrong.append("the user's name cannot be one")
    if not path.startswith("/") or any(part in (".", "..") for part in path.split("/")):
        wrong.append("it names no absolute folder on the server (/ itself is none)")
    if any(ord(character) < 32 or ord(character) == 127 for character in path):
        wrong.append("the folder's name has control characters")
    if parts.query or parts.fragment:
        wrong.append("? and # in a folder's name are %3F and %23")
    if wrong:
        raise configuration_error(f"DEPLOY: {url!r}: {'; '.join(wrong)}", example)
    return Address(user=user, host=host, port=port, path=re.sub(r"/{2,}", "/", path))


def remote_shell(address: Address, environ: Mapping[str, str]) -> list[str]:
    """Return the command that reaches a server, without the host: RSYNC_RSH, else ssh.

    What the person wrote stands first, since ssh heeds the first of two settings.
    """
    try:
        command = shlex.split(environ.get("RSYNC_RSH", "")) or ["ssh"]
    except ValueError as error:
        raise configuration_error(
            f"RSYNC_RSH cannot be read: {error}", "write it like RSYNC_RSH='ssh -i key'"
        ) from error
    if os.path.basename(command[0]) == "ssh":  # noqa: PTH119 - a command, not a path
        command += [word for option in _OPTIONS for word in ("-o", option)]
    if address.port is not None:
        command += ["-p", str(address.port)]
    return command


class RemoteShell:
    """A POSIX shell on the server, over one connection; a lock it takes ends with it.

    Scripts go through its input, so that nothing depends on which shell the user has there.
    """

    def __init__(self, address: Address, environ: Mapping[str, str]) -> None:
        self._address = address
        self._met = False
        self._mark = secrets.token_hex(16)
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        try:
            self._process = subprocess.Popen(
                [*remote_shell(address, environ), address.login, "exec sh"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env=dict(environ),
                # Ctrl-C is for us: we end the connection in order.
                start_new_session=True,
            )
        except BaseException:
            self._errors.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue  # what was still to be sent has nobody to read it
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def run(self, script: str) -> tuple[int, bytes]:
        """Run a script there; return its exit status and what it printed.

        Raises ``ProblemsFound`` where the connection cannot be made, or breaks.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101 - Popen was given PIPE; this is for the type checker
        assert stdout is not None  # noqa: S101 - the same
        begin, end = f"{self._mark} begin".encode(), f"{self._mark} end ".encode()
        framed = (
            f"printf '\\n%s begin\\n' {self._mark}\n"
            f"{{ {script}\n}} </dev/null\n"
            f"printf '\\n%s end %d\\n' {self._mark} $?\n"
        )
        try:
            stdin.write(framed.encode())
            stdin.flush()
        except BrokenPipeError:
            raise self._lost() from None
        for line in stdout:  # what a login script prints comes before, and is none of ours
            if line.rstrip() == begin:
                self._met = True
                break
        printed: list[bytes] = []
        for line in stdout:
            if line.startswith(end):
                return int(line[len(end) :]), b"".join(printed)[:-1]
            printed.append(line)
        raise self._lost()

    def _lost(self) -> ProblemsFound:
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace")
        return lost(self._address, said, met=self._met)


def lost(address: Address, said: str, *, met: bool) -> ProblemsFound:
    """Return what to tell where ssh gave up, with its own last words.

    ``met`` is whether the server was reached before. ssh has one exit status for all its
    failures: the advice follows its words, and where they are unknown there is a general one.
    """
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("rsync error", "rsync: "))]
    words = next((line for line in reversed(lines) if "closed" not in line), "")
    words = words or (lines[-1] if lines else "it said no more")
    place = address.login + (f" (port {address.port})" if address.port else "")
    if met:
        problem = Problem(
            what=f"the connection to {place} broke: {words}"
            "; the live site there is whole, the one before or the new one",
            instead="run it again",
        )
        return ProblemsFound([problem])
    known = (
        ("Permission denied", "give the server your public key, and load the key into ssh-agent"),
        ("Too many authentication", "name the key: RSYNC_RSH='ssh -o IdentitiesOnly=yes -i KEY'"),
        ("IDENTIFICATION HAS CHANGED", "ask the server's owner before you trust the new key"),
        ("Host key verification", f"run `ssh {address.login}` once and compare the host's key"),
        ("Could not resolve", "correct the host's name in DEPLOY"),
        ("Connection refused", "correct the port in DEPLOY, or have the SSH server started"),
        ("timed out", "see whether the server is up and a firewall lets you through"),
        ("No route to host", "see whether the server is up and a firewall lets you through"),
        ("Network is unreachable", "see whether this machine is on the network"),
    )
    instead = next(
        (advice for word, advice in known if any(word in line for line in lines)),
        f"see whether `ssh {address.login}` works, then run it again",
    )
    return ProblemsFound([Problem(what=f"no connection to {place}: {words}", instead=instead)])
