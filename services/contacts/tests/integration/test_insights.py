"""What colleagues know of a customer, and the profile that shows all of it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from chassis.ids import uuid7
from chassis.testing import at_once


def note(api: Any, person: Any, kind: str, as_: Any = "default", **said: Any) -> Any:
    return api.post(f"/people/{person['id']}/insights", json={"kind": kind, **said}, as_=as_)


def known(api: Any, person: Any, query: str = "") -> Any:
    rows = api.get(f"/people/{person['id']}/insights{query}").json["data"]
    return [(row["kind"], row["choice"] or row["days"] or row["text"], row["current"]) for row in rows]


def test_the_latest_holds_and_nothing_is_lost(api: Any, person: Any, outbox: Any) -> None:
    ann = person(name="Ann")
    assert note(api, ann, "influence", choice="neutral").status_code == 201
    now = note(api, ann, "influence", choice="champion", text="Asked for a second visit.")
    assert (now.json["current"], now.json["author_id"]) == (True, str(api.default.id))
    assert note(api, ann, "influence", choice="champion", text="Asked for a second visit.").status_code == 200
    for pain in ("Late deliveries", "No local support"):
        note(api, ann, "pain", text=pain)
    assert known(api, ann) == [
        ("pain", "No local support", True), ("pain", "Late deliveries", True), ("influence", "champion", True),
    ]  # fmt: skip
    assert known(api, ann, "?history=true")[-1] == ("influence", "neutral", False)
    assert api.post(f"/insights/{now.json['id']}/retract").json["current"] is False
    assert api.post(f"/insights/{now.json['id']}/retract").status_code == 200
    assert known(api, ann)[-1] == ("influence", "neutral", True)
    assert outbox.types().count("insight.retracted") == 1
    told = outbox.events("insight.noted")[1]
    assert (told.data["choice"], told.personal) == ("champion", {"text": "Asked for a second visit."})


def test_lists_are_narrowed_by_what_holds(api: Any, person: Any) -> None:
    ann, bo = person(name="Ann"), person(name="Bo")
    note(api, ann, "influence", choice="champion")
    note(api, bo, "influence", choice="champion")
    note(api, bo, "influence", choice="blocker")
    note(api, bo, "decision_cycle", days=90)
    note(api, ann, "objection", text="Too expensive for us")

    def found(query: str) -> list[str]:
        return [row["name"] for row in api.get(f"/people?{query}&sort=name").json["data"]]

    assert (found("influence=champion"), found("influence=blocker")) == (["Ann"], ["Bo"])
    assert (found("decision_cycle_min=60"), found("decision_cycle_max=60")) == (["Bo"], [])
    assert found("objection=EXPENSIVE") == ["Ann"]
    acme = api.post("/companies", json={"name": "Acme"}).json
    api.post(f"/companies/{acme['id']}/insights", json={"kind": "budget_style", "choice": "fixed"})
    assert [row["id"] for row in api.get("/companies?budget_style=fixed").json["data"]] == [acme["id"]]
    for query in ("influence=king", "decision_cycle_min=soon", "pain="):
        assert api.get(f"/people?{query}").status_code == 400


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"kind": "influence"}, "/choice"),
        ({"kind": "influence", "choice": "king"}, "/choice"),
        ({"kind": "pain", "choice": "champion", "text": "x"}, "/choice"),
        ({"kind": "decision_cycle", "text": "long"}, "/days"),
        ({"kind": "decision_cycle", "days": -1}, "/days"),
        ({"kind": "pain"}, "/text"),
        ({"kind": "mood", "text": "x"}, "/kind"),
    ],
)
def test_bad_insights_name_their_field(api: Any, person: Any, said: dict[str, Any], pointer: str) -> None:
    ann = person(name="Ann")
    refused = api.post(f"/people/{ann['id']}/insights", json=said)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer), refused.text
    assert known(api, ann) == []


def test_said_at_once_by_eight_it_is_noted_once(api: Any, person: Any) -> None:
    ann = person(name="Ann")
    answers = at_once(*[lambda: note(api, ann, "pain", text="Late") for _ in range(8)])
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]


def test_partners_never_see_them(api: Any, user: Any, person: Any) -> None:
    partner = user(reach="partner", partner_id=uuid7())
    ann = person(name="Ann", partner_id=str(partner.partner_id))
    note(api, ann, "influence", choice="blocker")
    assert api.get(f"/people/{ann['id']}", as_=partner).status_code == 200
    assert api.get(f"/people/{ann['id']}/insights", as_=partner).status_code == 403
    assert note(api, ann, "pain", as_=partner, text="x").status_code == 403
    assert api.get("/people?influence=blocker", as_=partner).status_code == 400
    profile = api.get(f"/people/{ann['id']}/profile", as_=partner).json
    assert "insights" not in profile
    assert not {"grade", "rfm"} & profile["person"].keys()


def test_they_follow_a_merge_and_come_back(api: Any, person: Any) -> None:
    ann, bo = person(name="Ann"), person(name="Bo")
    note(api, ann, "influence", choice="neutral")
    note(api, bo, "influence", choice="champion")
    merge = api.post(f"/people/{ann['id']}/merge", json={"loser_id": bo["id"]}).json["merges"][0]
    assert known(api, ann) == [("influence", "champion", True)]
    api.post(f"/merges/{merge['id']}/unmerge")
    assert (known(api, ann), known(api, bo)) == ([("influence", "neutral", True)], [("influence", "champion", True)])


def test_a_profile_holds_all_in_a_handful_of_statements(api: Any, person: Any, database: Any) -> None:
    ann = person(name="Ann", company_name="Acme", city="Ulm")
    boss = person(name="Boss", company_id=ann["company_id"])
    api.put(f"/people/{ann['id']}/manager", json={"manager_id": boss["id"]})
    note(api, ann, "pain", text="Late")
    for number in range(7):
        body = {"person_id": ann["id"], "channel": "call", "summary": f"Call {number}"}
        api.post("/interactions", json=body)
    api.post("/tasks", json={"person_id": ann["id"], "title": "Call", "due_at": "2030-01-01T00:00:00Z"})
    api.post(f"/people/{ann['id']}/consents", json={"purpose": "marketing", "text": "Yes."})
    said: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    profile = api.get(f"/people/{ann['id']}/profile").json
    assert len([one for one in said if one.startswith(("SELECT", "WITH"))]) <= 16, said
    assert (profile["person"]["name"], profile["company"]["name"]) == ("Ann", "Acme")
    assert [row["name"] for row in profile["relationships"]] == ["Boss"]
    assert (profile["addresses"][0]["city"], profile["insights"][0]["text"]) == ("Ulm", "Late")
    assert [row["summary"] for row in profile["interactions"]] == [f"Call {n}" for n in (6, 5, 4, 3, 2)]
    assert profile["counts"] == {
        "interactions": 7, "open_tasks": 1, "timeline": 9, "deals": 0, "orders": 0, "tickets": 0,
    }  # fmt: skip
    assert profile["consents"][0]["purpose"] == "marketing"
    company = api.get(f"/companies/{ann['company_id']}/profile").json
    assert (company["counts"]["people"], [one["name"] for one in company["people"]]) == (2, ["Ann", "Boss"])


def test_an_unknown_caller_is_a_prospect_from_then_on(api: Any, person: Any, user: Any, outbox: Any) -> None:
    first = api.post("/calls", json={"phone": "138 0013 8000", "summary": "Asked for prices", "duration_minutes": 3})
    assert first.status_code == 201, first.text
    made = first.json["person"]
    assert (made["name"], made["source"], made["roles"]) == ("+8613800138000", "phone", ["prospect"])
    assert first.json["interaction"]["person_id"] == made["id"]
    again = api.post("/calls", json={"phone": "+8613800138000", "name": "Li Na"}).json
    assert (again["person"]["id"], again["matched"], again["person"]["roles"]) == (made["id"], True, ["prospect"])
    assert again["person"]["name"] == "Li Na"
    assert [event.personal["name"] for event in outbox.events("contact.updated")] == ["Li Na"]
    later = api.post("/calls", json={"phone": "+8613800138000", "name": "Somebody Else"}).json["person"]
    assert (later["name"], later["version"]) == ("Li Na", again["person"]["version"])
    assert outbox.types().count("contact.created") == 1
    stranger = user(reach="own")
    refused = api.post("/calls", json={"phone": "13800138000"}, as_=stranger)
    assert (refused.status_code, "existing_id" in refused.json) == (409, False)
    assert len(api.get(f"/interactions?person_id={made['id']}").json["data"]) == 3


def test_a_number_that_several_share_needs_the_name(api: Any, person: Any) -> None:
    ann, bo = (person(name=name, phone="+49 30 901820") for name in ("Ann", "Bo"))
    refused = api.post("/calls", json={"phone": "+4930901820"})
    assert (refused.status_code, refused.json["code"]) == (409, "ambiguous_caller")
    assert [one["person_id"] for one in refused.json["candidates"]] == [ann["id"], bo["id"]]
    assert api.post("/calls", json={"phone": "+4930901820", "name": "bo"}).json["person"]["id"] == bo["id"]


def test_the_same_call_at_once_makes_one_prospect(api: Any) -> None:
    answers = at_once(*[lambda: api.post("/calls", json={"phone": "13900139000"}) for _ in range(10)])
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["person"]["id"] for answer in answers}) == 1
