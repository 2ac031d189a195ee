"""What is sent to Bluesky, against Bluesky's own lexicons."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers import lexicon
from tests.servers.announced import URL, message
from utrop.syndication.networks import bluesky
from utrop.syndication.networks._bluesky_record import record
from utrop.syndication.networks.bluesky import LIMITS

pytestmark = pytest.mark.skipif(
    not lexicon.FOLDER.exists(), reason="needs Bluesky's lexicons in ../shared"
)

THUMB = {
    "$type": "blob",
    "ref": {"$link": "bafkreibme22gw2h7y2h7tg2fhqotaqjucnbc24deqo72b6mkl2egezxhvy"},
    "mimeType": "image/jpeg",
    "size": 900_000,
}

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(
    text=texts,
    tags=st.lists(st.sampled_from(["LOU", "inköp", "a" * 70, "Dialog2026"]), max_size=4),
    created=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=2))])),
    lang=st.sampled_from(["sv", "en", "sv-SE"]),
    title=texts,
    thumb=st.sampled_from([None, THUMB]),
)
def test_every_message_within_the_limits_makes_a_valid_record(
    text: str,
    tags: list[str],
    created: datetime,
    lang: str,
    title: str,
    thumb: dict[str, Any] | None,
) -> None:
    made = record(
        message(
            text=f"{text} {URL} " + " ".join(f"#{tag}" for tag in tags),
            hashtags=tuple(tags),
            created_at=created,
            lang=lang,
            card_title=title,
        ),
        thumb=thumb,
    )
    if LIMITS.fits(made["text"]):
        lexicon.check_record(made)


def test_the_check_itself_refuses_what_the_lexicon_does() -> None:
    lexicon.check_record(record(message(), thumb=None))
    for wrong in (
        {"text": "x" * 301},
        {"createdAt": "2026-11-23"},
        {"langs": ["sv", "en", "nb", "fi"]},
        {"fasets": []},
        {"facets": [{"index": {"byteStart": -1, "byteEnd": 1}, "features": []}]},
    ):
        with pytest.raises(AssertionError):
            lexicon.check_record({**record(message(), thumb=None), **wrong})


def test_every_procedure_is_called_as_its_lexicon_says() -> None:
    called: dict[str, dict[str, Any]] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        method = request.url.path.removeprefix("/xrpc/")
        called[method] = json.loads(request.content)
        if method == "com.atproto.server.createSession":
            made = {"did": "did:plc:a", "accessJwt": "a", "refreshJwt": "r"}
        else:
            sent = called[method]
            made = {"uri": f"at://{sent['repo']}/{sent['collection']}/{sent['rkey']}"}
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(made).encode()))

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        environ = {
            "BLUESKY_URL": "https://pds.example.org",
            "BLUESKY_HANDLE": "inkop.example.org",
            "BLUESKY_APP_PASSWORD": "abcd-efgh",
        }
        bluesky.connect(environ, http).publish(message(), idempotency_key="k")

    for method, sent in called.items():
        lexicon.check_input(method, sent)
    put = called["com.atproto.repo.putRecord"]
    assert put["swapRecord"] is None
    lexicon.check_record(put["record"])
