"""Reading the account's own posts back from X, and what became of one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from utrop.syndication.delivery import Receipt, Standing
from utrop.syndication.errors import NotSent, OutcomeUnknown, Rejected
from utrop.syndication.networks._http import Answer, text_of
from utrop.syndication.networks._x_api import Api, post_id
from utrop.syndication.networks._x_refusals import problem_of

_PAGE, _PAGES = 100, 32
_READABLE = 3_000
"""X lists an account's newest 3,200 posts, and says nothing of there being more."""
_EARLIEST = datetime(2010, 11, 6, 0, 0, 1, tzinfo=UTC)
"""X refuses to search before this moment."""
_NOT_FOUND: Final = "resource-not-found"


class TooManyToRead(Exception):  # noqa: N818 - it is a limit reached, not an error
    """The account has more posts than X lists."""


def own(api: Api, since: datetime) -> Iterator[Mapping[str, object]]:
    """Yield our own posts, newest first, down to a moment (aware).

    Nothing is left out by X, which would list 800 posts instead of 3,200. That X takes our
    signature bounds how wrong our clock can be. Raises TooManyToRead, Unauthorized, RateLimited,
    NotSent or OutcomeUnknown.
    """
    path = f"/2/users/{api.identity().id}/tweets"
    earliest = max(since.astimezone(UTC), _EARLIEST)
    params = {
        "max_results": str(_PAGE),
        "start_time": f"{earliest:%Y-%m-%dT%H:%M:%SZ}",
        "tweet.fields": "entities,referenced_tweets",
    }
    seen = 0
    for _ in range(_PAGES):
        answer = api.ask("GET", path, params=params)
        if not answer.ok:
            error = api.refusal(answer)
            unclear = isinstance(error, Rejected | NotSent)
            raise OutcomeUnknown(str(error)) if unclear else error
        posts, next_page = _page(answer, api.host)
        yield from posts
        seen += len(posts)
        if not next_page:
            break
        if next_page == params.get("pagination_token"):
            raise OutcomeUnknown(f"{api.host} does not page through the account's posts")
        params["pagination_token"] = next_page
    else:
        raise TooManyToRead
    if seen >= _READABLE:
        raise TooManyToRead


def answers_nobody(post: Mapping[str, object]) -> bool:
    """Whether a post is neither reply nor quote; X is changing the member's name."""
    return not (post.get("referenced_tweets") or post.get("referenced_posts"))


def standing(api: Api, receipt: Receipt) -> Standing:
    """Return what became of a post. An edited post has a new number, and both tell of the other.

    Raises Unauthorized, RateLimited, NotSent or OutcomeUnknown.
    """
    answer = api.ask("GET", f"/2/tweets/{receipt.id}")
    told = answer.mapping()
    post = told.get("data")
    if answer.ok and isinstance(post, dict) and post_id(post) == receipt.id:
        history = post.get("edit_history_tweet_ids") or post.get("edit_history_post_ids")
        many = isinstance(history, list) and len(history) > 1
        return Standing.EDITED if many else Standing.THERE
    if answer.ok or answer.status == 404:
        if post is None and _says_not_found(told):
            return Standing.GONE
        raise OutcomeUnknown(f"{api.host} did not say what became of the post")
    error = api.refusal(answer)
    raise OutcomeUnknown(str(error)) if isinstance(error, Rejected) else error


def delete(api: Api, receipt: Receipt) -> None:
    """Delete a post; where X did not, it is looked whether there is one. Raises as ``standing``.

    Raises Rejected too, where X will not delete it.
    """
    answer = api.ask("DELETE", f"/2/tweets/{receipt.id}")
    data = answer.mapping().get("data")
    if answer.ok and isinstance(data, dict) and data.get("deleted") is True:
        return
    if not answer.ok and answer.status != 404:
        raise api.refusal(answer)
    if standing(api, receipt) is not Standing.GONE:
        raise OutcomeUnknown(f"{api.host} did not delete the post")


def receipt_of(api: Api, post: Mapping[str, object]) -> Receipt:
    """Return a post's receipt. Raises OutcomeUnknown where it is no post."""
    key = post_id(post)
    if not key:
        raise OutcomeUnknown(f"{api.host} answered with something that is no post")
    return Receipt(id=key, url=f"https://x.com/{api.identity().username}/status/{key}")


def _says_not_found(told: Mapping[str, object]) -> bool:
    """Whether the post does not exist, rather than being kept from us."""
    errors = told.get("errors")
    problems = errors if isinstance(errors, list) else [told]
    return bool(problems) and all(
        isinstance(one, dict) and problem_of(one) == _NOT_FOUND for one in problems
    )


def _page(answer: Answer, host: str) -> tuple[list[Mapping[str, object]], str]:
    """Return the posts of one page and the token of the next, empty after the last."""
    told = answer.mapping()
    meta, posts = told.get("meta"), told.get("data", [])
    if isinstance(meta, dict) and isinstance(posts, list):
        count = meta.get("result_count")
        whole = type(count) is int and count <= len(posts)
        # X answers 200 with errors where it could not tell everything.
        if whole and not told.get("errors") and all(isinstance(post, dict) for post in posts):
            return posts, text_of(meta, "next_token")
    raise OutcomeUnknown(f"{host} did not list the account's posts in full")
