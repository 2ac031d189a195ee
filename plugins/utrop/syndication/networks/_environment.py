"""A network's variables from the environment: all missing or malformed ones named at once."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

import httpx

from utrop.problem import Problem, ProblemsFound


def read(environ: Mapping[str, str], wanted: Mapping[str, str], *, network: str) -> dict[str, str]:
    """Return the wanted variables by name; those that end in ``_URL`` without a trailing slash.

    ``wanted`` says per variable what to put there. Raises ProblemsFound (exit status 2) that
    names every missing or malformed one, never its value.
    """
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for name, advice in wanted.items():
        value = environ.get(name, "").strip()
        if not value:
            wrong = "is not set"
        elif not (value.isascii() and value.isprintable()) or " " in value:
            wrong = "has a space or a character that cannot stand in it"
        elif name.endswith("_URL"):
            value = value.rstrip("/")
            wrong = _wrong_address(value)
        else:
            wrong = ""
        if wrong:
            what = f"{network} is configured but {name} {wrong}"
            problems.append(Problem(what=what, instead=f"set it to {advice}"))
        values[name] = value
    if problems:
        raise ProblemsFound(problems, exit_status=2)
    return values


def _wrong_address(value: str) -> str:
    try:
        address = httpx.URL(value)
    except httpx.InvalidURL:
        return "is no web address"
    if address.scheme not in {"http", "https"} or not address.host:
        return "is no web address"
    if address.userinfo or address.query or address.fragment or address.path.strip("/"):
        return "has more in it than scheme, host and port"
    if address.scheme == "http" and not _is_loopback(address.host):
        return "begins with http:, which would send the secret unprotected"
    return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
