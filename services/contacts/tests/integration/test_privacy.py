"""What people ask for about their own data: handed out by every service, erased by every service, for good."""

from __future__ import annotations

import io
import json
import zipfile
from base64 import b64decode, b64encode

import pytest
from sqlalchemy import text

from chassis.ids import uuid7
from chassis.privacy.exporting import about
from chassis.privacy.sealing import seal
from chassis.testing import at_once

OTHERS = ("marketing", "reporting", "sales", "service-desk")
IDENTITY = "ID card seen at the desk"


@pytest.fixture
def asked(api):
    """Opens a request whose identity is checked; its JSON."""

    def make(person_id, kind="erasure", **data):
        body = {"kind": kind, "person_id": person_id, "identity": IDENTITY} | data
        response = api.post("/privacy/requests", json=body)
        assert response.status_code == 201, response.text
        return response.json

    return make


@pytest.fixture
def begun(api, asked):
    """Opens a request and begins it."""

    def make(person_id, kind="erasure", **data):
        response = api.post(f"/privacy/requests/{asked(person_id, kind, **data)['id']}/begin")
        assert response.status_code == 202, response.text
        return response.json

    return make


@pytest.fixture
def confirm(deliver):
    """A service confirms an erasure."""

    def make(request, service, tables=None, **options):
        data = {
            "request_id": request["id"], "person_id": request["person_id"], "service": service,
            "tables": tables or {"people": 1}, "kept": [],
        }  # fmt: skip
        return deliver(service, "privacy.erasure_confirmed", data, **options)

    return make


def read(api, request):
    return api.get(f"/privacy/requests/{request['id']}").json


def dump(database) -> str:
    """All rows of all tables as text."""
    with database.reading() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        return "\n".join(str(session.execute(text(f'SELECT t::text FROM "{name}" t')).all()) for name in tables)


def test_an_erasure_is_done_when_every_service_has_confirmed(api, person, begun, confirm, outbox, clock):
    li = person(email="li.na@example.cn", phone="13800138000", company_name="Acme")
    request = begun(li["id"])
    assert (request["state"], request["outstanding"]) == ("running", list(OTHERS))
    told = outbox.one("contact.erased")
    assert told.data == {"person_id": li["id"], "person_ids": [li["id"]], "request_id": request["id"]}
    assert (told.subject, told.sequence) == (f"people/{li['id']}", 2)
    assert api.get(f"/people/{li['id']}").status_code == 404
    for service in OTHERS[:3]:
        confirm(request, service, {"leads": 2})
    assert read(api, request)["outstanding"] == ["service-desk"]
    confirm(request, "service-desk")
    confirm(request, "service-desk", {"people": 9})
    done = read(api, request)
    assert (done["state"], done["outstanding"]) == ("done", [])
    answers = {answer["service"]: answer for answer in done["services"]}
    assert answers["sales"]["tables"] == {"leads": 2}
    assert answers["service-desk"]["tables"] == {"people": 1}
    assert answers["contacts"]["tables"]["people"] == 1
    assert answers["contacts"]["tables"]["contact_points"] == 2


def test_nothing_in_the_database_names_the_person_any_more(api, person, begun, database, colleague, form, deliver):
    user = str(colleague("Ren"))
    data, personal = form(name="Marked Maria", email="marked.maria@example.cn", phone="138-0013-8000")
    deliver("marketing", "form.submitted", data, personal=personal)
    (maria,) = api.get("/people?q=marked.maria@example.cn").json["data"]
    api.post("/people/identify", json={"name": "Marked Maria", "email": "marked.maria@example.cn"}, key="again")
    api.post("/interactions", json={"person_id": maria["id"], "channel": "call", "summary": "Marked Maria called"})
    api.post("/tasks", json={"title": "Call Marked Maria", "person_id": maria["id"], "due_at": "2026-03-09T09:00:00Z"})
    meeting = {
        "title": "Lunch with Marked Maria", "note": "her number: +86 138 0013 8000", "user_ids": [user],
        "starts_at": "2026-03-09T12:00:00Z", "ends_at": "2026-03-09T13:00:00Z", "person_ids": [maria["id"]],
        "time_zone": "Asia/Shanghai",
    }  # fmt: skip
    made = api.post("/appointments", json=meeting)
    assert made.status_code == 201, made.text
    twin = api.post("/people", json={"name": "Marked Maria", "phone": "13800138009"}).json
    api.post(f"/people/{maria['id']}/merge", json={"loser_id": twin["id"]})
    before = dump(database)
    for mark in ("Marked Maria", "marked.maria@example.cn", "+8613800138000", "138-0013-8000", "+8613800138009"):
        assert mark in before
    request = begun(maria["id"])
    after = dump(database).casefold()
    for mark in ("marked maria", "marked.maria", "13800138000", "138-0013-8000", "138 0013 8000", "13800138009"):
        assert mark not in after, after[max(0, after.find(mark) - 200) : after.find(mark) + 60]
    kept = api.get(f"/appointments/{made.json['id']}").json
    assert (kept["title"], kept["note"]) == ("Lunch with [erased]", "her number: [erased]")
    assert set(read(api, request)["services"][0]["tables"]) >= {"people", "appointments", "merges", "outbox"}


def test_merged_ids_are_erased_too_and_nobody_comes_back_under_any(api, person, begun, outbox, deliver, database):
    li, twin = person(email="li@example.cn"), person(name="Li N.", email="lin@example.cn")
    merged = api.post(f"/people/{li['id']}/merge", json={"loser_id": twin["id"]}).json["merges"][0]
    begun(twin["id"])
    assert outbox.one("contact.erased").data["person_ids"] == [li["id"], twin["id"]]
    assert api.post(f"/merges/{merged['id']}/unmerge").status_code == 404
    for id_ in (li["id"], twin["id"]):
        lead = {"lead_id": str(uuid7()), "person_id": id_, "status": "new", "source": "api", "score": 1}
        told = {"name": "Li Na", "email": "li@example.cn", "phone": None, "company_name": None}
        deliver("sales", "lead.created", lead, personal=told)
        assert api.get(f"/people/{id_}").status_code == 404
    assert "Li Na" not in dump(database)
    assert api.get("/people?q=Li").json["data"] == []


def test_begun_at_once_by_many_it_is_one_erasure(api, person, asked, outbox):
    li = person(email="li@example.cn")
    request = asked(li["id"])
    answers = at_once(*(lambda: api.post(f"/privacy/requests/{request['id']}/begin") for _ in range(6)))
    assert {answer.status_code for answer in answers} == {202}
    assert len(outbox.events("contact.erased")) == 1


def test_opened_at_once_by_many_it_is_one_request(api, person):
    body = {"kind": "access", "person_id": person()["id"]}
    answers = at_once(*(lambda: api.post("/privacy/requests", json=body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json["id"] for answer in answers}) == 1


def test_without_a_checked_identity_nothing_begins(api, person, outbox):
    li = person()
    request = api.post("/privacy/requests", json={"kind": "erasure", "person_id": li["id"]}).json
    refused = api.post(f"/privacy/requests/{request['id']}/begin")
    assert (refused.status_code, refused.json["code"]) == (409, "identity_unchecked")
    assert api.get(f"/people/{li['id']}").status_code == 200
    assert outbox.events("contact.erased") == []
    checked = api.post(f"/privacy/requests/{request['id']}/identity", json={"identity": IDENTITY}).json
    assert checked["identity"] == IDENTITY
    assert api.post(f"/privacy/requests/{request['id']}/begin").status_code == 202


def test_a_hold_forbids_an_erasure_until_it_is_lifted_and_follows_a_merge(api, person, asked, outbox):
    li, twin = person(email="li@example.cn"), person(email="lin@example.cn")
    hold = api.post(f"/people/{twin['id']}/holds", json={"reason": "Case 7 of the court of Shenzhen"}).json
    api.post(f"/people/{li['id']}/merge", json={"loser_id": twin["id"]})
    request = asked(li["id"])
    refused = api.post(f"/privacy/requests/{request['id']}/begin")
    assert (refused.status_code, refused.json["code"], refused.json["hold_id"]) == (409, "on_hold", hold["id"])
    assert read(api, request)["state"] == "open"
    assert outbox.events("contact.erased") == []
    api.post(f"/holds/{hold['id']}/lift")
    assert api.post(f"/privacy/requests/{request['id']}/begin").status_code == 202


@pytest.mark.parametrize(
    ("law", "due"), [("gdpr", "2026-04-01"), ("pipl", "2026-03-23"), ("ccpa", "2026-04-16")]
)  # fmt: skip
def test_the_deadline_is_that_of_the_law(clock, asked, person, law, due):
    assert asked(person()["id"], law=law)["due_at"] == f"{due}T09:00:00Z"


def test_who_is_late_is_asked_again_once_a_day_and_it_is_told(api, person, begun, confirm, outbox, tick, clock):
    request = begun(person()["id"])
    confirm(request, "sales")
    clock.advance(hours=23)
    tick("privacy_requests")
    assert outbox.events("privacy.request_overdue") == []
    clock.advance(hours=2)
    tick("privacy_requests")
    tick("privacy_requests")
    told = outbox.one("privacy.request_overdue")
    assert told.data["outstanding"] == ["marketing", "reporting", "service-desk"]
    assert [event.data["person_ids"] for event in outbox.events("contact.erased")] == [[request["person_id"]]] * 2


def test_an_export_is_an_archive_of_what_every_service_holds(api, person, begun, outbox, deliver, tick, clock, user):
    li = person(email="li.na@example.cn")
    request = begun(li["id"], "access")
    asked_for = outbox.one("privacy.export_requested")
    assert deliver.again(asked_for)
    own = outbox.one("privacy.export_part")
    assert "li.na" not in own.to_json()
    deliver.again(own)
    path = f"/privacy/requests/{request['id']}/archive"
    early = api.get(path)
    assert (early.status_code, early.json["outstanding"]) == (409, list(OTHERS))
    for service in OTHERS:
        content = json.dumps({"leads": [{"of": service}]}).encode()
        _send_parts(deliver, asked_for, service, content)
    done = read(api, request)
    assert (done["state"], done["expires_at"]) == ("done", "2026-03-09T09:00:00Z")
    archive = zipfile.ZipFile(io.BytesIO(api.get(path).data))
    looked = [(a["field"], a["how"]) for a in api.get("/sensitive-accesses").json["data"]]
    assert looked == [("archive", "export")]  # once, though it was asked for before it was ready
    assert sorted(archive.namelist()) == sorted(["manifest.json", "contacts.json", *(f"{s}.json" for s in OTHERS)])
    assert json.loads(archive.read("sales.json")) == {"leads": [{"of": "sales"}]}
    mine = json.loads(archive.read("contacts.json"))
    assert (mine["people"][0]["name"], mine["contact_points"][0]["value"]) == ("Li Na", "li.na@example.cn")
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["person_ids"] == [li["id"]]
    assert {"name": "sales.json", "bytes": 28, "tables": {"leads": 1}} in manifest["files"]
    assert api.get(path, as_=user()).status_code == 403
    clock.advance(days=8)
    tick("privacy_requests")
    assert api.get(path).status_code == 410


def test_an_export_contains_the_files_of_the_person(api, person, begun, outbox, deliver, folder):
    li, content = person(), b"%PDF-1.7\n%%EOF\n"
    for name, said in (("offer.pdf", content), ("again.pdf", content), ("报价.pdf", content + b"2")):
        file = {"file": (io.BytesIO(said), name)}
        assert api.post(f"/people/{li['id']}/files", data=file).status_code == 201
    request = begun(li["id"], "access")
    asked_for = outbox.one("privacy.export_requested")
    assert deliver.again(asked_for)
    deliver.again(outbox.one("privacy.export_part"))
    for service in OTHERS:
        _send_parts(deliver, asked_for, service, b"{}")
    path = f"/privacy/requests/{request['id']}/archive"
    archive = zipfile.ZipFile(io.BytesIO(api.get(path).data))
    files = [name for name in archive.namelist() if name.startswith("files/")]
    assert sorted(archive.read(name) for name in files) == [content, content + b"2"]
    assert {name.rpartition("/")[2] for name in files} == {"again.pdf", "报价.pdf"}
    next(folder.glob("??/*")).unlink()
    archive = zipfile.ZipFile(io.BytesIO(api.get(path).data))
    told = json.loads(archive.read("manifest.json"))["attached"]
    assert (sorted(one["lost"] for one in told), archive.testzip()) == ([False, True], None)


def _send_parts(deliver, asked_for, service: str, content: bytes) -> None:
    """As a service answers: in two parts, the second first, and once more."""
    import zlib

    packed, request = zlib.compress(content), asked_for.data
    halves = {1: packed[:10], 2: packed[10:]}
    for number in (2, 1, 1):
        data = {
            "request_id": request["request_id"], "person_id": request["person_id"], "service": service,
            "part": number, "parts": 2,
        }  # fmt: skip
        sealed = seal(b64decode(request["public_key"]), halves[number], about(data))
        deliver(service, "privacy.export_part", data, personal={"sealed": b64encode(sealed).decode()})


def test_an_import_does_not_bring_back_who_was_erased(api, person, begun, imported):
    begun(person(email="li@example.cn", phone="13800138000")["id"])
    job = imported("name,email,phone\nLi Na,LI@example.cn,\nWu,wu@example.cn,\nNa Li,,138 0013 8000\n")
    assert (job["result"]["created"], job["failed"]) == (1, 2)
    errors = api.get(f"/jobs/{job['id']}/errors").text
    assert errors.count(",erased,") == 2
    assert [one["name"] for one in api.get("/people").json["data"]] == ["Wu"]


@pytest.mark.parametrize(
    ("source", "type_", "more"),
    [
        ("sales", "lead.created", {"lead_id": str(uuid7()), "status": "new", "owner_id": None, "team_id": None}),
        ("marketing", "form.submitted", {"submission_id": str(uuid7()), "form_key": "demo", "campaign_id": None}),
        ("sales", "registration.submitted", {"registration_id": str(uuid7()), "company_id": None}),
    ],
)
def test_what_was_said_of_somebody_before_their_erasure_and_comes_late_is_forgotten_everywhere(
    api, person, begun, deliver, outbox, clock, database, source, type_, more
):
    said = clock.instant
    clock.advance(minutes=1)
    begun(person(email="li@example.cn")["id"])
    late, since = str(uuid7()), str(uuid7())
    personal = {"name": "Li Na", "email": "Li@example.cn", "contact_name": "Li Na"}
    event = deliver(source, type_, more | {"person_id": late}, personal=personal, time=said)
    deliver.again(event)
    assert api.get("/people").json["data"] == []
    assert "Li Na" not in dump(database)
    assert outbox.one("contact.deleted").data == {"person_id": late}
    assert [event.type for event in outbox.events() if event.type.startswith("contact.")][1:] == [
        "contact.erased", "contact.deleted",
    ]  # fmt: skip
    clock.advance(minutes=1)
    deliver(source, type_, more | {"person_id": since}, personal=personal)
    assert [one["id"] for one in api.get("/people").json["data"]] == [since]  # who comes back of their own will is here


def test_a_hold_forbids_a_deletion_too(api, person, outbox):
    li = person(name="Li Na")
    hold = api.post(f"/people/{li['id']}/holds", json={"reason": "Lawsuit 4 of 2026"}).json
    path, match = f"/people/{li['id']}", {"If-Match": '"1"'}
    refused = api.delete(path, headers=match)
    assert (refused.status_code, refused.json["code"], refused.json["hold_id"]) == (409, "on_hold", hold["id"])
    assert (api.get(path).status_code, "contact.deleted" in outbox.types()) == (200, False)
    api.post(f"/holds/{hold['id']}/lift")
    assert api.delete(path, headers=match).status_code == 204


def test_what_was_asked_about_who_was_deleted_since_can_only_be_rejected(api, person, asked, outbox):
    li = person(name="Li Na")
    request = asked(li["id"])
    api.delete(f"/people/{li['id']}", headers={"If-Match": '"1"'})
    refused = api.post(f"/privacy/requests/{request['id']}/begin")
    assert (refused.status_code, refused.json["code"]) == (409, "person_gone")
    assert "contact.erased" not in outbox.types()
    rejected = api.post(f"/privacy/requests/{request['id']}/reject", json={"reason": "Deleted on Monday."})
    assert (rejected.status_code, rejected.json["state"]) == (200, "rejected")


def test_only_who_holds_the_scope_sees_requests_and_no_partner(api, person, asked, user):
    request = asked(person()["id"])
    for caller in (user(), user(reach="all")):
        for path in ("/privacy/requests", f"/privacy/requests/{request['id']}"):
            assert api.get(path, as_=caller).status_code == 403
    partner = user(scopes="contacts:privacy contacts:read", reach="partner", partner_id=uuid7())
    assert api.get("/privacy/requests", as_=partner).json["data"] == []
    assert api.get(f"/privacy/requests/{request['id']}", as_=partner).status_code == 404


def test_rectification_is_a_record_with_a_deadline(api, person, begun):
    request = begun(person()["id"], "rectification", note="The name is spelt Lina.")
    done = api.post(f"/privacy/requests/{request['id']}/complete").json
    assert (done["state"], done["services"]) == ("done", [])
    other = api.post("/privacy/requests", json={"kind": "erasure", "person_id": request["person_id"]}).json
    rejected = api.post(f"/privacy/requests/{other['id']}/reject", json={"reason": "Not the person."}).json
    assert (rejected["state"], rejected["reason"]) == ("rejected", "Not the person.")
    assert api.post(f"/privacy/requests/{other['id']}/begin").json["code"] == "rejected"
