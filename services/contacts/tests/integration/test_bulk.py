"""One change to many people: looked at, made, taken back; whatever happens meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.ids import uuid7
from contacts.bulk import running, writing


@pytest.fixture
def three(person: Any) -> list[Any]:
    return [
        person(name="A", email="a@example.com", country="CN", tags=["old"]),
        person(name="B", email="b@example.com", country="CN", city="Wuhan"),
        person(name="C", email="c@example.com", country="DE"),
    ]


@pytest.fixture
def edited(api: Any, run_jobs: Any) -> Any:
    """Makes a bulk edit to the end; the edit."""

    def make(as_: Any = "default", **body: Any) -> Any:
        started = api.post("/people/bulk-edits", json=body, as_=as_)
        assert started.status_code == 202, started.text
        run_jobs()
        return api.get(f"/bulk-edits/{started.json['id']}", as_=as_).json

    return make


def now(api: Any, person: Any) -> Any:
    return api.get(f"/people/{person['id']}").json


def test_the_preview_is_what_becomes_of_them(api: Any, three: Any, edited: Any, outbox: Any) -> None:
    body = {"filter": {"country": "CN"}, "fill": {"city": "Beijing"}, "set": {"job_title": "Buyer"},
            "add_tags": ["new"], "remove_tags": ["old"]}  # fmt: skip
    shown = api.post("/people/bulk-edits/preview", json=body).json
    assert shown["count"] == 2
    assert shown["rows"][0] == {
        "id": three[0]["id"], "name": "A", "before": {"city": None, "job_title": None, "tags": ["old"]},
        "after": {"city": "Beijing", "job_title": "Buyer", "tags": ["new"]},
    }  # fmt: skip
    assert now(api, three[0])["version"] == three[0]["version"]
    edit = edited(**body)
    assert (edit["entity"], edit["total"], edit["counts"]) == ("people", 2, {"changed": 2})
    a, b, c = (now(api, person) for person in three)
    assert (a["city"], a["job_title"], a["tags"]) == ("Beijing", "Buyer", ["new"])
    assert (b["city"], b["job_title"], b["tags"]) == ("Wuhan", "Buyer", ["new"])
    assert c == three[2]
    assert outbox.types() == ["contact.created"] * 3 + ["people.changed"]
    told = outbox.one("people.changed")
    assert (told.subject, told.sequence) == (f"jobs/{edit['id']}", 1)
    assert [(one["person_id"], one["sequence"], one["tags"]) for one in told.data["people"]] == [
        (a["id"], a["version"], ["new"]), (b["id"], b["version"], ["new"]),
    ]  # fmt: skip
    assert told.personal[a["id"]]["emails"] == ["a@example.com"]
    again = edited(**body)
    assert again["counts"] == {"unchanged": 2}
    assert outbox.types().count("people.changed") == 1


def test_missing_values_are_filled_flagged_and_dropped(api: Any, three: Any, edited: Any) -> None:
    assert edited(filter={"missing": "city"}, add_tags=["no city"])["total"] == 2
    assert edited(filter={"tag": "no city", "country": "DE"}, fill={"city": "Berlin"})["counts"] == {"changed": 1}
    assert edited(ids=[three[2]["id"]], clear=["country"])["counts"] == {"changed": 1}
    assert (now(api, three[2])["city"], now(api, three[2])["country"]) == ("Berlin", None)


def test_an_undo_restores_what_nobody_changed_since(api: Any, three: Any, edited: Any, run_jobs: Any) -> None:
    edit = edited(filter={}, set={"job_title": "Buyer", "city": "Rome"}, add_tags=["new"])
    a, b = now(api, three[0]), now(api, three[1])
    assert api.patch(f"/people/{a['id']}", json={"city": "Paris", "tags": [*a["tags"], "mine"]},
                     if_match=a["version"]).status_code == 200  # fmt: skip
    assert api.delete(f"/people/{b['id']}", if_match=b["version"]).status_code == 204
    first = api.post(f"/bulk-edits/{edit['id']}/undo")
    assert first.status_code == 202
    assert api.post(f"/bulk-edits/{edit['id']}/undo").json["id"] == first.json["id"]
    run_jobs()
    assert api.get(f"/bulk-edits/{edit['id']}").json["counts"] == {"changed": 3, "restored": 1, "kept": 1}
    a, c = now(api, three[0]), now(api, three[2])
    assert (a["job_title"], a["city"], a["tags"]) == (None, "Paris", ["old", "mine"])
    assert (c["job_title"], c["city"], c["tags"]) == (None, None, [])
    assert "changed_since" in api.get(f"/jobs/{first.json['id']}/errors").text


def test_an_owner_given_in_bulk_is_given_back(
    api: Any, person: Any, colleague: Any, edited: Any, run_jobs: Any
) -> None:
    team = uuid7()
    li, wu = colleague("Li", team_id=team), colleague("Wu", team_id=uuid7())
    whom = person(owner_id=str(li))
    call = api.post("/interactions", json={"person_id": whom["id"], "channel": "call", "summary": "x"}).json
    edit = edited(ids=[whom["id"]], set={"owner_id": str(wu)})
    assert now(api, whom)["owner_id"] == str(wu)
    assert api.get(f"/interactions/{call['id']}").json["owner_id"] == str(wu)
    api.post(f"/bulk-edits/{edit['id']}/undo")
    run_jobs()
    assert (now(api, whom)["owner_id"], now(api, whom)["team_id"]) == (str(li), str(team))
    assert api.get(f"/interactions/{call['id']}").json["owner_id"] == str(li)


def test_who_was_changed_meanwhile_is_left_out_and_named(api: Any, three: Any, run_jobs: Any, outbox: Any) -> None:
    edit = api.post("/people/bulk-edits", json={"filter": {}, "set": {"city": "Rome"}}).json
    assert api.post(f"/bulk-edits/{edit['id']}/undo").status_code == 409
    assert api.patch(f"/people/{three[0]['id']}", json={"note": "x"}, if_match=three[0]["version"]).status_code == 200
    run_jobs()
    assert api.get(f"/bulk-edits/{edit['id']}").json["counts"] == {"changed": 2, "skipped": 1}
    assert now(api, three[0])["city"] is None
    errors = api.get(f"/jobs/{edit['id']}/errors").text
    assert three[0]["id"] in errors
    assert "changed_meanwhile" in errors


def test_a_worker_that_dies_is_followed_by_one_that_changes_nobody_twice(
    api: Any, three: Any, run_jobs: Any, outbox: Any, monkeypatch: Any, clock: Any
) -> None:
    monkeypatch.setattr(running, "STEP", 1)
    write, calls = writing.write, []

    def dying(*arguments: Any) -> Any:
        calls.append(1)
        result = write(*arguments)
        if len(calls) == 2:
            raise OSError("the process died here")
        return result

    monkeypatch.setattr(writing, "write", dying)
    edit = api.post("/people/bulk-edits", json={"filter": {}, "set": {"city": "Rome"}}).json
    run_jobs()
    assert api.get(f"/jobs/{edit['id']}").json["status"] == "waiting"
    clock.advance(minutes=1)
    run_jobs()
    assert api.get(f"/bulk-edits/{edit['id']}").json["counts"] == {"changed": 3}
    assert [event.sequence for event in outbox.events("people.changed")] == [1, 2, 3]
    assert [now(api, person)["version"] for person in three] == [person["version"] + 1 for person in three]


def test_it_goes_no_further_than_its_makers_reach(
    api: Any, person: Any, user: Any, colleague: Any, edited: Any
) -> None:
    me = user(reach="own", id=colleague("Me"))
    mine, other = person(owner_id=str(me.id), email="m@example.com"), person(email="o@example.com")
    refused = api.post("/people/bulk-edits", json={"ids": [mine["id"], other["id"]], "set": {"city": "X"}}, as_=me)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/ids/1")
    edit = edited(as_=me, filter={}, set={"city": "X"})
    assert edit["total"] == 1
    assert (now(api, mine)["city"], now(api, other)["city"]) == ("X", None)
    assert api.get(f"/bulk-edits/{edit['id']}", as_=user(reach="own")).status_code == 404
    assert api.post(f"/bulk-edits/{edit['id']}/undo", as_=user(reach="own")).status_code == 404
    partner = user(reach="partner", partner_id=uuid7())
    for path in ("/people/bulk-edits", "/people/bulk-edits/preview", f"/bulk-edits/{edit['id']}/undo"):
        assert (
            api.post(path, json={} if "undo" in path else {"filter": {}, "set": {"city": "X"}}, as_=partner).status_code
            == 403
        )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"filter": {}}, "set"), ({"set": {"city": "X"}}, "ids"),
        ({"filter": {}, "ids": [str(uuid7())], "clear": ["city"]}, "ids"),
        ({"filter": {"colour": "red"}, "clear": ["city"]}, "filter/colour"),
        ({"filter": {"limit": "1"}, "clear": ["city"]}, "filter/limit"),
        ({"filter": {"missing": "grade"}, "clear": ["city"]}, "filter/missing"),
        ({"filter": {}, "set": {"city": "X"}, "clear": ["city"]}, "city"),
        ({"filter": {}, "set": {"domain": "x.com"}}, "set/domain"),
        ({"filter": {}, "replace": [{"field": "grade", "find": "A"}]}, "replace/0/field"),
        ({"filter": {}, "set": {"custom": {"none": "X"}}}, "set/custom/none"),
        ({"filter": {}, "clear": ["custom.none"]}, "clear/custom/none"),
        ({"filter": {}, "set": {"country": "Narnia"}}, "set/country"), ({"filter": {}, "clear": ["name"]}, "clear/0"),
        ({"filter": {}, "set": {"company_id": str(uuid7())}}, "set/company_id"),
        ({"filter": {"country": "FR"}, "clear": ["city"]}, "filter"),
        ({"filter": {}, "add_tags": ["a"], "remove_tags": ["a"]}, "remove_tags"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_written(api: Any, three: Any, body: Any, field: str) -> None:
    refused = api.post("/people/bulk-edits", json=body)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, f"/{field}")
    assert api.get("/bulk-edits").json["data"] == []
