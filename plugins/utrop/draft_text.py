"""The text of a draft post about a notice: its front matter, and what it asks its writer for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from utrop.authoring.new import fresh_uid, quoted, written_date
from utrop.notices.draft import Draft

_PLAIN: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")

_SWEDISH: Final[Mapping[str, str]] = {
    "plain_summary": """\
# En eller två meningar med egna ord: vad köps, och för vem passar det? Skriv korta meningar.
# Lägg inte till krav, belopp, datum eller mängder som inte står i annonsen; sidan visar annonsens
# uppgifter av sig själv.
plain_summary:
""",
    "ted": """\
# Inlägget hålls inne till dess att TED har publicerat. Skriv då ted_published_at: och dagen, eller
# kör `utrop notice published --write`. När mottagandet har bekräftats:
# receipt_confirmed_at: 2026-01-31 10:15
""",
    "award": """\
# När alla anbudsgivare fick beslutet. Därifrån räknas avtalsspärren.
# award_notified_at: 2026-01-31 10:15
""",
    "status": "# Byt draft mot published när inlägget är klart.\nstatus: draft\n",
}
_ENGLISH: Final[Mapping[str, str]] = {
    "plain_summary": """\
# One or two sentences in your own words: what is bought, and whom does it suit? Keep them short.
# Add no demands, amounts, dates or quantities that the notice does not have; the page shows what
# the notice says by itself.
plain_summary:
""",
    "ted": """\
# The post is held until TED has published. Then write ted_published_at: and the day, or run
# `utrop notice published --write`. Once the receipt has been confirmed:
# receipt_confirmed_at: 2026-01-31 10:15
""",
    "award": """\
# When all tenderers were told of the decision. The standstill counts from there.
# award_notified_at: 2026-01-31 10:15
""",
    "status": "# Change draft to published when the post is done.\nstatus: draft\n",
}


def draft_text(
    draft: Draft,
    *,
    slug: str,
    lang: str,
    category: str,
    notice_file: str,
    procedure_id: str,
    now: datetime,
) -> str:
    """Return a draft post, with a fresh uid and no fact that the notice has not.

    ``lang`` is empty for the site's own language; ``notice_file`` is a path below the content
    folder; ``now`` is the present in the site's time zone (aware).
    """
    hints = _SWEDISH if draft.lang == "sv" else _ENGLISH
    lines = [
        "---",
        f"title: {quoted(draft.title)}",
        f"date: {written_date(now)}",
        f"uid: {fresh_uid()}",
        f"slug: {slug}",
        *([f"lang: {lang}"] if lang else []),
        f"kind: {draft.kind}",
        f"category: {quoted(category)}",
        f"notice_file: {_scalar(notice_file)}",
        *([f"procedure_id: {_scalar(procedure_id)}"] if procedure_id else []),
        *([f"ted_number: {draft.ted_number}"] if draft.ted_number else []),
        *([f"ted_published_at: {draft.ted_published}"] if draft.ted_published else []),
    ]
    text = "\n".join(lines) + "\n"
    if not draft.ted_published:
        text += hints["ted"]
    if draft.kind == "award":
        text += hints["award"]
    return text + hints["plain_summary"] + hints["status"] + "---\n\n"


def _scalar(text: str) -> str:
    """Return a text as YAML that reads back the same, without quotes where it needs none."""
    return text if _PLAIN.fullmatch(text.replace("/", "-")) else quoted(text)
