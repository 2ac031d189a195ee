"""``rsync+ssh://user@host:port/path``: releases on a server, sent by rsync over ssh.

The folder on the server is laid out like that of ``file:``; only changed files travel, the
others are hard-linked there from the live release. RSYNC_RSH is honoured, as rsync does.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from utrop.deployment import remote, tree
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
from utrop.deployment.ssh import Address, RemoteShell, lost, parse, remote_shell
from utrop.problem import Problem, ProblemsFound

_BROKE = {10, 12, 30, 35, 255}
"""Exit statuses of rsync where the connection ended before the work did."""


def connect(url: str, *, root: Path, keep: int, environ: Mapping[str, str]) -> RsyncTarget:
    """Return the server's folder that a URL names; nothing is contacted yet."""
    del root  # a server's folder is absolute
    return RsyncTarget(address=parse(url), keep=keep, environ=environ)


@dataclass(frozen=True, slots=True, kw_only=True)
class RsyncTarget:
    """Releases below a folder of a server."""

    address: Address
    keep: int
    environ: Mapping[str, str]

    @property
    def where(self) -> str:
        """The live site's place, for people."""
        return f"{self.address}/current"

    @property
    def is_remote(self) -> bool:
        """A server is another machine."""
        return True

    def check(self) -> None:
        """Find what would stop a release, here and there; nothing is written."""
        problems(self._missing_here(), exit_status=2)
        try:
            with self._session(create=False) as shell:
                _, said = shell.run(remote.OBSTACLES)
        except ProblemsFound as found:
            raise ProblemsFound(found.problems, exit_status=2) from found
        problems(self._obstacles(said.decode("utf-8", "replace")), exit_status=2)

    def release(self, output: Path, *, release_id: str) -> Outcome:
        """Make a built site the live one, in one step, unless it already is."""
        problems(self._missing_here(), exit_status=1)
        tree.built_files(output)  # nothing travels unless all of it can
        with self._session(create=True) as shell:
            self._lock(shell)
            self._do(shell, remote.SWEEP)
            current, names = self._look(shell)
            if current and not self._differs(output, current):
                return Outcome(release_id=current, changed=False, files_sent=0, bytes=0)
            name = free_id(release_id, names)
            # Named by chance: the receiver of a broken run may still be writing to its own.
            partial = f"{PARTIAL}{name}.{secrets.token_hex(4)}"
            sent, size = self._send(output, partial, current)
            self._do(shell, remote.rename(partial, name))
            self._do(shell, remote.switch(name))
            warnings = self._prune(shell, [*names, name], name)
        return Outcome(
            release_id=name, changed=True, files_sent=sent, bytes=size, warnings=warnings
        )

    def manifest(self) -> bytes | None:
        """Return the live release's manifest; None where nothing was released."""
        with self._session(create=False) as shell:
            current, _ = self._look(shell)
            if current is None:
                return None
            status, content = shell.run(f"cat releases/{current}/{MANIFEST} 2>/dev/null")
            return content if status == 0 else NO_MANIFEST

    def releases(self) -> list[ReleaseInfo]:
        """Return the releases that are kept, the newest first."""
        with self._session(create=False) as shell:
            current, names = self._look(shell)
        return [ReleaseInfo(id=name, current=name == current) for name in names]

    def rollback(self, release_id: str | None) -> str:
        """Make a kept release live, by default the one before the current; return its id."""
        with self._session(create=False) as shell:
            current, names = self._look(shell)
            chosen(names, current=current, wanted=release_id)
            self._lock(shell)
            # Chosen anew: another publish may have ended between the look and the lock.
            current, names = self._look(shell)
            target = chosen(names, current=current, wanted=release_id)
            self._do(shell, remote.switch(target))
        return target

    def _missing_here(self) -> list[Problem]:
        return [
            Problem(what=f"{command} is not installed here", instead=f"install {package}")
            for command, package in (
                ("rsync", "the package rsync"),
                (remote_shell(self.address, self.environ)[0], "an SSH client (openssh-client)"),
            )
            if shutil.which(command, path=self.environ.get("PATH", os.defpath)) is None
        ]

    @contextmanager
    def _session(self, *, create: bool) -> Iterator[RemoteShell]:
        """Open a shell on the server, in the target's folder; where it is absent, in none."""
        problems(self._missing_here(), exit_status=1)
        with RemoteShell(self.address, self.environ) as shell:
            self._do(shell, remote.enter(self.address.path, create=create))
            if create:
                _, said = shell.run(remote.OBSTACLES)
                problems(self._obstacles(said.decode("utf-8", "replace")), exit_status=1)
            yield shell

    def _lock(self, shell: RemoteShell) -> None:
        status, said = shell.run(remote.lock(f"process {os.getpid()} on {os.uname().nodename}"))
        if status == remote.BUSY:
            holder = said.decode("utf-8", "replace").strip()
            raise ProblemsFound(
                [
                    Problem(
                        what=f"another publish is at work in {self.address}"
                        + (f" ({holder})" if holder else ""),
                        instead="wait until it has ended, then run yours again",
                    )
                ]
            )
        if status:
            raise self._failure(said.decode("utf-8", "replace"))

    def _look(self, shell: RemoteShell) -> tuple[str | None, list[str]]:
        """Return the live release, if there is one, and all releases, the newest first."""
        said = self._do(shell, remote.LOOK).splitlines()
        names = newest_first(line.removeprefix("release ") for line in said)
        live = [line.removeprefix("current ") for line in said if line.startswith("current ")]
        current = live[0].rpartition("/")[2] if live else None
        return (current if current in names else None), names

    def _do(self, shell: RemoteShell, script: str) -> str:
        status, said = shell.run(script)
        text = said.decode("utf-8", "replace")
        if status:
            raise self._failure(text)
        return text

    def _prune(self, shell: RemoteShell, names: list[str], current: str) -> tuple[Problem, ...]:
        try:
            for name in expired(names, current=current, keep=self.keep):
                self._do(shell, remote.remove(name))
        except ProblemsFound as found:
            return tuple(
                Problem(
                    what=f"the site is live, but an old release stays: {problem.what}",
                    instead="the next publish tries again",
                    severity="warning",
                )
                for problem in found.problems
            )
        return ()

    def _differs(self, output: Path, current: str) -> bool:
        """Whether the server's release is other than the built site, by every file's bytes."""
        return bool(self._rsync(output, current, "--dry-run", "--delete", "--itemize-changes"))

    def _send(self, output: Path, partial: str, current: str | None) -> tuple[int, int]:
        """Send what the live release lacks; return how many files that was, and their size."""
        options = ["--stats", "--no-human-readable", "--perms", "--chmod=D755,F644"]
        if current:
            options.append(f"--link-dest=../{current}/")
        said = self._rsync(output, partial, *options)
        sent = re.search(r"^Number of (?:regular )?files transferred: ([\d,.]+)", said, re.M)
        size = re.search(r"^Total transferred file size: ([\d,.]+)", said, re.M)
        return tuple(int(re.sub(r"\D", "", found[1])) if found else 0 for found in (sent, size))  # type: ignore[return-value]  # two in, two out

    def _rsync(self, output: Path, release: str, *options: str) -> str:
        shell = " ".join(map(_rsync_word, remote_shell(self.address, self.environ)))
        command = [
            "rsync",
            # By content, not by time: a build may touch every file. Times are not carried over,
            # so that a changed file gets that of its release and an unchanged one keeps its own.
            *("--recursive", "--copy-links", "--prune-empty-dirs", "--checksum", "--compress"),
            # No shell there reads the paths.
            "--protect-args",
            f"--rsh={shell}",
            *options,
            f"{output}/",
            f"{self.address.rsync_host}:{self.address.path}/releases/{release}/",
        ]
        done = subprocess.run(
            command,
            env={**self.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        said = done.stderr.decode("utf-8", "replace")
        if done.returncode in _BROKE and self._advice(said) is None:
            raise lost(self.address, said, met=True)
        if done.returncode:
            raise self._failure(said)
        return done.stdout.decode("utf-8", "replace").strip()

    def _obstacles(self, said: str) -> list[Problem]:
        advice = {
            "rsync": ("rsync is not installed on", "have it installed there"),
            "folder": ("is no folder on", "remove it there, or choose another folder in DEPLOY"),
            "write": (
                "cannot be written to on",
                f"give {self.address.user or 'your user'} the right to, or choose another folder",
            ),
            "current": (
                "is no link to a release on",
                "move it away there, or choose another folder in DEPLOY",
            ),
        }
        found = []
        for line in said.splitlines():
            kind, _, path = line.partition(" ")
            if kind == "link" and not is_release_id(path.rpartition("/")[2]):
                kind, path = "current", f"{self.address.path}/current"
            if kind in advice:
                what, instead = advice[kind]
                found.append(
                    Problem(what=f"{path} {what} {self.address.login}".strip(), instead=instead)
                )
        return found

    def _failure(self, said: str) -> ProblemsFound:
        """Return what to tell where a step failed on the server: its own first words."""
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        words = lines[0].removeprefix("sh: ") if lines else "it gave no reason"
        return ProblemsFound(
            [
                Problem(
                    what=f"the release on {self.address.login} failed: {words}"
                    "; the site that was live is still live, and whole",
                    instead=self._advice(said) or "correct that, then publish again",
                )
            ]
        )

    def _advice(self, said: str) -> str | None:
        if "No space left" in said or "quota exceeded" in said.lower():
            return "make room there (a lower KEEP_RELEASES keeps fewer releases), publish again"
        if "Permission denied" in said or "Read-only file system" in said:
            return "have the right to write given there, or choose another folder in DEPLOY"
        if "is your shell clean" in said:
            return f"`ssh {self.address.login} true` must print nothing; see the shell's profile"
        if "rsync: command not found" in said or "rsync: not found" in said:
            return "have rsync installed there"
        return None


def _rsync_word(word: str) -> str:
    """Quote a word of ``--rsh`` as rsync reads it: a quote inside quotes is doubled."""
    if re.search(r"[\s'\"]", word) or not word:
        return "'" + word.replace("'", "''") + "'"
    return word
