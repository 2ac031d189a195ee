from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest
from PIL import Image

from tests.servers.announced import SINCE, URL, message
from tests.servers.bluesky_pds import Account, Pds
from tests.servers.fault_proxy import Answer, FaultProxy
from utrop.syndication.announcement import ShareImage
from utrop.syndication.delivery import Searchable
from utrop.syndication.errors import (
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import bluesky
from utrop.syndication.tid import announcement_tid

pytestmark = [pytest.mark.pds, pytest.mark.xdist_group("pds")]

XRPC = "/xrpc/com.atproto."
LOGIN = f"{XRPC}server.createSession"
RENEWAL = f"{XRPC}server.refreshSession"
PUT = f"{XRPC}repo.putRecord"
GET = f"{XRPC}repo.getRecord"
UPLOAD = f"{XRPC}repo.uploadBlob"


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def network(
    bluesky_proxy: FaultProxy, bluesky_account: Account, http: httpx.Client
) -> bluesky.Bluesky:
    return at(bluesky_proxy.url, bluesky_account, http)


@pytest.fixture(scope="module")
def standing(pds: Pds) -> Iterator[tuple[bluesky.Bluesky, FaultProxy]]:
    """A logged-in account, for the tests that publish nothing: each login takes the server long."""
    account = pds.create_account("standing")
    with FaultProxy(pds.url) as proxy, httpx.Client(trust_env=False) as client:
        network = at(proxy.url, account, client)
        network.check()
        yield network, proxy


def at(url: str, account: Account, http: httpx.Client) -> bluesky.Bluesky:
    environ = {
        "BLUESKY_URL": url,
        "BLUESKY_HANDLE": f"@{account.handle}",
        "BLUESKY_APP_PASSWORD": account.app_password,
    }
    return bluesky.connect(environ, http)


def picture(*, side: int = 100, picture_format: str = "PNG", noise: bool = False) -> bytes:
    image = Image.effect_noise((side, side), 90) if noise else Image.new("RGB", (side, side), "red")
    packed = io.BytesIO()
    image.save(packed, picture_format)
    return packed.getvalue()


def share_image(url: str) -> ShareImage:
    return ShareImage(url=url, alt="En röd ruta", media_type="image/png", width=100, height=100)


def test_post_is_put_with_its_facets_languages_and_card(
    network: bluesky.Bluesky, pds: Pds, bluesky_account: Account
) -> None:
    receipt = network.publish(message(), idempotency_key="k")

    [record] = pds.records(bluesky_account.did)
    rkey = announcement_tid(message().guid, bluesky_account.did)
    assert record["uri"] == receipt.id == f"at://{bluesky_account.did}/app.bsky.feed.post/{rkey}"
    assert receipt.url == f"https://bsky.app/profile/{bluesky_account.did}/post/{rkey}"
    value = record["value"]
    assert value["text"] == message().text
    assert value["langs"] == ["sv"]
    assert value["createdAt"] == "2026-11-23T10:00:00.123Z"
    assert value["embed"]["external"] == {
        "uri": URL,
        "title": "Så går en dialog till",
        "description": "Möt marknaden före annonsen.",
    }
    covered = [
        value["text"].encode()[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode()
        for f in value["facets"]
    ]
    assert covered == [URL, "#Upphandling", "#LOU"]


def test_account_is_the_did_that_outlives_a_handle(
    network: bluesky.Bluesky, bluesky_account: Account
) -> None:
    assert network.account == bluesky_account.did
    assert isinstance(network, Searchable)


def test_one_login_serves_every_post(network: bluesky.Bluesky, bluesky_proxy: FaultProxy) -> None:
    assert bluesky_proxy.requests == []
    network.check()
    for number in range(3):
        network.publish(message(guid=f"tag:example.org,2026:{number}"), idempotency_key="k")
    assert bluesky_proxy.count("POST", LOGIN) == 1


def test_picture_of_the_card_is_uploaded_as_it_is_where_it_fits(
    network: bluesky.Bluesky,
    pds: Pds,
    bluesky_account: Account,
    serve_files: Callable[..., str],
) -> None:
    content = picture()
    url = serve_files("bild.png", content)
    network.publish(message(image=share_image(url)), idempotency_key="k")
    [record] = pds.records(bluesky_account.did)
    thumb = record["value"]["embed"]["external"]["thumb"]
    assert thumb["mimeType"] == "image/png"
    assert pds.blob(bluesky_account.did, thumb["ref"]["$link"]) == content


def test_picture_that_is_too_large_is_made_smaller(
    network: bluesky.Bluesky,
    pds: Pds,
    bluesky_account: Account,
    serve_files: Callable[..., str],
) -> None:
    content = picture(side=2600, noise=True)
    assert len(content) > 1_000_000
    url = serve_files("stor.png", content)
    network.publish(message(image=share_image(url)), idempotency_key="k")
    [record] = pds.records(bluesky_account.did)
    thumb = record["value"]["embed"]["external"]["thumb"]
    blob = pds.blob(bluesky_account.did, thumb["ref"]["$link"])
    assert len(blob) == thumb["size"] <= 900_000
    with Image.open(io.BytesIO(blob)) as image:
        assert image.format == "JPEG"
        assert max(image.size) <= 2000


def test_picture_that_is_not_live_holds_the_post_back(
    network: bluesky.Bluesky,
    pds: Pds,
    bluesky_account: Account,
    serve_files: Callable[..., str],
) -> None:
    url = serve_files("bild.png", picture()).replace("bild", "borta")
    with pytest.raises(NotSent, match="404"):
        network.publish(message(image=share_image(url)), idempotency_key="k")
    assert pds.records(bluesky_account.did) == []


def test_picture_that_is_none_never_holds_the_post_back(
    network: bluesky.Bluesky,
    pds: Pds,
    bluesky_account: Account,
    serve_files: Callable[..., str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = serve_files("bild.png", b"<svg/>")
    network.publish(message(image=share_image(url)), idempotency_key="k")
    [record] = pds.records(bluesky_account.did)
    assert "thumb" not in record["value"]["embed"]["external"]
    assert "posted without it" in caplog.text


def test_picture_that_the_server_refuses_never_holds_the_post_back(
    network: bluesky.Bluesky,
    bluesky_proxy: FaultProxy,
    pds: Pds,
    bluesky_account: Account,
    serve_files: Callable[..., str],
) -> None:
    body = b'{"error": "BlobTooLarge", "message": "no"}'
    bluesky_proxy.answer(Answer(status=400, body=body), "POST", UPLOAD)
    url = serve_files("bild.png", picture())
    network.publish(message(image=share_image(url)), idempotency_key="k")
    assert len(pds.records(bluesky_account.did)) == 1


def test_upload_whose_answer_is_lost_publishes_nothing(
    network: bluesky.Bluesky,
    bluesky_proxy: FaultProxy,
    pds: Pds,
    bluesky_account: Account,
    serve_files: Callable[..., str],
) -> None:
    url = serve_files("bild.png", picture())
    with_picture = message(image=share_image(url))
    bluesky_proxy.drop_answer("POST", UPLOAD)
    bluesky_proxy.false_500("POST", UPLOAD)
    for _ in range(2):
        with pytest.raises(NotSent):
            network.publish(with_picture, idempotency_key="k")
    assert pds.records(bluesky_account.did) == []
    network.publish(with_picture, idempotency_key="k")
    assert len(pds.records(bluesky_account.did)) == 1


@pytest.mark.parametrize("fault", ["drop_answer", "reset_midway", "false_500"])
def test_lost_answer_is_looked_up_and_found(
    fault: str,
    network: bluesky.Bluesky,
    bluesky_proxy: FaultProxy,
    pds: Pds,
    bluesky_account: Account,
) -> None:
    getattr(bluesky_proxy, fault)("POST", PUT)
    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    found = network.find(message(), idempotency_key="k", since=SINCE)
    [record] = pds.records(bluesky_account.did)
    assert found is not None
    assert found.id == record["uri"]


@pytest.mark.parametrize("fault", ["drop_answer", "drop_request", "reset_midway", "false_500"])
def test_blind_repeat_never_doubles(
    fault: str,
    network: bluesky.Bluesky,
    bluesky_proxy: FaultProxy,
    pds: Pds,
    bluesky_account: Account,
) -> None:
    getattr(bluesky_proxy, fault)("POST", PUT)
    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    network.publish(message(), idempotency_key="another")
    assert len(pds.records(bluesky_account.did)) == 1


def test_lost_request_is_absent(network: bluesky.Bluesky, bluesky_proxy: FaultProxy) -> None:
    bluesky_proxy.drop_request("POST", PUT)
    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    assert network.find(message(), idempotency_key="k", since=SINCE) is None


def test_repeat_of_the_same_is_no_commit(
    network: bluesky.Bluesky, pds: Pds, bluesky_account: Account
) -> None:
    first = network.publish(message(), idempotency_key="k")
    before = pds.commits(bluesky_account.did)
    assert network.publish(message(), idempotency_key="k") == first
    assert pds.commits(bluesky_account.did) == before


def test_repeat_with_other_words_finds_the_first_and_changes_nothing(
    network: bluesky.Bluesky, pds: Pds, bluesky_account: Account
) -> None:
    first = network.publish(message(), idempotency_key="k")
    again = message(text="Andra ord", created_at=datetime(2026, 12, 1, tzinfo=UTC))
    assert network.publish(again, idempotency_key="k") == first
    [record] = pds.records(bluesky_account.did)
    assert record["value"]["text"] == message().text


def test_twenty_at_once_make_one_record(
    pds: Pds, bluesky_account: Account, http: httpx.Client
) -> None:
    # Two processes that know nothing of each other, twenty requests in flight.
    networks = [at(pds.url, bluesky_account, http) for _ in range(2)]
    for network in networks:
        network.check()
    with ThreadPoolExecutor(20) as pool:
        futures = [
            pool.submit(
                networks[n % 2].publish, message(text=f"{n % 3} {URL}"), idempotency_key=str(n)
            )
            for n in range(20)
        ]
        receipts = {future.result() for future in futures}
    assert len(receipts) == 1
    assert len(pds.records(bluesky_account.did)) == 1


def test_session_that_ran_out_is_renewed_and_the_post_put_once(
    network: bluesky.Bluesky, bluesky_proxy: FaultProxy, pds: Pds, bluesky_account: Account
) -> None:
    network.check()
    expired = Answer(status=400, body=b'{"error": "ExpiredToken", "message": "Token has expired"}')
    bluesky_proxy.answer(expired, "POST", PUT)
    network.publish(message(), idempotency_key="k")
    assert bluesky_proxy.count("POST", RENEWAL) == 1
    assert bluesky_proxy.count("POST", LOGIN) == 1
    assert len(pds.records(bluesky_account.did)) == 1


def test_refused_renewal_logs_in_anew(
    network: bluesky.Bluesky, bluesky_proxy: FaultProxy, pds: Pds, bluesky_account: Account
) -> None:
    network.check()
    expired = Answer(status=400, body=b'{"error": "ExpiredToken", "message": "Token has expired"}')
    bluesky_proxy.answer(expired, "POST", PUT)
    bluesky_proxy.answer(expired, "POST", RENEWAL)
    network.publish(message(), idempotency_key="k")
    assert bluesky_proxy.count("POST", LOGIN) == 2
    assert len(pds.records(bluesky_account.did)) == 1


def test_tokens_that_stay_refused_end_the_attempt(
    network: bluesky.Bluesky, bluesky_proxy: FaultProxy
) -> None:
    expired = Answer(status=400, body=b'{"error": "ExpiredToken", "message": "Token has expired"}')
    bluesky_proxy.answer(expired, "POST", PUT, times=100)
    with pytest.raises(Unauthorized):
        network.publish(message(), idempotency_key="k")
    assert bluesky_proxy.count("POST", PUT) == 2


def test_real_server_renews_a_session(
    network: bluesky.Bluesky, bluesky_proxy: FaultProxy, pds: Pds, bluesky_account: Account
) -> None:
    network.check()
    session = network._session
    assert session._tokens is not None
    broken = type(session._tokens)(
        did=session._tokens.did, access="broken", refresh=session._tokens.refresh
    )
    session._tokens = broken
    network.publish(message(), idempotency_key="k")
    assert bluesky_proxy.count("POST", RENEWAL) == 1
    assert len(pds.records(bluesky_account.did)) == 1


def test_refused_credentials_rest_the_network(
    bluesky_proxy: FaultProxy, bluesky_account: Account, http: httpx.Client
) -> None:
    wrong = Account(
        did=bluesky_account.did, handle=bluesky_account.handle, app_password="canary-wrong"
    )
    network = at(bluesky_proxy.url, wrong, http)
    for act in (
        network.check,
        lambda: network.publish(message(), idempotency_key="k"),
        lambda: network.find(message(), idempotency_key="k", since=SINCE),
    ):
        with pytest.raises(Unauthorized, match="BLUESKY_APP_PASSWORD") as caught:
            act()
        assert "canary" not in str(caught.value)


def test_text_that_is_too_long_is_rejected_by_the_server(network: bluesky.Bluesky) -> None:
    assert not network.limits.fits("x" * 301)
    with pytest.raises(Rejected):
        network.publish(message(text="x" * 301), idempotency_key="k")


def test_limits_count_graphemes_and_bytes() -> None:
    flags, families = "🇸🇪" * 300, "👩🏽‍⚖️" * 300
    assert bluesky.LIMITS.fits(flags)
    assert not bluesky.LIMITS.fits(families)  # 300 graphemes, but 17 bytes each
    assert not bluesky.LIMITS.fits(flags + "x")


@pytest.mark.parametrize(
    ("status", "name", "error"),
    [
        (400, "InvalidRequest", Rejected),
        (413, "PayloadTooLarge", Rejected),
        (401, "AuthMissing", Unauthorized),
        (403, "Forbidden", Unauthorized),
        (400, "AccountDeactivated", Unauthorized),
        (429, "RateLimitExceeded", RateLimited),
        (301, "", OutcomeUnknown),
        (409, "Conflict", OutcomeUnknown),
        (500, "InternalServerError", OutcomeUnknown),
        (502, "UpstreamFailure", OutcomeUnknown),
    ],
)
def test_refusals_say_what_may_be_done_next(
    status: int, name: str, error: type[Exception], standing: tuple[bluesky.Bluesky, FaultProxy]
) -> None:
    network, proxy = standing
    body = json.dumps({"error": name, "message": "Det gick inte"}).encode()
    proxy.answer(Answer(status=status, body=body), "POST", PUT)
    with pytest.raises(error, match=rf"{status} .*Det gick inte"):
        network.publish(message(), idempotency_key="k")


def test_server_that_asks_for_patience_gets_it(
    network: bluesky.Bluesky, bluesky_proxy: FaultProxy
) -> None:
    reset = (("ratelimit-reset", "1795435500"), ("ratelimit-policy", "30;w=300"))
    bluesky_proxy.answer(Answer(status=429, headers=reset), "POST", LOGIN)
    with pytest.raises(RateLimited) as caught:
        network.publish(message(), idempotency_key="k")
    assert caught.value.retry_at == datetime(2026, 11, 23, 12, 5, tzinfo=UTC)


def test_unreachable_server_was_sent_nothing(
    network: bluesky.Bluesky, bluesky_proxy: FaultProxy
) -> None:
    with bluesky_proxy.refusing(), pytest.raises(NotSent, match="cannot be reached"):
        network.check()
    network.check()
    with bluesky_proxy.refusing():
        with pytest.raises(NotSent):
            network.publish(message(), idempotency_key="k")
        with pytest.raises(OutcomeUnknown):
            network.find(message(), idempotency_key="k", since=SINCE)


def test_login_whose_answer_is_lost_published_nothing(
    network: bluesky.Bluesky, bluesky_proxy: FaultProxy
) -> None:
    bluesky_proxy.drop_answer("POST", LOGIN)
    bluesky_proxy.false_500("POST", LOGIN)
    for _ in range(2):
        with pytest.raises(NotSent):
            network.publish(message(), idempotency_key="k")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        Answer(status=400, body=b'{"error": "InvalidRequest", "message": "no repo"}'),
        Answer(status=404, body=b"<html>"),
        Answer(body=b"{}"),
        Answer(body=b'{"uri": "at://did:plc:other/app.bsky.feed.post/3jzfcijpj2z2a"}'),
        Answer(body=b"RecordNotFound"),
    ],
)
def test_find_that_got_no_clear_answer_never_says_absent(
    answer: Answer, standing: tuple[bluesky.Bluesky, FaultProxy]
) -> None:
    network, proxy = standing
    proxy.answer(answer, "GET", GET)
    with pytest.raises(OutcomeUnknown):
        network.find(message(), idempotency_key="k", since=SINCE)


def test_put_without_a_sound_answer_is_unknown(
    standing: tuple[bluesky.Bluesky, FaultProxy],
) -> None:
    network, proxy = standing
    for body in (b"", b"[]", b'{"uri": 1}', b'{"uri": "at://did:plc:other/x/y"}', b"\xff\xfe{"):
        proxy.answer(Answer(body=body), "POST", PUT)
        with pytest.raises(OutcomeUnknown):
            network.publish(message(), idempotency_key="k")


def test_no_secret_stands_in_an_error_or_a_log(
    network: bluesky.Bluesky,
    bluesky_proxy: FaultProxy,
    bluesky_account: Account,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    logging.getLogger("httpcore").setLevel(logging.DEBUG)
    network.check()
    tokens = network._session._tokens
    assert tokens is not None
    secrets = [bluesky_account.app_password, tokens.access, tokens.refresh]
    echo = json.dumps({"error": "Oj", "message": "\x00\u202e".join(secrets)}).encode()
    said = ""
    for status in (400, 401, 403, 429, 500):
        bluesky_proxy.answer(Answer(status=status, body=echo), "POST", PUT)
    for _ in range(5):
        with pytest.raises(Exception, match="secret") as caught:
            network.publish(message(), idempotency_key="k")
        error = caught.value
        said += f"{error} {error!r} {error.__context__!r} {error.__cause__!r}"
    said += caplog.text + repr(network) + repr(network._session)
    assert caplog.records
    for secret in secrets:
        assert secret not in said
