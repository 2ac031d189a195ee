"""A mail server on loopback: aiosmtpd, which speaks SMTP, STARTTLS and AUTH.

Those are RFC 5321, RFC 3207 and RFC 4954.

What it refuses, and where it hangs up, a test says:

- 450 and 550 to a recipient, 451, 452, 552, 554 to a mail: RFC 5321, 4.2.3.
- 535 to wrong credentials: RFC 4954, 6. (aiosmtpd needs ``handled=False``, or clients hang.)
- A connection that ends before the dot leaves no mail; one that ends after it does: RFC 5321,
  4.1.1.4.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER = "nyhetsbrev"
PASSWORD = "canary-smtp-8f2d"


# Without slots: aiosmtpd looks at every attribute, and Python 3.11.2 stumbles over __weakref__.
@dataclass(kw_only=True)
class MailServer:
    """The running server: what came, and what a test may change about it."""

    port: int = 0
    mails: list[Envelope] = field(default_factory=list)
    logins: int = 0
    sender: str = "250 OK"
    recipient: str = "250 OK"
    taken: str = "250 OK queued as 1"
    idle: str = "250 OK"
    """The answer to NOOP."""
    ends: str = ""
    """Where the connection ends without a word: RCPT, DATA, body, dot (after the mail is taken)."""

    @property
    def url(self) -> str:
        """What SMTP_URL takes."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer the sender."""
        if self.sender.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self.sender

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer a recipient."""
        if self.ends == "RCPT":
            _hang_up(server)
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Answer a whole mail."""
        if self.taken.startswith("250"):
            self.mails.append(envelope)
        if self.ends == "dot":
            _hang_up(server)
        return self.taken

    async def handle_NOOP(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, arg: str
    ) -> str:
        """Answer a client that asks nothing."""
        return self.idle

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """Answer a login."""
        right = isinstance(data, LoginPassword) and data == LoginPassword(
            USER.encode(), PASSWORD.encode()
        )
        self.logins += right
        return AuthResult(success=right, handled=False)


def _hang_up(server: SMTP) -> None:
    assert server.transport is not None
    server.transport.abort()


class _Server(SMTP):
    """aiosmtpd's server, which can hang up around the DATA command."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        ends = self.event_handler.ends
        if ends == "body":
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            # Some of the mail has come, its end has not.
            await self._reader.readline()
        if ends in {"DATA", "body"}:
            _hang_up(self)
        else:
            await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        made = _Server(self.handler, **self.SMTP_kwargs)
        # Said here: as an argument it warns of what a server beyond loopback would risk.
        made._auth_required = bool(self.SMTP_kwargs.get("authenticator"))
        return made

    def _trigger_server(self) -> None:
        # The port is the system's choice, and aiosmtpd wants to try it by number.
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextlib.contextmanager
def running(
    *, auth: bool = True, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None
) -> Iterator[MailServer]:
    """Run a server until the block ends; ``tls`` from the first byte, ``starttls`` on request."""
    server = MailServer()
    more: dict[str, Any] = {"authenticator": server.authenticate} if auth else {}
    controller = _Controller(
        server,
        hostname="127.0.0.1",
        port=0,
        server_hostname="mail.example.org",
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        # The tests' own machine needs no protection from itself; what is required is tested.
        auth_require_tls=False,
        **more,
    )
    controller.start()
    try:
        server.port = controller.port
        yield server
    finally:
        controller.stop()
