"""What is attached to mails: files of the interaction, or named with the reason why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chassis.storage.base import out_of_order
from chassis.testing import at_once

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"


def test_attachments_become_files_and_what_is_none_is_named(
    mail: Any, attach: Any, api: Any, server: Any, mailbox: Any, poll: Any, person: Any, folder: Path, outbox: Any
) -> None:
    li = person(email="li@example.cn")["id"]
    mailbox()
    message = mail("1", text="See below")
    page = "<p>See <img src='cid:logo%40x'> below</p>"
    message.add_alternative(page, subtype="html")
    html: Any = message.get_payload()[1]  # type: ignore[index]
    html.add_related(PNG, "image", "png", cid="<logo@x>", filename="logo.png", disposition="inline")
    attach(message, "../规格.pdf", PDF)
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
    mail: Any, attach: Any, api: Any, server: Any, mailbox: Any, poll: Any, person: Any, folder: Path, sweep: Any
) -> None:
    here = person(name="Wang")["id"]
    mailbox()
    asked, spam = mail("1"), mail("2", From="spam@example.org")
    attach(asked, "offer.pdf", PDF)
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
    mail: Any, attach: Any, api: Any, server: Any, mailbox: Any, poll: Any, person: Any, folder: Path, admin: Any,
    outbox: Any, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    person(email="li@example.cn")
    made = mailbox()
    message = mail("1")
    attach(message, "offer.pdf", PDF)
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
    mail: Any, attach: Any, api: Any, server: Any, mailbox: Any, poll: Any, person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contacts.mailboxes.attachments.is_set_up", lambda: False)
    person(email="li@example.cn")
    mailbox()
    message = mail("1")
    attach(message, "offer.pdf", PDF)
    server.put(message)
    poll()
    (logged,) = api.get("/interactions").json["data"]
    assert logged["content"] == "[offer.pdf (not kept: no_storage)]\nHello"


def test_more_attachments_than_are_kept_are_counted(
    api: Any, server: Any, mailbox: Any, poll: Any, person: Any, folder: Path, mail: Any, attach: Any
) -> None:
    person(email="li@example.cn")
    mailbox()
    many, strange = mail("1"), mail("2", From="who@example.org")
    for number in range(53):
        for message in (many, strange):
            attach(message, f"{number}.txt", b"page %d" % number, "text/plain")
    server.put(many, strange)
    poll()
    (logged,) = api.get("/interactions").json["data"]
    first, text = logged["content"].split("\n")
    assert first.startswith("[0.txt, 1.txt, ")
    assert first.endswith(", 49.txt, 3 more (not kept: too_many)]")
    assert text == "Hello"
    assert len(api.get("/files?limit=100").json["data"]) == 50
    (waiting,) = api.get("/mail-intake").json["data"]
    told = [(one["name"], one["refused"], one["file_id"]) for one in waiting["attachments"][49:]]
    assert told == [("49.txt", None, None), ("3 more", "too_many", None)]


def _down(*_: Any) -> None:
    raise out_of_order()
