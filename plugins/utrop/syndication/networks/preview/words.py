"""The words of the preview's page, in Swedish and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from utrop.syndication.delivery import State
from utrop.syndication.selection import Reason

# "Annonsera" is the law's word for publishing a notice: not for a post in social media.
_SWEDISH: Final[Mapping[str, str]] = {
    "title": "Så visas inläggen i sociala medier",
    "nothing_leaves": "Förhandsvisning: inget nätverk är inkopplat, och inget har lämnat datorn.",
    "real": "Så här visas inläggen på de nätverk där webbplatsen har konto.",
    "waiting": "Inte delade än",
    "remaining": "Återstår",
    "done": "Klara",
    "omitted": "Utelämnade",
    "announced": "Delade",
    "shown": "Inlägg",
    "left_out": "Delas inte",
    "network": "Nätverk",
    "account": "Konto",
    "open": "Öppna på {network}",
    "own_words": "Egna ord",
    "composed": "Automatisk text",
    "no_alt": "Bilden saknar alternativtext",
    "none": "Det finns inga inlägg att dela än.",
    "too_long": "Får inte plats",
    "preview": "Förhandsvisning",
    State.PENDING: "Väntar",
    State.SENDING: "Sänds",
    State.DELIVERED: "Delat",
    State.UNCERTAIN: "Osäkert, kontrolleras",
    State.FAILED: "Misslyckades",
    State.SKIPPED: "Delas inte",
    State.WITHDRAWN: "Borttaget",
    Reason.UNWANTED: "Inlägget ska inte delas här",
    Reason.DEMO: "Demoinlägg delas inte",
    Reason.OTHER_LANGUAGE: "Kontot delar inlägg på ett annat språk",
    Reason.BEFORE_SINCE: "Publicerat innan kontot började dela inlägg",
    "characters": "tecken",
    "graphemes": "tecken",
    "bytes": "byte",
    "UTF-16 units": "tecken",
}

_ENGLISH: Final[Mapping[str, str]] = {
    "title": "How posts are announced",
    "nothing_leaves": "Preview: no network is connected, and nothing has left this machine.",
    "real": "How posts look on the networks that the site announces on.",
    "waiting": "Not announced yet",
    "remaining": "Remaining",
    "done": "Done",
    "omitted": "Left out",
    "announced": "Announced",
    "shown": "Posts",
    "left_out": "Not announced",
    "network": "Network",
    "account": "Account",
    "open": "Open on {network}",
    "own_words": "Own words",
    "composed": "Automatic text",
    "no_alt": "The picture has no alternative text",
    "none": "There are no posts to announce yet.",
    "too_long": "Does not fit",
    "preview": "Preview",
    State.PENDING: "Waiting",
    State.SENDING: "Being sent",
    State.DELIVERED: "Announced",
    State.UNCERTAIN: "Uncertain, being checked",
    State.FAILED: "Failed",
    State.SKIPPED: "Not announced",
    State.WITHDRAWN: "Withdrawn",
    Reason.UNWANTED: "The post is not to be announced here",
    Reason.DEMO: "Demo posts are not announced",
    Reason.OTHER_LANGUAGE: "The account announces in another language",
    Reason.BEFORE_SINCE: "Published before the account began to announce",
    "characters": "characters",
    "graphemes": "characters",
    "bytes": "bytes",
    "UTF-16 units": "characters",
}


def words(lang: str) -> Mapping[str, str]:
    """Return the page's words in Swedish for a Swedish site, else in English."""
    return _SWEDISH if lang == "sv" else _ENGLISH
