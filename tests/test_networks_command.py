"""`utrop networks`: every network, what it promises and needs; no value of any variable."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sites import SmallSite
from utrop.connecting import is_optional, secrets_of
from utrop.connecting_steps import steps
from utrop.network_overview import overviews
from utrop.syndication import networks

SECRET = "canary-overview-41c9"
CONNECTABLE = [name for name in networks.names() if not networks.is_local(name)]


def rows(site: SmallSite, **environ: str) -> dict[str, dict[str, Any]]:
    done = site.run("networks", "--json", environ=environ)
    assert SECRET not in done.stdout + done.stderr
    return {row["name"]: row for row in json.loads(done.stdout)}


def test_every_network_is_there_for_scripts(site: SmallSite) -> None:
    found = rows(site, UTROP_NETWORKS="mastodon,linkedin", MASTODON_TOKEN=SECRET)
    assert sorted(found) == sorted(networks.names())
    assert found["mastodon"] == {
        "name": "mastodon",
        "title": "Mastodon",
        "guarantee": "effectively-once",
        "configured": True,
        "by_hand": False,
        "local": False,
        "price_usd": None,
        "variables": [
            {
                "name": name,
                "meaning": networks.environment("mastodon")[name],
                "secret": name == "MASTODON_TOKEN",
                "optional": False,
                "source": "environment" if name == "MASTODON_TOKEN" else "",
            }
            for name in networks.environment("mastodon")
        ],
        "page": "docs/networks/mastodon.md",
    }
    assert found["preview"]["local"]
    assert found["linkedin"]["by_hand"]
    assert found["linkedin"]["configured"]
    assert not found["bluesky"]["configured"]


@pytest.mark.parametrize(
    ("author", "guarantee"),
    [("urn:li:organization:5", "effectively-once"), ("urn:li:person:abc", "at-most-once")],
)
def test_an_account_has_its_own_guarantee(site: SmallSite, author: str, guarantee: str) -> None:
    found = rows(site, LINKEDIN_TOKEN=SECRET, LINKEDIN_AUTHOR=author)
    assert found["linkedin"]["guarantee"] == guarantee
    assert not found["linkedin"]["by_hand"]


def test_people_see_what_is_missing_first_for_what_they_use(site: SmallSite) -> None:
    environ = {"UTROP_NETWORKS": "mastodon", "MASTODON_TOKEN": SECRET}
    done = site.run("networks", environ=environ)
    lines = done.stdout.splitlines()
    assert lines[0] == "Mastodon   in NETWORKS, automatic, effectively-once"
    assert "MASTODON_URL   not set " in lines[1]
    assert any("MASTODON_TOKEN set (environment)" in line for line in lines)
    assert SECRET not in done.stdout + done.stderr
    assert all(len(line) <= 100 for line in lines)
    assert "`utrop connect NETWORK`" in lines[-1]


def test_it_needs_no_site(site: SmallSite) -> None:
    (site.root / "publishconf.py").unlink()
    assert sorted(rows(site)) == sorted(networks.names())


@pytest.mark.parametrize("name", CONNECTABLE)
def test_every_network_tells_its_steps_and_its_secrets(name: str) -> None:
    told = steps(name)
    assert 3 <= len(told) <= 6
    assert all(len(step) < 240 and step.endswith(".") for step in told)
    assert secrets_of(name) <= networks.environment(name).keys()
    assert any(not is_optional(name, one) for one in networks.environment(name))


def test_a_price_is_told_where_there_is_one() -> None:
    found = {one.name: one.price_usd for one in overviews(None, {})}
    for name, price in found.items():
        assert (price is not None) is hasattr(networks.load(name), "price"), name
