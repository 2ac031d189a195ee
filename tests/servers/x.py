"""A stand-in for X's API v2 on loopback. X publishes no server and no contract that may be copied.

What it does, and where that is written (the documentation as of 2026-08-22, docs.x.com):

- Every request carries an OAuth 1.0a signature (RFC 5849); a wrong one, a used nonce, or a
  timestamp more than five minutes off answers 401 [authentication/oauth-1-0a; the five minutes
  are experience, not documentation].
- ``POST /2/tweets``: JSON that allows nothing undocumented; 201 with ``data.id`` and ``text``
  [OpenAPI 2.167]; 402 without credits [seen live 2026-05, tryethernal/ethernal#1324; its body is
  unknown and guessed here]; 403 with ``detail`` for a text the account has posted already [seen
  live 2026-02, akrherz/iembot#163], even one deleted since [J7mbo/twitter-api-php#171]; 403
  ``oauth1-permissions`` for an app that may only read [plhery/node-twitter-api-v2#493]; 429 after
  100 posts in 15 minutes, with ``x-rate-limit-*`` [x-api/fundamentals/rate-limits].
- ``GET /2/users/me``: ``data.id``, ``name`` and ``username`` [OpenAPI], and what the token may do
  in the header ``x-access-level`` [seen live 2026, API 2.168; several projects on GitHub].
- ``GET /2/tweets/{id}``: the post with its ``edit_history_tweet_ids``; of one that is gone 200
  without ``data`` and a problem ``resource-not-found`` [plhery/node-twitter-api-v2#338,
  HunterLarco/twitter-v2#33].
- ``DELETE /2/tweets/{id}``: ``data.deleted`` [OpenAPI]; 50 in 15 minutes [rate-limits]. What X
  answers for a post that is gone already is documented nowhere: 404 here.
- ``GET /2/users/{id}/tweets``: newest first, 5 to 100 a page, ``start_time`` in whole seconds,
  only the fields asked for, no ``data`` where there is nothing, at most the newest 3,200 (800 with
  ``exclude=replies``) and silence about the rest [x-api/posts/timelines/integrate].
- An address in a text becomes a short one, and ``entities.urls`` tells the full one [OpenAPI].
- ``lag``: how long a post is missing from the list. X documents none; the tests assume some.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import jsonschema

USER_ID: Final = "2244994945"
USERNAME: Final = "inkop_example"
PER_WINDOW: Final = 100
DELETED_PER_WINDOW: Final = 50
PROBLEMS: Final = "https://api.twitter.com/2/problems/"
WINDOW: Final = timedelta(minutes=15)
LISTED, LISTED_WITHOUT_REPLIES = 3_200, 800

POST_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["text"],
    "properties": {
        "text": {"type": "string", "minLength": 1},
        "media": {"type": "object"},
        "reply": {"type": "object"},
        "reply_settings": {"enum": ["following", "mentionedUsers", "subscribers", "verified"]},
        "made_with_ai": {"type": "boolean"},
        "paid_partnership": {"type": "boolean"},
        "edit_options": {"type": "object"},
    },
}
LIST_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "max_results": {"pattern": r"^([5-9]|[1-9][0-9]|100)$"},
        "start_time": {"pattern": r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"},
        "exclude": {"pattern": "^(replies|retweets)(,(replies|retweets))?$"},
        "pagination_token": {"pattern": "^page[0-9]+$"},
        "tweet.fields": {"pattern": "^(created_at|entities|referenced_tweets|author_id|,)+$"},
    },
}
_URL = re.compile(r"https?://[^\s]+")


@dataclass(slots=True, kw_only=True)
class Post:
    """One post of the account."""

    id: str
    text: str
    created: datetime
    referenced: tuple[dict[str, str], ...] = ()
    deleted: bool = False
    versions: tuple[str, ...] = ()
    """The numbers of its later versions, where it was edited."""

    def told(self, fields: set[str]) -> dict[str, Any]:
        """Return it as X tells it, with these fields besides ``id`` and ``text``."""
        urls = [
            {
                "start": found.start(),
                "end": found.end(),
                "url": f"https://t.co/{self.id[-8:]}{number}",
                "expanded_url": found.group(),
                "display_url": found.group().partition("://")[2],
            }
            for number, found in enumerate(_URL.finditer(self.text))
        ]
        text = self.text
        for url in urls:
            text = text.replace(str(url["expanded_url"]), str(url["url"]))
        optional: dict[str, Any] = {"created_at": f"{self.created:%Y-%m-%dT%H:%M:%S.000Z}"}
        if urls:
            optional["entities"] = {"urls": urls}
        if self.referenced:
            optional["referenced_tweets"] = list(self.referenced)
        told = {"id": self.id, "text": text, "edit_history_tweet_ids": [self.id, *self.versions]}
        return told | {name: value for name, value in optional.items() if name in fields}


@dataclass(slots=True, kw_only=True)
class Keys:
    """What the account's owner has to hand to Utrop."""

    consumer_key: str = "canary-consumer-key"
    consumer_secret: str = "canary-consumer-secret"
    token: str = f"{USER_ID}-canary-token"
    token_secret: str = "canary-token-secret"

    def environ(self, url: str) -> dict[str, str]:
        """Return the variables that ``connect`` takes."""
        return {
            "X_URL": url,
            "X_CONSUMER_KEY": self.consumer_key,
            "X_CONSUMER_SECRET": self.consumer_secret,
            "X_ACCESS_TOKEN": self.token,
            "X_ACCESS_TOKEN_SECRET": self.token_secret,
        }


Reply = tuple[int, dict[str, Any], dict[str, str]]


@dataclass
class XServer:
    """``with XServer(now) as server``: one account, its posts, and what may go wrong there."""

    now: Callable[[], datetime]
    lag: timedelta = timedelta()
    credits: int = 1_000_000
    read_only: bool = False
    keys: Keys = field(default_factory=Keys)
    posts: list[Post] = field(default_factory=list)
    """Oldest first, the deleted ones too."""
    public_url: str = ""
    """The address that clients sign, where a proxy stands between."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._nonces: set[tuple[str, str]] = set()
        self._written: list[datetime] = []
        self._deleted: list[datetime] = []
        server = self

        class Handler(_Handler):
            x = server

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = False
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))

    def __enter__(self) -> XServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(30)

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def shown(self) -> list[Post]:
        """Return what people see, newest first."""
        return [post for post in reversed(self.posts) if not post.deleted]

    def post(self, text: str, *, referenced: str = "") -> Post:
        """Post as a person at the account would; ``referenced`` makes it a reply or a quote."""
        references = ({"type": referenced, "id": "1"},) if referenced else ()
        number = str(1_990_000_000_000_000_000 + len(self.posts))
        made = Post(id=number, text=text, created=self.now(), referenced=references)
        self.posts.append(made)
        return made

    def answer(self, method: str, target: str, header: str, body: bytes) -> Reply:
        """Answer one request; the only way in from the socket."""
        with self._lock:
            path, query = urlsplit(target).path, dict(parse_qsl(urlsplit(target).query, True))
            if wrong := self._wrong_signature(method, path, query, header):
                return _problem(401, "Unauthorized", wrong)
            if (method, path) == ("GET", "/2/users/me"):
                user = {"id": USER_ID, "name": "Inköp", "username": USERNAME}
                level = "read" if self.read_only else "read-write"
                return 200, {"data": user}, {"x-access-level": level}
            if (method, path) == ("POST", "/2/tweets"):
                return self._create(body)
            if (method, path) == ("GET", f"/2/users/{USER_ID}/tweets"):
                return self._list(query)
            if method in {"GET", "DELETE"} and (found := re.fullmatch(r"/2/tweets/(\d+)", path)):
                return self._one(method, found[1])
            return _problem(404, "Not Found", "")

    def _create(self, body: bytes) -> Reply:
        now = self.now()
        try:
            asked = json.loads(body)
            jsonschema.validate(asked, POST_SCHEMA)
        except (ValueError, jsonschema.ValidationError) as error:
            return _problem(400, "Invalid Request", str(error).partition("\n")[0])
        if self.read_only:
            return _problem(
                403,
                "Forbidden",
                "Your client app is not configured with the appropriate oauth1 app permissions"
                " for this endpoint.",
                f"{PROBLEMS}oauth1-permissions",
            )
        self._written = [moment for moment in self._written if moment > now - WINDOW]
        window = {
            "x-rate-limit-limit": str(PER_WINDOW),
            "x-rate-limit-remaining": str(max(PER_WINDOW - len(self._written) - 1, 0)),
            "x-rate-limit-reset": str(int((min(self._written, default=now) + WINDOW).timestamp())),
        }
        if len(self._written) >= PER_WINDOW:
            return 429, {"title": "Too Many Requests", "status": 429}, window
        if self.credits <= 0:
            return _problem(402, "CreditsDepleted", "Your account has no credits.")
        if any(post.text == asked["text"] for post in self.posts):
            detail = "You are not allowed to create a Tweet with duplicate content."
            return _problem(403, "Forbidden", detail)
        self.credits -= 1
        self._written.append(now)
        made = self.post(asked["text"])
        return 201, {"data": {"id": made.id, "text": made.told(set())["text"]}}, window

    def _one(self, method: str, number: str) -> Reply:
        post = next((post for post in self.shown() if post.id == number), None)
        if method == "GET":
            if post is not None:
                return 200, {"data": post.told(set())}, {}
            return 200, {"errors": [not_found(number)]}, {}
        if self.read_only:
            return _problem(
                403, "Forbidden", "oauth1 app permissions", f"{PROBLEMS}oauth1-permissions"
            )
        now = self.now()
        self._deleted = [moment for moment in self._deleted if moment > now - WINDOW]
        if len(self._deleted) >= DELETED_PER_WINDOW:
            reset = str(int((self._deleted[0] + WINDOW).timestamp()))
            return 429, {"title": "Too Many Requests"}, {"x-rate-limit-reset": reset}
        self._deleted.append(now)
        if post is None:
            return 404, not_found(number), {}
        post.deleted = True
        return 200, {"data": {"deleted": True}}, {}

    def _list(self, query: dict[str, str]) -> Reply:
        try:
            jsonschema.validate(query, LIST_SCHEMA)
            start = datetime.fromisoformat(query.get("start_time", "2010-11-06T00:00:01Z"))
        except (ValueError, jsonschema.ValidationError) as error:
            return _problem(400, "Invalid Request", str(error).partition("\n")[0])
        if start > self.now() or start <= datetime(2010, 11, 6, tzinfo=UTC):
            return _problem(400, "Invalid Request", "'start_time' is out of range")
        excluded = query.get("exclude", "").split(",")
        most = LISTED_WITHOUT_REPLIES if "replies" in excluded else LISTED
        visible = [
            post
            for post in self.shown()[:most]
            if post.created >= start and post.created + self.lag <= self.now()
        ]
        size = int(query.get("max_results", "10"))
        first = int(query.get("pagination_token", "page0").removeprefix("page"))
        page = visible[first : first + size]
        meta: dict[str, Any] = {"result_count": len(page)}
        if visible[first + size :]:
            meta["next_token"] = f"page{first + size}"
        fields = set(query.get("tweet.fields", "").split(","))
        told = [post.told(fields) for post in page]
        return 200, ({"data": told} if told else {}) | {"meta": meta}, {}

    def _wrong_signature(self, method: str, path: str, query: dict[str, str], header: str) -> str:
        scheme, _, rest = header.partition(" ")
        pairs = [part.strip().partition("=") for part in rest.split(",")]
        given = {unquote(name): unquote(value.strip('"')) for name, _, value in pairs}
        known = {
            "oauth_consumer_key": self.keys.consumer_key,
            "oauth_token": self.keys.token,
            "oauth_signature_method": "HMAC-SHA1",
            "oauth_version": "1.0",
        }
        if scheme != "OAuth" or any(given.get(name) != value for name, value in known.items()):
            return "Unauthorized"
        signature = given.pop("oauth_signature", "")
        names = sorted(quote(name, "") for name in given | query)
        values = {quote(name, ""): quote(value, "") for name, value in (given | query).items()}
        joined = "&".join(f"{name}={values[name]}" for name in names)
        address = (self.public_url or self.url) + path
        base = f"{method}&{quote(address, '')}&{quote(joined, '')}"
        key = f"{quote(self.keys.consumer_secret, '')}&{quote(self.keys.token_secret, '')}"
        wanted = hmac.digest(key.encode(), base.encode(), hashlib.sha1)
        if signature != base64.b64encode(wanted).decode():
            return "Unauthorized"
        moment, nonce = given.get("oauth_timestamp", "0"), given.get("oauth_nonce", "")
        if abs(int(moment) - self.now().timestamp()) > 300 or (moment, nonce) in self._nonces:
            return "Unauthorized"
        self._nonces.add((moment, nonce))
        return ""


def not_found(number: str) -> dict[str, Any]:
    """Return the problem of a post that is not there."""
    return {
        "title": "Not Found Error",
        "detail": f"Could not find tweet with id: [{number}].",
        "type": f"{PROBLEMS}resource-not-found",
        "resource_type": "tweet",
        "resource_id": number,
        "parameter": "id",
        "value": number,
    }


def _problem(status: int, title: str, detail: str, kind: str = "about:blank") -> Reply:
    return status, {"title": title, "detail": detail, "type": kind, "status": status}, {}


class _Handler(BaseHTTPRequestHandler):
    x: XServer
    timeout = 30.0

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        asked = self.rfile.read(length)
        authorization = self.headers.get("Authorization", "")
        status, told, headers = self.x.answer(self.command, self.path, authorization, asked)
        body = json.dumps(told).encode()
        self.send_response_only(status)
        self.send_header("Date", format_datetime(self.x.now().astimezone(UTC), usegmt=True))
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Keep quiet."""
