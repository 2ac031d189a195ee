from __future__ import annotations

import logging
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers import mail
from tests.servers.announced import URL, message
from tests.servers.fault_proxy import PATIENCE
from tests.servers.mail import PASSWORD, USER, MailServer
from utrop.problem import ProblemsFound
from utrop.syndication.announcement import ShareImage
from utrop.syndication.delivery import Searchable
from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import _newsletter_mail, _newsletter_smtp, newsletter
from utrop.syndication.networks.newsletter import Newsletter

FROM, TO = "blogg@inkop.example.org", "Nyhetsbrev@listor.example.org"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail.running() as running:
        yield running


@pytest.fixture
def network(server: MailServer) -> Newsletter:
    return at(server.url)


def at(url: str, **changes: str) -> Newsletter:
    environ = {
        "SMTP_URL": url,
        "SMTP_USER": USER,
        "SMTP_PASSWORD": PASSWORD,
        "NEWSLETTER_FROM": FROM,
        "NEWSLETTER_TO": TO,
    }
    with httpx.Client() as unused:
        return newsletter.connect(environ | changes, unused)


def text_of(mail_: EmailMessage) -> str:
    plain = mail_.get_body(("plain",))
    assert plain is not None
    text: str = plain.get_content()
    return text.replace("\r\n", "\n")


def parsed(data: object) -> EmailMessage:
    assert isinstance(data, bytes)
    return cast("EmailMessage", message_from_bytes(data, policy=default))


def test_mail_arrives_once_with_text_page_and_what_lists_need(
    server: MailServer,
) -> None:
    image = ShareImage(
        url="https://blogg.inkop.example.org/a.png?x=1&y=2",
        alt='Ett "bord"',
        media_type="image/png",
        width=1,
        height=1,
    )
    network = at(server.url, NEWSLETTER_UNSUBSCRIBE="avsluta@listor.example.org")
    receipt = network.publish(message(image=image), idempotency_key="k")

    [envelope] = server.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == (FROM, [TO])
    assert isinstance(envelope.content, bytes)
    assert envelope.content.isascii()
    assert max(map(len, envelope.content.splitlines())) < 999
    arrived = parsed(envelope.content)
    assert arrived["From"] == FROM
    assert arrived["To"] == TO
    assert arrived["Subject"] == message().card_title
    assert arrived["Date"].datetime == message().created_at.replace(microsecond=0)
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["List-Unsubscribe"] == "<mailto:avsluta@listor.example.org>"
    assert arrived["Message-ID"] == receipt.id
    assert receipt.id.endswith("@inkop.example.org>")
    assert receipt.url == URL
    page = arrived.get_body(("html",))
    assert page is not None
    assert text_of(arrived) == message().text + "\n"
    assert f'<a href="{URL}">{URL}</a>' in page.get_content()
    assert '<html lang="sv">' in page.get_content()
    assert 'src="https://blogg.inkop.example.org/a.png?x=1&amp;y=2"' in page.get_content()
    assert 'alt="Ett &quot;bord&quot;"' in page.get_content()


def test_same_announcement_is_the_same_bytes_and_another_key_another_mail() -> None:
    def made(key: str) -> bytes:
        return _newsletter_mail.mail(message(), key=key, sender=FROM, to=TO, unsubscribe="")

    assert made("a") == made("a")
    assert parsed(made("a"))["Message-ID"] != parsed(made("b"))["Message-ID"]
    assert "List-Unsubscribe" not in parsed(made("a"))


LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), min_size=1)


@given(text=LINES, title=st.text(st.characters(exclude_categories=["C", "Z"]), max_size=200))
def test_no_text_changes_or_escapes_on_its_way(text: str, title: str) -> None:
    sent = message(text=f".\n{text}", card_title=title)
    data = _newsletter_mail.mail(sent, key="k", sender=FROM, to=TO, unsubscribe="")
    arrived = parsed(data)
    assert data.isascii()
    page = arrived.get_body(("html",))
    assert page is not None
    assert text_of(arrived) == sent.text + "\n"
    assert "<script" not in page.get_content()
    assert set(arrived) >= {"From", "To", "Subject", "Date", "Message-ID"}


def test_markup_in_a_text_is_shown_and_not_obeyed(network: Newsletter, server: MailServer) -> None:
    network.publish(message(text="<script>x</script> & så"), idempotency_key="k")
    page = parsed(server.mails[0].content).get_body(("html",))
    assert page is not None
    assert "&lt;script&gt;x&lt;/script&gt; &amp; så" in page.get_content()


def test_line_that_begins_with_a_dot_arrives(network: Newsletter, server: MailServer) -> None:
    network.publish(message(text=".\n..\n.x"), idempotency_key="k")
    assert text_of(parsed(server.mails[0].content)) == ".\n..\n.x\n"


def test_account_is_the_list_and_asks_nobody() -> None:
    one = at("smtp://127.0.0.1:9")
    assert one.account == "nyhetsbrev@listor.example.org"
    assert not isinstance(one, Searchable)
    assert newsletter.GUARANTEE == "at-most-once"


def test_check_logs_in_and_sends_nothing(network: Newsletter, server: MailServer) -> None:
    network.check()
    assert server.logins == 1
    assert server.mails == []


def test_server_without_login_is_sent_no_password() -> None:
    with mail.running(auth=False) as server:
        with pytest.raises(Unauthorized, match="SMTP_USER"):
            at(server.url).publish(message(), idempotency_key="k")
        at(server.url, SMTP_USER="", SMTP_PASSWORD="").publish(message(), idempotency_key="k")
        assert len(server.mails) == 1


def test_refused_login_rests_the_network(server: MailServer) -> None:
    network = at(server.url, SMTP_PASSWORD="canary-wrong")
    for act in (network.check, lambda: network.publish(message(), idempotency_key="k")):
        with pytest.raises(Unauthorized, match=r"535.*SMTP_PASSWORD") as caught:
            act()
        assert "canary" not in str(caught.value)
    assert server.mails == []


def test_login_that_is_left_out_and_needed_rests_the_network(server: MailServer) -> None:
    network = at(server.url, SMTP_USER="", SMTP_PASSWORD="")
    with pytest.raises(Unauthorized, match="530"):
        network.publish(message(), idempotency_key="k")


@pytest.mark.parametrize(
    ("where", "answer", "error"),
    [
        ("sender", "450 Try later", RateLimited),
        ("sender", "550 Not you", Unauthorized),
        ("sender", "552 Too large", Rejected),
        ("recipient", "450 Greylisted", RateLimited),
        ("recipient", "421 Closing", RateLimited),
        ("recipient", "550 No such list", Unauthorized),
        ("taken", "451 Try later", RateLimited),
        ("taken", "452 Disk full", RateLimited),
        ("taken", "550 Looks like spam", Rejected),
        ("taken", "554 No", Rejected),
        ("taken", "299 Well", None),
        ("taken", "354 What", OutcomeUnknown),
    ],
)
def test_answers_say_what_may_be_done_next(
    where: str,
    answer: str,
    error: type[NetworkError] | None,
    network: Newsletter,
    server: MailServer,
) -> None:
    setattr(server, where, answer)
    if error is None:
        network.publish(message(), idempotency_key="k")
        return
    with pytest.raises(error, match=answer.replace(" ", " .*: ", 1)):
        network.publish(message(), idempotency_key="k")
    assert server.mails == []


@pytest.mark.parametrize("ends", ["RCPT", "DATA", "body"])
def test_connection_lost_before_the_dot_sent_nothing(
    ends: str, network: Newsletter, server: MailServer
) -> None:
    server.ends = ends
    # A mail that no buffer holds, so that its loss is seen while it is sent.
    large = message(text="x" * 60 + "\n" + ("y" * 60 + "\n") * (100_000 if ends == "body" else 1))
    with pytest.raises(NotSent):
        network.publish(large, idempotency_key="k")
    assert server.mails == []
    server.ends = ""
    network.publish(message(), idempotency_key="k")
    assert len(server.mails) == 1


def test_connection_lost_after_the_dot_is_unknown(network: Newsletter, server: MailServer) -> None:
    server.ends = "dot"
    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    assert len(server.mails) == 1


def test_unreachable_server_was_sent_nothing() -> None:
    with socket.socket() as keeper:  # bound but not listening: connects are refused
        keeper.bind(("127.0.0.1", 0))
        network = at(f"smtp://127.0.0.1:{keeper.getsockname()[1]}")
        for act in (network.check, lambda: network.publish(message(), idempotency_key="k")):
            with pytest.raises(NotSent, match="cannot be reached"):
                act()


class Scripted:
    """A server that says what a test makes it say, whatever it is asked."""

    def __init__(self, *lines: bytes, endless: bytes = b"") -> None:
        self._lines, self._endless = lines, endless
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.heard = b""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Scripted:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)
        self._listening.close()

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        connection.settimeout(PATIENCE)
        with connection:
            try:
                for number, line in enumerate(self._lines):
                    if number:
                        self.heard += connection.recv(100_000)
                    connection.sendall(line)
                while self._endless and not self._stop.is_set():
                    connection.sendall(self._endless)
                self._stop.wait(PATIENCE)
            except OSError:
                pass


GREETING, HELLO = b"220 mail.example.org\r\n", b"250 mail.example.org\r\n"
OPEN = {"SMTP_USER": "", "SMTP_PASSWORD": ""}


@pytest.mark.parametrize(
    "lines",
    [
        (b"\xff\xfe\x00\r\n",),
        (b"554 Go away\r\n",),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n",),
        (b"220 " + b"x" * 20_000 + b"\r\n",),
        (GREETING, b"999 x\r\n", b"999 x\r\n"),
        (GREETING, HELLO, b"oj\r\n"),
        (GREETING, HELLO, HELLO, b"250 \x1b[31m\r\n", b"999 \x00\x1b[31m\r\n"),
    ],
)
def test_server_that_speaks_nonsense_was_sent_nothing(lines: tuple[bytes, ...]) -> None:
    with Scripted(*lines) as server:
        with pytest.raises((NotSent, Unauthorized)) as caught:
            at(server.url, **OPEN).publish(message(), idempotency_key="k")
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 400


def test_login_in_a_way_we_do_not_know_rests_the_network() -> None:
    hello = b"250-mail.example.org\r\n250 AUTH XOAUTH2\r\n"
    with Scripted(GREETING, hello) as server:
        with pytest.raises(Unauthorized, match="SMTP_USER"):
            at(server.url).publish(message(), idempotency_key="k")
        assert PASSWORD.encode() not in server.heard


def test_answer_that_never_ends_is_not_read_to_its_end() -> None:
    with (
        Scripted(GREETING, endless=b"250-" + b"x" * 500 + b"\r\n") as server,
        pytest.raises(NotSent),
    ):
        at(server.url, **OPEN).check()


@pytest.mark.parametrize("silent_from", [0, 1, 3])
def test_server_that_falls_silent_does_not_hold_the_others_for_ever(
    silent_from: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_newsletter_smtp, "TIMEOUT", 0.2)
    lines = [GREETING, HELLO, HELLO, HELLO][:silent_from]
    with Scripted(*lines) as server, pytest.raises(NotSent):
        at(server.url, **OPEN).publish(message(), idempotency_key="k")


def test_session_has_an_end_however_slowly_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_newsletter_smtp, "WHOLE_SESSION", -1.0)
    with Scripted(GREETING) as server, pytest.raises(NotSent):
        at(server.url, **OPEN).check()


def test_answer_that_comes_too_late_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted(GREETING, HELLO, HELLO, HELLO, b"354 Go on\r\n") as server:
        network = at(server.url, **OPEN)
        monkeypatch.setattr(_newsletter_smtp, "TIMEOUT", 0.5)
        with pytest.raises(OutcomeUnknown):
            network.publish(message(), idempotency_key="k")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 and its key, made for this run."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the program openssl, which makes the mail server's certificate")
    made = tmp_path_factory.mktemp("tls") / "mail.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    command += f" -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout {made}.key"
    subprocess.run([*command.split(), "-out", str(made)], check=True, capture_output=True)
    return made


def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate, f"{certificate}.key")
    return made


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let 127.0.0.1 count as another machine, where nothing goes unprotected."""
    monkeypatch.setattr(newsletter, "is_loopback", lambda host: False)


def test_without_starttls_nothing_is_sent_to_another_machine(
    elsewhere: None, server: MailServer
) -> None:
    with pytest.raises(Unauthorized, match="STARTTLS"):
        at(server.url).publish(message(), idempotency_key="k")
    assert (server.logins, server.mails) == (0, [])


def test_starttls_protects_login_and_mail(
    elsewhere: None, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail.running(starttls=context(certificate)) as server:
        at(server.url).publish(message(), idempotency_key="k")
        assert (server.logins, len(server.mails)) == (1, 1)


def test_tls_from_the_first_byte(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail.running(tls=context(certificate)) as server:
        at(server.url.replace("smtp:", "smtps:")).publish(message(), idempotency_key="k")
        assert (server.logins, len(server.mails)) == (1, 1)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_certificate_of_nobody_we_know_is_sent_nothing(
    scheme: str, elsewhere: None, certificate: Path
) -> None:
    own = context(certificate)
    with mail.running(
        tls=own if scheme == "smtps" else None, starttls=own if scheme == "smtp" else None
    ) as server:
        network = at(server.url.replace("smtp:", f"{scheme}:"))
        with pytest.raises(NotSent, match="certificate"):
            network.publish(message(), idempotency_key="k")
        assert (server.logins, server.mails) == (0, [])


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SMTP_URL": ""}, ["SMTP_URL"]),
        ({"SMTP_URL": "mail.example.org"}, ["SMTP_URL"]),
        ({"SMTP_URL": "https://mail.example.org"}, ["SMTP_URL"]),
        ({"SMTP_URL": "smtp://mail.example.org:canary"}, ["SMTP_URL"]),
        ({"SMTP_URL": "smtp://mail.example.org:0"}, ["SMTP_URL"]),
        ({"SMTP_URL": "smtp://u:canary@mail.example.org"}, ["SMTP_URL"]),
        ({"SMTP_URL": "smtp://mail.example.org/canary"}, ["SMTP_URL"]),
        ({"SMTP_URL": "smtp://mail.\r\nexample.org"}, ["SMTP_URL"]),
        ({"SMTP_PASSWORD": ""}, ["SMTP_PASSWORD"]),
        ({"SMTP_USER": ""}, ["SMTP_USER"]),
        ({"NEWSLETTER_FROM": "canary"}, ["NEWSLETTER_FROM"]),
        ({"NEWSLETTER_TO": "a@canary.example.org,b@example.org"}, ["NEWSLETTER_TO"]),
        ({"NEWSLETTER_TO": "a@example.org>\nBcc:x"}, ["NEWSLETTER_TO"]),
        ({"NEWSLETTER_UNSUBSCRIBE": "canary"}, ["NEWSLETTER_UNSUBSCRIBE"]),
        (
            {"SMTP_URL": "", "SMTP_USER": "", "SMTP_PASSWORD": "", "NEWSLETTER_FROM": ""},
            ["SMTP_URL", "NEWSLETTER_FROM"],
        ),
    ],
)
def test_missing_and_malformed_variables_are_named_all_at_once(
    changes: dict[str, str], named: list[str]
) -> None:
    with pytest.raises(ProblemsFound) as caught:
        at("smtp://mail.example.org", **changes)
    assert caught.value.exit_status == 2
    assert len(caught.value.problems) == len(named)
    assert all(name in str(caught.value) for name in named)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp://mail.example.org", 587, False),
        ("smtps://mail.example.org/", 465, True),
        ("smtp://[::1]:2525", 2525, False),
    ],
)
def test_usual_ports_where_none_is_given(url: str, port: int, tls: bool) -> None:
    relay = at(url)._relay
    assert (relay.port, relay.tls) == (port, tls)
    assert relay.unprotected == (relay.host == "::1")


def test_password_stands_in_no_error_log_or_mail(
    server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    network = at(server.url)
    plain, *encoded = network._relay.secrets()
    for answer in (f"550 {plain}", f"450 {encoded[0]}", f"354 {encoded[1]}"):
        server.taken = answer
        with pytest.raises(NetworkError, match="secret") as caught:
            network.publish(message(), idempotency_key="k")
        assert plain not in f"{caught.value!r} {caught.value.__context__!r}"
        assert encoded[1] not in str(caught.value)
    server.taken = "250 OK"
    network.publish(message(), idempotency_key="k")
    assert PASSWORD not in repr(network) + repr(server.mails[0].content)
    ours = [record for record in caplog.records if not record.name.startswith("mail.")]
    assert all(PASSWORD not in record.getMessage() for record in ours)


def test_message_is_dated_when_it_was_composed_whatever_the_zone() -> None:
    moved = message(created_at=message().created_at + timedelta(days=1))
    data = _newsletter_mail.mail(moved, key="k", sender=FROM, to=TO, unsubscribe="")
    assert parsed(data)["Date"] == "Tue, 24 Nov 2026 10:00:00 +0000"
