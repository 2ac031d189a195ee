from __future__ import annotations

from pathlib import Path

import pytest

from utrop import translations
from utrop.problem import ProblemsFound

HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)


def po(folder: Path, lang: str, text: str) -> None:
    (folder / f"{lang}.po").write_text(HEADER + text, encoding="utf-8")


def problems(folder: Path, *languages: str) -> list[str]:
    with pytest.raises(ProblemsFound) as raised:
        translations.load(folder, languages)
    return [str(problem) for problem in raised.value.problems]


def test_texts_and_plurals_in_each_language(tmp_path: Path) -> None:
    po(
        tmp_path,
        "sv",
        'msgid "Tag"\nmsgstr "Etikett"\n\n'
        'msgid "%(count)s day"\nmsgid_plural "%(count)s days"\n'
        'msgstr[0] "%(count)s dag"\nmsgstr[1] "%(count)s dagar"\n',
    )
    words = translations.load(tmp_path, ["sv"])["sv"]
    assert words.text("Tag") == "Etikett"
    assert words.plural("%(count)s day", "%(count)s days", 1) == "%(count)s dag"
    assert words.plural("%(count)s day", "%(count)s days", 0) == "%(count)s dagar"
    with pytest.raises(ProblemsFound, match="'Nothing' has no translation to 'sv'"):
        words.text("Nothing")


def test_each_missing_text_is_named(tmp_path: Path) -> None:
    po(tmp_path, "en", 'msgid "Tag"\nmsgstr "Tag"\n\nmsgid "Author"\nmsgstr "Author"\n')
    po(tmp_path, "sv", 'msgid "Tag"\nmsgstr ""\n\n#, fuzzy\nmsgid "Author"\nmsgstr "Kanske"\n')
    found = problems(tmp_path, "sv")
    assert len(found) == 2
    assert "sv.po: the text 'Author' has no translation to 'sv'" in found[0]
    assert "sv.po: the text 'Tag' has no translation to 'sv'" in found[1]


def test_a_lost_placeholder_is_named(tmp_path: Path) -> None:
    po(tmp_path, "sv", 'msgid "By %(name)s"\nmsgstr "Av %(namn)s"\n')
    assert "placeholders" in problems(tmp_path, "sv")[0]


def test_a_language_without_words_is_named(tmp_path: Path) -> None:
    po(tmp_path, "en", 'msgid "Tag"\nmsgstr "Tag"\n')
    assert "fi.po: the theme has no words in 'fi'" in problems(tmp_path, "fi", "en")[0]


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "sv.po").write_text('msgid "x"\nmsgstr "y"\noj oj\n', encoding="utf-8")
    assert "sv.po: is no PO file" in problems(tmp_path, "sv")[0]
