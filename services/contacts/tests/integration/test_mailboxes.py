"""Mail from a real IMAP server (pymap, started here) to the people whom it is from and to."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient
from sqlalchemy import update

from chassis.ids import uuid7
from chassis.jobs import JobRun, start_job
from chassis.storage.base import out_of_order
from chassis.testing import at_once, eventually
from contacts.interactions.model import Interaction
from contacts.mailboxes import polling

PASSWORD = "a secret of a test"
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"


class Server:
    """An IMAP server with one empty mailbox, on a free port; `stop` and `start` it again, with nothing kept."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    def start(self) -> None:
        # Half a million rounds of hashing for each log-in are no part of what is tested.
        quick = "from pysasl.hashing import BuiltinHash; BuiltinHash.__init__.__kwdefaults__['rounds'] = 1"
        program = f"{quick}; from pymap.main import main; main()"
        listen = ["--host", "127.0.0.1", "--port", str(self.port), "--no-tls"]
        backend = ["dict", "--demo-user", "sales@quintet.example", "--demo-password", PASSWORD]
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, *listen, *backend], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        eventually(self._listens)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def client(self) -> IMAPClient:
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=10)
        client.login("sales@quintet.example", PASSWORD)
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
def admin(user: Any) -> Any:
    return user(scopes="contacts:read contacts:write gateway:admin", roles=("admin",))


@pytest.fixture
def mailbox(api: Any, server: Server, admin: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("CONTACTS_MAILBOX_SALES_PASSWORD", PASSWORD)

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


def mail(id: str, to: str = "sales@quintet.example", text: str = "Hello", **head: str) -> EmailMessage:
    message = EmailMessage()
    fields = {"From": "Li Na <li@example.cn>", "To": to, "Subject": "Offer", "Message-ID": f"<{id}@example.cn>"}
    fields |= {"Date": "Mon, 02 Mar 2026 08:00:00 +0800"}
    for name, value in (fields | {name.replace("_", "-"): value for name, value in head.items()}).items():
        message[name] = value
    message.set_content(text)
    return message


def test_a_mail_is_filed_to_all_whom_it_is_from_and_to(
    api: Any, server: Server, mailbox: Any, poll: Any, person: Any, colleague: Any, outbox: Any
) -> None:
    li, wang = person(email="li@example.cn")["id"], person(name="Wang", email="wang@example.cn")["id"]
    seller = str(colleague("Sales"))
    mailbox()
    page = "<html><head><title>x</title></head><p>您好，</p><script>x()</script><p>价格<b>多少</b>？</p></html>"
    first = mail("1", Cc="WANG@example.cn, colleague@quintet.example", Subject="询价")
    first.add_alternative(page, subtype="html")
    html = mail("2", From="Wang <wang@example.cn>")
    html.set_content(page, subtype="html", charset="gb18030")
    out = mail("3", From="Sales <Sales@quintet.example>", to="li@example.cn", text="1 USD")
    server.put(first, html, out)
    poll()
    found = {i["summary"] + i["direction"]: i for i in api.get("/interactions?channel=email").json["data"]}
    assert set(found) == {"询价in", "Offerin", "Offerout"}
    asked = found["询价in"]
    assert (asked["person_ids"], asked["at"], asked["source"]) == ([li, wang], "2026-03-02T00:00:00Z", "email")
    assert asked["content"] == "Hello"
    assert found["Offerin"]["content"] == "您好，\n价格多少？"
    assert (found["Offerout"]["person_id"], found["Offerout"]["content"]) == (li, "1 USD")
    assert (found["Offerout"]["author_id"], asked["author_id"]) == (seller, None)
    assert len(api.get(f"/people/{wang}/timeline?kind=interaction").json["data"]) == 2
    assert outbox.types().count("interaction.logged") == 3
    poll()
    assert outbox.types().count("interaction.logged") == 3


def test_nothing_is_filed_twice_whatever_happens(
    api: Any, server: Server, mailbox: Any, poll: Any, person: Any, outbox: Any, admin: Any, run_jobs: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    person(email="li@example.cn")
    made = mailbox()
    server.put(*(mail(str(number)) for number in range(4)))
    real, calls = polling._move_on, []

    def dies(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError("the process dies behind the second mail, before its bookmark")
        real(*arguments)

    monkeypatch.setattr(polling, "_move_on", dies)
    poll()
    assert outbox.types().count("interaction.logged") == 2
    monkeypatch.setattr(polling, "_move_on", real)
    poll()
    assert outbox.types().count("interaction.logged") == 4
    server.stop()
    server.start()  # numbers its messages anew
    server.put(*(mail(str(number)) for number in range(5)))
    poll()
    assert outbox.types().count("interaction.logged") == 5
    state = api.get(f"/mailboxes/{made['id']}", as_=admin).json["state"]
    assert (state["failures"], state["problem"]) == (0, None)


def test_two_readers_of_one_mailbox_file_each_mail_once(
    server: Server, mailbox: Any, person: Any, outbox: Any, database: Any, session: Any
) -> None:
    person(email="li@example.cn")
    made = mailbox()
    server.put(*(mail(str(number)) for number in range(5)))
    runs = []
    for _ in range(2):
        with database.transaction() as open_:
            job = start_job(open_, polling.KIND, params={"mailbox_id": made["id"]})
            job.status = "running"
        runs.append(JobRun(database, job))
    at_once(*[lambda run=run: polling.read_mailbox(run) for run in runs])
    assert outbox.types().count("interaction.logged") == 5


def test_a_mailbox_that_is_down_is_said_so_and_asked_less_often(
    api: Any, server: Server, mailbox: Any, tick: Any, run_jobs: Any, clock: Any, admin: Any, person: Any, outbox: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    person(email="li@example.cn")
    made = mailbox()
    one = f"/mailboxes/{made['id']}"
    server.stop()
    pauses = []
    for _ in range(3):
        tick("read_mailboxes")
        run_jobs()
        state = api.get(one, as_=admin).json["state"]
        at = state["next_at"]
        pauses.append(round((_instant(at) - clock.instant).total_seconds()))
        clock.set(_instant(at))
    assert (pauses, state["failures"]) == ([120, 240, 480], 3)
    assert state["problem"].startswith(f"No connection to 127.0.0.1:{server.port}")
    assert PASSWORD not in api.get(one, as_=admin).text
    trial = api.post(f"{one}/test", as_=admin).json
    assert (trial["ok"], trial["messages"]) == (False, None)
    server.start()
    server.put(mail("1"))
    assert api.post(f"{one}/test", as_=admin).json == {"ok": True, "problem": None, "messages": 1, "moves": True}
    tick("read_mailboxes")
    run_jobs()
    assert api.get(one, as_=admin).json["state"]["failures"] == 0
    assert outbox.types().count("interaction.logged") == 1
    monkeypatch.setenv("CONTACTS_MAILBOX_SALES_PASSWORD", "wrong")
    refused = api.post(f"{one}/test", as_=admin).json
    assert (refused["ok"], "AUTHENTICATIONFAILED" in refused["problem"]) == (False, True)


def test_machines_are_no_contact(server: Server, mailbox: Any, poll: Any, person: Any, outbox: Any) -> None:
    person(email="li@example.cn")
    mailbox()
    server.put(
        mail("1", Auto_Submitted="auto-replied"),
        mail("2", List_Id="<news.example.cn>"),
        mail("3", Precedence="bulk"),
        b"From: li@example.cn\r\nTo: sales@quintet.example\r\nMessage-ID: <4@example.cn>\r\n"
        b"Content-Type: multipart/report; boundary=x; report-type=delivery-status\r\n\r\n--x--\r\n",
        mail("5", Auto_Submitted="no"),
    )
    poll()
    assert outbox.types().count("interaction.logged") == 1


def test_garbage_is_read_as_well_as_it_can_be(
    api: Any, server: Server, mailbox: Any, poll: Any, person: Any, outbox: Any
) -> None:
    person(email="li@example.cn")
    mailbox()
    head = b"From: =?nonsense?B?????= <li@example.cn>\r\nDate: the day after\r\n"
    chinese = "价格多少？谢谢您".encode("gb18030")
    server.put(
        head + b"Message-ID: <1@x>\r\nContent-Type: text/plain; charset=klingon\r\n\r\n" + chinese,
        head + b"Message-ID: <2@x>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xff\xfe\x00broken",
        head + b"Subject: \xff\x00\r\nContent-Type: multipart/mixed; boundary=never\r\n\r\nno parts at all",
        b"no head",
    )  # fmt: skip
    poll()
    assert outbox.types().count("interaction.logged") == 3
    assert "\x00" not in "".join(i["content"] or "" for i in api.get("/interactions").json["data"])


def test_a_thread_keeps_what_it_is_about(
    api: Any, server: Server, mailbox: Any, poll: Any, person: Any, session: Any
) -> None:
    person(email="li@example.cn")
    mailbox()
    server.put(mail("1"))
    poll()
    deal = uuid7()
    session.execute(update(Interaction).values(deal_id=deal))
    session.commit()
    server.put(
        mail("2", Subject="Re: Offer", References="<1@example.cn>"),
        mail("3", Subject="Re: Re: Offer", In_Reply_To="<2@example.cn>"),
        mail("4", Subject="Something else"),
    )
    poll()
    about = {i["summary"]: i["deal_id"] for i in api.get("/interactions").json["data"]}
    assert about == {"Offer": str(deal), "Re: Offer": str(deal), "Re: Re: Offer": str(deal), "Something else": None}


def test_strangers_wait_for_review_are_assigned_or_dismissed(
    api: Any, server: Server, mailbox: Any, poll: Any, person: Any, user: Any, outbox: Any
) -> None:
    here = person(name="Wang")
    mailbox()
    server.put(
        mail("1", text="Who am I?"), mail("2", From="spam@example.org"), mail("3", From="Zhao <zhao@example.cn>")
    )
    poll()
    waiting = {m["from_address"]: m for m in api.get("/mail-intake").json["data"]}
    assert set(waiting) == {"li@example.cn", "spam@example.org", "zhao@example.cn"}
    assert (waiting["li@example.cn"]["content"], outbox.types().count("interaction.logged")) == ("Who am I?", 0)
    assert api.get("/mail-intake", as_=user(reach="partner")).json["data"] == []
    assign = f"/mail-intake/{waiting['li@example.cn']['id']}/assign"
    bad = api.post(assign, json={"person_id": "019aa0c2-7f3e-7c11-8a55-3d2f0e9b1a01"})
    assert (bad.status_code, bad.json["errors"][0]["pointer"]) == (422, "/person_id")
    responses = at_once(*[lambda: api.post(assign, json={"person_id": here["id"], "add_address": True})] * 3)
    assert sorted(r.status_code for r in responses) == [200, 409, 409]
    (logged,) = api.get("/interactions").json["data"]
    assert (logged["person_id"], logged["content"]) == (here["id"], "Who am I?")
    assert api.get(f"/people/{here['id']}").json["emails"][0]["value"] == "li@example.cn"
    gone = api.post(f"/mail-intake/{waiting['spam@example.org']['id']}/dismiss").json
    assert (gone["state"], gone["content"], gone["from_address"]) == ("dismissed", None, None)
    api.post(f"/mail-intake/{waiting['zhao@example.cn']['id']}/assign", json={})
    assert [p["name"] for p in api.get("/people?q=zhao@example.cn").json["data"]] == ["Zhao"]
    assert api.get("/mail-intake").json["data"] == []
    server.put(mail("4"))
    poll()
    assert len(api.get(f"/people/{here['id']}/interactions").json["data"]) == 2


def test_strangers_become_people_or_are_ignored(
    api: Any, server: Server, mailbox: Any, poll: Any, admin: Any, outbox: Any
) -> None:
    made = mailbox(strangers="make", flag_seen=True, move_to="Filed")
    server.put(mail("1"))
    poll()
    (li,) = api.get("/people").json["data"]
    assert (li["name"], li["source"], li["email"]) == ("Li Na", "email", "li@example.cn")
    with server.client() as client:
        assert client.search("ALL") == []
        client.select_folder("Filed")
        assert len(client.search("SEEN")) == 1
    change = {"strangers": "ignore"}
    assert api.patch(f"/mailboxes/{made['id']}", json=change, if_match=made["version"], as_=admin).status_code == 200
    server.put(mail("2", From="who@example.org"))
    poll()
    assert (len(api.get("/people").json["data"]), api.get("/mail-intake").json["data"]) == (1, [])


def test_a_mailbox_is_read_from_when_it_was_added(
    api: Any, server: Server, mailbox: Any, poll: Any, person: Any, clock: Any, outbox: Any
) -> None:
    person(email="li@example.cn")
    server.put(mail("1"))
    clock.set(datetime(2100, 1, 1, tzinfo=UTC))
    mailbox(import_existing=False)
    poll()
    assert outbox.types().count("interaction.logged") == 0


def attach(message: EmailMessage, name: str, content: bytes = PDF, type_: str = "application/pdf") -> None:
    maintype, _, subtype = type_.partition("/")
    message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)


def test_attachments_become_files_and_what_is_none_is_named(
    api: Any, server: Server, mailbox: Any, poll: Any, person: Any, folder: Path, outbox: Any
) -> None:
    li = person(email="li@example.cn")["id"]
    mailbox()
    message = mail("1", text="See below")
    page = "<p>See <img src='cid:logo%40x'> below</p>"
    message.add_alternative(page, subtype="html")
    html: Any = message.get_payload()[1]  # type: ignore[index]
    html.add_related(PNG, "image", "png", cid="<logo@x>", filename="logo.png", disposition="inline")
    attach(message, "../规格.pdf")
    attach(message, "photo.png", PNG, "image/png")
    attach(message, "run.exe", b"MZ\x90\x00\x03", "application/octet-stream")
    attach(message, "large.txt", b"x" * 1024 * 1024 + b"x", "text/plain")
    attach(message, "page.pdf", b"plain text")
    server.put(message, message)
    poll()
    (logged,) = api.get("/interactions").json["data"]
    refused = (
        "run.exe (not kept: type_not_allowed), large.txt (not kept: too_large), page.pdf (not kept: type_mismatch)"
    )
    assert logged["content"] == f"[规格.pdf, photo.png, {refused}]\nSee below"
    found = {file["name"]: file for file in api.get(f"/people/{li}/files").json["data"]}
    assert set(found) == {"规格.pdf", "photo.png"}
    file = found["规格.pdf"]
    assert (file["kind"], file["record_id"], file["person_id"]) == ("interaction", logged["id"], li)
    assert (file["partner_visible"], api.get(f"/files/{file['id']}/content").data) == (False, PDF)
    assert outbox.types().count("file.attached") == 2
    server.stop()
    server.start()  # numbers its messages anew
    server.put(message)
    poll()
    assert (len(api.get("/files").json["data"]), outbox.types().count("interaction.logged")) == (2, 1)


def test_attachments_of_strangers_wait_with_their_mail(
    api: Any, server: Server, mailbox: Any, poll: Any, person: Any, folder: Path, sweep: Any
) -> None:
    here = person(name="Wang")["id"]
    mailbox()
    asked, spam = mail("1"), mail("2", From="spam@example.org")
    attach(asked, "offer.pdf")
    attach(asked, "run.exe", b"MZ\x90\x00\x03", "application/octet-stream")
    attach(spam, "spam.pdf", PDF + b"spam")
    server.put(asked, spam)
    poll()
    waiting = {one["from_address"]: one for one in api.get("/mail-intake").json["data"]}
    told = [
        (one["name"], one["size"], one["refused"], one["file_id"]) for one in waiting["li@example.cn"]["attachments"]
    ]
    assert told == [("offer.pdf", len(PDF), None, None), ("run.exe", 5, "type_not_allowed", None)]
    sweep()
    assert (len(list(folder.glob("??/*"))), api.get("/files").json["data"]) == (2, [])
    api.post(f"/mail-intake/{waiting['spam@example.org']['id']}/dismiss")
    assign = f"/mail-intake/{waiting['li@example.cn']['id']}/assign"
    answers = at_once(*[lambda: api.post(assign, json={"person_id": here})] * 3)
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    (done,) = [one.json for one in answers if one.status_code == 200]
    assert api.get(f"/people/{here}").json["emails"] == [], "nobody said that the address is theirs"
    (file,) = api.get(f"/people/{here}/files").json["data"]
    assert [one["file_id"] for one in done["attachments"]] == [file["id"], None]
    sweep()
    assert len(list(folder.glob("??/*"))) == 1
    assert api.get(f"/files/{file['id']}/content").data == PDF


def test_a_storage_that_is_down_holds_the_mail_back(
    api: Any, server: Server, mailbox: Any, poll: Any, person: Any, folder: Path, admin: Any, outbox: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    person(email="li@example.cn")
    made = mailbox()
    message = mail("1")
    attach(message, "offer.pdf")
    server.put(message)
    with monkeypatch.context() as broken:
        broken.setattr("chassis.storage.disk.Disk.put", _down)
        poll()
    state = api.get(f"/mailboxes/{made['id']}", as_=admin).json["state"]
    assert (state["failures"], "storage" in state["problem"]) == (1, True)
    assert (api.get("/interactions").json["data"], api.get("/files").json["data"]) == ([], [])
    poll()
    assert [file["name"] for file in api.get("/files").json["data"]] == ["offer.pdf"]
    assert outbox.types().count("interaction.logged") == 1


def test_without_a_storage_attachments_are_named(
    api: Any, server: Server, mailbox: Any, poll: Any, person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contacts.mailboxes.attachments.is_set_up", lambda: False)
    person(email="li@example.cn")
    mailbox()
    message = mail("1")
    attach(message, "offer.pdf")
    server.put(message)
    poll()
    (logged,) = api.get("/interactions").json["data"]
    assert logged["content"] == "[offer.pdf (not kept: no_storage)]\nHello"


def _down(*_: Any) -> None:
    raise out_of_order()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"key": "Sales!"}, "/key"),
        ({"port": 0}, "/port"),
        ({"tls": "maybe"}, "/tls"),
        ({"strangers": "guess"}, "/strangers"),
        ({"own_domains": ["-x"]}, "/own_domains/0"),
        ({"password": "x"}, "/password"),
    ],
)
def test_bad_mailboxes_are_refused(api: Any, admin: Any, change: dict[str, Any], pointer: str) -> None:
    body = {"key": "sales", "name": "Sales", "host": "mail.example.com", "username": "sales@example.com"} | change
    response = api.post("/mailboxes", json=body, as_=admin)
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, pointer)
    assert api.get("/mailboxes", as_=admin).json["data"] == []


def test_only_administrators_see_mailboxes(api: Any, mailbox: Any, admin: Any) -> None:
    mailbox()
    again = {"key": "sales", "name": "S", "host": "h", "username": "u"}
    assert api.post("/mailboxes", json=again, as_=admin).json["code"] == "mailbox_exists"
    assert [api.get("/mailboxes").status_code, api.post("/mailboxes", json=again).status_code] == [403, 403]


def _instant(text: str) -> Any:
    return datetime.fromisoformat(text)
