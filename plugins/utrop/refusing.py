"""Refusing: nothing of the demo, and nothing with an example address, ever leaves the machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from utrop.configuration import Site, is_example, is_loopback
from utrop.post import Post
from utrop.problem import Problem, ProblemsFound


def refuse_example_addresses(site: Site, *, remote: bool, networks: tuple[str, ...]) -> None:
    """Stop before anything leaves the machine for a site that still has an example address.

    On a loopback SITEURL the example FEED_AUTHORITY passes: nobody keeps an id from there.
    """
    reason = _leaves(remote=remote, networks=networks)
    if not reason:
        return
    problems = []
    if is_example(site.siteurl):
        problems.append(
            Problem(
                path=site.settings_file,
                what=f"SITEURL is still the example {site.siteurl}, and {reason}",
                instead="write your site's own address",
            )
        )
    if is_example(site.feed_authority) and not is_loopback(site.siteurl):
        problems.append(
            Problem(
                path=site.settings_file,
                what=f"FEED_AUTHORITY is still the example {site.feed_authority}, and {reason}",
                instead="write a domain of yours; it can never change afterwards",
            )
        )
    if problems:
        raise ProblemsFound(problems, exit_status=2)


def refuse_to_lose_every_post(
    posts: Iterable[Post], former: Mapping[str, object], content: Path
) -> None:
    """Stop where the live release has posts and the new one none: a folder that is not mounted."""
    if former and not any(post.status == "published" for post in posts):
        raise ProblemsFound(
            [
                Problem(
                    path=content,
                    what=f"holds no published post, and the live release has {len(former)}",
                    instead="see that it is the right folder, or say --allow-empty",
                )
            ]
        )


def refuse_new_identities(posts: Iterable[Post], former: Mapping[str, object]) -> None:
    """Stop where FEED_AUTHORITY has changed: every reader and network would see each post as new.

    The demo's example authority may be left behind.
    """
    by_uid = {guid.rpartition(":")[2]: guid for guid in former}
    for post in posts:
        known = by_uid.get(post.uid, post.guid)
        authority, _, year = known.removeprefix("tag:").partition(":")[0].partition(",")
        if known != post.guid and not is_example(authority):
            raise ProblemsFound(
                [
                    Problem(
                        what="FEED_AUTHORITY or FEED_AUTHORITY_YEAR has changed: readers would show"
                        " every post again, and networks would get it again",
                        instead=f"write FEED_AUTHORITY = {authority!r} and"
                        f" FEED_AUTHORITY_YEAR = {year} again",
                    )
                ],
                exit_status=2,
            )


def refuse_demo_posts(posts: Iterable[Post], *, remote: bool, networks: tuple[str, ...]) -> None:
    """Stop before the demo's posts are deployed to a server or announced for real."""
    reason = _leaves(remote=remote, networks=networks)
    demo = [post for post in posts if post.demo]
    if reason and demo:
        raise ProblemsFound(
            [
                Problem(
                    what=f"{len(demo)} demo posts remain, such as {demo[0].source}, and {reason}",
                    instead="remove them, or start a site of your own with `utrop init DIR`",
                )
            ],
            exit_status=2,
        )


def _leaves(*, remote: bool, networks: tuple[str, ...]) -> str:
    real = [network for network in networks if network != "preview"]
    if real:
        return f"NETWORKS names {', '.join(real)}"
    return "DEPLOY names a server" if remote else ""
