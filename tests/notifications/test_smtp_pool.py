"""Connections to a mail server: deadlines, reuse, TLS, and the choice of an address."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from config.mail import MailServer
from notifications.channels.smtp_pool import SmtpPool
from tests.support.fakes import Waited
from tests.support.mail_server import MailServer as Inbox
from tests.support.mail_server import mail_server

DEADLINE_S = 0.4


def letter() -> EmailMessage:
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = "a@clinic.example", "b@example.org", "x"
    found.set_content("x\n")
    return found


@contextmanager
def a_pool(server: MailServer, trusted: ssl.SSLContext, *, timeout_s: float = 15.0) -> Iterator[Waited]:
    pool = Waited(
        SmtpPool(server, name="x.example", trusted=trusted, loopback_is_safe=False, timeout_s=timeout_s)
    )
    yield pool
    pool.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Inbox, ssl.SSLContext]]:
    """A mail server with STARTTLS."""
    with mail_server(tmp_path) as running:
        yield running


@pytest.mark.parametrize("greeting", [b"", b"220 mail.example\r\n"], ids=["greeting", "ehlo"])
def test_a_server_that_drips_is_given_up_at_the_deadline(greeting: bytes) -> None:
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(greeting)
                while not done.wait(0.05):
                    connection.sendall(b"2")

        thread = threading.Thread(target=drip)
        thread.start()
        slow = MailServer("127.0.0.1", listener.getsockname()[1], encrypted=False)
        began = time.monotonic()
        pool = a_pool(slow, ssl.create_default_context(), timeout_s=DEADLINE_S)
        with pool as sender, pytest.raises(TimeoutError):
            sender.send(letter())
        took_s = time.monotonic() - began
        done.set()
        thread.join()

    assert DEADLINE_S <= took_s < 10 * DEADLINE_S


def test_an_idle_connection_that_the_server_closed_is_replaced(server: tuple[Inbox, ssl.SSLContext]) -> None:
    inbox, trusted = server
    with a_pool(MailServer("127.0.0.1", inbox.port, encrypted=False), trusted) as pool:
        pool.send(letter())
        inbox.last_transport._loop.call_soon_threadsafe(inbox.last_transport.abort)
        time.sleep(0.1)
        pool.send(letter())

    assert len(inbox.letters) == 2
    assert len(inbox.sessions) == 2


def test_the_next_address_of_a_host_is_used_if_the_first_does_not_answer(
    server: tuple[Inbox, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, trusted = server
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as closed:
        closed_port = closed.getsockname()[1]
    found = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", closed_port, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", inbox.port)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    trusted.check_hostname = False
    with a_pool(MailServer("mail.example", inbox.port, encrypted=False), trusted) as pool:
        pool.send(letter())

    assert len(inbox.letters) == 1


def test_a_server_that_encrypts_from_the_first_byte_is_verified(tmp_path: Path) -> None:
    with mail_server(tmp_path, smtps=True) as (inbox, trusted):
        server = MailServer("127.0.0.1", inbox.port, encrypted=True)
        with a_pool(server, trusted) as pool:
            pool.send(letter())
        stranger = a_pool(server, ssl.create_default_context())
        with stranger as sender, pytest.raises(ConnectionError) as refused:
            sender.send(letter())

    assert inbox.encrypted == [True]
    assert isinstance(refused.value.__cause__, ssl.SSLCertVerificationError)
