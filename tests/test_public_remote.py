"""A file that may not be told yet is warned of where its git remote can be read by anyone."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.git_http import serving
from utrop.public_remote import exposed, web_address

PASSWORD = "hemligt"


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=Eva Ek", "-c", "user.email=eva@example.org", "-C", str(folder),
         *arguments],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    return done.stdout


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    # What the client carries for others must not open a private repository.
    with httpx.Client(auth=("eva", PASSWORD), headers={"Authorization": "Bearer x"}) as client:
        yield client


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with a post that is pushed to ``served/blogg.git`` and one that is not."""
    served = tmp_path / "served"
    git(tmp_path, "init", "-q", "--bare", str(served / "blogg.git"))
    root = tmp_path / "site"
    git(tmp_path, "init", "-q", "-b", "main", str(root))
    for name in ("content/posts/pushed.md", "content/posts/notices/pushed.xml"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text", "utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "A notice")
    git(root, "remote", "add", "origin", str(served / "blogg.git"))
    git(root, "push", "-q", "origin", "main")
    (root / "content/posts/kept.md").write_text("text", "utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Not pushed")
    return root


def held(site: Path, *names: str) -> list[Path]:
    return [site / "content/posts" / name for name in names]


def at(site: Path, url: str) -> None:
    git(site, "remote", "set-url", "origin", url)


def test_a_public_remote_is_named_with_the_file_and_what_to_do(
    site: Path, http: httpx.Client
) -> None:
    with serving(site.parent / "served") as server:
        at(site, f"{server.url}/blogg.git")
        found = exposed(held(site, "pushed.md", "notices/pushed.xml", "kept.md"), http)
    assert sorted(one.path.name for one in found if one.path) == ["pushed.md", "pushed.xml"]
    for one in found:
        assert one.severity == "warning"
        assert '"origin"' in str(one)
        assert server.url in str(one)
        assert "private" in one.instead
    assert len(server.asked) == 1, "one remote is asked once"


def test_no_credential_is_sent_or_told(site: Path, http: httpx.Client) -> None:
    with serving(site.parent / "served") as server:
        at(site, f"{server.url}/blogg.git".replace("://", f"://eva:{PASSWORD}@"))
        found = exposed(held(site, "pushed.md"), http)
    assert server.asked == [("/blogg.git/info/refs?service=git-upload-pack", "")]
    assert PASSWORD not in str(found)
    assert "eva" not in str(found[0])


def test_a_remote_that_asks_who_it_is_is_private(site: Path, http: httpx.Client) -> None:
    with serving(site.parent / "served", password=PASSWORD) as server:
        at(site, f"{server.url}/blogg.git".replace("://", f"://eva:{PASSWORD}@"))
        git(site, "fetch", "-q", "origin")  # the server does let in whoever gives the password
        server.asked.clear()
        assert exposed(held(site, "pushed.md"), http) == []
        assert server.asked == [("/blogg.git/info/refs?service=git-upload-pack", "")]


def test_without_a_pushed_file_nobody_is_asked(site: Path, http: httpx.Client) -> None:
    with serving(site.parent / "served") as server:
        at(site, f"{server.url}/blogg.git")
        assert exposed(held(site, "kept.md"), http) == []
        assert exposed([], http) == []
        assert exposed([site.parent / "elsewhere.md", site / "gone" / "x.md"], http) == []
        assert server.asked == []


def test_what_was_pushed_and_taken_out_again_stands_in_the_history(
    site: Path, http: httpx.Client
) -> None:
    git(site, "rm", "-q", "--cached", "content/posts/pushed.md")
    git(site, "commit", "-q", "-m", "Out again")
    git(site, "push", "-q", "origin", "main:main")
    with serving(site.parent / "served") as server:
        at(site, f"{server.url}/blogg.git")
        assert len(exposed(held(site, "pushed.md"), http)) == 1


def test_a_branch_beside_main_counts_too(site: Path, http: httpx.Client) -> None:
    git(site, "push", "-q", "origin", "main:drafts/notice")
    with serving(site.parent / "served") as server:
        at(site, f"{server.url}/blogg.git")
        assert len(exposed(held(site, "kept.md"), http)) == 1


def test_another_remote_that_is_public_is_found(site: Path, http: httpx.Client) -> None:
    git(site, "remote", "add", "mirror", str(site.parent / "served/blogg.git"))
    git(site, "fetch", "-q", "mirror")
    with serving(site.parent / "served") as server:
        git(site, "remote", "set-url", "mirror", f"{server.url}/blogg.git")
        (found,) = exposed(held(site, "pushed.md"), http)
    assert '"mirror"' in found.what


def test_an_address_for_pushing_alone_is_asked(site: Path, http: httpx.Client) -> None:
    with serving(site.parent / "served") as server:
        git(site, "remote", "set-url", "--push", "origin", f"{server.url}/blogg.git")
        assert len(exposed(held(site, "pushed.md"), http)) == 1


@pytest.mark.parametrize("times", [1, 9])
def test_a_repository_that_moved_is_followed_but_not_for_ever(
    site: Path, http: httpx.Client, times: int
) -> None:
    moved = {"/old": "/blogg.git"} if times == 1 else {"/old": "/old"}
    with serving(site.parent / "served", moved=moved) as server:
        at(site, f"{server.url}/old")
        assert len(exposed(held(site, "pushed.md"), http)) == (times == 1)


def answering(status: int, content: bytes = b"", **headers: str) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "Authorization" not in request.headers
        if request.url.host != "git.example.org":
            return httpx.Response(200, content=b"001e# service=git-upload-pack\n")
        return httpx.Response(status, content=content, headers=headers)

    return httpx.Client(transport=httpx.MockTransport(answer), auth=("eva", PASSWORD))


@pytest.mark.parametrize(
    ("client", "is_public"),
    [
        (answering(200, b"001e# service=git-upload-pack\n0000"), True),
        (answering(200, b"1" * 40 + b"\trefs/heads/main\n"), True),
        (answering(200, b"<!doctype html><title>Log in</title>"), False),
        (answering(200), False),
        (answering(403), False),
        (answering(404, b"001e# service=git-upload-pack\n"), False),
        (answering(302, Location="https://eva:hemligt@elsewhere.example.org/x"), True),
        (answering(302, Location="http://elsewhere.example.org/x"), False),
        (answering(302, Location="https://git.example.org:nope/"), False),
    ],
)
def test_only_refs_are_a_yes(site: Path, client: httpx.Client, is_public: bool) -> None:
    at(site, "git@git.example.org:kommun/blogg.git")
    with client:
        assert bool(exposed(held(site, "pushed.md"), client)) is is_public


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.InvalidURL])
def test_a_host_that_does_not_answer_is_no_warning(site: Path, error: type[Exception]) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error("no")

    at(site, "ssh://git@git.example.org:2222/kommun/blogg.git")
    with httpx.Client(transport=httpx.MockTransport(fail)) as client:
        assert exposed(held(site, "pushed.md"), client) == []


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("git@git.example.org:kommun/blogg.git", "https://git.example.org/kommun/blogg.git"),
        ("git.example.org:/kommun/blogg", "https://git.example.org/kommun/blogg"),
        ("ssh://git@git.example.org:22/kommun/blogg", "https://git.example.org/kommun/blogg"),
        ("git://git.example.org/blogg.git", "https://git.example.org/blogg.git"),
        ("https://eva:x@git.example.org/b.git/", "https://git.example.org/b.git"),
        ("http://git.example.org:8080/b.git?x=1", "http://git.example.org:8080/b.git"),
        ("https://[2001:db8::1]:8443/b.git", "https://[2001:db8::1]:8443/b.git"),
        ("https://token@git.example.org:x/b.git", ""),
        ("/srv/git/blogg.git", ""),
        ("../blogg.git", ""),
        ("file:///srv/git/blogg.git", ""),
        ("C:\\git\\blogg", ""),
        ("C:/git/blogg", ""),
        ("ext::ssh git@git.example.org %S blogg", ""),
        ("", ""),
    ],
)
def test_where_a_remote_is_read_by_strangers(remote: str, address: str) -> None:
    assert web_address(remote) == address


@given(st.text("abcåÄ0129%:!$&'()*+,;=._~-", min_size=1))
def test_no_secret_of_an_address_is_left(secret: str) -> None:
    for user in (f"eva:{secret}", secret):
        for scheme in ("https", "ssh"):
            address = web_address(f"{scheme}://{user}@git.example.org/b.git")
            assert address == "https://git.example.org/b.git"
