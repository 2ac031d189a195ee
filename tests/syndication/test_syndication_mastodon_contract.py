"""What is sent to Mastodon, against Mastodon's own OpenAPI description of its interface."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import jsonschema
import pytest
import referencing
import referencing.jsonschema
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.announced import SINCE, message
from tests.servers.fault_proxy import FaultProxy, Request
from tests.servers.mastodon import MastodonServer
from utrop.syndication.networks import mastodon

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
CONTRACT = SHARED / "data" / "contracts" / "mastodon" / "schema.json"

pytestmark = pytest.mark.skipif(
    not CONTRACT.exists(), reason="needs Mastodon's OpenAPI description in ../shared"
)


@cache
def contract() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CONTRACT.read_text("utf-8"))
    return found


def validate(instance: object, *pointer: str) -> None:
    """Validate against the schema at a place of the contract."""
    resource = referencing.Resource.from_contents(
        contract(), default_specification=referencing.jsonschema.DRAFT202012
    )
    registry: Any = referencing.Registry().with_resource("urn:mastodon", resource)
    place = "/".join(part.replace("~", "~0").replace("/", "~1") for part in pointer)
    # The contract allows unknown members; a misspelt one of ours must not pass as such.
    schema = {"$ref": f"urn:mastodon#/{place}", "unevaluatedProperties": False}
    jsonschema.Draft202012Validator(schema, registry=registry).validate(instance)


def operation(request: Request) -> tuple[str, Mapping[str, Any]]:
    """Return the contract's path template and operation for a request."""
    path = urlsplit(request.path).path
    paths = contract()["paths"]
    # An address in so many words comes before one with a place to fill in.
    for template in sorted(paths, key=lambda path: "{" in path):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return template, paths[template][request.method.lower()]
    raise AssertionError(f"{path} is not in the contract")


def test_every_request_is_one_that_the_contract_knows(
    mastodon_proxy: FaultProxy, mastodon_server: MastodonServer
) -> None:
    with httpx.Client(trust_env=False) as http:
        environ = {"MASTODON_URL": mastodon_proxy.url, "MASTODON_TOKEN": mastodon_server.token}
        network = mastodon.connect(environ, http)
        network.check()
        _ = network.limits
        receipt = network.publish(message(), idempotency_key="k")
        network.find(message(), idempotency_key="k", since=SINCE)
        network.edit(receipt, message(text="Nya ord"))
        network.standing(receipt, message())
        network.delete(receipt)
        mastodon.describe(environ, http)

    seen = set()
    for request in mastodon_proxy.requests:
        template, described = operation(request)
        seen.add((request.method, template))
        known = {p["name"]: p for p in described.get("parameters", []) if p.get("in") == "query"}
        for name, value in parse_qsl(urlsplit(request.path).query):
            typed: object = value
            if known[name]["schema"]["type"] in {"integer", "boolean"}:
                typed = json.loads(value)
            jsonschema.validate(typed, known[name]["schema"])
        if request.body:
            body = json.loads(request.body)
            validate(
                body,
                "paths",
                template,
                request.method.lower(),
                "requestBody",
                "content",
                "application/json",
                "schema",
            )
    assert seen == {
        ("GET", "/api/v1/accounts/verify_credentials"),
        ("GET", "/api/v2/instance"),
        ("POST", "/api/v1/statuses"),
        ("GET", "/api/v1/accounts/{id}/statuses"),
        ("GET", "/api/v1/statuses/{id}"),
        ("GET", "/api/v1/statuses/{id}/source"),
        ("PUT", "/api/v1/statuses/{id}"),
        ("DELETE", "/api/v1/statuses/{id}"),
        ("GET", "/api/v1/apps/verify_credentials"),
    }


def packed(body: object) -> httpx.ByteStream:
    return httpx.ByteStream(json.dumps(body).encode())


@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    lang=st.sampled_from(["sv", "en", "sv-SE", "nb"]),
)
def test_any_text_makes_a_body_that_the_contract_allows(text: str, lang: str) -> None:
    bodies: list[object] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, stream=packed({"id": "1", "username": "inkop"}))
        bodies.append(json.loads(request.content))
        return httpx.Response(200, stream=packed({"id": "1", "uri": "u", "url": None}))

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        environ = {"MASTODON_URL": "https://s.example.org", "MASTODON_TOKEN": "t"}
        network = mastodon.connect(environ, http)
        network.publish(message(text=text, lang=lang), idempotency_key="k")
    [body] = bodies
    validate(body, "components", "schemas", "TextStatus")
    assert isinstance(body, dict)
    assert body["status"] == text


def test_the_check_itself_refuses_what_the_contract_does() -> None:
    for wrong in (
        {"status": 1},
        {"status": "x", "visibility": "alla"},
        {"status": "x", "lang": "sv"},
    ):
        with pytest.raises(jsonschema.ValidationError):
            validate(wrong, "components", "schemas", "TextStatus")
