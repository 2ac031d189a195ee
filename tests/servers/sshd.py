"""A real OpenSSH server on loopback with throwaway keys, and a proxy that cuts connections."""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")


def missing() -> str:
    """Return what is not installed here, in words; empty where all is there."""
    needed = {"sshd": _SSHD, "ssh": shutil.which("ssh"), "rsync": shutil.which("rsync")}
    return ", ".join(name for name, path in needed.items() if path is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SshServer:
    """A running server that lets this user in by key, and by no other means."""

    port: int
    folder: Path

    def url(self, path: Path, *, port: int | None = None) -> str:
        """Return the target URL of a folder, by way of a proxy's port if given."""
        return (
            f"rsync+ssh://{pwd.getpwuid(os.geteuid()).pw_name}@127.0.0.1:{port or self.port}{path}"
        )

    def environ(self, *, key: str = "client_key", hosts: str = "known_hosts") -> dict[str, str]:
        """Return an environment in which ssh uses the throwaway keys and no one's own settings."""
        shell = [
            *("ssh", "-F", "/dev/null", "-i", str(self.folder / key)),
            *("-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"),
            *("-o", f"UserKnownHostsFile={self.folder / hosts}"),
            # One name for the server and the proxies before it, which have ports of their own.
            *("-o", "HostKeyAlias=utrop-test", "-o", "StrictHostKeyChecking=yes"),
        ]
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "RSYNC_RSH": shlex.join(shell),
        }


@contextmanager
def sshd(
    folder: Path, *, path: str | None = None, within: Sequence[str] = ()
) -> Iterator[SshServer]:
    """Run a server with its files in a folder.

    ``path`` is the PATH that its sessions get; ``within`` is a command that runs the server's.
    """
    assert _SSHD is not None, "call missing() first"
    for key in ("host_key", "client_key", "stranger_key"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True
        )
    shutil.copy(folder / "client_key.pub", folder / "authorized_keys")
    host_key = " ".join((folder / "host_key.pub").read_text().split()[:2])
    (folder / "known_hosts").write_text(f"utrop-test {host_key}\n")
    (folder / "no_hosts").write_text("")
    port = _free_port()
    (folder / "sshd_config").write_text(
        "\n".join(
            (
                f"Port {port}",
                "ListenAddress 127.0.0.1",
                f"HostKey {folder}/host_key",
                f"AuthorizedKeysFile {folder}/authorized_keys",
                f"PidFile {folder}/sshd.pid",
                "StrictModes no",  # a temporary folder is writable by others
                "UsePAM no",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "PermitRootLogin prohibit-password",
                "MaxStartups 100",
                *((f"SetEnv PATH={path}",) if path else ()),
            )
        )
        + "\n"
    )
    if os.geteuid() == 0:
        # Compiled into sshd: where root starts it, it separates its rights in this empty folder.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    log = folder / "sshd.log"
    process = subprocess.Popen(
        [*within, _SSHD, "-D", "-f", folder / "sshd_config", "-E", log], stdin=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 20
        while not _answers(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
        yield SshServer(port=port, folder=folder)
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


class CuttingProxy:
    """Passes connections on to a server until so many bytes were sent to it, then cuts them all."""

    def __init__(self, to_port: int, *, after: int) -> None:
        self.after = after
        self.passed = 0
        self.cut = False
        self._to_port = to_port
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> CuttingProxy:
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join(20)
        self._listener.close()
        with self._lock:
            self._cut_all()
        for thread in self._threads:
            thread.join(20)
        for each in self._sockets:
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was shut down
            while True:
                client, _ = self._listener.accept()
                with self._lock:
                    self._sockets.append(client)
                    if self.cut:
                        client.shutdown(socket.SHUT_RDWR)
                        continue
                    server = socket.create_connection(("127.0.0.1", self._to_port))
                    self._sockets.append(server)
                for way in ((client, server, True), (server, client, False)):
                    thread = threading.Thread(target=self._carry, args=way, daemon=True)
                    thread.start()
                    self._threads.append(thread)

    def _carry(self, source: socket.socket, sink: socket.socket, counts: bool) -> None:
        with suppress(OSError):
            while data := source.recv(512):
                if not self._may_pass(len(data) if counts else 0):
                    break
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def _may_pass(self, size: int) -> bool:
        with self._lock:
            if not self.cut:
                self.passed += size
                if self.passed > self.after:
                    self._cut_all()
            return not self.cut

    def _cut_all(self) -> None:
        self.cut = True
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def session_path(folder: Path, without: Sequence[str]) -> str:
    """Return a PATH with the system's commands except some, for a server that lacks them."""
    folder.mkdir()
    for place in ("/usr/bin", "/bin"):
        for command in Path(place).iterdir():
            link = folder / command.name
            if command.name not in without and not link.is_symlink():
                link.symlink_to(command)
    return str(folder)
