"""The interface's words in every language, from the theme's PO files, read at build.

The format is https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from utrop.problem import Problem, ProblemsFound

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language."""

    lang: str
    path: Path
    known: frozenset[str]
    catalogue: gettext.GNUTranslations

    def text(self, message: str) -> str:
        """Return a text in this language; ``ProblemsFound`` where it has no translation."""
        self._require(message)
        return self.catalogue.gettext(message)

    def plural(self, one: str, many: str, number: int) -> str:
        """Return the form of a text that goes with a number."""
        self._require(one)
        return self.catalogue.ngettext(one, many, number)

    def _require(self, message: str) -> None:
        if message not in self.known:
            raise ProblemsFound([_missing(self.path, self.lang, message)])


def load(folder: Path, languages: Iterable[str]) -> Mapping[str, Words]:
    """Read the PO file of each language and check it.

    Raises ``ProblemsFound`` that names every language without a file, every text that one file
    has and another does not translate, and every translation that lost a placeholder.
    """
    catalogues: dict[str, Catalog] = {}
    problems: list[Problem] = []
    wanted = list(languages)
    others = sorted(path.stem for path in folder.glob("*.po") if path.stem not in wanted)
    for lang in (*wanted, *others):
        path = folder / f"{lang}.po"
        try:
            with path.open("rb") as file:
                catalogues[lang] = read_po(file, locale=lang, abort_invalid=True)
        except FileNotFoundError:
            problems.append(
                Problem(
                    path=path,
                    what=f"the theme has no words in {lang!r}",
                    instead="copy en.po there and translate it, or take the language out of"
                    " LANGUAGES",
                )
            )
        except (PoFileError, UnicodeDecodeError, ValueError) as error:
            problems.append(Problem(path=path, what=f"is no PO file: {error}"))
    every = {
        _id(message) for catalogue in catalogues.values() for message in catalogue if message.id
    }
    found: dict[str, Words] = {}
    for lang in wanted:
        if lang not in catalogues:
            continue
        path = folder / f"{lang}.po"
        known = {_id(message) for message in catalogues[lang] if _is_translated(message)}
        problems += [_missing(path, lang, text) for text in sorted(every - known)]
        problems += _lost_placeholders(catalogues[lang], path)
        found[lang] = Words(
            lang=lang, path=path, known=frozenset(known), catalogue=_compiled(catalogues[lang])
        )
    if problems:
        raise ProblemsFound(problems)
    return found


def _id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(message: Message) -> tuple[str, ...]:
    found = message.string or ()
    return (found,) if isinstance(found, str) else tuple(found)


def _is_translated(message: Message) -> bool:
    if not message.id or message.fuzzy:
        return False
    forms = _forms(message)
    return bool(forms) and all(forms)


def _lost_placeholders(catalogue: Catalog, path: Path) -> list[Problem]:
    problems = []
    for message in catalogue:
        if not message.id or not _is_translated(message):
            continue
        expected = set(_PLACEHOLDER.findall(_id(message)))
        if any(set(_PLACEHOLDER.findall(form)) != expected for form in _forms(message)):
            problems.append(
                Problem(
                    path=path,
                    line=message.lineno,
                    what=f"the translation of {_id(message)!r} has other placeholders",
                    instead="keep every %(name)s as it stands",
                )
            )
    return problems


def _missing(path: Path, lang: str, text: str) -> Problem:
    return Problem(
        path=path,
        what=f"the text {text!r} has no translation to {lang!r}",
        instead="add its msgid and msgstr",
    )


def _compiled(catalogue: Catalog) -> gettext.GNUTranslations:
    """Let gettext itself choose plural forms, from a MO file that exists in memory only."""
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)
