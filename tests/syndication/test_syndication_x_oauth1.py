from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utrop.syndication.networks._x_oauth1 import (
    Credentials,
    authorization,
    base_string,
    signature,
)

RFC = Credentials(
    consumer_key="dpf43f3p2l4k3l03",
    consumer_secret="kd94hf93k423kf44",
    token="nnch734d00sl2jdk",
    token_secret="pfkkdhi9sl3r4s00",
)


def test_the_example_of_the_rfc() -> None:
    """RFC 5849, section 1.2: the request for a private photograph."""
    params = {
        "file": "vacation.jpg",
        "size": "original",
        "oauth_consumer_key": RFC.consumer_key,
        "oauth_token": RFC.token,
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "137131202",
        "oauth_nonce": "chapoH",
    }
    base = base_string("GET", "http://photos.example.net/photos", params)
    assert signature(base, RFC) == "MdpQcU8iPSUjWoN/UDMsK2sui9I="


def test_the_example_of_x() -> None:
    """docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature."""
    credentials = Credentials(
        consumer_key="xvz1evFS4wEEPTGEFPHBog",
        consumer_secret="kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        token_secret="LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    )
    header = authorization(
        "post",
        "https://API.x.com:443/1.1/statuses/update.json",
        {
            "include_entities": "true",
            "status": "Hello Ladies + Gentlemen, a signed OAuth request!",
        },
        credentials,
        timestamp=1318622958,
        nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
    )
    assert 'oauth_signature="Ls93hJiZbQ3akF3HF3x1Bz8%2FzU4%3D"' in header
    assert header.startswith('OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", oauth_nonce=')
    assert "status" not in header


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("https://api.x.com/2/tweets", "https://api.x.com/2/tweets"),
        ("HTTPS://API.X.COM:443/2/Tweets", "https://api.x.com/2/Tweets"),
        ("http://127.0.0.1:8080/2/tweets", "http://127.0.0.1:8080/2/tweets"),
        ("http://127.0.0.1:80/2/tweets", "http://127.0.0.1/2/tweets"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("https://api.x.com", "https://api.x.com/"),
        ("https://api.x.com:80/a", "https://api.x.com:80/a"),
    ],
)
def test_address_is_signed_without_its_default_port(url: str, signed: str) -> None:
    assert base_string("GET", url, {}) == f"GET&{quote(signed, '')}&"


def test_parameters_are_sorted_after_they_are_escaped() -> None:
    params = {"a!": "1", "a": "å ~", "b": "+&="}
    assert unquote(base_string("GET", "http://a.example.org/", params).rpartition("&")[2]) == (
        "a=%C3%A5%20~&a%21=1&b=%2B%26%3D"
    )


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=5))
def test_any_parameters_give_one_ascii_header_whose_signature_is_theirs(
    params: dict[str, str],
) -> None:
    params = {
        name: value
        for name, value in params.items()
        if (name + value).encode(errors="ignore").decode() == name + value
    }
    url = "https://api.x.com/2/tweets"
    header = authorization("GET", url, params, RFC, timestamp=1, nonce="n")
    assert header.isascii()
    assert header.isprintable()
    parts = dict(part.split("=", 1) for part in header.removeprefix("OAuth ").split(", "))
    signed = unquote(parts.pop("oauth_signature").strip('"'))
    protocol = {name: unquote(value.strip('"')) for name, value in parts.items()}
    base = base_string("GET", url, {**params, **protocol})
    wanted = hmac.digest(b"kd94hf93k423kf44&pfkkdhi9sl3r4s00", base.encode(), hashlib.sha1)
    assert base64.b64decode(signed) == wanted


def test_secrets_stand_in_no_header_and_no_representation() -> None:
    header = authorization("GET", "https://api.x.com/", {}, RFC, timestamp=1, nonce="n")
    assert RFC.consumer_secret not in header
    assert RFC.token_secret not in header
    assert not any(secret in repr(RFC) for secret in RFC.secrets)
