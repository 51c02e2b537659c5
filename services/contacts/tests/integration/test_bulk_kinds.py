"""Bulk edits of companies, of custom fields and of names; what a preview says of who would be left out."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest

from contacts.bulk import running


@pytest.fixture
def edited(api: Any, run_jobs: Any) -> Any:
    """Makes a bulk edit of `entity` to the end; the edit."""

    def make(entity: str = "people", **body: Any) -> Any:
        started = api.post(f"/{entity}/bulk-edits", json=body)
        assert started.status_code == 202, started.text
        run_jobs()
        return api.get(f"/bulk-edits/{started.json['id']}").json

    return make


@pytest.fixture
def undone(api: Any, run_jobs: Any) -> Any:
    def undo(edit: Any) -> Any:
        assert api.post(f"/bulk-edits/{edit['id']}/undo").status_code == 202
        run_jobs()
        return api.get(f"/bulk-edits/{edit['id']}").json["counts"]

    return undo


def companies(api: Any, *names: str, **said: Any) -> list[Any]:
    return [api.post("/companies", json={"name": name, **said}).json for name in names]


def now(api: Any, entity: str, record: Any) -> Any:
    return api.get(f"/{entity}/{record['id']}").json


def test_companies_are_edited_and_given_back(api: Any, edited: Any, undone: Any, outbox: Any, field: Any) -> None:
    field("tier", "choice", entity="companies", choices=[{"value": "a", "label": {"en": "A"}}])
    first, second = companies(api, "Acme GmbH", "Beta GmbH", country="DE", tags=["old"])
    body = {"filter": {"country": "DE"}, "set": {"industry": "steel", "roles": ["partner"], "custom": {"tier": "a"}},
            "fill": {"city": "Bonn"}, "add_tags": ["new"], "remove_tags": ["old"]}  # fmt: skip
    shown = api.post("/companies/bulk-edits/preview", json=body).json
    assert (shown["count"], shown["counts"]) == (2, {"changed": 2})
    assert shown["rows"][0]["after"] == {
        "industry": "steel", "roles": ["partner"], "city": "Bonn", "tags": ["new"], "custom.tier": "a",
    }  # fmt: skip
    edit = edited("companies", **body)
    assert (edit["entity"], edit["counts"]) == ("companies", {"changed": 2})
    told = outbox.one("companies.changed")
    assert {(one["company_id"], one["sequence"], one["custom"]["tier"]) for one in told.data["companies"]} == {
        (first["id"], 2, "a"), (second["id"], 2, "a"),
    }  # fmt: skip
    after = now(api, "companies", first)
    assert (after["industry"], after["roles"], after["city"], after["tags"], after["custom"]) == (
        "steel", ["partner"], "Bonn", ["new"], {"tier": "a"},
    )  # fmt: skip
    assert api.patch(f"/companies/{second['id']}", json={"city": "Köln"}, if_match=2).status_code == 200
    assert undone(edit) == {"changed": 2, "restored": 1, "kept": 1}
    same = {name: value for name, value in first.items() if name not in ("version", "updated_at")}
    assert now(api, "companies", first) | same == now(api, "companies", first)
    assert now(api, "companies", second)["city"] == "Köln"


def test_custom_fields_of_people_are_set_filled_and_cleared(
    api: Any, person: Any, edited: Any, undone: Any, field: Any
) -> None:
    field("segment")
    field("budget", "number")
    a, b = person(name="A", custom={"segment": "x", "budget": 5}), person(name="B")
    edit = edited(filter={}, fill={"custom": {"segment": "y"}}, clear=["custom.budget"])
    assert edit["counts"] == {"changed": 2}
    assert (now(api, "people", a)["custom"], now(api, "people", b)["custom"]) == ({"segment": "x"}, {"segment": "y"})
    assert undone(edit) == {"changed": 2, "restored": 2}
    assert (now(api, "people", a)["custom"], now(api, "people", b)["custom"]) == ({"segment": "x", "budget": 5}, {})


def test_a_unique_field_and_a_required_one_are_refused(api: Any, person: Any, field: Any) -> None:
    field("number", unique=True)
    person(name="A")
    refused = api.post("/people/bulk-edits", json={"filter": {}, "set": {"custom": {"number": "1"}}})
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "unique")
    field("must", required=True)
    refused = api.post("/people/bulk-edits", json={"filter": {}, "clear": ["custom.must"]})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/clear/custom/must")


def test_a_part_of_names_is_replaced(api: Any, person: Any, edited: Any, undone: Any) -> None:
    a, b = person(name="Dr. Li", phone="+8621 5555 0000"), person(name="Wu", email="w@example.com")
    edit = edited(filter={}, replace=[{"field": "name", "find": "Dr.", "by": ""}])
    assert edit["counts"] == {"changed": 1, "unchanged": 1}
    assert (now(api, "people", a)["name"], now(api, "people", b)["version"]) == ("Li", 1)
    assert api.get("/people?q=Li").json["data"][0]["id"] == a["id"]
    found = api.post("/people/identify", json={"name": "Li", "phone": "+8621 5555 0000"}).json
    assert (found["id"], found["matched"]) == (a["id"], True)  # a shared number goes by the name that they have now
    assert undone(edit) == {"changed": 1, "unchanged": 1, "restored": 1}
    assert now(api, "people", a)["name"] == "Dr. Li"


def test_names_of_companies_stay_unique(api: Any, edited: Any) -> None:
    first, second = companies(api, "Acme East", "Acme West")
    edit = edited("companies", filter={}, replace=[
        {"field": "name", "find": "East", "by": "North"},
    ])  # fmt: skip
    assert edit["counts"] == {"changed": 1, "unchanged": 1}
    edit = edited("companies", ids=[first["id"], second["id"]], set={"name": "Acme"})
    assert edit["counts"] == {"changed": 1, "failed": 1}
    assert sorted(now(api, "companies", one)["name"] for one in (first, second)) in (
        ["Acme", "Acme West"], ["Acme", "Acme North"],
    )  # fmt: skip
    assert "refused" in api.get(f"/jobs/{edit['id']}/errors").text


def test_a_company_in_two_ways(api: Any, person: Any, edited: Any, undone: Any) -> None:
    acme, beta = companies(api, "Acme", "Beta")
    moved, new = person(name="A", company_id=acme["id"]), person(name="B")
    edit = edited(filter={}, set={"company_id": beta["id"]})
    assert edit["counts"] == {"changed": 2}
    assert {now(api, "people", one)["company_name"] for one in (moved, new)} == {"Beta"}
    former = api.get(f"/people/{moved['id']}/relationships").json["data"]
    assert [one["company_id"] for one in former if "company_id" in one] in ([acme["id"]], [])
    assert len(former) == 1
    assert api.get("/people?q=Beta").json["data"] != []
    assert undone(edit) == {"changed": 2, "restored": 2}
    assert (now(api, "people", moved)["company_name"], now(api, "people", new)["company_name"]) == ("Acme", None)


def test_a_company_does_not_come_to_belong_to_itself(api: Any, edited: Any) -> None:
    top, low = companies(api, "Top", "Low")
    edit = edited("companies", filter={}, set={"parent_id": top["id"]})
    assert edit["counts"] == {"changed": 1, "failed": 1}
    assert (now(api, "companies", top)["parent_id"], now(api, "companies", low)["parent_id"]) == (None, top["id"])


def test_a_place_that_does_not_belong_together_is_left_as_it_is(api: Any, person: Any, edited: Any) -> None:
    here, there = person(name="A", country="CN"), person(name="B", country="DE")
    body = {"filter": {}, "set": {"postcode": "200120"}}
    shown = api.post("/people/bulk-edits/preview", json=body).json
    assert shown["counts"] == {"changed": 1, "refused": 1}
    assert [(one["id"], one["code"]) for one in shown["left_out"]] == [(there["id"], "refused")]
    assert edited(**body)["counts"] == {"changed": 1, "failed": 1}
    assert (now(api, "people", here)["postcode"], now(api, "people", there)["postcode"]) == ("200120", None)


def test_the_preview_says_who_would_be_left_out_and_the_edit_does(
    api: Any, person: Any, user: Any, colleague: Any, edited: Any, clock: Any
) -> None:
    me = user(reach="own", id=colleague("Me"))
    mine, theirs = person(name="A", owner_id=str(me.id)), person(name="B")
    ids = [mine["id"], theirs["id"]]
    shown = api.post("/people/bulk-edits/preview", json={"ids": ids, "set": {"city": "X"}}, as_=me).json
    assert (shown["count"], shown["counts"]) == (1, {"changed": 1, "out_of_reach": 1})
    assert [(one["id"], one["code"]) for one in shown["left_out"]] == [(theirs["id"], "out_of_reach")]
    clock.advance(seconds=5)
    assert api.patch(f"/people/{theirs['id']}", json={"note": "x"}, if_match=1).status_code == 200
    body = {"ids": ids, "set": {"city": "X"}, "seen_at": shown["seen_at"]}
    again = api.post("/people/bulk-edits/preview", json=body).json
    assert again["counts"] == {"changed": 1, "changed_meanwhile": 1}
    edit = edited(**body)
    assert edit["counts"] == {"changed": 1, "skipped": 1}
    assert now(api, "people", theirs)["city"] is None


def test_a_required_field_is_not_emptied(api: Any, person: Any, edited: Any, admin: Any) -> None:
    rules = next(row for row in api.get("/required-fields").json["data"] if row["entity"] == "people")
    whom = person(name="A", city="Rome")
    said = api.patch(f"/required-fields/{rules['id']}", json={"api": ["city"]}, if_match=rules["version"], as_=admin)
    assert said.status_code == 200
    assert edited(filter={}, clear=["city"])["counts"] == {"failed": 1}
    assert now(api, "people", whom)["city"] == "Rome"


def test_what_a_name_takes_from_another_meanwhile_stays_theirs(api: Any, edited: Any, undone: Any) -> None:
    (acme,) = companies(api, "Acme")
    edit = edited("companies", filter={}, set={"name": "Other", "city": "Rome"})
    companies(api, "Acme")
    assert undone(edit) == {"changed": 1, "kept": 1}
    assert (now(api, "companies", acme)["name"], now(api, "companies", acme)["city"]) == ("Other", None)


def test_two_edits_of_the_same_people_at_once(api: Any, person: Any, run_jobs: Any, monkeypatch: Any) -> None:
    """Each is about people as they were when it was asked for: who comes second finds them changed."""
    monkeypatch.setattr(running, "STEP", 2)
    for number in range(6):
        person(name=f"P{number}")
    first, second = (
        api.post("/people/bulk-edits", json={"filter": {}, "set": {"city": city}}).json for city in ("Rome", "Oslo")
    )
    gate = Barrier(2)

    def work() -> None:
        gate.wait()
        run_jobs()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = [api.get(f"/bulk-edits/{edit['id']}").json["counts"] for edit in (first, second)]
    assert sum(one.get("changed", 0) for one in counts) == 6
    assert sum(one.get("skipped", 0) for one in counts) == 6
    assert {one["version"] for one in api.get("/people").json["data"]} == {2}
