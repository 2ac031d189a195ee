"""OAuth 1.0a: requests signed with HMAC-SHA1, https://www.rfc-editor.org/rfc/rfc5849#section-3.

Only what a JSON interface needs: parameters stand in the query, and a JSON body is not signed
(section 3.4.1.3.1).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The client's and the account's keys, each with its secret; none of them is ever shown."""

    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    token: str = field(repr=False)
    token_secret: str = field(repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """All that no text for people may hold."""
        return (self.consumer_key, self.consumer_secret, self.token, self.token_secret)


def authorization(
    method: str,
    url: str,
    params: Mapping[str, str],
    credentials: Credentials,
    *,
    timestamp: int,
    nonce: str,
) -> str:
    """Return the Authorization header of a request (section 3.5.1).

    ``url`` has no query; ``params`` are what stands there. ``timestamp`` is in Unix seconds; no
    two requests of one timestamp may have the same ``nonce``.
    """
    protocol = {
        "oauth_consumer_key": credentials.consumer_key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(timestamp),
        "oauth_token": credentials.token,
        "oauth_version": "1.0",
    }
    base = base_string(method, url, {**params, **protocol})
    signed = {**protocol, "oauth_signature": signature(base, credentials)}
    parts = (f'{_escaped(name)}="{_escaped(value)}"' for name, value in sorted(signed.items()))
    return "OAuth " + ", ".join(parts)


def base_string(method: str, url: str, params: Mapping[str, str]) -> str:
    """Return what is signed (section 3.4.1): the method, the address and every parameter."""
    pairs = sorted((_escaped(name), _escaped(value)) for name, value in params.items())
    normalized = "&".join(f"{name}={value}" for name, value in pairs)
    return "&".join(_escaped(part) for part in (method.upper(), _base_uri(url), normalized))


def signature(base: str, credentials: Credentials) -> str:
    """Return the signature of a base string (section 3.4.2), in base64."""
    key = f"{_escaped(credentials.consumer_secret)}&{_escaped(credentials.token_secret)}"
    # The protocol names SHA-1; within HMAC its collisions are of no use to anyone.
    digest = hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _base_uri(url: str) -> str:
    """Return an address as it is signed (section 3.4.1.2): no query, no default port."""
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if ":" in host:
        host = f"[{host}]"
    default = {"http": 80, "https": 443}.get(scheme)
    port = "" if parts.port in {None, default} else f":{parts.port}"
    return f"{scheme}://{host}{port}{parts.path or '/'}"


def _escaped(text: str) -> str:
    """Escape all but the unreserved characters (section 3.6)."""
    return quote(text, safe="-._~")
