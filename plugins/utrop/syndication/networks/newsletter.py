"""A newsletter by e-mail: one mail for each post to one list address, by SMTP (RFC 5321).

Mail cannot be read back, changed or called back, so what a server may have taken is never sent
again. The Message-ID comes from the delivery's key: should a mail arrive twice, most programs show
it once.

Named for its variables, ``NEWSLETTER_…``; those of the server are ``SMTP_…``, from the
environment alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Final
from urllib.parse import urlsplit

import httpx

from utrop.problem import Problem, ProblemsFound
from utrop.syndication.credential import Credential
from utrop.syndication.delivery import Limits, Measure, Message, Receipt
from utrop.syndication.networks import _environment, _newsletter_mail, _newsletter_smtp
from utrop.syndication.networks._newsletter_smtp import Relay
from utrop.syndication.networks._secret_address import is_loopback

ENVIRONMENT: Final[Mapping[str, str]] = {
    "SMTP_URL": "the mail server's address, such as smtp://mail.example.org:587 (STARTTLS) or"
    " smtps://mail.example.org:465",
    "SMTP_USER": "the user name there (not where the server asks for none)",
    "SMTP_PASSWORD": "the user's password there",
    "NEWSLETTER_FROM": "the sender's address, such as blogg@inkop.example.org",
    "NEWSLETTER_TO": "the list's address, such as nyhetsbrev@listor.example.org",
    "NEWSLETTER_UNSUBSCRIBE": "the address that takes a mail to leave the list (may be left out)",
}
SECRETS: Final = frozenset({"SMTP_PASSWORD"})
OPTIONAL: Final = frozenset({"SMTP_USER", "SMTP_PASSWORD", "NEWSLETTER_UNSUBSCRIBE"})
GUARANTEE: Final = "at-most-once"
LIMITS: Final = Limits(
    # Mail has no limit of its own; nobody reads more.
    measures=(Measure(unit="characters", maximum=20_000, count=len),),
    hashtags=False,
    card="sent",
)

_PORTS: Final = {"smtp": 587, "smtps": 465}
_MAILBOX: Final = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@[a-z0-9-]+(\.[a-z0-9-]+)+",
    re.ASCII | re.IGNORECASE,
)


def connect(environ: Mapping[str, str], http: httpx.Client) -> Newsletter:  # noqa: ARG001 - every network is handed it
    """Return the list that the variables name; nothing is sent yet.

    Raises ProblemsFound (exit status 2) where a variable is missing or malformed.
    """
    given = {name: value.strip() for name, value in environ.items() if value.strip()}
    wanted = {
        name: advice
        for name, advice in ENVIRONMENT.items()
        # _environment knows web addresses only.
        if name != "SMTP_URL" and (name not in OPTIONAL or name in given)
    }
    if "SMTP_USER" in given or "SMTP_PASSWORD" in given:
        wanted |= {name: ENVIRONMENT[name] for name in ("SMTP_USER", "SMTP_PASSWORD")}
    problems: list[Problem] = []
    values: dict[str, str] = {}
    try:
        values = _environment.read(given, wanted, network="newsletter")
    except ProblemsFound as found:
        problems += found.problems
    for name in ("NEWSLETTER_FROM", "NEWSLETTER_TO", "NEWSLETTER_UNSUBSCRIBE"):
        if name in values and not (_MAILBOX.fullmatch(values[name]) and len(values[name]) < 250):
            problems.append(_problem(name, "is no address of a mailbox"))
    relay, wrong = _relay(given.get("SMTP_URL", ""), values)
    if wrong:
        problems.append(_problem("SMTP_URL", wrong))
    if problems or relay is None:
        raise ProblemsFound(problems, exit_status=2)
    return Newsletter(
        relay,
        sender=values["NEWSLETTER_FROM"],
        to=values["NEWSLETTER_TO"],
        unsubscribe=values.get("NEWSLETTER_UNSUBSCRIBE", ""),
    )


def describe(environ: Mapping[str, str], http: httpx.Client) -> Credential:
    """Log in at the mail server and leave; sends nothing. A mail server tells no end and no time.

    Raises ProblemsFound as ``connect``, Unauthorized, RateLimited or NotSent.
    """
    network = connect(environ, http)
    network.check()
    warnings = ["nothing was sent: whether the list takes the sender's mail shows with the first"]
    if not environ.get("SMTP_USER", "").strip():
        warnings.append("SMTP_USER is not set, so no login was tried")
    if not environ.get("NEWSLETTER_UNSUBSCRIBE", "").strip():
        warnings.append(
            "NEWSLETTER_UNSUBSCRIBE is not set: mails do not say how to leave the list, unless its"
            " server adds that"
        )
    return Credential(account=network.account, warnings=tuple(warnings))


class Newsletter:
    """One list; its account is its address."""

    limits = LIMITS

    def __init__(self, relay: Relay, *, sender: str, to: str, unsubscribe: str) -> None:
        self._relay = relay
        self._sender = sender
        self._to = to
        self._unsubscribe = unsubscribe
        self.account = to.lower()

    def check(self) -> None:
        """Log in and leave; sends nothing. Raises Unauthorized, RateLimited or NotSent."""
        with self._session() as session:
            session.ask_nothing()

    def publish(self, message: Message, *, idempotency_key: str) -> Receipt:
        """Send one mail to the list. A repeat doubles it, and nothing can be looked up.

        Raises any error of ``syndication.errors``.
        """
        mail = _newsletter_mail.mail(
            message,
            key=idempotency_key,
            sender=self._sender,
            to=self._to,
            unsubscribe=self._unsubscribe,
        )
        with self._session() as session:
            session.send(self._sender, self._to, mail)
        key = _newsletter_mail.message_id(idempotency_key, self._sender)
        return Receipt(id=key, url=message.url)

    def _session(self) -> AbstractContextManager[_newsletter_smtp.Session]:
        return _newsletter_smtp.session(self._relay, greeting=self._sender.rpartition("@")[2])


def _relay(address: str, values: Mapping[str, str]) -> tuple[Relay | None, str]:
    """Return the server that SMTP_URL names, or None and what is wrong with it."""
    if not address:
        return None, "is not set"
    if not (address.isascii() and address.isprintable()):  # urlsplit leaves such out silently
        return None, "is no address of a mail server"
    try:
        url = urlsplit(address)
        port = url.port
    except ValueError:
        return None, "is no address of a mail server"
    host = url.hostname or ""
    if url.scheme not in _PORTS or not re.fullmatch(r"[A-Za-z0-9.:-]+", host) or port == 0:
        return None, "is no address of a mail server"
    if url.path.strip("/") or "@" in url.netloc or url.query or url.fragment:
        return None, "has more in it than scheme, host and port"
    relay = Relay(
        host=host,
        port=port or _PORTS[url.scheme],
        tls=url.scheme == "smtps",
        unprotected=is_loopback(host),
        user=values.get("SMTP_USER", ""),
        password=values.get("SMTP_PASSWORD", ""),
    )
    return relay, ""


def _problem(name: str, wrong: str) -> Problem:
    what = f"newsletter is configured but {name} {wrong}"
    return Problem(what=what, instead=f"set it to {ENVIRONMENT[name]}")
