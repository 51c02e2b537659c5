"""What tests of mail stand on: a real IMAP server, a mailbox there that is read, mails with attachments."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from imapclient import IMAPClient

from chassis.testing import eventually
from launcher.processes import free_ports


class Server:
    """An IMAP server with one empty mailbox, on a free port; `stop` and `start` it again, with nothing kept."""

    password = "a secret of a test"

    def __init__(self) -> None:
        self.port = free_ports(1)[0]
        self.start()

    def start(self) -> None:
        # Half a million rounds of hashing for each log-in are no part of what is tested.
        quick = "from pysasl.hashing import BuiltinHash; BuiltinHash.__init__.__kwdefaults__['rounds'] = 1"
        program = f"{quick}; from pymap.main import main; main()"
        listen = ["--host", "127.0.0.1", "--port", str(self.port), "--no-tls"]
        backend = ["dict", "--demo-user", "sales@quintet.example", "--demo-password", self.password]
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, *listen, *backend], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        eventually(self._listens)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def client(self) -> IMAPClient:
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=10)
        client.login("sales@quintet.example", self.password)
        client.select_folder("INBOX")
        return client

    def put(self, *mails: bytes | EmailMessage) -> None:
        with self.client() as client:
            for mail in mails:
                client.append("INBOX", mail if isinstance(mail, bytes) else mail.as_bytes())

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def mailbox(api: Any, server: Server, admin: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("CONTACTS_MAILBOX_SALES_PASSWORD", server.password)

    def make(**more: Any) -> Any:
        body = {
            "key": "sales", "name": "Sales", "host": "127.0.0.1", "port": server.port, "tls": "none",
            "username": "sales@quintet.example", "own_domains": ["quintet.example"], "import_existing": True,
        } | more  # fmt: skip
        response = api.post("/mailboxes", json=body, as_=admin)
        assert response.status_code == 201, response.text
        return response.json

    return make


@pytest.fixture
def poll(tick: Any, run_jobs: Any, clock: Any) -> Any:
    """Reads the mailboxes that are due in two minutes."""

    def run() -> None:
        clock.advance(minutes=2)
        tick("read_mailboxes")
        run_jobs()

    return run


@pytest.fixture
def mail() -> Callable[..., EmailMessage]:
    """Makes a mail from Li Na: `mail("1", Subject="Offer")`."""

    def make(id: str, to: str = "sales@quintet.example", text: str = "Hello", **head: str) -> EmailMessage:
        message = EmailMessage()
        fields = {"From": "Li Na <li@example.cn>", "To": to, "Subject": "Offer", "Message-ID": f"<{id}@example.cn>"}
        fields |= {"Date": "Mon, 02 Mar 2026 08:00:00 +0800"}
        for name, value in (fields | {name.replace("_", "-"): value for name, value in head.items()}).items():
            message[name] = value
        message.set_content(text)
        return message

    return make


@pytest.fixture
def attach() -> Callable[..., None]:
    """Attaches a file to a mail: `attach(message, "offer.pdf", PDF)`."""

    def add(message: EmailMessage, name: str, content: bytes, type_: str = "application/pdf") -> None:
        maintype, _, subtype = type_.partition("/")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)

    return add


@pytest.fixture
def invitation() -> Callable[..., str]:
    """A calendar of events as a mail carries it."""

    def write(*events: str, method: str = "REQUEST") -> str:
        body = "".join(f"BEGIN:VEVENT\n{one}END:VEVENT\n" for one in events)
        text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:{method}\n{body}END:VCALENDAR\n"
        return text.replace("\n", "\r\n")

    return write


@pytest.fixture
def receive(server: Any, mail: Any, poll: Any, invitation: Any) -> Callable[..., None]:
    """Receives a mail with a calendar: what its events say, of which method."""
    count = iter(range(1000))

    def run(*events: str, method: str = "REQUEST", **head: str) -> None:
        message = mail(f"invitation-{next(count)}", **head)
        text = invitation(*events, method=method)
        message.add_alternative(text, subtype="calendar", params={"method": method})
        server.put(message)
        poll()

    return run
