"""A stand-in for LinkedIn's Posts, Images and OpenID APIs, on loopback.

What it does, and where that is told ("MS" is learn.microsoft.com/linkedin; all read in stored
copies, never tried on the real one):

- every request needs a bearer token, else 401 with a ``serviceErrorCode`` (65601: unverified);
- ``/rest/`` needs ``Linkedin-Version``; one that has ended is 426 (MS, versioning; api-evangelist's
  notes on LinkedIn, 2026-08-13) and ``X-Restli-Protocol-Version: 2.0.0`` (MS, posts-api);
- a commentary is little text, cut without a word at the first unescaped reserved character, with
  201 (MS, little-text-format; n8n#10179, composio#3185);
- 201 has the id in ``x-restli-id`` and no body (MS, posts-api);
- the same words by the same author are 422 DUPLICATE_POST with the first one's URN
  (Arisamiga#5, 2023-12-14); after a deletion with the URN of a ghost, another one each time, that
  answers 404 (composio#2710, 2026-02-22);
- more than 3,000 UTF-16 units are 422 FIELD_LENGTH_TOO_LONG (a note; unit unverified);
- a list needs ``X-RestLi-Method: FINDER`` and r_organization_social; a person's posts cannot be
  read (MS, posts-api). It is sorted by the last change, and says in ``paging`` whether it goes on;
- ``PARTIAL_UPDATE`` of a commentary is 204; so is a deletion, also of what is deleted already (MS,
  posts-api). Words may come back with hashtags as templates and short addresses (``given_back``;
  unverified);
- ``introspectToken`` takes id, secret and token as a form, without a bearer token, and tells Unix
  seconds and scopes divided by commas (MS, token-introspection);
- a picture is uploaded by ``initializeUpload`` and PUT; a post with one that never came is
  refused (the latter: unverified).
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jsonschema

from tests.servers.linkedin_schemas import POST_SCHEMA, UPDATE_SCHEMA

VERSIONS = {"202603", "202609"}
RESERVED = set("\\|{}@[]()<>#*_~")
PAGE_AT_MOST = 100


def shown(little: str) -> str:
    """Return what people see of a little text: all up to the first unescaped reserved character."""
    seen = ""
    at = 0
    while at < len(little):
        one = little[at]
        following = little[at + 1 : at + 2]
        if one == "\\" and following in RESERVED and following:
            seen += following
            at += 2
        elif one in RESERVED and not (one == "#" and following.isalnum()):
            return seen
        else:
            seen += one
            at += 1
    return seen


@dataclass(kw_only=True)
class LinkedIn:
    """``with LinkedIn() as server``. ``public`` is its address as clients know it."""

    token: str = "canary-linkedin-5d2e-91aa"
    author: str = "urn:li:organization:2414183"
    readable: bool = True
    """Whether the token may read: r_organization_social."""
    public: str = ""
    now: int = 1_763_892_000_000
    """Milliseconds; every post takes one second."""
    posts: list[dict[str, Any]] = field(default_factory=list)
    pictures: dict[str, bytes | None] = field(default_factory=dict)
    refused_duplicates: int = 0
    writable: bool = True
    """Whether what is there may be changed and deleted with the token."""
    given_back: dict[str, str] = field(default_factory=dict)
    """Parts of a commentary that come back as something else."""
    client: tuple[str, str] = ("77abcd", "canary-client-secret-4e1b")
    """The id and secret of the app that made the token."""
    introspected: dict[str, Any] = field(
        default_factory=lambda: {
            "active": True,
            "status": "active",
            "expires_at": 1_768_000_000,
            "scope": "w_organization_social,r_organization_social",
            "auth_type": "3L",
        }
    )
    lag: int = 0
    """So many of the newest posts do not stand in lists yet."""
    _deleted: set[tuple[str, str]] = field(default_factory=set)
    _ghosts: int = 0

    def __enter__(self) -> LinkedIn:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.linkedin = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.public = self.public or self.url
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(30)

    def seen(self) -> list[str]:
        """Return what people see of each post, oldest first."""
        return [shown(post["commentary"]) for post in self.posts]

    def add(self, commentary: str, *, source: str = "", **more: Any) -> str:
        """Post as a person at the page would; return the URN."""
        self.now += 1000
        urn = f"urn:li:share:{7_141_138_937_766_391_000 + self.now % 10**9}"
        content = {"article": {"source": source, "title": "x"}} if source else {}
        post = {
            "id": urn,
            "author": self.author,
            "commentary": commentary,
            "content": content,
            "lifecycleState": "PUBLISHED",
            "createdAt": self.now,
            "publishedAt": self.now,
            "lastModifiedAt": self.now,
            **more,
        }
        self.posts.append(post)
        return urn

    def delete(self, urn: str) -> None:
        """Delete a post as a person would; its ghost goes on refusing repeats."""
        for post in [post for post in self.posts if post["id"] == urn]:
            self._deleted.add((post["author"], post["commentary"]))
            self.posts.remove(post)

    def create(self, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        """Return status, headers and body of the answer to ``POST /rest/posts``."""
        try:
            jsonschema.validate(body, POST_SCHEMA)
        except jsonschema.ValidationError as error:
            return _error(422, "INVALID", f"ERROR :: {error.message}")
        if body["author"] != self.author:
            return _error(403, "ACCESS_DENIED", "Not enough permissions to access: partnerApiPosts")
        if len(shown(body["commentary"]).encode("utf-16-le")) > 6000:
            return _error(422, "FIELD_LENGTH_TOO_LONG", "ERROR :: /commentary :: too long")
        article = body["content"]["article"]
        if article.get("thumbnail") and not self.pictures.get(article["thumbnail"]):
            return _error(422, "INVALID", "ERROR :: /content/article/thumbnail :: not uploaded")
        key = (body["author"], body["commentary"])
        for post in self.posts:
            if (post["author"], post["commentary"]) == key:
                return self._duplicate(post["id"])
        if key in self._deleted:
            self._ghosts += 1
            return self._duplicate(f"urn:li:share:{9_000_000_000_000_000_000 + self._ghosts}")
        urn = self.add(**body)
        return 201, {"x-restli-id": urn, "x-linkedin-id": urn}, None

    def update(self, urn: str, body: Any) -> tuple[int, dict[str, str], Any]:
        """Return the answer to a PARTIAL_UPDATE."""
        jsonschema.validate(body, UPDATE_SCHEMA)
        if not self.writable:
            return _error(403, "ACCESS_DENIED", "Not enough permissions to access: PARTIAL_UPDATE")
        for post in self.posts:
            if post["id"] == urn:
                self.now += 1000
                post["commentary"] = body["patch"]["$set"]["commentary"]
                post["lastModifiedAt"] = self.now
                return 204, {}, None
        return _error(404, "NOT_FOUND", "Post not found")

    def introspect(self, form: str) -> tuple[int, dict[str, str], Any]:
        """Return the answer about a token."""
        asked = {name: values[0] for name, values in parse_qs(form).items()}
        if (asked.pop("client_id", ""), asked.pop("client_secret", "")) != self.client:
            said = f"Client authentication failed {self.client[1]}"
            return 401, {}, {"error": "invalid_client", "error_description": said}
        return 200, {}, self.introspected if asked == {"token": self.token} else {"active": False}

    def _duplicate(self, urn: str) -> tuple[int, dict[str, str], Any]:
        self.refused_duplicates += 1
        body = {
            "errorDetails": {
                "inputErrors": [
                    {"code": "DUPLICATE_POST", "description": "Duplicate post is detected"}
                ]
            },
            "message": f"ERROR :: Content is a duplicate of {urn}",
            "status": 422,
        }
        return 422, {}, body


def _error(status: int, code: str, message: str) -> tuple[int, dict[str, str], Any]:
    return status, {}, {"status": status, "code": code, "message": message}


class _Server(ThreadingHTTPServer):
    linkedin: LinkedIn
    daemon_threads = False  # so that closing waits for them and leaves no socket open

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet: a client that gives up is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 30

    def _serve(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, answer = self._answer(body)
        packed = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {
            **headers,
            "Content-Length": str(len(packed)),
            # Said, lest a client send its next request into a closing connection.
            "Connection": "close",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(packed)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing of each request."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the stand-in's time, for the Date header."""
        return formatdate(self.server.linkedin.now / 1000, usegmt=True)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - http.server's names

    def _answer(self, body: bytes) -> tuple[int, dict[str, str], Any]:
        linkedin = self.server.linkedin
        address = urlsplit(self.path)
        if address.path == "/oauth/v2/introspectToken" and self.command == "POST":
            return linkedin.introspect(body.decode("ascii"))
        if self.headers.get("Authorization") != f"Bearer {linkedin.token}":
            found = _error(401, "UNAUTHORIZED", "The token used in the request has been revoked")
            found[2]["serviceErrorCode"] = 65601
            return found
        if self.command == "PUT" and address.path.startswith("/dms-uploads/"):
            urn = f"urn:li:image:{address.path.rsplit('/', 1)[1]}"
            if urn not in linkedin.pictures:
                return _error(404, "NOT_FOUND", "no such upload")
            linkedin.pictures[urn] = body
            return 201, {}, None
        if address.path == "/v2/userinfo" and self.command == "GET":
            sub = linkedin.author.rpartition(":")[2]
            return 200, {}, {"sub": sub, "name": "Alva Ek"}
        if not address.path.startswith("/rest/"):
            return _error(404, "RESOURCE_NOT_FOUND", "No virtual resource found")
        version = self.headers.get("Linkedin-Version")
        if version is None or self.headers.get("X-Restli-Protocol-Version") != "2.0.0":
            return _error(400, "VERSION_MISSING", "A version must be present")
        if version not in VERSIONS:
            message = f"Requested version {version} is not active"
            return _error(426, "NONEXISTENT_VERSION", message)
        return self._rest(address.path, address.query, body)

    def _rest(self, path: str, query: str, body: bytes) -> tuple[int, dict[str, str], Any]:
        linkedin = self.server.linkedin
        if self.command == "POST" and path == "/rest/posts":
            return linkedin.create(json.loads(body))
        if self.command == "POST" and (path, query) == ("/rest/images", "action=initializeUpload"):
            jsonschema.validate(
                json.loads(body),
                {
                    "additionalProperties": False,
                    "required": ["initializeUploadRequest"],
                    "properties": {
                        "initializeUploadRequest": {
                            "additionalProperties": False,
                            "required": ["owner"],
                            "properties": {"owner": {"const": linkedin.author}},
                        }
                    },
                },
            )
            name = f"C4E10AQF{len(linkedin.pictures)}"
            linkedin.pictures[f"urn:li:image:{name}"] = None
            upload = f"{linkedin.public}/dms-uploads/sp/{name}?ca=vector_feedshare&sync=0"
            value = {"uploadUrl": upload, "image": f"urn:li:image:{name}"}
            return 200, {}, {"value": {**value, "uploadUrlExpiresAt": linkedin.now + 86_400_000}}
        if self.command == "GET" and path == "/rest/posts":
            return self._listed(query)
        if match := re.fullmatch(r"/rest/posts/([^/:]+)", path):
            return self._one(unquote(match[1]), body)
        return _error(404, "RESOURCE_NOT_FOUND", "No virtual resource found")

    def _one(self, urn: str, body: bytes) -> tuple[int, dict[str, str], Any]:
        linkedin = self.server.linkedin
        act = (self.command, self.headers.get("X-RestLi-Method"))
        if act == ("POST", "PARTIAL_UPDATE"):
            return linkedin.update(urn, json.loads(body))
        if act == ("DELETE", "DELETE"):
            if not linkedin.writable:
                return _error(403, "ACCESS_DENIED", "Not enough permissions to access: DELETE")
            linkedin.delete(urn)
            return 204, {}, None
        if act != ("GET", None):
            return _error(400, "ILLEGAL_ARGUMENT", f"no such method: {act}")
        if not linkedin.readable:
            return _error(403, "ACCESS_DENIED", "Not enough permissions to access: GET")
        for post in linkedin.posts:
            if post["id"] == urn:
                words = post["commentary"]
                for ours, theirs in linkedin.given_back.items():
                    words = words.replace(ours, theirs)
                return 200, {}, {**post, "commentary": words}
        return _error(404, "NOT_FOUND", "Post not found")

    def _listed(self, query: str) -> tuple[int, dict[str, str], Any]:
        linkedin = self.server.linkedin
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        if self.headers.get("X-RestLi-Method") != "FINDER" or asked.pop("q") != "author":
            return _error(400, "ILLEGAL_ARGUMENT", "no such finder")
        # An unencoded URN is refused by protocol 2.0.0.
        if "urn:" in query or not linkedin.readable or asked.pop("author") != linkedin.author:
            return _error(403, "ACCESS_DENIED", "Not enough permissions to access: FINDER-author")
        if asked.pop("sortBy") != "LAST_MODIFIED":
            return _error(400, "ILLEGAL_ARGUMENT", "sortBy")
        start, count = int(asked.pop("start", "0")), int(asked.pop("count", "10"))
        if asked or not 0 < count <= PAGE_AT_MOST:
            return _error(400, "ILLEGAL_ARGUMENT", f"count {count} or {sorted(asked)}")
        known = linkedin.posts[: len(linkedin.posts) - linkedin.lag]
        newest = sorted(known, key=lambda post: post["lastModifiedAt"], reverse=True)
        page = newest[start : start + count]
        following = f"/rest/posts?start={start + count}"
        links = [{"rel": "next", "href": following, "type": "application/json"}]
        more = start + count < len(newest)
        paging = {"start": start, "count": count, "links": links if more else []}
        return 200, {}, {"paging": paging, "elements": page}
