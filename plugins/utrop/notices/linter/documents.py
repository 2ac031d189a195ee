"""R4, asked of the network: whether the documents' addresses answer, freely and directly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import httpx

from utrop.notices.linter.subject import Sighting, Subject
from utrop.notices.linter.text import shown

TIMEOUT: Final = httpx.Timeout(15.0, connect=10.0)
MOST_REDIRECTS: Final = 5
_LOGIN: Final = re.compile(
    r"(?:^|[/._?&=-])(?:log-?in|logga-?in|sign-?in|signon|auth|oauth2?|saml2?|sso|adfs|idp|account"
    r"|authorize|bankid)(?:$|[/._?&=-])",
    re.IGNORECASE,
)
_NEEDS_LOGIN: Final = (401, 403, 407)


def client(user_agent: str) -> httpx.Client:
    """Return a client that follows redirects, but not for ever."""
    return httpx.Client(
        headers={"User-Agent": user_agent},
        timeout=TIMEOUT,
        follow_redirects=True,
        max_redirects=MOST_REDIRECTS,
    )


def addresses(subjects: Iterable[Subject]) -> dict[str, None]:
    """Return every address that has to answer, each once, in order."""
    return dict.fromkeys(url for subject in subjects for url in _addresses(subject))


def ask(http: httpx.Client, url: str) -> str:
    """Return what is wrong with an address; empty if it answers with the documents."""
    try:
        # The documents themselves may be large: only the head of the answer is read.
        with http.stream("GET", url) as response:
            status, reached, led = response.status_code, response.url, bool(response.history)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"does not answer ({type(error).__name__})"
    if status in _NEEDS_LOGIN:
        return f"asks for a login ({status})"
    if status >= 400:
        return f"answers {status}"
    if led and (_LOGIN.search(reached.path) or _LOGIN.search(reached.host)):
        return f"leads to a login, {reached.host}{reached.path}"
    return ""


def broken(subject: Subject, wrong: dict[str, str]) -> Iterator[Sighting]:
    """Tell what is wrong with the addresses of one post."""
    for url in _addresses(subject):
        if wrong.get(url):
            yield Sighting(
                line=subject.line("documents_url", "notice_file", "kind"),
                what=f"the documents' address {shown(url)} {wrong[url]}",
                instead="open the documents to everyone from the first day, or extend the time"
                " for tenders by five days (11 kap. 9 § LOU)",
            )


def _addresses(subject: Subject) -> Iterator[str]:
    if subject.is_demo or subject.notice is None or subject.is_decided:
        return
    open_to_all = (lot.documents_url for lot in subject.notice.lots)
    for url in dict.fromkeys((subject.notice.documents_url, *open_to_all)):
        if url.startswith(("https://", "http://")):
            yield url
