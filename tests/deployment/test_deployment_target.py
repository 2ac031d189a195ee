from __future__ import annotations

import re
from pathlib import Path

import pytest

from utrop.deployment.target import open_target, schemes
from utrop.deployment.targets.file import FileTarget
from utrop.deployment.targets.rsync_ssh import RsyncTarget
from utrop.problem import ProblemsFound

ROOT = Path("/site")


def test_the_file_names_are_the_schemes() -> None:
    assert schemes() == ("file", "rsync+ssh")


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("file:public", "/site/public"),
        ("file:///srv/www", "/srv/www"),
        ("file:/srv/www", "/srv/www"),
        ("FILE:public", "/site/public"),
        ("file:min%20blogg", "/site/min blogg"),
        ("file://localhost/srv/www", "/srv/www"),
    ],
)
def test_file_addresses(url: str, folder: str) -> None:
    target = open_target(url, root=ROOT, keep=3, environ={})

    assert isinstance(target, FileTarget)
    assert (target.folder, target.keep, target.is_remote) == (Path(folder), 3, False)


@pytest.mark.parametrize(
    ("url", "login", "port", "path"),
    [
        (
            "rsync+ssh://blogg@www.example.org/srv/blogg",
            "blogg@www.example.org",
            None,
            "/srv/blogg",
        ),
        ("rsync+ssh://www.example.org:2222/srv/a%20b/", "www.example.org", 2222, "/srv/a b"),
        ("rsync+ssh://b@[::1]:22/srv//x", "b@::1", 22, "/srv/x"),
    ],
)
def test_server_addresses(url: str, login: str, port: int | None, path: str) -> None:
    target = open_target(url, root=ROOT, keep=1, environ={})

    assert isinstance(target, RsyncTarget)
    assert target.is_remote
    assert (target.address.login, target.address.port, target.address.path) == (login, port, path)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("public", "write 'file:public'"),
        ("/srv/www", "write 'file:///srv/www'"),
        ("", "write 'file:public'"),
        ("rsync://host/path", r"did you mean rsync\+ssh:\?"),
        ("ssh://host/path", r"did you mean rsync\+ssh:\?"),
        ("flie:public", r"did you mean file:\?"),
        ("s3://bucket", r"write one of file, rsync\+ssh"),
        ("file://srv/www", "names the machine 'srv'; write 'file:///srv/www'"),
        ("file:", "names no folder"),
        ("file:a?b", "names no folder"),
        ("file:~/www", "~ has no meaning"),
        ("rsync+ssh://host", "no absolute folder"),
        ("rsync+ssh://host/", "no absolute folder"),
        ("rsync+ssh://host/a/../b", "no absolute folder"),
        ("rsync+ssh:///srv", "names no host"),
        ("rsync+ssh://host:99999/srv", "the port is no number"),
        ("rsync+ssh://-oProxyCommand=x/srv", "names no host"),
        ("rsync+ssh://-l@host/srv", "user's name"),
        ("rsync+ssh://host/a%0Ab", "control characters"),
        ("rsync+ssh://host/a?b", "%3F"),
        ("rsync+ssh://[::1/srv", "Invalid IPv6"),
    ],
)
def test_addresses_that_are_none(url: str, words: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        open_target(url, root=ROOT, keep=1, environ={})

    assert re.search(words, str(found.value))
    assert found.value.exit_status == 2
    assert len(found.value.problems) == 1


def test_everything_wrong_with_an_address_is_told_at_once_and_no_password() -> None:
    with pytest.raises(ProblemsFound) as found:
        open_target("rsync+ssh://blogg:hemligt@host:x/", root=ROOT, keep=1, environ={})

    told = str(found.value)
    assert "hemligt" not in told
    assert "password" in told
    assert "port" in told
    assert "folder" in told


def test_keeping_nothing_is_refused() -> None:
    with pytest.raises(ProblemsFound, match="KEEP_RELEASES is 0; write 1 or more"):
        open_target("file:public", root=ROOT, keep=0, environ={})
