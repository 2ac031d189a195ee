"""Public remotes: whether a file that may not be told yet lies open in a public git repository.

Nothing is asked of a network unless a remote-tracking branch, as git last saw it, has or had such
a file. Then the remote is asked as a stranger would: with no credential, as git's smart and dumb
HTTP begin, https://git-scm.com/docs/http-protocol. A remote that is fetched over SSH is asked for
at the same path over HTTPS, which is where the known hosts serve it. What was pushed without a
remote-tracking branch (to an address, or as a tag alone) is not seen.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import httpx

from utrop.problem import Problem

TIMEOUT: Final = httpx.Timeout(5.0)
"""Seconds: a host that does not answer must not hold a publish up."""
_REDIRECTS: Final = 3
_BEGIN: Final = 100
"""Bytes of an answer that are enough to know it."""
_PATIENCE: Final = 20
"""Seconds that git may take for one question."""
_SCP: Final = re.compile(r"(?:[^@/:]+@)?([^@/:]{2,}):(?!//)/*([^:]+)")
"""``git@host:owner/name``; one letter before the colon is a drive of Windows."""
_ADVERTISED: Final = re.compile(rb"[0-9a-f]{4}# service=git-upload-pack|[0-9a-f]{40,64}\t")
"""How a repository's refs begin, from a smart or a dumb server. A login page begins otherwise."""


def exposed(files: Iterable[Path], http: httpx.Client) -> list[Problem]:
    """Return a warning for each of these files that anyone can read in a public remote.

    ``files`` are those of posts that are held back: the text and the notice's XML. What cannot be
    found out (no git, no answer) is no warning.
    """
    held = [path.resolve() for path in files]
    is_public: dict[str, bool] = {}
    problems = []
    for folder in sorted({path.parent for path in held if path.parent.is_dir()}):
        top = _git(folder, "rev-parse", "--show-toplevel").rstrip("\n")
        if not top:
            continue
        own = [path for path in held if path.parent == folder]
        for remote in _git(Path(top), "remote").splitlines():
            pushed = [path for path in own if _has_had(Path(top), remote, path)]
            for url in _addresses(Path(top), remote) if pushed else ():
                if url not in is_public:
                    is_public[url] = _is_readable(url, http)
                if is_public[url]:
                    problems += [_warning(path, remote, url) for path in pushed]
                    break
    return problems


def web_address(url: str) -> str:
    """Return where a git remote is read over HTTP, without credentials; empty: nowhere."""
    if "://" not in url:
        found = _SCP.fullmatch(url)
        return f"https://{found[1]}/{found[2]}".rstrip("/") if found else ""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if ":" in host:
        host = f"[{host}]"
    if not host or parts.scheme not in ("http", "https", "ssh", "git+ssh", "ssh+git", "git"):
        return ""
    if not parts.scheme.startswith("http"):
        return urlunsplit(("https", host, parts.path.rstrip("/"), "", ""))
    authority = host if port is None else f"{host}:{port}"
    return urlunsplit((parts.scheme, authority, parts.path.rstrip("/"), "", ""))


def _has_had(top: Path, remote: str, path: Path) -> bool:
    """Whether a branch of the remote has the file, or had it: its history is read there too."""
    return bool(_git(top, "log", "-1", "--format=%H", f"--remotes={remote}", "--", str(path)))


def _addresses(top: Path, remote: str) -> Iterator[str]:
    """Yield where the remote is read and where it is pushed to, each once."""
    urls = [
        web_address(line)
        for way in ((), ("--push",))
        for line in _git(top, "remote", "get-url", "--all", *way, remote).splitlines()
    ]
    yield from filter(None, dict.fromkeys(urls))


def _is_readable(url: str, http: httpx.Client) -> bool:
    """Whether git could read it as a stranger. No answer, and any answer but refs, is a no."""
    asked = httpx.URL(f"{url}/info/refs", params={"service": "git-upload-pack"})
    try:
        for _ in range(_REDIRECTS + 1):
            request = http.build_request("GET", asked, timeout=TIMEOUT)
            for name in ("Authorization", "Cookie"):  # what the client has is for others
                request.headers.pop(name, None)
            answer = http.send(request, auth=None, stream=True, follow_redirects=False)
            try:
                if not answer.has_redirect_location:
                    begin = next(answer.iter_bytes(_BEGIN), b"")
                    return answer.status_code == 200 and bool(_ADVERTISED.match(begin))
            finally:
                answer.close()
            onward = asked.join(answer.headers["Location"]).copy_with(userinfo=b"")
            if onward.scheme != "https" and _origin(onward) != _origin(asked):
                return False
            asked = onward
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return False


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _warning(path: Path, remote: str, url: str) -> Problem:
    return Problem(
        path=path,
        what=f'may not be told yet, but anyone can read it at the git remote "{remote}" ({url})',
        instead="make that repository private, or push such files only once they may be told;"
        " what was pushed stays in its history",
        severity="warning",
    )


def _git(folder: Path, *arguments: str) -> str:
    """Return what git says; nothing where it fails or is not there."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), "--literal-pathspecs", *arguments],
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            text=True,
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
