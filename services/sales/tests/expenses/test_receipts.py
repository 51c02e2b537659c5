"""Receipts as files: whose they are, what is none, one report each, swept when deleted."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import partial

import pytest

from chassis import clock as the_clock
from chassis.ids import uuid7
from chassis.testing import at_once, code_of, faults_of
from sales.expenses import receipts

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n"
pytestmark = pytest.mark.usefixtures("clock")


def test_a_receipt_is_a_file_of_its_owner(api, user, spender, manager, send, folder) -> None:
    made = send(name="../发票 1.pdf").json
    assert (made["name"], made["media_type"], made["size"]) == ("发票 1.pdf", "application/pdf", len(PDF))
    again = at_once(*[partial(send, name="other.pdf")] * 3)
    assert {(answer.status_code, answer.json["id"]) for answer in again} == {(201, made["id"])}
    assert send(as_=manager).json["id"] != made["id"]
    path = f"/expense-receipts/{made['id']}"
    shown = api.get(f"{path}/content", as_=manager)
    assert (shown.data, shown.headers["ETag"]) == (PDF, f'"{made["sha256"]}"')
    assert api.get(f"{path}/content", as_=user(reach="own")).status_code == 404
    assert code_of(api.delete(path, if_match=1, as_=manager)) == (403, "not_the_owner")
    assert len(list(folder.glob("??/*"))) == 1


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (b"MZ" + b"\0" * 60, "a.pdf", 422),
        (PDF, "a.png", 422),
        (b"", "a.pdf", 422),
        (PDF + b"0" * 10**7 * 2, "a.pdf", 413),
    ],
)
def test_what_is_no_receipt_is_refused(api, send, folder, content, name, status) -> None:
    assert send(content, name).status_code == status
    assert api.get("/expense-receipts").json["data"] == []
    assert list(folder.glob("??/*")) == []


def test_partners_and_programs_send_no_receipts(user, send) -> None:
    assert code_of(send(as_=user(reach="partner", partner_id=uuid7()))) == (403, "not_for_partners")
    assert code_of(send(as_=user(kind="client"))) == (403, "not_a_user")


def test_a_receipt_is_of_one_report(api, spender, manager, send, new_report) -> None:
    mine, others = send().json["id"], send(as_=manager).json["id"]
    assert faults_of(new_report({"receipt_id": others})) == [("/lines/0/receipt_id", "unknown_receipt")]
    line = {"receipt_id": mine}
    answers = at_once(*[partial(new_report, line, line)] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422]
    assert {faults_of(answer)[0] for answer in answers if answer.status_code == 422} == {
        ("/lines/0/receipt_id", "receipt_used")
    }
    assert code_of(api.delete(f"/expense-receipts/{mine}", if_match=1, as_=spender)) == (409, "receipt_used")
    (report,) = (answer.json for answer in answers if answer.status_code == 201)
    path = f"/expense-reports/{report['id']}"
    names = ("spent_on", "category_id", "description", "amount", "tax", "receipt_id")
    lines = [{name: one[name] for name in names} for one in report["lines"]]
    changed = api.patch(path, json={"lines": lines}, if_match=1, as_=spender).json
    assert api.delete(path, if_match=changed["version"], as_=spender).status_code == 204
    assert new_report(line).status_code == 201


def test_the_content_of_a_deleted_receipt_is_swept(api, spender, send, folder, database, clock) -> None:
    gone, stays = send().json, send(PDF + b"2").json
    assert api.delete(f"/expense-receipts/{gone['id']}", if_match=1, as_=spender).status_code == 204
    for path in folder.glob("??/*"):
        os.utime(path, (0, 0))
    database.run(_rounds)
    assert [path.name for path in folder.glob("??/*")] == [stays["sha256"]]


def _rounds(session) -> None:
    """Every part of the storage has its turn."""
    for turn in range(256):
        receipts.sweep_unused(session, the_clock.now() - timedelta(seconds=turn * receipts.EVERY))
