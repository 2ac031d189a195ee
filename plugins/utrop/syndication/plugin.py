"""Pelican's hooks: the manifest, written when everything else stands, and the share kit."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

from pelican import signals
from pelican.generators import Generator

from utrop import articles, outputs
from utrop.outputs import Inputs
from utrop.post import Image, Post
from utrop.syndication.manifest import FILE_NAME, POST_FIELDS, announcement_of, to_bytes
from utrop.syndication.sharing import share_kit


class ManifestGenerator(Generator):  # type: ignore[misc] # Pelican ships no types
    """Writes ``announcements.json`` of what is really published."""

    def generate_context(self) -> None:
        """Do nothing: posts can be read only once every generator has its context."""

    def generate_output(self, writer: Any) -> None:  # noqa: ARG002 - the manifest needs no template
        """Write the manifest; Pelican calls it with the writer of its pages."""
        write(
            articles.posts(self.context),
            self.settings,
            site_image=articles.share_image(self.context),
            withdrawn=articles.withdrawn(self.settings),
        )


def write(
    posts: Sequence[Post],
    settings: MutableMapping[str, Any],
    *,
    site_image: Image | None = None,
    withdrawn: tuple[str, ...] = (),
) -> Path:
    """Write the manifest below OUTPUT_PATH and return the file; only published posts are in it."""
    published = [announcement_of(post, site_image) for post in posts if post.status == "published"]
    outputs.declare(
        settings,
        FILE_NAME,
        Inputs(
            posts=tuple(post for post in posts if post.status == "published"),
            fields=POST_FIELDS,
            values=(site_image, withdrawn),
            settings=frozenset({"SITEURL"}),
        ),
    )
    path = Path(settings["OUTPUT_PATH"]) / FILE_NAME
    data = to_bytes(published, site=settings["SITEURL"], withdrawn=withdrawn)
    if not path.is_file() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return path


def register() -> None:
    """Pelican calls this once for each plugin."""
    signals.get_generators.connect(_generators)
    signals.generator_init.connect(_furnish)


def _furnish(generator: Any) -> None:
    """Give templates ``share_kit(post)``. It is a function of the post, which pages declare."""
    generator.env.globals["share_kit"] = share_kit


def _generators(_pelican: Any) -> type[ManifestGenerator]:
    return ManifestGenerator
