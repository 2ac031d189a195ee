"""The mail of a newsletter: plain text and HTML, the same bytes for the same announcement.

https://www.rfc-editor.org/rfc/rfc5322, RFC 2369 (List-Unsubscribe), RFC 3834 (Auto-Submitted).
"""

from __future__ import annotations

import hashlib
import html
import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from utrop.syndication.delivery import Message

_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]")


def message_id(key: str, sender: str) -> str:
    """Return the Message-ID that belongs to an idempotency key, in the sender's domain."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"<{digest}@{sender.rpartition('@')[2]}>"


def mail(message: Message, *, key: str, sender: str, to: str, unsubscribe: str) -> bytes:
    """Return a mail's bytes with CRLF, all of them ASCII; ``unsubscribe`` may be ''."""
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = to
    made["Subject"] = message.card_title or message.text.partition("\n")[0]
    made["Date"] = format_datetime(message.created_at)
    made["Message-ID"] = message_id(key, sender)
    made["Auto-Submitted"] = "auto-generated"
    made["Content-Language"] = message.lang
    if unsubscribe:
        made["List-Unsubscribe"] = f"<mailto:{unsubscribe}>"
    made.set_content(f"{message.text}\n", cte="quoted-printable")
    made.add_alternative(_page(message), subtype="html", cte="quoted-printable")
    # Else it is drawn by chance.
    made.set_boundary(f"=_{hashlib.sha256(f'{key} boundary'.encode()).hexdigest()[:32]}")
    return made.as_bytes()


def _page(message: Message) -> str:
    paragraphs = [_paragraph(one, message) for one in message.text.split("\n\n") if one.strip()]
    picture = ""
    if message.image is not None:
        image = message.image
        picture = (
            f'<p><img src="{html.escape(image.url)}" alt="{html.escape(image.alt)}"'
            ' style="max-width:100%;height:auto"></p>\n'
        )
    return (
        f'<!doctype html>\n<html lang="{html.escape(message.lang)}">\n'
        f'<head><meta charset="utf-8"><title>{html.escape(message.card_title)}</title></head>\n'
        '<body style="font-family:sans-serif;line-height:1.5;max-width:40em">\n'
        f"{picture}{''.join(paragraphs)}</body>\n</html>\n"
    )


def _paragraph(text: str, message: Message) -> str:
    if text == message.card_title:
        link = html.escape(message.url)
        return f'<h1 style="font-size:1.3em"><a href="{link}">{html.escape(text)}</a></h1>\n'
    made, end = "", 0
    own = re.escape(message.url) + r"(?![\w/#?&=%-])"
    for match in re.finditer(f"{own}|{_ADDRESS.pattern}", text):
        link = html.escape(match.group())
        made += html.escape(text[end : match.start()]) + f'<a href="{link}">{link}</a>'
        end = match.end()
    made += html.escape(text[end:])
    return "<p>" + made.replace("\n", "<br>\n") + "</p>\n"
