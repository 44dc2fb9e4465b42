"""A mail server of the tests: it keeps what it accepts, parsed, and refuses whom it is told to."""
import asyncio
import email
import email.policy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from processes import free_ports
from waiting import wait_until


class Mailbox:
    """Listens on a free port of loopback without TLS; one for all tests, each with its own names."""

    def __init__(self):
        self._lock = threading.Lock()
        self._mails: dict[str, list[EmailMessage]] = {}
        self._refusals: dict[str, list[str]] = {}
        self._held: dict[str, threading.Event] = {}
        self._greetings: dict[str, str] = {}
        (port,) = free_ports(1)
        self._controller = Controller(self, hostname="127.0.0.1", port=port)
        self._controller.start()
        self.url = f"smtp://127.0.0.1:{port}"

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:
        with self._lock:
            if refusals := self._refusals.get(address):
                return refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope) -> str:
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self._lock:
            for address in envelope.rcpt_tos:
                self._mails.setdefault(address, []).append(mail)
                self._greetings[address] = session.host_name
            held = [self._held[address] for address in envelope.rcpt_tos if address in self._held]
        for released in held:
            await asyncio.get_running_loop().run_in_executor(None, released.wait)
        return "250 taken"

    def refuse(self, address: str, *replies: str) -> None:
        """The next recipients of this name get these replies."""
        self._refusals[address] = list(replies)

    @contextmanager
    def holding(self, address: str) -> Iterator[None]:
        """Mails to this name are taken, and nobody is told so before the end."""
        released = self._held[address] = threading.Event()
        try:
            yield
        finally:
            del self._held[address]
            released.set()

    def mails(self, address: str) -> list[EmailMessage]:
        with self._lock:
            return list(self._mails.get(address, []))

    def greeted_by(self, address: str) -> str:
        """The name that the sender of the last mail gave itself."""
        with self._lock:
            return self._greetings[address]

    def await_mails(self, address: str, count: int) -> list[EmailMessage]:
        wait_until(lambda: len(self.mails(address)) >= count, f"{count} mails to {address}")
        return self.mails(address)

    def stop(self) -> None:
        self._controller.stop()


def text_of(mail: EmailMessage) -> str:
    """What somebody reads whose reader shows plain text."""
    return mail.get_body(("plain",)).get_content()
