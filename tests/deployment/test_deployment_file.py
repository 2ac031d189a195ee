from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from deployment_sites import Write, an_id, contents, leftovers

from utrop.deployment import tree
from utrop.deployment.lock import locked
from utrop.deployment.targets.file import FileTarget
from utrop.problem import ProblemsFound

Site = dict[str, str]


@pytest.fixture
def target(tmp_path: Path) -> FileTarget:
    return FileTarget(folder=tmp_path / "public", keep=3)


def current(target: FileTarget) -> Path:
    return target.folder / "current"


def test_the_first_release(target: FileTarget, build: Write, old: Site) -> None:
    assert target.manifest() is None
    assert target.releases() == []
    target.check()
    assert not target.folder.exists(), "a check writes nothing"

    outcome = target.release(build(old), release_id=an_id(1))

    assert (outcome.release_id, outcome.changed) == (an_id(1), True)
    assert outcome.files_sent == len(old)
    assert outcome.bytes == sum(len(text.encode()) for text in old.values())
    assert current(target).readlink() == Path("releases", an_id(1))
    assert contents(current(target)) == old
    assert target.manifest() == old["announcements.json"].encode()
    assert [(release.id, release.current) for release in target.releases()] == [(an_id(1), True)]


def test_what_stayed_keeps_its_bytes_and_time_and_what_changed_gets_new_ones(
    target: FileTarget, build: Write, old: Site, new: Site
) -> None:
    target.release(build(old), release_id=an_id(1))
    before = current(target).resolve()
    os.utime(before / "index.html", (5, 5))
    os.utime(before / "inlagg/index.html", (5, 5))

    outcome = target.release(build(new), release_id=an_id(2))

    after = current(target).resolve()
    assert outcome.files_sent == 2
    assert contents(after) == new
    assert contents(before) == old
    assert (after / "inlagg/index.html").samefile(before / "inlagg/index.html")
    assert (after / "inlagg/index.html").stat().st_mtime == 5
    assert (after / "index.html").stat().st_mtime > 5


def test_a_release_has_nothing_in_common_with_the_build_folder(
    target: FileTarget, build: Write, old: Site
) -> None:
    output = build(old)
    target.release(output, release_id=an_id(1))

    (output / "index.html").write_text("written over in place", "utf-8")

    assert contents(current(target)) == old


def test_the_same_site_again_is_no_release(target: FileTarget, build: Write, old: Site) -> None:
    target.release(build(old), release_id=an_id(1))

    outcome = target.release(build(old), release_id=an_id(2))

    assert outcome.release_id == an_id(1)
    assert (outcome.changed, outcome.files_sent, outcome.bytes) == (False, 0, 0)
    assert len(target.releases()) == 1


def test_a_file_that_only_went_away_is_a_change(
    target: FileTarget, build: Write, old: Site
) -> None:
    target.release(build(old), release_id=an_id(1))
    del old["tom.txt"]

    outcome = target.release(build(old), release_id=an_id(2))

    assert (outcome.changed, outcome.files_sent) == (True, 0)
    assert contents(current(target)) == old


def test_an_id_that_is_taken_is_numbered(
    target: FileTarget, build: Write, old: Site, new: Site
) -> None:
    target.release(build(old), release_id=an_id(1))
    target.release(build(new), release_id=an_id(1))
    outcome = target.release(build(old), release_id=an_id(1))

    assert outcome.release_id == f"{an_id(1)}-3"
    assert contents(target.folder / "releases" / an_id(1)) == old


def test_old_releases_go_but_never_the_live_one(
    target: FileTarget, build: Write, old: Site
) -> None:
    (target.folder / "releases" / "mina-anteckningar").mkdir(parents=True)
    for number in range(1, 6):
        target.release(build(old | {"n": str(number)}), release_id=an_id(number))
    assert [info.id for info in target.releases()] == [an_id(5), an_id(4), an_id(3)]

    target.rollback(an_id(3))
    # As when the clock goes back: the live release is the oldest by its name.
    target.release(build(old | {"n": "earlier"}), release_id=an_id(2))

    kept = {info.id: info.current for info in target.releases()}
    assert kept == {an_id(5): False, an_id(4): False, an_id(2): True}
    assert (target.folder / "releases" / "mina-anteckningar").is_dir()


def test_going_back_and_forth(target: FileTarget, build: Write, old: Site, new: Site) -> None:
    target.release(build(old), release_id=an_id(1))
    target.release(build(new), release_id=an_id(2))

    assert target.rollback(None) == an_id(1)
    assert contents(current(target)) == old
    assert target.rollback(an_id(2)) == an_id(2)
    assert contents(current(target)) == new
    with pytest.raises(ProblemsFound, match="there is no release 'x'"):
        target.rollback("x")
    assert contents(current(target)) == new


def test_publishing_after_going_back(
    target: FileTarget, build: Write, old: Site, new: Site
) -> None:
    target.release(build(old), release_id=an_id(1))
    target.release(build(new), release_id=an_id(2))
    target.rollback(None)

    outcome = target.release(build(new), release_id=an_id(3))

    assert outcome.changed
    assert contents(current(target)) == new


def test_whatever_the_umask_the_web_server_may_read(
    target: FileTarget, build: Write, old: Site
) -> None:
    output = build(old)
    before = os.umask(0o077)
    try:
        target.release(output, release_id=an_id(1))
    finally:
        os.umask(before)

    for path in (target.folder, *target.folder.rglob("*")):
        if not path.is_symlink() and path.name != ".lock":
            expected = 0o755 if path.is_dir() else 0o644
            assert path.stat().st_mode & 0o777 == expected, path


def test_links_to_files_become_files(target: FileTarget, build: Write, old: Site) -> None:
    output = build(old)
    (output / "kopia.txt").symlink_to("index.html")

    target.release(output, release_id=an_id(1))

    assert not (current(target) / "kopia.txt").is_symlink()
    assert contents(current(target)) == old | {"kopia.txt": old["index.html"]}


def test_what_is_no_file_is_refused_all_at_once(
    target: FileTarget, build: Write, old: Site
) -> None:
    output = build(old)
    (output / "ingenstans").symlink_to("saknas")
    (output / "runt").symlink_to(output)
    os.mkfifo(output / "ror")

    with pytest.raises(ProblemsFound) as found:
        target.release(output, release_id=an_id(1))

    assert sorted(problem.path.name for problem in found.value.problems if problem.path) == [
        "ingenstans",
        "ror",
        "runt",
    ]
    assert not current(target).exists()


def test_nothing_built_is_no_release(target: FileTarget, tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="holds no built site; run `make build`"):
        target.release(tmp_path / "output", release_id=an_id(1))


def test_a_live_release_without_manifest_is_known_to_exist(
    target: FileTarget, build: Write
) -> None:
    target.release(build({"index.html": "home"}), release_id=an_id(1))

    assert target.manifest() == b'{"version": 1, "site": "", "posts": []}\n'


def test_a_live_release_that_was_removed_by_hand_is_none(
    target: FileTarget, build: Write, old: Site
) -> None:
    target.release(build(old), release_id=an_id(1))
    shutil.rmtree(target.folder / "releases" / an_id(1))

    target.check()
    assert target.manifest() is None
    target.release(build(old), release_id=an_id(2))

    assert contents(current(target)) == old


def test_the_digest_is_of_paths_and_bytes_alone(build: Write, old: Site, new: Site) -> None:
    one = tree.digest(build(old))
    other = tree.digest(build(new))
    (build(old) / "en tom mapp").mkdir()

    assert other != one
    assert tree.digest(build(dict(reversed(old.items())))) == one
    assert tree.digest(build({"a": "b", "c": "d"})) != tree.digest(build({"a": "bc", "d": ""}))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda public: public.write_text("a file"), "public: is no folder"),
        (lambda public: (public / "current").mkdir(parents=True), "current: is no link"),
        (
            lambda public: [
                public.mkdir(),
                (public / "current").symlink_to("../elsewhere"),
            ],
            r"current: leads to \.\./elsewhere, which is no release",
        ),
        (
            lambda public: [public.mkdir(), (public / "releases").write_text("a file")],
            "releases: is no folder",
        ),
    ],
)
def test_what_stands_in_the_way_is_told_before_anything_is_built(
    target: FileTarget, build: Write, old: Site, make: object, words: str
) -> None:
    assert callable(make)
    make(target.folder)

    with pytest.raises(ProblemsFound, match=words) as checked:
        target.check()
    with pytest.raises(ProblemsFound, match=words) as released:
        target.release(build(old), release_id=an_id(1))

    assert (checked.value.exit_status, released.value.exit_status) == (2, 1)


def test_the_build_cannot_be_released_into_itself(build: Write, old: Site) -> None:
    output = build(old)
    target = FileTarget(folder=output / "public", keep=1)

    with pytest.raises(ProblemsFound, match="would lie inside each other"):
        target.release(output, release_id=an_id(1))

    assert contents(output) == old


def test_the_second_of_two_publishes_is_told_who_is_at_work(
    target: FileTarget, build: Write, old: Site
) -> None:
    target.folder.mkdir()
    script = (
        "import sys; from pathlib import Path; from utrop.deployment.lock import locked\n"
        "with locked(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, target.folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"

        with pytest.raises(ProblemsFound, match=rf"at work here \(process {other.pid}\); wait"):
            target.release(build(old), release_id=an_id(1))

        other.kill()
    target.release(build(old), release_id=an_id(1))
    with locked(target.folder):
        pass


def test_no_disk_space_leaves_the_old_site_whole(
    target: FileTarget, build: Write, old: Site, new: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    target.release(build(old), release_id=an_id(1))
    real = shutil.copyfileobj

    def full(incoming: object, outgoing: object, length: int = 0) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(ProblemsFound, match=r"no disk space left .* still live.*make room"):
        target.release(build(new), release_id=an_id(2))
    monkeypatch.setattr(shutil, "copyfileobj", real)

    assert contents(current(target)) == old
    assert leftovers(target.folder) == []
    assert [info.id for info in target.releases()] == [an_id(1)]


def test_without_hard_links_files_are_copied_with_their_time(
    target: FileTarget, build: Write, old: Site, new: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    target.release(build(old), release_id=an_id(1))
    os.utime(current(target) / "inlagg/index.html", (5, 5))

    def none(source: Path, destination: Path) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(os, "link", none)
    outcome = target.release(build(new), release_id=an_id(2))

    assert outcome.files_sent == 2
    assert contents(current(target)) == new
    assert (current(target) / "inlagg/index.html").stat().st_mtime == 5


def test_a_reader_never_sees_a_mix_nor_nothing(tmp_path: Path, build: Write) -> None:
    target = FileTarget(folder=tmp_path / "public", keep=100)  # pruned under its feet is no mix
    sites = [{"a.txt": str(n) * 9000, "z/z.txt": str(n) * 9000} for n in (1, 2)]
    target.release(build(sites[0]), release_id=an_id(0))
    stop, seen, wrong = threading.Event(), set(), []

    def read() -> None:
        while not stop.is_set():
            try:
                (current(target) / "a.txt").read_bytes()
                with os.scandir(current(target)):
                    pass
                folder = os.open(current(target), os.O_RDONLY)
                try:
                    texts = []
                    for name in ("a.txt", "z/z.txt"):
                        descriptor = os.open(name, os.O_RDONLY, dir_fd=folder)
                        texts.append(os.read(descriptor, 10000))
                        os.close(descriptor)
                finally:
                    os.close(folder)
            except OSError as error:
                wrong.append(repr(error))
                continue
            seen.add(texts[0])
            if texts[0] != texts[1]:
                wrong.append("a mix")

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(1, 30):
            target.release(build(sites[number % 2]), release_id=an_id(number))
    finally:
        stop.set()
        reader.join()

    assert wrong == []
    assert len(seen) == 2


def test_a_release_that_could_not_be_removed_is_told_and_never_gone_back_to(
    target: FileTarget, build: Write, old: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2, 3):
        target.release(build(old | {"n": str(number)}), release_id=an_id(number))
    real = shutil.rmtree

    def half(folder: Path) -> None:
        (folder / "index.html").unlink()
        raise OSError(errno.EBUSY, "busy", str(folder))

    monkeypatch.setattr(shutil, "rmtree", half)
    outcome = target.release(build(old | {"n": "4"}), release_id=an_id(4))
    monkeypatch.setattr(shutil, "rmtree", real)

    assert outcome.changed
    assert [str(warning) for warning in outcome.warnings] == [
        f"{target.folder / 'releases' / an_id(1)}: warning: could not be removed (busy);"
        " the next publish tries again"
    ]
    assert [info.id for info in target.releases()] == [an_id(4), an_id(3), an_id(2)]
    target.release(build(old | {"n": "5"}), release_id=an_id(5))
    assert leftovers(target.folder) == []


def test_ctrl_c_at_any_step_leaves_a_whole_site_and_nothing_half_made(
    tmp_path: Path, build: Write, old: Site, new: Site
) -> None:
    interrupted = set()
    for last in range(1, 100):
        folder = tmp_path / str(last)
        FileTarget(folder=folder, keep=3).release(build(old), release_id=an_id(1))
        steps: list[str] = []

        def step(name: str, steps: list[str] = steps, last: int = last) -> None:
            steps.append(name)
            if len(steps) == last:
                raise KeyboardInterrupt

        target = FileTarget(folder=folder, keep=3, step=step)
        try:
            target.release(build(new), release_id=an_id(2))
        except KeyboardInterrupt:
            interrupted.add(last)
        else:
            break
        live = contents(folder / "current")
        assert live == (new if "switched" in steps else old)
        assert leftovers(folder) == []
        assert {info.id for info in target.releases() if not info.current} <= {an_id(1)}
    assert len(interrupted) >= len(new) + 4
