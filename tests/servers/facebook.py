"""A stateful stand-in for a Facebook Page at graph.facebook.com, on a real socket.

- ``GET /me`` with a page's token is the page, with a person's the person; ``POST /{page}/feed``
  takes message, link, published and answers ``{"id": "PAGE_POST"}``:
  https://developers.facebook.com/docs/pages-api/posts/
- The same message and link twice in a row: code 506 (error-handling guide).
- ``GET /{page}/published_posts`` gives only the fields that are asked for, newest first, in pages:
  https://developers.facebook.com/docs/graph-api/reference/page/published_posts/
  A link stands in ``attachments{unshimmed_url}``.
- ``POST /{post}`` takes message or is_published and answers ``{"success": true}``, ``DELETE`` the
  same: https://developers.facebook.com/docs/pages-api/posts/ and Meta's own specification of
  PagePost (facebook-business-sdk-codegen, 2026-04-15). A post of another app cannot be changed
  (code 200; unverified). What is unpublished is in no list of published posts, and can be read by
  its id.
- What is not there, and what a token may not see, is code 100, subcode 33 alike.
- A post may be published although the answer is 500, code 2 (arsduo/koala#699): ``lie``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.servers.fault_proxy import Answer
from tests.servers.graph import Call, GraphServer, Route, error, reply

PAGE = "104857600012345"
PERSON_TOKEN = "canary-person-token-55"


@dataclass
class FacebookServer(GraphServer):
    """One page; ``posts`` holds what it has published, oldest first."""

    token: str = "canary-page-token-31f7"
    version: str = "v25.0"
    posts: list[dict[str, Any]] = field(default_factory=list)
    lies: int = 0
    """So many publications are answered as failed."""
    foreign: set[str] = field(default_factory=set)
    """Posts that another app made."""
    may_list: bool = True
    """Whether the token has pages_read_engagement."""

    def __post_init__(self) -> None:
        fields = frozenset({"fields"})
        self._routes = [
            Route(method="GET", pattern="me", act=self._me, required=fields),
            Route(
                method="POST",
                pattern=r"(\d+)/feed",
                act=self._publish,
                required=frozenset({"message", "link", "published"}),
            ),
            Route(
                method="GET",
                pattern=r"(\d+)/published_posts",
                act=self._list,
                required=fields,
                optional=frozenset({"limit", "after"}),
            ),
            Route(method="GET", pattern=r"(\d+_\d+)", act=self._one, required=fields),
            Route(
                method="POST",
                pattern=r"(\d+_\d+)",
                act=self._change,
                optional=frozenset({"message", "is_published"}),
            ),
            Route(method="DELETE", pattern=r"(\d+_\d+)", act=self._delete),
            Route(
                method="GET",
                pattern="debug_token",
                act=self.debug_token,
                required=frozenset({"input_token"}),
            ),
        ]
        self._asking = ""

    def owner(self, token: str) -> dict[str, str] | None:
        self._asking = token
        names = {
            self.token: {"id": PAGE, "name": "Inköp i Storköping"},
            PERSON_TOKEN: {"id": "77", "name": "Ada Upphandlare"},
        }
        return names.get(token)

    def post(self, message: str, link: str = "", *, published: bool = True) -> dict[str, Any]:
        """Post as a person at the page would."""
        made: dict[str, Any] = {"id": f"{PAGE}_{self.number()}", "message": message}
        made["is_published"] = published
        made["created_time"] = self.tick()
        made["permalink_url"] = f"https://www.facebook.com/inkop/posts/{made['id'][-4:]}"
        if link:
            shim = f"https://l.facebook.com/l.php?u={link}"
            attached = {"unshimmed_url": link, "url": shim, "type": "share"}
            made["attachments"] = {"data": [attached]}
        self.posts.append(made)
        return made

    def _me(self, _call: Call) -> Answer:
        return reply(self.owner(self._asking))

    def _publish(self, call: Call) -> Answer:
        if call.path != (PAGE,) or self._asking != self.token:
            return error(200, words="(#200) Requires pages_manage_posts", status=403)
        message, link = call.params["message"], call.params["link"]
        if call.params["published"] not in {"true", "false"} or not link.startswith(
            ("https://", "http://127.0.0.1:")
        ):
            return self._violation("published or link")
        if len(message) > 63_206:
            return error(100, words="(#100) Message too long")
        last = self.public()[-1:]
        if last and (message, link) == (last[0]["message"], _link(last[0])):
            return error(506, 1455006, words="Duplicate status message")
        made = self.post(message, link, published=call.params["published"] == "true")
        if self.lies:
            self.lies -= 1
            return error(2, status=500, words="Please retry your request later.", transient=True)
        return reply({"id": made["id"]})

    def public(self) -> list[dict[str, Any]]:
        """Return what people see, oldest first."""
        return [one for one in self.posts if one["is_published"]]

    def _list(self, call: Call) -> Answer:
        if not self.may_list:
            return error(10, words="(#10) requires pages_read_engagement", status=403)
        return self.listed(call, f"{PAGE}/published_posts", self.public()[::-1])

    def _one(self, call: Call) -> Answer:
        wanted = set(call.params["fields"].split(",")) | {"id"}
        for one in self.posts:
            if one["id"] == call.path[0]:
                return reply({name: one[name] for name in one if name in wanted})
        return error(100, 33, words="Unsupported get request")

    def _change(self, call: Call) -> Answer:
        for one in self.posts:
            if one["id"] == call.path[0]:
                if one["id"] in self.foreign:
                    return error(200, words="(#200) The post was not made by this app", status=403)
                if "is_published" in call.params:
                    one["is_published"] = call.params["is_published"] == "true"
                one["message"] = call.params.get("message", one["message"])
                if self.lies:
                    self.lies -= 1
                    return error(1, status=500, words="An unknown error occurred")
                return reply({"success": True})
        return error(100, 33, words="Unsupported post request")

    def _delete(self, call: Call) -> Answer:
        for one in self.posts:
            if one["id"] == call.path[0]:
                if one["id"] in self.foreign:
                    return error(200, words="(#200) The post was not made by this app", status=403)
                self.posts.remove(one)
                return reply({"success": True})
        return error(100, 33, words="Unsupported delete request")


def _link(post: dict[str, Any]) -> str:
    data = post.get("attachments", {}).get("data", [{}])
    return str(data[0].get("unshimmed_url", ""))
