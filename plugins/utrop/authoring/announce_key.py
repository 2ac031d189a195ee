"""The front matter key ``announce``: where a post is announced, in whose words, and when again."""

from __future__ import annotations

from types import MappingProxyType

from pydantic import ValidationInfo

from utrop.authoring import reminders
from utrop.authoring.mistake import Mistake, quoted
from utrop.authoring.values import NO, YES, items, one_of, rules_of, stated
from utrop.post import Announce, AskedAgain

_KEYS = ("text", "networks", "again", "update")


def announce(value: object, info: ValidationInfo) -> Announce:
    """Return where the post is announced, and in whose words."""
    known = rules_of(info).networks
    if isinstance(value, dict):
        mapping = _Mapping(known, info)
        for key, said in value.items():
            mapping.take(key, said)
        return mapping.announce()
    if isinstance(value, str):
        word = stated(value, info, "no or a list of networks").lower()
        if word in NO:
            return Announce(networks=())
        if word in YES:
            return Announce()
    return Announce(networks=tuple(_network(name, known) for name in items(value, info)))


class _Mapping:
    """What a mapping says, key by key."""

    def __init__(self, known: tuple[str, ...], info: ValidationInfo) -> None:
        self._known, self._info = known, info
        self._networks: tuple[str, ...] | None = None
        self._texts: dict[str, str] = {}
        self._wanted: list[str] = []
        self._unwanted: set[str] = set()
        self._again: tuple[AskedAgain, ...] = ()
        self._update = True
        self._remind = True

    def take(self, key: str, said: object) -> None:
        """Take one key in."""
        if key == "again":
            self._take_again(said)
        elif key == "networks":
            named = items(said, self._info)
            self._networks = tuple(_network(name, self._known, key) for name in named)
        elif not isinstance(said, str):
            raise Mistake(f'"{key}" is no text', "write the words, or true or false", (key,))
        elif key == "update":
            if said.lower() not in YES | NO:
                raise Mistake(f'"update" is {quoted(said)}', "write yes or no", (key,))
            self._update = said.lower() in YES
        elif key == "text":
            self._say(key, said)
        else:
            self._take_network(_network(key, (*self._known, *_KEYS), key), said)

    def _take_again(self, said: object) -> None:
        word = said.lower() if isinstance(said, str) else ""
        self._remind = word not in NO
        self._again = () if word in YES | NO else reminders.asked(said)

    def _take_network(self, name: str, said: str) -> None:
        if said.lower() in YES:
            self._wanted.append(name)
        elif said.lower() in NO:
            self._unwanted.add(name)
        else:
            self._say(name, said)

    def _say(self, name: str, said: str) -> None:
        if said.strip():
            self._texts[name] = said.strip()

    def announce(self) -> Announce:
        """Return what all keys say together."""
        networks = self._networks
        if networks is None and self._wanted:
            chosen = {*self._wanted, *self._texts}
            networks = tuple(name for name in self._known if name in chosen)
        if self._unwanted:
            candidates = self._known if networks is None else networks
            networks = tuple(name for name in candidates if name not in self._unwanted)
        return Announce(
            networks=networks,
            texts=MappingProxyType(self._texts),
            update=self._update,
            asked_again=self._again,
            remind=self._remind,
        )


def _network(name: str, known: tuple[str, ...], *at: str) -> str:
    try:
        return one_of(name, "network", known)
    except Mistake as mistake:
        raise Mistake(mistake.what, mistake.instead, at) from mistake
