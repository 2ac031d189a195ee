"""Releases on a server, against a real sshd and a real rsync."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from deployment_sites import Write, an_id, contents, leftovers

from tests.servers import sshd
from utrop.deployment import remote
from utrop.deployment.ssh import RemoteShell, parse
from utrop.deployment.target import Target, open_target
from utrop.problem import ProblemsFound

pytestmark = pytest.mark.sshd
Site = dict[str, str]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sshd.SshServer]:
    if missing := sshd.missing():
        assert os.environ.get("STRICT") != "1", f"not installed: {missing}"
        pytest.skip(f"not installed: {missing}")
    with sshd.sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """The folder on the server; its name needs quoting by everyone who touches it."""
    return tmp_path / 'o\'dd "$HOME" & `name` *'


@pytest.fixture
def target(server: sshd.SshServer, public: Path) -> Target:
    return at(server, public)


def at(
    server: sshd.SshServer, public: Path, *, port: int | None = None, keep: int = 3, **environ: str
) -> Target:
    url = server.url(Path(str(public).replace("%", "%25")), port=port)
    return open_target(url, root=Path("/"), keep=keep, environ={**server.environ(), **environ})


def test_the_first_release(target: Target, public: Path, build: Write, old: Site) -> None:
    target.check()
    assert not public.exists(), "a check writes nothing"
    assert target.manifest() is None
    assert target.releases() == []
    with pytest.raises(ProblemsFound, match="no release to go back from"):
        target.rollback(None)

    outcome = target.release(build(old), release_id=an_id(1))

    assert (outcome.release_id, outcome.changed) == (an_id(1), True)
    assert outcome.files_sent == len(old)
    assert outcome.bytes == sum(len(text.encode()) for text in old.values())
    assert (public / "current").readlink() == Path("releases", an_id(1))
    assert contents(public / "current") == old
    assert target.manifest() == old["announcements.json"].encode()
    assert [(info.id, info.current) for info in target.releases()] == [(an_id(1), True)]
    assert leftovers(public) == []
    for path in (public, *public.rglob("*")):
        if not path.is_symlink() and path.name != ".lock":
            assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path


def test_only_changed_files_travel_and_the_others_keep_their_time(
    target: Target, public: Path, build: Write, old: Site, new: Site
) -> None:
    heavy = {f"bild/{number}.bin": os.urandom(20).hex() * 1000 for number in range(20)}
    target.release(build(old | heavy), release_id=an_id(1))
    before = (public / "current").resolve()
    for name in ("index.html", "inlagg/index.html"):
        os.utime(before / name, (5, 5))

    outcome = target.release(build(new | heavy), release_id=an_id(2))

    after = (public / "current").resolve()
    assert outcome.files_sent == 2
    assert outcome.bytes == len(new["index.html"]) + len(new["nytt/djupt/index.html"])
    assert contents(after) == new | heavy
    assert contents(before) == old | heavy
    assert (after / "inlagg/index.html").samefile(before / "inlagg/index.html")
    assert (after / "inlagg/index.html").stat().st_mtime == 5
    assert (after / "index.html").stat().st_mtime > 5


def test_the_same_site_again_is_no_release(
    target: Target, build: Write, old: Site, new: Site
) -> None:
    target.release(build(old), release_id=an_id(1))

    again = target.release(build(old), release_id=an_id(2))
    assert (again.release_id, again.changed, again.files_sent) == (an_id(1), False, 0)

    del old["tom.txt"]
    assert target.release(build(old), release_id=an_id(3)).changed, "a file went away"
    assert [info.id for info in target.releases()] == [an_id(3), an_id(1)]


def test_old_releases_go_and_one_can_go_back(
    target: Target, public: Path, build: Write, old: Site
) -> None:
    for number in range(1, 6):
        target.release(build(old | {"n": str(number)}), release_id=an_id(number))
    (public / "releases" / "egna-saker").mkdir()

    assert [info.id for info in target.releases()] == [an_id(5), an_id(4), an_id(3)]
    assert target.rollback(None) == an_id(4)
    assert contents(public / "current") == old | {"n": "4"}
    assert target.rollback(an_id(5)) == an_id(5)
    with pytest.raises(ProblemsFound, match=f"there is no release '{an_id(1)}'"):
        target.rollback(an_id(1))
    assert (public / "current").readlink() == Path("releases", an_id(5))


def held(server: sshd.SshServer, public: Path) -> RemoteShell:
    """Return a session that holds the target, as that of another publish."""
    shell = RemoteShell(parse(server.url(public)), server.environ())
    shell.run(remote.enter(str(public), create=True))
    assert shell.run(remote.lock("process 7 on elsewhere"))[0] == 0
    return shell


def test_the_second_of_two_publishes_is_told_who_is_at_work(
    server: sshd.SshServer, tmp_path: Path, build: Write, old: Site
) -> None:
    public = tmp_path / "public"
    target = at(server, public)

    with (
        held(server, public),
        pytest.raises(ProblemsFound, match=r"at work in .*\(process 7 on elsewhere\); wait until"),
    ):
        target.release(build(old), release_id=an_id(1))

    assert target.release(build(old), release_id=an_id(1)).changed


def test_without_flock_a_folder_is_the_lock(
    tmp_path: Path, build: Write, old: Site, new: Site
) -> None:
    public = tmp_path / "public"
    (tmp_path / "sshd").mkdir()
    path = sshd.session_path(tmp_path / "bin", without=("flock",))
    with sshd.sshd(tmp_path / "sshd", path=path) as server:
        target = at(server, public)
        target.release(build(old), release_id=an_id(1))
        with held(server, public) as shell:
            assert shell.run("command -v flock || echo none")[1] == b"none\n"
            with pytest.raises(ProblemsFound, match=r"process 7 .* remove .*/\.lock\.d there"):
                target.release(build(new), release_id=an_id(2))
        target.release(build(new), release_id=an_id(2))

    assert contents(public / "current") == new
    assert leftovers(public) == []


def test_a_server_without_rsync(tmp_path: Path, build: Write, old: Site) -> None:
    (tmp_path / "sshd").mkdir()
    path = sshd.session_path(tmp_path / "bin", without=("rsync",))
    with sshd.sshd(tmp_path / "sshd", path=path) as server:
        target = at(server, tmp_path / "public")
        with pytest.raises(ProblemsFound, match=r"rsync is not installed on .*; have it") as found:
            target.check()
        with pytest.raises(ProblemsFound, match="rsync is not installed on"):
            target.release(build(old), release_id=an_id(1))

    assert found.value.exit_status == 2


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda public: public.write_text("a file"), "is no folder on"),
        (lambda public: (public / "current").mkdir(parents=True), "current is no link to a"),
        (
            lambda public: [public.mkdir(), (public / "current").symlink_to("/elsewhere")],
            "current is no link to a release on",
        ),
        (
            lambda public: [public.mkdir(), (public / "releases").write_text("a file")],
            "is no folder on",
        ),
    ],
)
def test_what_stands_in_the_way_is_told_before_anything_is_built(
    target: Target,
    public: Path,
    build: Write,
    old: Site,
    make: Callable[[Path], object],
    words: str,
) -> None:
    make(public)

    with pytest.raises(ProblemsFound, match=words) as checked:
        target.check()
    with pytest.raises(ProblemsFound):
        target.release(build(old), release_id=an_id(1))

    assert checked.value.exit_status == 2
    assert not list(public.parent.glob("**/.partial*"))


def test_a_folder_that_may_not_be_written_to(
    server: sshd.SshServer, tmp_path: Path, build: Write, old: Site
) -> None:
    for name in ("read-only", "sshd"):
        (tmp_path / name).mkdir()
    mount = f'mount -t tmpfs -o ro none {tmp_path}/read-only && exec "$@"'
    within = ("unshare", "--mount", "sh", "-c", mount, "sh")
    if subprocess.run([*within, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a disk that is read-only in a namespace of its own")
    with sshd.sshd(tmp_path / "sshd", within=within) as server:
        target = at(server, tmp_path / "read-only" / "site")
        with pytest.raises(ProblemsFound, match=r"/read-only cannot be written to on .*; give"):
            target.check()
        with pytest.raises(ProblemsFound, match=r"Read-only file system; the site .* given there"):
            target.release(build(old), release_id=an_id(1))


def test_servers_that_let_nobody_in(server: sshd.SshServer, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = taken.getsockname()[1]
    stranger = server.environ(key="stranger_key")["RSYNC_RSH"]
    unknown = server.environ(hosts="no_hosts")["RSYNC_RSH"]
    cases = {
        "Permission denied.*; give the server your public key": at(
            server, tmp_path / "x", RSYNC_RSH=stranger
        ),
        "Host key verification failed.*; run `ssh .*` once": at(
            server, tmp_path / "x", RSYNC_RSH=unknown
        ),
        "Connection refused; correct the port": at(server, tmp_path / "x", port=nobody),
        "Could not resolve hostname .*; correct the host's name": open_target(
            "rsync+ssh://blogg@nowhere.invalid/srv",
            root=Path("/"),
            keep=1,
            environ=server.environ(),
        ),
    }
    for words, target in cases.items():
        with pytest.raises(ProblemsFound, match=words) as found:
            target.check()
        assert found.value.exit_status == 2
        assert len(found.value.problems) == 1


def test_what_is_missing_here_is_told_all_at_once(server: sshd.SshServer, tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        at(server, tmp_path / "public", PATH=str(tmp_path)).check()

    assert [str(problem) for problem in found.value.problems] == [
        "rsync is not installed here; install the package rsync",
        "ssh is not installed here; install an SSH client (openssh-client)",
    ]
    assert found.value.exit_status == 2


def test_a_login_script_that_prints_is_named(tmp_path: Path, build: Write, old: Site) -> None:
    (tmp_path / "sshd").mkdir()
    with sshd.sshd(tmp_path / "sshd") as server:
        keys = server.folder / "authorized_keys"
        keys.write_text(
            f'command="echo hej; exec sh -c \\"$SSH_ORIGINAL_COMMAND\\"" {keys.read_text()}'
        )
        target = at(server, tmp_path / "public")

        target.check()
        assert target.releases() == []
        with pytest.raises(ProblemsFound, match="must print nothing"):
            target.release(build(old), release_id=an_id(1))


def test_a_connection_that_is_cut_leaves_the_old_site_or_the_new(
    server: sshd.SshServer, tmp_path: Path, build: Write
) -> None:
    noise = random.Random(2)  # noqa: S311 - files that do not compress, no secrets
    old = {f"{number}/index.html": noise.randbytes(2000).hex() for number in range(12)}
    new = old | {f"{number}/index.html": noise.randbytes(2000).hex() for number in range(6, 14)}
    public, output = tmp_path / "public", build(old)
    with sshd.CuttingProxy(server.port, after=10**9) as uncut:
        at(server, public, port=uncut.port).release(output, release_id=an_id(1))
    output = build(new)
    copy = tmp_path / "probe"
    shutil.copytree(public, copy, symlinks=True)
    with sshd.CuttingProxy(server.port, after=10**9) as uncut:
        at(server, copy, port=uncut.port).release(output, release_id=an_id(2))
    whole, found = uncut.passed, set()

    # The last bytes are the most telling: the rename, the switch, the pruning, the good-bye.
    for after in (*range(5000, whole - 2000, whole // 5), *range(whole - 1000, whole, 250)):
        again = tmp_path / f"cut-{after}"
        shutil.copytree(public, again, symlinks=True)
        with sshd.CuttingProxy(server.port, after=after) as cut:
            try:
                at(server, again, port=cut.port).release(output, release_id=an_id(2))
                told = ""
            except ProblemsFound as problems:
                told = str(problems)

        assert cut.cut
        live = contents(again / "current")
        assert live in (old, new), after
        assert told or live == new, after
        assert not told or "broke" in told or "no connection" in told, told
        found.add(live == new)
        target = at(server, again)
        target.release(output, release_id=an_id(3))
        assert contents(again / "current") == new
        assert leftovers(again) == []
    assert False in found


def test_a_reader_never_sees_a_mix_nor_nothing(
    server: sshd.SshServer, tmp_path: Path, build: Write
) -> None:
    public = tmp_path / "public"
    target = at(server, public, keep=100)
    sites = [{"a.txt": str(n) * 9000, "z/z.txt": str(n) * 9000} for n in (1, 2)]
    target.release(build(sites[0]), release_id=an_id(0))
    stop, seen, wrong = threading.Event(), set(), []

    def read() -> None:
        while not stop.is_set():
            try:
                (public / "current" / "a.txt").read_bytes()
                release = (public / "current").resolve()
                texts = [(release / name).read_bytes() for name in ("a.txt", "z/z.txt")]
            except OSError as error:
                wrong.append(repr(error))
                continue
            seen.add(texts[0])
            if texts[0] != texts[1]:
                wrong.append("a mix")

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(1, 5):
            target.release(build(sites[number % 2]), release_id=an_id(number))
        for number in (0, 1, 2):
            target.rollback(an_id(number))
    finally:
        stop.set()
        reader.join()

    assert wrong == []
    assert len(seen) == 2
