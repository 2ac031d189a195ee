"""A stateful stand-in for a Facebook Page at graph.facebook.com, on a real socket.

- ``GET /me`` with a page's token is the page, with a person's the person; ``POST /{page}/feed``
  takes message, link, published and answers ``{"id": "PAGE_POST"}``:
  https://developers.facebook.com/docs/pages-api/posts/
- The same message and link twice in a row: code 506 (error-handling guide).
- ``GET /{page}/published_posts`` gives only the fields that are asked for, newest first, in pages:
  https://developers.facebook.com/docs/graph-api/reference/page/published_posts/
  A link stands in ``attachments{unshimmed_url}``.
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
        ]
        self._asking = ""

    def owner(self, token: str) -> dict[str, str] | None:
        self._asking = token
        names = {
            self.token: {"id": PAGE, "name": "Inköp i Storköping"},
            PERSON_TOKEN: {"id": "77", "name": "Ada Upphandlare"},
        }
        return names.get(token)

    def post(self, message: str, link: str = "") -> dict[str, Any]:
        """Post as a person at the page would."""
        made: dict[str, Any] = {"id": f"{PAGE}_{self.number()}", "message": message}
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
        if call.params["published"] != "true" or not link.startswith("https://"):
            return self._violation("published or link")
        if len(message) > 63_206:
            return error(100, words="(#100) Message too long")
        if self.posts and (message, link) == (self.posts[-1]["message"], _link(self.posts[-1])):
            return error(506, 1455006, words="Duplicate status message")
        made = self.post(message, link)
        if self.lies:
            self.lies -= 1
            return error(2, status=500, words="Please retry your request later.", transient=True)
        return reply({"id": made["id"]})

    def _list(self, call: Call) -> Answer:
        return self.listed(call, f"{PAGE}/published_posts", self.posts[::-1])

    def _one(self, call: Call) -> Answer:
        for one in self.posts:
            if one["id"] == call.path[0]:
                return reply({"id": one["id"], "permalink_url": one["permalink_url"]})
        return error(100, 33, words="Unsupported get request")


def _link(post: dict[str, Any]) -> str:
    data = post.get("attachments", {}).get("data", [{}])
    return str(data[0].get("unshimmed_url", ""))
