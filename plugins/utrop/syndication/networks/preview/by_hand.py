"""The page to post from by hand: one file with everything in it, for the phone above all.

It works from a disk, a mail or a server: the pictures are inside, and its one script only copies;
without it each text can be marked and copied as anywhere.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from utrop.syndication import networks
from utrop.syndication.delivery import Message
from utrop.syndication.naming import short_name
from utrop.syndication.networks.preview.cards import anchor, web_address
from utrop.syndication.networks.preview.files import template, text_of, written

Item = tuple[str, Message, str, bytes | None]
"""The network's name, what is to be said there, the post's title, its picture's bytes."""

_KINDS: Final = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png", "png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg", "jpg"),
    (re.compile(rb"GIF8[79]a"), "image/gif", "gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp", "webp"),
)
"""Pictures as their first bytes tell them: nothing else goes into the page."""


@dataclass(kw_only=True)
class _Post:
    """What is to be posted of one announcement: its picture once, its words for each network."""

    title: str
    lang: str
    anchor: str
    picture: dict[str, str] | None
    alt: str
    texts: list[dict[str, Any]] = field(default_factory=list)


def write_by_hand(path: Path, items: Iterable[Item], *, site_name: str, lang: str) -> None:
    """Write the page in one step; ``lang`` is the site's default language.

    Raises ``ProblemsFound`` where the file cannot be written.
    """
    written(path, render_by_hand(items, site_name=site_name, lang=lang).encode())


def render_by_hand(items: Iterable[Item], *, site_name: str, lang: str) -> str:
    """Return the page as text: a function of what it is given alone."""
    said = _SWEDISH if lang == "sv" else _ENGLISH
    posts: dict[str, _Post] = {}
    for network, message, title, image in items:
        post = posts.setdefault(
            message.guid,
            _Post(
                title=title,
                lang=message.lang,
                anchor=anchor(message.guid),
                picture=_picture(image, message),
                alt=message.image.alt if message.image else "",
            ),
        )
        label = networks.title(network)
        post.texts.append(
            {
                "network": network,
                "label": label,
                "text": message.text,
                "rows": 3 + sum(1 + len(line) // 38 for line in message.text.split("\n")),
                "composer": web_address(networks.composer_link(network, message)),
                "command": f"utrop posted {short_name(message.guid)} {network} {said['address']}",
                "open": said["open"].format(network=label),
            }
        )
    rendered: str = template("by-hand.html").render(
        lang="sv" if lang == "sv" else "en",
        words=said,
        site_name=site_name,
        style=Markup(text_of("by-hand.css")),  # noqa: S704 - our own file
        script=Markup(text_of("by-hand.js")),  # noqa: S704 - the same
        posts=list(posts.values()),
    )
    return rendered


def _picture(data: bytes | None, message: Message) -> dict[str, str] | None:
    for begins, media_type, ending in _KINDS:
        if data and begins.match(data):
            encoded = base64.b64encode(data).decode("ascii")
            name = re.sub(r"[^a-z0-9-]+", "-", message.url.rstrip("/").rpartition("/")[2].lower())
            return {
                "src": f"data:{media_type};base64,{encoded}",
                "name": f"{name.strip('-') or 'picture'}.{ending}",
            }
    return None


_SWEDISH: Final[Mapping[str, str]] = {
    "title": "Att lägga ut för hand",
    "lead": "Allt som behövs finns på den här sidan: text, bild och alternativtext. Spara den i"
    " mobilen eller skicka den till den som lägger ut inläggen.",
    "none": "Det finns inget att lägga ut för hand.",
    "text": "Text",
    "alt": "Bildens alternativtext",
    "no_alt": "Bilden saknar alternativtext. Skriv själv vad den visar.",
    "save": "Spara bilden",
    "hold": "På mobilen: håll fingret på bilden och välj att spara den.",
    "to_copy": "Kopiera",
    "copied": "Kopierat",
    "marked": "Markerat: kopiera det nu",
    "open": "Skriv inlägg på {network}",
    "afterwards": "När inlägget är ute: kör detta på datorn, med inläggets adress i stället för"
    " ADRESS. Då lägger ingen ut det en gång till.",
    "address": "ADRESS",
}

_ENGLISH: Final[Mapping[str, str]] = {
    "title": "To be posted by hand",
    "lead": "All that is needed is on this page: words, picture and alternative text. Keep it on"
    " your phone, or send it to the person who posts.",
    "none": "There is nothing to post by hand.",
    "text": "Text",
    "alt": "Alternative text of the picture",
    "no_alt": "The picture has no alternative text. Write what it shows.",
    "save": "Save the picture",
    "hold": "On a phone: hold your finger on the picture and choose to save it.",
    "to_copy": "Copy",
    "copied": "Copied",
    "marked": "Marked: copy it now",
    "open": "Write a post on {network}",
    "afterwards": "Once it is posted: run this on the computer, with the post's address in place"
    " of ADDRESS. Then nobody posts it again.",
    "address": "ADDRESS",
}
