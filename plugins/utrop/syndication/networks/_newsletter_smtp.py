"""One careful SMTP session, and what its failures allow: https://www.rfc-editor.org/rfc/rfc5321.

The line is the end of the data: until the dot that stands alone is on its way the server must not
deliver anything; from then on only its answer tells.
"""

from __future__ import annotations

import base64
import contextlib
import io
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks._http import shown

TIMEOUT: Final = 30.0
"""Seconds of silence."""
WHOLE_SESSION: Final = 120.0
"""Seconds for a session as a whole: a server that drips one byte at a time ends here."""
ANSWER_BYTES: Final = 200_000
"""Bytes of all answers of a session at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A mail server and how it is spoken to."""

    host: str
    port: int
    tls: bool
    """TLS from the first byte (smtps)."""
    unprotected: bool
    """Whether the session may go on without TLS: on this machine only."""
    user: str = ""
    password: str = ""

    def secrets(self) -> tuple[str, ...]:
        """Return what no text may hold, as it is and as it is sent."""
        if not self.password:
            return ()
        forms = (self.password, f"\0{self.user}\0{self.password}")
        return (self.password, *(base64.b64encode(one.encode()).decode() for one in forms))


@contextlib.contextmanager
def session(relay: Relay, *, greeting: str) -> Iterator[Session]:
    """Connect, protect the connection, log in; ``greeting`` is what we call ourselves.

    Raises NotSent, RateLimited or Unauthorized: nothing is sent by any of it.
    """
    with contextlib.ExitStack() as stack:
        smtp = _connected(relay, greeting)
        stack.callback(smtp.close)
        with _before_the_dot(relay):
            smtp.ehlo_or_helo_if_needed()
            if not relay.tls and not relay.unprotected:
                if not smtp.has_extn("starttls"):
                    raise Unauthorized(
                        f"{relay.host} offers no STARTTLS, and without it nothing is sent;"
                        " is SMTP_URL right?"
                    )
                _answered(smtp.starttls(context=ssl.create_default_context()), relay, "STARTTLS")
                smtp.ehlo_or_helo_if_needed()
            if relay.user:
                smtp.login(relay.user, relay.password)
        yield Session(smtp, relay)
        with contextlib.suppress(smtplib.SMTPException, OSError, ValueError):
            # What was taken was taken; a server that slams the door changes nothing.
            smtp.quit()


class Session:
    """An open session, in which mail can be sent."""

    def __init__(self, smtp: smtplib.SMTP, relay: Relay) -> None:
        self._smtp, self._relay = smtp, relay

    def ask_nothing(self) -> None:
        """Send NOOP: a server that closes the door right after the login is found out.

        Raises NotSent, RateLimited or Unauthorized.
        """
        with _before_the_dot(self._relay):
            _answered(self._smtp.noop(), self._relay, "the connection")

    def send(self, sender: str, to: str, mail: bytes) -> str:
        """Send one mail to one address and return the server's words; raises as ``publish``."""
        smtp, relay = self._smtp, self._relay
        with _before_the_dot(relay):
            size = [f"size={len(mail)}"] if smtp.has_extn("size") else []
            _answered(smtp.mail(sender, size), relay, "the sender", envelope=True)
            _answered(smtp.rcpt(to), relay, "the recipient", envelope=True)
            _answered(smtp.docmd("DATA"), relay, "the mail", wanted=354)
            smtp.send(re.sub(rb"(?m)^\.", b"..", mail))
        try:
            smtp.send(b".\r\n")
            answer = smtp.getreply()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise OutcomeUnknown(f"the answer of {relay.host} was lost ({_named(error)})") from None
        return _answered(answer, relay, "the mail", unclear=OutcomeUnknown)


def _connected(relay: Relay, greeting: str) -> smtplib.SMTP:
    try:
        if relay.tls:
            context = ssl.create_default_context()
            return _PatientTls(relay.host, relay.port, greeting, timeout=TIMEOUT, context=context)
        return _Patient(relay.host, relay.port, greeting, timeout=TIMEOUT)
    except smtplib.SMTPResponseException as error:
        raise _refusal(relay, error.smtp_code, error.smtp_error, "the connection") from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise NotSent(f"{relay.host} cannot be reached ({_named(error)})") from None


@contextlib.contextmanager
def _before_the_dot(relay: Relay) -> Iterator[None]:
    """Turn every failure within into one that says: nothing was sent."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise _refusal(relay, error.smtp_code, error.smtp_error, "the login") from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        # Without a class of its own, smtplib says that it knows none of the server's ways.
        if type(error) in {smtplib.SMTPNotSupportedError, smtplib.SMTPException}:
            raise Unauthorized(
                f"{relay.host} takes no login in a way we know; leave SMTP_USER and SMTP_PASSWORD"
                " out if it needs none"
            ) from None
        raise NotSent(f"{relay.host} ended the session ({_named(error)})") from None


def _answered(
    answer: tuple[int, bytes],
    relay: Relay,
    what: str,
    *,
    wanted: int = 2,
    envelope: bool = False,
    unclear: type[NetworkError] = NotSent,
) -> str:
    code, said = answer
    if wanted in {code, code // 100}:
        return shown(said.decode("utf-8", "replace"), relay.secrets())
    raise _refusal(relay, code, said, what, envelope=envelope, unclear=unclear)


def _refusal(
    relay: Relay,
    code: int,
    said: bytes | str,
    what: str,
    *,
    envelope: bool = False,
    unclear: type[NetworkError] = NotSent,
) -> NetworkError:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    words = shown(words, relay.secrets())
    told = f"{relay.host} answered {code} to {what}" + (f": {words}" if words else "")
    if code in {530, 534, 535, 538}:
        return Unauthorized(f"{told}; are SMTP_USER and SMTP_PASSWORD right?")
    if 400 <= code < 500:
        return RateLimited(told)
    if 500 <= code < 600:
        if what in {"the connection", "the login", "STARTTLS"} or (envelope and code != 552):
            # It is the same for every mail, so the network rests rather than losing them all.
            return Unauthorized(f"{told}; are NEWSLETTER_FROM, NEWSLETTER_TO and SMTP_URL right?")
        return Rejected(told)
    return unclear(told)


def _named(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not valid"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()


class _Patient(smtplib.SMTP):
    """smtplib's client, whose answers have an end: in bytes and in seconds, all together."""

    _reading: _Reading | None = None

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            left = self._reading
            self._reading = _Reading(self.sock)
            if left is not None:  # after STARTTLS it goes on where it was
                self._reading.deadline, self._reading.bytes = left.deadline, left.bytes
            self.file = io.BufferedReader(self._reading, 1024)
        return super().getreply()


class _PatientTls(_Patient, smtplib.SMTP_SSL):
    """The same with TLS from the first byte."""


class _Reading(io.RawIOBase):
    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        # A duration, not a time of day: it bounds the wait and reaches no output.
        self.deadline = time.monotonic() + WHOLE_SESSION
        self.bytes = ANSWER_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the session took too long")
        if self.bytes <= 0:
            raise OSError("the answers are too long")
        self._sock.settimeout(min(left, TIMEOUT))
        read = self._sock.recv_into(buffer)
        self._sock.settimeout(TIMEOUT)
        self.bytes -= read
        return read
