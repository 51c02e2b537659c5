"""Lists of contacts as files: whole, flat, hidden from whom they shall be, and good to be imported again."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from chassis.ids import uuid7


def table(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.data.decode())))


def test_contact_points_are_joined_and_the_filters_are_the_lists(api: Any, person: Any) -> None:
    person(
        name="Li Na", emails=["li@example.com", "na@example.com"], phone="13800138000", country="CN", tags=["a", "b"]
    )
    person(name="Anna", email="anna@example.com", country="DE")
    (row,) = table(api.get("/people/export?country=CN"))
    assert (row["email"], row["emails"]) == ("li@example.com", "li@example.com; na@example.com")
    assert (row["phone"], row["tags"], row["company_id"]) == ("+8613800138000", "a; b", "")
    assert [r["name"] for r in table(api.get("/people/export?sort=name&fields=name"))] == ["Anna", "Li Na"]
    assert [r["name"] for r in table(api.get("/people/export?q=anna&fields=name"))] == ["Anna"]


def test_a_partner_gets_their_own_and_no_grades(api: Any, person: Any, user: Any) -> None:
    partner = user(reach="partner", partner_id=uuid7())
    person(name="Ours", email="ours@example.com")
    person(name="Theirs", email="theirs@example.com", partner_id=str(partner.partner_id))
    (row,) = table(api.get("/people/export", as_=partner))
    assert (row["name"], row.get("grade"), row.get("rfm")) == ("Theirs", None, None)
    assert api.get("/people/export?fields=grade", as_=partner).status_code == 400


def test_what_was_exported_changes_nothing_when_it_is_imported(api: Any, person: Any, imported: Any) -> None:
    person(name="=Li Na", emails=["li@example.com", "na@example.com"], phones=["13800138000", "+49 30 20000001"],
           company_name="Acme", job_title="-Buyer", country="CN", city="深圳", note="a\nb", tags=["a"])  # fmt: skip
    before = api.get("/people").json["data"]
    file = api.get("/people/export?bom=true").data
    assert b",'=Li Na," in file
    job = imported(file)
    assert (job["result"]["unchanged"], job["result"]["failed"]) == (1, 0)
    assert api.get("/people").json["data"] == before


def test_what_was_exported_makes_the_same_person_again(api: Any, person: Any, imported: Any) -> None:
    made = person(name="=Li Na", emails=["li@example.com", "na@example.com"], phone="13800138000", company_name="Acme",
                  tags=["a"])  # fmt: skip
    file = api.get("/people/export").data
    assert api.delete(f"/people/{made['id']}", if_match=made["version"]).status_code == 204
    assert imported(file)["result"]["created"] == 1
    (again,) = api.get("/people").json["data"]
    same = ("name", "email", "phone", "company_name", "tags", "source")
    assert {name: again[name] for name in same} == {name: made[name] for name in same}
    assert [point["value"] for point in again["emails"]] == ["li@example.com", "na@example.com"]


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_roles_and_what_an_address_is_for_come_back_as_they_were(
    api: Any, person: Any, imported: Any, format_: str
) -> None:
    kept = {"roles": ["prospect", "agent"], "city": "Wuhan", "country": "CN", "address_kind": "billing"}
    at_work = {"job_title": "Buyer", "department": "Purchasing"}
    whom = person(name="Li", email="li@example.com", **kept, **at_work)
    company = api.post("/companies", json={"name": "Acme", **kept}).json
    for entity, record, told in (("people", whom, kept | at_work), ("companies", company, kept)):
        file = api.get(f"/{entity}/export?format={format_}").data
        assert imported(file, entity=entity)["result"]["unchanged"] == 1
        assert api.get(f"/{entity}/{record['id']}").json == record
        assert api.delete(f"/{entity}/{record['id']}", if_match=1).status_code == 204
        assert imported(file, entity=entity)["result"]["created"] == 1
        (again,) = api.get(f"/{entity}").json["data"]
        assert {name: again[name] for name in told} == told


def test_companies_interactions_and_tasks_go_the_same_way(api: Any, person: Any) -> None:
    whom = person(email="li@example.com")
    assert api.post("/companies", json={"name": "Acme", "tags": ["x"]}).status_code == 201
    call = {"person_id": whom["id"], "channel": "call", "summary": "Asked for a price"}
    assert api.post("/interactions", json=call).status_code == 201
    task = {"title": "Call", "due_at": "2026-12-01T09:00:00Z", "person_id": whom["id"]}
    assert api.post("/tasks", json=task).status_code == 201
    assert table(api.get("/companies/export"))[0]["name"] == "Acme"
    assert table(api.get("/interactions/export?channel=call"))[0]["summary"] == "Asked for a price"
    assert table(api.get("/tasks/export?state=open"))[0]["due_at"] == "2026-12-01T09:00:00Z"
    meeting = {"title": "Visit", "starts_at": "2026-12-02T09:00:00Z", "ends_at": "2026-12-02T10:00:00Z"}
    assert api.post("/appointments", json=meeting | {"person_ids": [whom["id"]]}).status_code == 201
    (row,) = table(api.get("/appointments/export?state=scheduled"))
    assert (row["title"], row["starts_at"]) == ("Visit", "2026-12-02T09:00:00Z")
    note = {"kind": "person", "record_id": whom["id"], "text": "=1+1, as they say"}
    assert api.post("/notes", json=note).status_code == 201
    assert [row["text"] for row in table(api.get("/notes/export?kind=person"))] == ["'=1+1, as they say"]
