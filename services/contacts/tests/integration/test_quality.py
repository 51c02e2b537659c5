"""How good the records are: what they lack, who keeps them, who should look at them again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis import clock as business_clock
from chassis.ids import uuid7

WHOLE = {
    "email": "li@example.com", "phone": "13800138000", "company_name": "Acme", "job_title": "Buyer", "country": "CN",
    "city": "Shenzhen", "postcode": "518000", "address": "Road 1",
}  # fmt: skip


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["name"] for row in answer.json["data"]]


def test_the_score_says_what_is_missing(api: Any, person: Any, colleague: Any) -> None:
    bare, whole = person(name="Bare", email="bare@example.com"), person(**WHOLE, owner_id=str(colleague()))
    found = api.get(f"/people/{bare['id']}/completeness").json
    assert found["score"] == 20 + (10 if bare["owner_id"] else 0)
    assert found["missing"][:2] == [{"field": "phone", "weight": 20}, {"field": "company_name", "weight": 15}]
    assert api.get(f"/people/{whole['id']}/completeness").json == {
        "score": 100, "missing": [], "verified_at": None, "verified_by": None,
    }  # fmt: skip
    company = api.post("/companies", json={"name": "Bee", "domain": "bee.example", "country": "CN"}).json
    assert api.get(f"/companies/{company['id']}/completeness").json["score"] in (30, 40)
    assert api.get(f"/people/{uuid7()}/completeness").status_code == 404


def test_verified_once_more_is_verified_later(api: Any, person: Any, user: Any, outbox: Any) -> None:
    whom, me = person(), user()
    first = api.post(f"/people/{whom['id']}/verify", as_=me)
    assert (first.status_code, first.json["verified_by"]) == (200, str(me.id))
    again = api.post(f"/people/{whom['id']}/verify", as_=me).json
    assert again["verified_at"] > first.json["verified_at"]
    assert api.get(f"/people/{whom['id']}").json["version"] == whom["version"]
    assert outbox.types().count("contact.updated") == 0


def test_stale_is_what_nobody_verified_changed_or_touched(api: Any, person: Any, clock: Any) -> None:
    people = {name: person(name=name, email=f"{name}@example.com") for name in ("a", "b", "c", "d")}
    clock.advance(days=100)
    new = person(name="new", email="new@example.com")
    assert names(api.get("/people/stale?days=90")) == ["a", "b", "c", "d"]
    assert api.post(f"/people/{people['a']['id']}/verify").status_code == 200
    assert (
        api.patch(f"/people/{people['b']['id']}", json={"city": "X"}, if_match=people["b"]["version"]).status_code
        == 200
    )
    call = {"person_id": people["c"]["id"], "channel": "call", "summary": "Hello"}
    assert api.post("/interactions", json=call).status_code == 201
    assert names(api.get("/people/stale?days=90")) == ["d"]
    assert names(api.get("/people/stale?days=90&since=changed")) == ["a", "c", "d"]
    assert names(api.get("/people/stale?days=90&since=verified,touched&sort=name")) == ["b", "d"]
    assert names(api.get("/people/stale?days=101")) == []
    page = api.get("/people/stale?days=90&since=changed&limit=2").json
    assert [row["name"] for row in page["data"]] == ["a", "c"]
    assert names(api.get(f"/people/stale?days=90&since=changed&limit=2&cursor={page['next_cursor']}")) == ["d"]
    assert new["name"] == "new"


def test_what_is_missing_leads_to_the_list_of_it(api: Any, person: Any) -> None:
    person(name="a", email="a@example.com", source="web_form", country="CN")
    person(name="b", email="b@example.com", source="web_form", job_title="Buyer")
    person(name="c", phone="13800138000", source="fair", country="CN")
    groups = {g["key"]: g for g in api.get("/quality/people/missing?by=source").json["data"]}
    assert {key: g["count"] for key, g in groups.items()} == {"web_form": 2, "fair": 1}
    lacks = {m["field"]: m for m in groups["web_form"]["missing"]}
    assert (lacks["email"]["count"], lacks["phone"]["count"], lacks["job_title"]["count"]) == (0, 2, 1)
    assert names(api.get(lacks["job_title"]["list"])) == ["a"]
    assert names(api.get("/people/incomplete?missing=phone,country")) == ["b"]
    only = api.get("/quality/people/missing?by=source&country=CN").json["data"]
    assert {g["key"]: g["count"] for g in only} == {"web_form": 1, "fair": 1}
    assert "country=CN" in only[0]["missing"][0]["list"]


def test_each_owner_has_a_score_within_the_askers_reach(api: Any, person: Any, colleague: Any, user: Any) -> None:
    team = uuid7()
    li, me = colleague("Li", team_id=team), user(reach="team", team_id=team)
    person(**WHOLE, owner_id=str(li))
    person(email="x@example.com", owner_id=str(li))
    person(email="y@example.com", owner_id=str(colleague("Wu", team_id=uuid7())))
    everybody = api.get("/quality/people/completeness").json["data"]
    assert [(g["name"], g["count"], g["score"], g["complete"]) for g in everybody] == [
        ("Li", 2, 65.0, 1), ("Wu", 1, 30.0, 0),
    ]  # fmt: skip
    mine = api.get("/quality/people/completeness", as_=me).json["data"]
    assert [(g["key"], g["count"]) for g in mine] == [(str(li), 2)]
    assert api.get("/quality/people/completeness?by=team", as_=me).json["data"][0]["key"] == str(team)


def test_how_soon_each_user_enters(api: Any, person: Any, user: Any, colleague: Any) -> None:
    me = user(id=colleague("Li"))
    whom = api.post("/people", json={"name": "A", "email": "a@example.com"}, as_=me).json
    for minutes in (10, 20, 60 * 48):
        at = (business_clock.now() - timedelta(minutes=minutes)).isoformat()
        call = {"person_id": whom["id"], "channel": "call", "summary": "x", "at": at}
        assert api.post("/interactions", json=call, as_=me).status_code == 201
    (row,) = api.get("/quality/timeliness").json["data"]
    assert (row["user_id"], row["name"], row["interactions"], row["within_a_day"]) == (str(me.id), "Li", 3, 2)
    assert row["median_minutes"] == pytest.approx(20, abs=0.5)
    assert (row["people"], row["score"], row["complete"]) == (1, 30.0, 0)
    assert api.get("/quality/timeliness?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z").json["data"] == []


@pytest.mark.parametrize(
    ("path", "name"),
    [("/people/stale?days=0", "days"), ("/people/stale?since=seen", "since"), ("/people/incomplete", "missing"),
     ("/people/incomplete?missing=grade", "missing"), ("/quality/people/missing?by=mood", "by"),
     ("/quality/people/missing?limit=3", "limit"), ("/quality/people/completeness?colour=red", "colour"),
     ("/quality/timeliness?from=2020-01-01T00:00:00Z", "from")],
)  # fmt: skip
def test_what_is_wrong_is_named(api: Any, path: str, name: str) -> None:
    refused = api.get(path)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (400, f"/{name}")


def test_partners_have_no_part_in_it(api: Any, person: Any, user: Any) -> None:
    partner = user(reach="partner", partner_id=uuid7())
    theirs = person(partner_id=str(partner.partner_id))
    for path in (f"/people/{theirs['id']}/completeness", "/people/stale", "/people/incomplete?missing=phone",
                 "/quality/people/completeness", "/quality/people/missing", "/quality/timeliness"):  # fmt: skip
        assert api.get(path, as_=partner).status_code == 403
    assert api.post(f"/people/{theirs['id']}/verify", as_=partner).status_code == 403
