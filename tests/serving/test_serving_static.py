"""The local web server, asked over HTTP."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utrop.problem import ProblemsFound
from utrop.serving.headers import matches, media_type
from utrop.serving.lookup import below
from utrop.serving.static import SiteServer, running, serve

FILES = {
    "index.html": "<!doctype html><title>Hem</title>",
    "404.html": "<!doctype html><title>Finns inte</title>",
    "forsta/index.html": "<!doctype html><title>Första</title>",
    "utan-sida/bild.svg": "<svg/>",
    "feed.rss": "<rss/>",
    "feed.atom": "<feed/>",
    "feed.json": "{}",
    "announcements.json": "{}",
    "en/feed.json": "{}",
    "sitemap.xml": "<urlset/>",
    "robots.txt": "User-agent: *",
    "stil.css": "p {}",
    "blad med åäö.pdf": "%PDF",
    "okand.slag": "?",
    ".hemlig": "no",
    ".well-known/security.txt": "Contact: x",
}


def write(folder: Path) -> Path:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("outside")
    return write(tmp_path / "site")


@pytest.fixture
def http(site: Path) -> Iterator[httpx.Client]:
    with running(site) as server, httpx.Client(base_url=server.url, trust_env=False) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", "text/html; charset=utf-8"),
        ("forsta/", "text/html; charset=utf-8"),
        ("forsta/index.html", "text/html; charset=utf-8"),
        ("feed.rss", "application/rss+xml; charset=utf-8"),
        ("feed.atom", "application/atom+xml; charset=utf-8"),
        ("feed.json", "application/feed+json"),
        ("en/feed.json", "application/feed+json"),
        ("announcements.json", "application/json"),
        ("sitemap.xml", "application/xml; charset=utf-8"),
        ("robots.txt", "text/plain; charset=utf-8"),
        ("stil.css", "text/css; charset=utf-8"),
        ("utan-sida/bild.svg", "image/svg+xml; charset=utf-8"),
        ("blad%20med%20%C3%A5%C3%A4%C3%B6.pdf", "application/pdf"),
        ("okand.slag", "application/octet-stream"),
        (".well-known/security.txt", "text/plain; charset=utf-8"),
        ("robots.txt?utm_source=x", "text/plain; charset=utf-8"),
    ],
)
def test_what_is_there(http: httpx.Client, site: Path, path: str, kind: str) -> None:
    answer = http.get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.text in FILES.values()
    head = http.head(path)
    same = {name: value for name, value in answer.headers.items() if name != "date"}
    assert {name: value for name, value in head.headers.items() if name != "date"} == same
    assert head.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "saknas",
        "saknas/",
        "saknas/djupare/",
        "utan-sida/",
        "robots.txt/",
        ".hemlig",
        "%2e%2e/secret.txt",
        "forsta/%2e%2e/%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "..%5csecret.txt",
        "%00",
        "robots.txt%00.html",
        "%ff",
        "a" * 300,
        "a/" * 1500,
        "forsta//index.html",
        "%2F%2Fexample.org/",
    ],
)
def test_what_is_not_there(http: httpx.Client, path: str) -> None:
    answer = http.get(path)

    assert answer.status_code == 404
    assert answer.text == FILES["404.html"]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "etag" not in answer.headers


@pytest.mark.parametrize(
    "line",
    [
        b"GET /../secret.txt HTTP/1.1",
        b"GET //secret.txt HTTP/1.1",
        b"GET ../secret.txt HTTP/1.1",
        b"GET http://[ HTTP/1.1",
        b"GET /\xe5 HTTP/1.1",
    ],
)
def test_raw_requests_lead_nowhere_else(site: Path, line: bytes) -> None:
    with running(site) as server:
        host, port = server.server_address[:2]
        with socket.create_connection((str(host), port), timeout=10) as connection:
            connection.sendall(line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: connection.recv(4096), b""))

    assert answer.startswith(b"HTTP/1.1 404 "), answer
    assert b"outside" not in answer


def test_a_link_out_of_the_site_is_not_followed(http: httpx.Client, site: Path) -> None:
    (site / "ut.txt").symlink_to(site.parent / "secret.txt")
    (site / "ut").symlink_to(site.parent)
    (site / "in.txt").symlink_to("robots.txt")

    assert http.get("ut.txt").status_code == 404
    assert http.get("ut/secret.txt").status_code == 404
    assert http.get("ut").status_code == 404
    assert http.get("in.txt").text == FILES["robots.txt"]


def test_folders_get_their_slash(http: httpx.Client) -> None:
    answer = http.get("forsta?a=b&c")

    assert answer.status_code == 301
    assert answer.headers["location"] == "/forsta/?a=b&c"


def test_an_address_that_stays_gets_a_304(http: httpx.Client, site: Path) -> None:
    first = http.get("feed.rss")
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    expected = int((site / "feed.rss").stat().st_mtime)
    assert parsedate_to_datetime(modified).timestamp() == expected

    for headers, status in (
        ({"If-None-Match": etag}, 304),
        ({"If-None-Match": f'"other", W/{etag}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-None-Match": '"other"', "If-Modified-Since": modified}, 200),
        ({"If-Modified-Since": modified}, 304),
        ({"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "nonsense"}, 200),
    ):
        answer = http.get("feed.rss", headers=headers)
        assert answer.status_code == status, headers
        assert answer.headers["etag"] == etag
        assert answer.text == (FILES["feed.rss"] if status == 200 else "")

    os.utime(site / "feed.rss", ns=(1, 1))
    assert http.get("feed.rss", headers={"If-None-Match": etag}).status_code == 200


def test_it_only_reads(http: httpx.Client) -> None:
    for method in ("POST", "PUT", "DELETE", "PROPFIND"):
        answer = http.request(method, "feed.rss", content=b"GET / HTTP/1.1\r\n\r\n")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_body_is_never_the_next_request(site: Path) -> None:
    inner = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n"
    with running(site) as server:
        host, port = server.server_address[:2]
        with socket.create_connection((str(host), port), timeout=10) as connection:
            length = str(len(inner)).encode()
            connection.sendall(
                b"GET /feed.rss HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\n"
            )
            connection.sendall(inner)
            answer = b"".join(iter(lambda: _received(connection), b""))

    assert answer.count(b"HTTP/1.1 ") == 1


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(4096)
    except ConnectionResetError:
        return b""


def test_every_answer_carries_what_keeps_readers_safe(http: httpx.Client) -> None:
    for path in ("", "feed.rss", "saknas", "forsta"):
        headers = http.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert headers["cache-control"] == "no-cache"
    assert http.get("feed.rss").headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in http.get("").headers


def test_one_connection_serves_many_requests(site: Path) -> None:
    with running(site) as server:
        host, port = server.server_address[:2]
        with socket.create_connection((str(host), port), timeout=10) as connection:
            request = b"HEAD /%s HTTP/1.1\r\nHost: x\r\n\r\n"
            last = b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            connection.sendall(request % b"" + request % b"saknas" + request % b"forsta" + last)
            answer = b"".join(iter(lambda: connection.recv(4096), b""))

    lines = [line for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    assert [line.split()[1] for line in lines] == [b"200", b"404", b"301", b"200"]


@pytest.mark.parametrize("base", ["/blogg/", "blogg", "/blogg"])
def test_below_a_base_path(site: Path, base: str) -> None:
    with running(site, base_path=base) as server:
        assert server.url.endswith("/blogg/")
        root = server.url.removesuffix("blogg/")
        with httpx.Client(base_url=root, trust_env=False) as http:
            assert http.get("blogg/").text == FILES["index.html"]
            assert http.get("blogg/robots.txt").text == FILES["robots.txt"]
            for path in ("", "blogg"):
                answer = http.get(path)
                assert (answer.status_code, answer.headers["location"]) == (302, "/blogg/")
            assert http.get("blogg/forsta").headers["location"] == "/blogg/forsta/"
            for path in ("robots.txt", "bloggen/", "blogg/../robots.txt"):
                assert http.get(path).status_code == 404


def test_a_switch_shows_at_once(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(name)
    current = tmp_path / "current"
    current.symlink_to("old")

    with running(current) as server:
        assert httpx.get(server.url, trust_env=False).text == "old"
        (tmp_path / "aside").symlink_to("new")
        (tmp_path / "aside").replace(current)
        assert httpx.get(server.url, trust_env=False).text == "new"
        current.unlink()
        gone = httpx.get(server.url, trust_env=False)
    assert (gone.status_code, gone.headers["retry-after"]) == (503, "1")


def test_a_site_without_404_page(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        answer = httpx.get(server.url, trust_env=False)

    assert (answer.status_code, answer.text) == (404, "There is no such page.\n")


def test_many_readers_at_once(site: Path) -> None:
    (site / "stor.txt").write_bytes(b"x" * 3_000_000)
    with (
        running(site) as server,
        httpx.stream("GET", f"{server.url}stor.txt", trust_env=False) as slow,
    ):
        # The first is in the middle of its answer; the others do not wait for it.
        for _ in range(3):
            assert httpx.get(server.url, trust_env=False).status_code == 200
        assert len(slow.read()) == 3_000_000


def ignore(_: str) -> None:
    pass


def test_a_port_in_use_is_named(site: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = rf"port {port} on 127\.0\.0\.1 is in use .* another port: --port \d+"
        with pytest.raises(ProblemsFound, match=words) as found:
            serve(site, port=port, ready=ignore)

    assert found.value.exit_status == 2


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [
        ("127.0.0.1", 70000, "70000 is no port"),
        ("192.0.2.1", 0, r"cannot serve on 192\.0\.2\.1: .*; choose an address of this machine"),
        ("nowhere.invalid", 0, r"cannot serve on nowhere\.invalid"),
    ],
)
def test_addresses_that_cannot_be_had(site: Path, host: str, port: int, words: str) -> None:
    with pytest.raises(ProblemsFound, match=words) as found:
        serve(site, host=host, port=port, ready=ignore)

    assert found.value.exit_status == 2


def test_nothing_to_serve(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="there is no site to serve; run `make publish` first"):
        serve(tmp_path / "current", ready=ignore)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_stopped_and_ends_quietly(site: Path, stop: signal.Signals) -> None:
    script = (
        "import sys; from pathlib import Path; from utrop.serving.static import serve\n"
        "def ready(url): print(url, flush=True)\n"
        "serve(Path(sys.argv[1]), port=0, base_path='/blogg/', ready=ready)\n"
        "print('ended')"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, site],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx.get(url, trust_env=False).text == FILES["index.html"]
        process.send_signal(stop)
        said, errors = process.communicate(timeout=20)

    assert (process.returncode, said, errors) == (0, "ended\n", "")


def test_ipv6(site: Path) -> None:
    try:
        server = SiteServer("::1", 0, "/")
    except ProblemsFound:
        pytest.skip("this machine has no IPv6")
    with server:
        server.folder = site
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert server.url.startswith("http://[::1]:")
        assert httpx.get(server.url, trust_env=False).status_code == 200
        thread.join()


@given(st.text(max_size=60), st.sampled_from(["/", "/blogg/"]))
def test_no_path_leads_out(text: str, base: str) -> None:
    found = below(base + text, base)

    assert (
        found is None
        or not Path("/site", found).is_relative_to("/site")
        or (Path(os.path.normpath(f"/site/{found}")).is_relative_to("/site"))
    )


@given(st.binary(max_size=60))
def test_no_encoded_path_leads_out(raw: bytes) -> None:
    found = below("/" + "".join(f"%{byte:02x}" for byte in raw), "/")

    if found is not None:
        assert os.path.normpath(f"/site/{found}").startswith("/site")
        assert ".." not in found.split("/")


def test_media_types_are_those_of_no_machine() -> None:
    assert media_type("A.HTML") == "text/html"
    assert media_type("film.mp4") == "video/mp4"
    assert media_type("README") == "application/octet-stream"


def test_entity_tags_are_compared_weakly() -> None:
    assert matches(' W/"a" , "b"', '"b"')
    assert not matches('"ab"', '"b"')
