"""Merging companies: the same mechanism, with people, name and domain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once


@pytest.fixture
def company(api: Any) -> Callable[..., Any]:
    def make(**data: Any) -> Any:
        response = api.post("/companies", json=data)
        assert response.status_code == 201, response.text
        return response.json

    return make


def merge(api: Any, survivor: Any, *losers: Any, **more: Any) -> Any:
    return api.post(f"/companies/{survivor['id']}/merge", json={"loser_ids": [one["id"] for one in losers]} | more)


def test_all_that_hung_on_the_loser_follows_and_comes_back(
    api: Any, company: Any, person: Any, outbox: Any, deliver: Any
) -> None:
    acme = company(name="Acme Ltd", tags=["a"], country="FR")
    other = company(
        name="Acme Holding", domain="acme.example", tags=["b"], city="Lyon", country="FR", phone="010-62345678"
    )
    ann = person(name="Ann", company_id=other["id"], email="ann@acme.example")
    task = api.post("/tasks", json={"company_id": other["id"], "title": "Call", "due_at": "2030-01-01T00:00:00Z"}).json
    logged = api.post("/interactions", json={"company_id": other["id"], "channel": "call", "direction": "in",
                                             "summary": "Asked"}).json  # fmt: skip
    before = outbox.types()
    shown = merge(api, acme, other, dry_run=True)
    assert (shown.status_code, outbox.types()) == (200, before), shown.text
    done = merge(api, acme, other)
    now, (merged,) = done.json["company"], done.json["merges"]
    assert {k: v for k, v in now.items() if k != "updated_at"} == {
        k: v for k, v in shown.json["company"].items() if k != "updated_at"
    }
    assert (now["name"], now["domain"], now["city"], now["tags"]) == ("Acme Ltd", "acme.example", "Lyon", ["a", "b"])
    fates = {name: (fate["takes"], fate["why"]) for name, fate in merged["fields"].items()}
    assert fates["name"] == ("survivor", "survivor")
    assert (fates["domain"], fates["location"]) == (("loser", "only_one"), ("loser", "completes"))
    gone = api.get(f"/companies/{other['id']}")
    assert (gone.status_code, gone.headers["Location"]) == (308, f"/api/v1/contacts/companies/{acme['id']}")
    moved = api.get(f"/people/{ann['id']}").json
    assert (moved["company_id"], moved["company_name"]) == (acme["id"], "Acme Ltd")
    assert [row["id"] for row in api.get("/people?q=acme ltd").json["data"]] == [ann["id"]]
    assert api.get(f"/tasks/{task['id']}").json["company_id"] == acme["id"]
    assert outbox.types()[len(before) :] == ["people.changed", "company.updated", "company.merged"]
    told = outbox.one("company.merged")
    assert (told.subject, told.data["survivor_id"], told.data["name"]) == (
        f"companies/{other['id']}",
        acme["id"],
        "Acme Ltd",
    )
    bo = person(name="Bo", company_id=other["id"])  # by its old id
    assert (bo["company_id"], bo["company_name"]) == (acme["id"], "Acme Ltd")

    first, again = (api.post(f"/merges/{merged['id']}/unmerge") for _ in range(2))
    assert (first.status_code, first.json) == (200, again.json), first.text
    back = api.get(f"/companies/{other['id']}").json
    assert (back["name"], back["domain"], back["city"]) == ("Acme Holding", "acme.example", "Lyon")
    left = api.get(f"/companies/{acme['id']}").json
    assert (left["name"], left["domain"], left["city"], left["tags"]) == ("Acme Ltd", None, None, ["a"])
    ann = api.get(f"/people/{ann['id']}").json
    assert (ann["company_id"], ann["company_name"]) == (other["id"], "Acme Holding")
    assert api.get(f"/people/{bo['id']}").json["company_id"] == acme["id"]
    assert api.get(f"/interactions/{logged['id']}").json["company_id"] == other["id"]
    assert outbox.one("company.unmerged").sequence == told.sequence + 1


def test_what_is_somebody_elses_by_the_time_of_the_parting_stays_theirs(api: Any, company: Any) -> None:
    a, b = company(name="Acme"), company(name="Globex", domain="globex.example")
    merged = merge(api, a, b, fields={"domain": a["id"]}).json["merges"][0]
    taker = company(name="Globex Inc.", domain="globex.example")
    assert api.post(f"/merges/{merged['id']}/unmerge").status_code == 200
    back = api.get(f"/companies/{b['id']}").json
    assert (back["name"], back["domain"], back["namesake"]) == ("Globex", None, True)
    assert api.get(f"/companies/{taker['id']}").json["domain"] == "globex.example"


def test_overlapping_merges_at_once_end_in_one_company(api: Any, company: Any, person: Any, outbox: Any) -> None:
    companies = [company(name=f"Firm {name}") for name in ("one", "two", "three", "four")]
    staff = [person(name=f"P{i}", company_id=one["id"]) for i, one in enumerate(companies)]
    ring = [(companies[i], companies[(i + 1) % 4]) for i in range(4)]
    assert {r.status_code for r in at_once(*(lambda pair=pair: merge(api, *pair) for pair in ring * 3))} == {200}
    (left,) = api.get("/companies").json["data"]
    assert {api.get(f"/people/{one['id']}").json["company_id"] for one in staff} == {left["id"]}
    assert outbox.types().count("company.merged") == 3


def test_people_made_while_their_company_is_merged_away_are_the_survivors(api: Any, company: Any) -> None:
    a, b = company(name="Acme"), company(name="Globex")
    makers = [lambda i=i: api.post("/people", json={"name": f"P{i}", "company_id": b["id"]}) for i in range(7)]
    answers = at_once(*makers, lambda: merge(api, a, b))
    assert {r.status_code for r in answers} <= {200, 201}, [r.text for r in answers]
    people = api.get("/people").json["data"]
    assert (len(people), {(p["company_id"], p["company_name"]) for p in people}) == (7, {(a["id"], "Acme")})


def test_what_makes_no_sense_is_refused(api: Any, company: Any, user: Any, outbox: Any) -> None:
    a, b = company(name="Acme"), company(name="Globex")
    before = outbox.types()
    assert merge(api, a, {"id": str(uuid7())}).status_code == 404
    assert merge(api, a, a).status_code == 422
    assert merge(api, a, b, fields={"grade": a["id"]}).status_code == 422
    assert merge(api, a, b, strategy="loudest").status_code == 422
    partner = user(reach="partner", partner_id=uuid7())
    body = {"loser_id": b["id"]}
    assert api.post(f"/companies/{a['id']}/merge", json=body, as_=partner).status_code == 403
    assert outbox.types() == before


def test_daughters_come_along_and_nobody_belongs_to_themselves(api: Any, company: Any, outbox: Any) -> None:
    top = company(name="Top")
    loser = company(name="Old", parent_id=top["id"], phones=["010-62345678"])
    survivor = company(name="New", parent_id=loser["id"], phones=["010-62345679"])
    daughter = company(name="Daughter", parent_id=loser["id"])
    done = merge(api, survivor, loser, fields={"phone": loser["id"]})
    now, (merged,) = done.json["company"], done.json["merges"]
    assert (now["parent_id"], now["phone"]) == (top["id"], "+861062345678"), done.text
    assert [point["value"] for point in now["phones"]] == ["+861062345678", "+861062345679"]
    assert api.get(f"/companies/{daughter['id']}").json["parent_id"] == survivor["id"]
    assert outbox.events("company.updated")[0].data["parent_id"] == survivor["id"]
    assert api.post(f"/merges/{merged['id']}/unmerge").status_code == 200
    parents = {one["name"]: api.get(f"/companies/{one['id']}").json["parent_id"] for one in (survivor, loser, daughter)}
    assert parents == {"New": loser["id"], "Old": top["id"], "Daughter": loser["id"]}
    assert api.get(f"/companies/{survivor['id']}").json["phone"] == "+861062345679"


def told(outbox: Any, since: int) -> list[tuple[str, str, int]]:
    """Whom `people.changed` told of since then: id, company, version."""
    bundles = [event.data["people"] for event in outbox.events()[since:] if event.type == "people.changed"]
    return [(one["person_id"], one["company_id"], one["sequence"]) for many in bundles for one in many]


def test_people_of_two_companies_of_one_name_are_told_of_when_they_move(
    api: Any, company: Any, person: Any, outbox: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contacts.people.companions.AT_ONCE", 2)
    a, b = company(name="Acme"), company(name="Acme", namesake=True)
    stays = person(name="Ann", company_id=a["id"])
    moves = sorted(person(name=f"P{i}", company_id=b["id"])["id"] for i in range(5))
    since = len(outbox.types())
    merged = merge(api, a, b).json["merges"][0]
    run_jobs()
    assert told(outbox, since) == [(id_, a["id"], 2) for id_ in moves]
    since = len(outbox.types())
    assert api.post(f"/merges/{merged['id']}/unmerge").status_code == 200
    run_jobs()
    assert told(outbox, since) == [(id_, b["id"], 3) for id_ in moves]
    assert api.get(f"/people/{stays['id']}").json["version"] == 1
