"""A stateful stand-in for the Threads API at graph.threads.net, on a real socket.

- Two steps, ``POST /{user}/threads`` and ``POST /{user}/threads_publish``; a container is in no
  list; text of 500 at most, emoji counted as their UTF-8 bytes; five links at most:
  https://developers.facebook.com/docs/threads/posts/
- ``GET /{container}`` tells IN_PROGRESS, FINISHED, PUBLISHED, ERROR or EXPIRED:
  https://developers.facebook.com/docs/threads/troubleshooting/
- A publication that comes too early: 400, code 24, subcode 4279009 (gitroomhq/postiz-app#2047).
- ``GET /{user}/threads`` gives the fields asked for; ``permalink`` may be left out:
  https://developers.facebook.com/docs/threads/retrieve-and-discover-posts/retrieve-posts
- ``DELETE /{post}`` needs threads_delete, and answers with ``deleted_id``; 100 a day:
  https://developers.facebook.com/documentation/threads/posts/delete-posts
- ``debug_token`` tells of a token:
  https://developers.facebook.com/documentation/threads/troubleshooting/debug-access-token
- ``GET /refresh_access_token`` gives a new token, which lives for 60 days:
  https://developers.facebook.com/docs/threads/get-started/long-lived-tokens/. With which error a
  token that is younger than a day is refused, is not known.
- What a second publication of a container does is not known: here it publishes again, the worst.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import regex

from tests.servers.fault_proxy import Answer
from tests.servers.graph import Call, GraphServer, Route, error, reply

USER = "17841400008460056"


@dataclass
class ThreadsServer(GraphServer):
    """One account; ``posts`` holds what it has published, oldest first."""

    token: str = "canary-threads-token-8a2c"
    version: str = "v1.0"
    posts: list[dict[str, Any]] = field(default_factory=list)
    containers: dict[str, dict[str, str]] = field(default_factory=dict)
    slow: int = 0
    """A container is IN_PROGRESS for so many looks."""
    early: int = 0
    """So many publications are refused as too early, although the container is FINISHED."""
    ends: str = "FINISHED"
    """What a container becomes."""
    reason: str = ""
    """Its error_message."""
    may_delete: bool = True
    """Whether the token has threads_delete."""
    renewed: list[str] = field(default_factory=list)
    """The tokens that were given in place of this one."""

    def __post_init__(self) -> None:
        fields = frozenset({"fields"})
        self._routes = [
            Route(method="GET", pattern="me", act=self._me, required=fields),
            Route(
                method="POST",
                pattern=rf"{USER}/threads",
                act=self._create,
                required=frozenset({"media_type", "text", "link_attachment"}),
            ),
            Route(
                method="POST",
                pattern=rf"{USER}/threads_publish",
                act=self._publish,
                required=frozenset({"creation_id"}),
            ),
            Route(
                method="GET",
                pattern=rf"{USER}/threads",
                act=self._list,
                required=fields,
                optional=frozenset({"limit", "after"}),
            ),
            Route(method="GET", pattern=r"(\d+)", act=self._one, required=fields),
            Route(method="DELETE", pattern=r"(\d+)", act=self._delete),
            Route(
                method="GET",
                pattern="debug_token",
                act=self.debug_token,
                required=frozenset({"input_token"}),
            ),
        ]

    def owner(self, token: str) -> dict[str, str] | None:
        return {"id": USER, "username": "inkop.storkoping"} if token == self.token else None

    def post(self, text: str, link: str = "", **more: str) -> dict[str, Any]:
        """Post as a person at the account would."""
        made: dict[str, Any] = {"id": self.number(), "text": text, "timestamp": self.tick()}
        made["permalink"] = f"https://www.threads.com/@inkop.storkoping/post/D{made['id']}"
        made["media_type"] = "TEXT_POST"
        if link:
            made["link_attachment_url"] = link
        self.posts.append(made | more)
        return made | more

    def renew(self, params: dict[str, str]) -> Answer:
        """Give a new token for this one."""
        if params != {"grant_type": "th_refresh_token", "access_token": self.token}:
            return self._violation(f"refresh_access_token with {sorted(params)}")
        self.renewed.append(f"canary-renewed-token-{len(self.renewed)}")
        told = {"access_token": self.renewed[-1], "token_type": "bearer", "expires_in": 5_184_000}
        return reply(told)

    def _delete(self, call: Call) -> Answer:
        if not self.may_delete:
            return error(10, words="(#10) requires threads_delete", status=403)
        for one in self.posts:
            if one["id"] == call.path[0]:
                self.posts.remove(one)
                return reply({"success": True, "deleted_id": one["id"]})
        return error(100, 33, words="Unsupported delete request")

    def _me(self, _call: Call) -> Answer:
        return reply(self.owner(self.token))

    def _create(self, call: Call) -> Answer:
        text, link = call.params["text"], call.params["link_attachment"]
        if call.params["media_type"] != "TEXT" or not link.startswith(
            ("https://", "http://127.0.0.1:")
        ):
            return self._violation("media_type or link_attachment")
        if length(text) > 500:
            return error(100, words="(#100) Param text must be at most 500 characters long.")
        if len(set(re.findall(r"https?://\S+", text)) | {link}) > 5:
            return error(100, words="THREADS_API__LINK_LIMIT_EXCEEDED")
        container = self.number()
        self.containers[container] = {"text": text, "link": link, "status": "IN_PROGRESS"}
        if not self.slow:
            self.containers[container]["status"] = self.ends
        return reply({"id": container})

    def _publish(self, call: Call) -> Answer:
        container = self.containers.get(call.params["creation_id"])
        ready = container is not None and container["status"] in {"FINISHED", "PUBLISHED"}
        if container is None or not ready or self.early:
            self.early = max(self.early - 1, 0)
            return error(24, 4279009, words="The requested resource does not exist")
        container["status"] = "PUBLISHED"
        return reply({"id": self.post(container["text"], container["link"])["id"]})

    def _list(self, call: Call) -> Answer:
        return self.listed(call, f"{USER}/threads", self.posts[::-1])

    def _one(self, call: Call) -> Answer:
        key = call.path[0]
        if container := self.containers.get(key):
            if self.slow:
                self.slow -= 1
            elif container["status"] == "IN_PROGRESS":
                container["status"] = self.ends
            told = {"id": key, "status": container["status"]}
            return reply(told | ({"error_message": self.reason} if self.reason else {}))
        for one in self.posts:
            if one["id"] == key:
                wanted = set(call.params["fields"].split(",")) | {"id"}
                return reply({name: one[name] for name in one if name in wanted})
        return error(100, 33, words="Unsupported get request")


def length(text: str) -> int:
    """Count as the posts page says, written apart from the code under test."""
    emoji = regex.findall(r"\p{Emoji_Presentation}|\p{Emoji}\uFE0F", text)
    return len(text) + sum(len(one.encode()) - len(one) for one in emoji)
