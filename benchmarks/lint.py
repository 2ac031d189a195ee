"""Measures the linter: ``python -m benchmarks.lint [--posts 500]``.

The peer in the same run is the bare work that every post costs anyway: Python-Markdown rendering
its text to HTML with our options.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from utrop.authoring.markdown import Renderer
from utrop.notices.linter import lint
from utrop.notices.linter.subject import Subject
from utrop.procurement.notice import Amount, Deadline, Lot, Multilingual, Notice

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PARAGRAPH = """\
## Är det något för dig, del {at}?

Norrviks inköpscentral upphandlar [städning](https://blogg.example.org/stad) av 23 skolor, i tre
delar. Beräknat värde är 48 000 000 kronor, och avtalet gäller i två år från den 2 augusti 2027.
Du kan lämna anbud på **en, två eller alla** delar, ensam eller tillsammans med andra företag.

| Del | Kommun | Skolor | Värde |
|---|---|---|---|
| 1 | Norrvik | 12 | 26 000 000 kronor |
| 2 | Tallsele | 6 | 12 000 000 kronor |

- Sista dag för frågor: den 24 februari 2027. Frågor ställs i upphandlingssystemet, där alla får
  svaret samtidigt, utan att det framgår vem som frågade.
- Sista anbudsdag: måndag 15 mars 2027 kl. 23.59, svensk tid (CPV 90919300-2).

Annonsen i Klarsyn gäller. Skulle något i inlägget skilja sig från annonsen är det annonsen du ska
följa. Fungerar inte systemet når du oss på upphandling@norrvik.example.org.

"""


def main() -> None:
    """Print the figures as a Markdown table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--posts", type=int, default=500)
    posts = asked.parse_args().posts
    body = "".join(PARAGRAPH.format(at=at) for at in range(6))
    words = len(body.split())
    clean = [_subject(body, f"Städning {at}") for at in range(posts)]
    foreign = [
        _subject(
            body.replace("48 000 000", "52 000 000") + "Fem anbud har kommit in.", f"Städning {at}"
        )
        for at in range(posts)
    ]
    lots = [replace(one, notice=_notice(25), notices=(_notice(25),)) for one in clean]
    renderer = Renderer()
    bare = _milliseconds(lambda one: renderer.render(one.body, key="a", lang="sv"), clean)
    print(f"{posts} posts of {words} words, milliseconds of one processor per post (median)\n")
    print("| work | ms | against Markdown |\n|---|---:|---:|")
    print(f"| Markdown rendered, nothing else | {bare:.2f} | 1.00 |")
    for name, subjects in (
        ("linted, nothing to find", clean),
        ("linted, with findings", foreign),
        ("linted, 25 lots in the notice", lots),
    ):
        taken = _milliseconds(lambda one: lint(one, {}), subjects)
        print(f"| {name} | {taken:.2f} | {taken / bare:.2f} |")


def _milliseconds(work: Callable[[Subject], object], subjects: list[Subject]) -> float:
    taken = []
    for one in subjects:
        start = time.process_time()
        work(one)
        taken.append(time.process_time() - start)
    return statistics.median(taken) * 1000


def _subject(body: str, title: str) -> Subject:
    notice = _notice(3)
    return Subject(
        path=Path("content/posts/stad.md"),
        lang="sv",
        told_at=NOW,
        zone=ZoneInfo("Europe/Stockholm"),
        kind="notice",
        regime="eu",
        phase="open",
        title=title,
        summary="Städning av 23 skolor. Sista anbudsdag är den 15 mars 2027 kl. 23.59.",
        plain_summary="Vi köper städning till 23 skolor. Du kan lämna anbud på en del eller flera.",
        body=body,
        body_line=20,
        announced=(("announce.mastodon", "Nu är upphandlingen av städning öppen."),),
        lines={"title": 2},
        notice=notice,
        notices=(notice,),
        closes=notice.deadlines,
        standstill_ends=NOW + timedelta(days=5),
    )


def _notice(lots: int) -> Notice:
    text = "Avtalet gäller från den 2 augusti 2027. Städning av 23 skolor, 12 i Norrvik. " * 8
    return Notice(
        form_type="competition",
        notice_type="cn-standard",
        legal_basis="32014L0024",
        procedure_type="open",
        ted_number="701354-2026",
        dispatched=NOW - timedelta(days=5),
        description=Multilingual((("sv", text),)),
        cpv_main="90919300",
        value=Amount(Decimal(48_000_000), "SEK"),
        lots=tuple(
            Lot(
                identifier=f"LOT-{at:04}",
                title=Multilingual((("sv", f"Del {at}"),)),
                description=Multilingual(
                    (("sv", f"Del {at}. {text}"), ("en", f"Lot {at}. {text}"))
                ),
                value=Amount(Decimal(at * 1_000_000), "SEK"),
                tenders=Deadline(moment=datetime(2027, 3, 15, 22, 59, tzinfo=UTC)),
                questions=Deadline(moment=datetime(2027, 2, 24, 22, 59, tzinfo=UTC)),
                documents_url="https://klarsyn.example.org/dokument",
            )
            for at in (26, 12, 10, *range(1, lots - 2))
        ),
    )


if __name__ == "__main__":
    main()
