"""A person is handed all that is held of them and is then erased: when the last service has confirmed, no database
holds their name, e-mail or phone any more, and nobody brings them back."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import zipfile

import pytest

from chassis.testing import eventually
from launcher.demo.client import Client, until
from launcher.demo.journey import Journey, Visitor
from launcher.postgres import binary

pytestmark = pytest.mark.e2e
SERVICES = ("contacts", "marketing", "reporting", "sales", "service-desk")
NAME = "欧阳清岚"


class Person(Visitor):
    """Somebody whose name nobody else has."""

    @property
    def marks(self) -> list[str]:
        """All that names them, as it is typed and in normal form."""
        digits = self.phone.replace("-", "")
        return [self.name, self.email, self.email.upper(), self.phone, digits]


def held(platform, marks: list[str]) -> dict[str, list[str]]:
    """By database, the lines of its dump in which one of the marks stands."""
    environment, found = platform.state["environment"], {}
    for service in ("gateway", *SERVICES):
        url = environment[f"{service.upper().replace('-', '_')}_DATABASE_URL"]
        dumped = subprocess.run([binary("pg_dump"), "--data-only", url], capture_output=True, text=True, check=True)
        assert dumped.stdout
        lines = [line for line in dumped.stdout.splitlines() if any(mark in line for mark in marks)]
        if lines:
            found[service] = lines
    return found


@pytest.fixture(scope="module")
def customer(platform) -> Journey:
    """A person with a submission, a lead, a deal named after them, an order, tickets, a survey, a merged twin."""
    journey = Journey(platform.admin(), platform.public(), Person(name=NAME))
    journey.prepare_campaign()
    journey.submit_form()
    journey.find_lead()
    staff, person_id = journey.staff, journey.lead["person_id"]
    journey.follow_up()
    called = {"channel": "call", "person_id": person_id, "summary": f"{NAME} rang", "content": journey.visitor.phone}
    staff.post("/contacts/interactions", called)
    journey.convert()
    journey.move_on()
    journey.win()
    journey.find_ticket()
    deal = {"name": f"Extension for {NAME}", "person_id": person_id, "amount": "10.00", "currency": "CNY"}
    staff.post("/sales/deals", deal)
    asked = {
        "subject": f"{NAME} cannot log in", "person_id": person_id, "channel": "email", "priority": "normal",
        "body": f"I am {NAME}, call me: {journey.visitor.phone}",
    }  # fmt: skip
    staff.post("/service-desk/tickets", asked, headers={"Idempotency-Key": f"ticket-{journey.visitor.n}"})
    journey.serve()
    journey.answer_survey()
    twin = staff.post("/contacts/people", {"name": NAME, "email": f"twin.{journey.visitor.email}"})
    staff.post(f"/contacts/people/{person_id}/merge", {"loser_id": twin["id"]})
    return journey


def asked_and_begun(staff: Client, person_id: str, kind: str) -> dict:
    body = {"kind": kind, "person_id": person_id, "law": "pipl", "identity": "ID card seen"}
    request = staff.post("/contacts/privacy/requests", body)
    return staff.post(f"/contacts/privacy/requests/{request['id']}/begin")


def done(staff: Client, request: dict) -> dict:
    def ended() -> dict | None:
        read = staff.get(f"/contacts/privacy/requests/{request['id']}")
        return read if read["state"] == "done" else None

    return until(ended, f"{request['kind']} by every service", 60)


def test_the_archive_holds_what_every_service_holds(platform, customer):
    staff = customer.staff
    request = done(staff, asked_and_begun(staff, customer.lead["person_id"], "access"))
    response = staff.send("GET", f"/contacts/privacy/requests/{request['id']}/archive")
    assert response.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    assert sorted(archive.namelist()) == sorted(["manifest.json", *(f"{service}.json" for service in SERVICES)])
    for service in SERVICES:
        assert NAME in archive.read(f"{service}.json").decode(), service
    sales = json.loads(archive.read("sales.json"))
    assert {deal["name"] for deal in sales["deals"]} == {"200 sets", f"Extension for {NAME}"}
    told = [line for lines in held(platform, ["privacy.export_part"]).values() for line in lines]
    assert told
    assert not any(NAME in line for line in told)


def test_erased_by_every_service_nothing_names_the_person(platform, customer):
    staff, person_id, marks = customer.staff, customer.lead["person_id"], customer.visitor.marks
    eventually(lambda: held(platform, marks).keys() == set(SERVICES), within=30)
    away = platform.pid("marketing-worker")
    os.kill(away, signal.SIGSTOP)
    try:
        request = asked_and_begun(staff, person_id, "erasure")
        path = f"/contacts/privacy/requests/{request['id']}"
        eventually(lambda: staff.get(path)["outstanding"] == ["marketing"], within=60)
    finally:
        os.kill(away, signal.SIGCONT)
    request = done(staff, request)
    answers = {answer["service"]: answer for answer in request["services"]}
    assert answers.keys() == set(SERVICES)
    assert (answers["sales"]["tables"]["leads"], answers["sales"]["tables"]["deals"]) == (1, 2)
    assert answers["marketing"]["tables"]["submissions"] == 1
    assert any(kept["table"] == "orders" for kept in answers["sales"]["kept"])
    assert held(platform, marks) == {}
    assert staff.send("GET", f"/contacts/people/{person_id}").status_code == 404
    assert staff.get(f"/sales/deals/{customer.deal['id']}")["amount"] == "128000.00"


def test_what_comes_later_brings_nobody_back(platform, customer):
    staff, marks = customer.staff, customer.visitor.marks
    staff.post(f"/service-desk/tickets/{customer.ticket['id']}/reopen", {"reason": "Still not well."})
    replayed = staff.send(
        "POST", "/service-desk/tickets", json={"subject": "x"},
        headers={"Idempotency-Key": f"ticket-{customer.visitor.n}"},
    )  # fmt: skip
    assert replayed.status_code in (410, 422)
    csv = f"name,email\n{NAME},{customer.visitor.email}\n"
    job = staff.call("POST", "/contacts/imports", files={"file": ("old.csv", csv.encode())})

    def ended() -> dict | None:
        read = staff.get(f"/contacts/jobs/{job['id']}")
        return read if read["status"] == "done" else None

    assert until(ended, "the import", 60)["failed"] == 1
    assert staff.get("/contacts/people", q=customer.visitor.email)["data"] == []
    assert not {"sales", "service-desk", "marketing", "reporting"} & held(platform, marks).keys()
