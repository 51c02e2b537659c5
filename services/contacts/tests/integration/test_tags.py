"""Tags by hand and by rule: given once, kept true, with who and why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from marshmallow.fields import String
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import dialect

from chassis.http.lists import ListSpec
from chassis.ids import uuid7
from contacts.people.model import Person


@pytest.fixture
def tag(api: Any) -> Any:
    def make(kind: str = "need", name: str = "training", **more: Any) -> Any:
        response = api.post("/tags", json={"kind": kind, "name": name} | more)
        assert response.status_code == 201, response.text
        return response.json

    return make


def having(api: Any, label: str) -> set[str]:
    return {row["id"] for row in api.get(f"/people?tag={label}").json["data"]}


def test_by_hand_in_bulk_and_twice(api: Any, person: Any, tag: Any, outbox: Any, user: Any) -> None:
    a, b = person(name="A"), person(name="B")
    company = api.post("/companies", json={"name": "Acme"}).json
    made, me = tag(), user()
    whom = {"person_ids": [a["id"], b["id"]], "company_ids": [company["id"]], "reason": "Asked on the phone"}
    answers = [api.post(f"/tags/{made['id']}/give", json=whom, as_=me).json for _ in range(2)]
    assert answers == [{"changed": 3, "unchanged": 0}, {"changed": 0, "unchanged": 3}]
    assert having(api, "need:training") == {a["id"], b["id"]}
    given = outbox.events("tag.given")
    assert [e.data["how"] for e in given] == ["hand"] * 3
    assert {e.data["person_id"] or e.data["company_id"] for e in given} == {a["id"], b["id"], company["id"]}
    taken = {"person_ids": [a["id"]], "reason": "Was done"}
    assert api.post(f"/tags/{made['id']}/take", json=taken, as_=me).json == {"changed": 1, "unchanged": 0}
    assert having(api, "need:training") == {b["id"]}
    (row,) = api.get(f"/people/{a['id']}/tags").json["data"]
    assert (row["given_how"], row["given_by"], row["given_why"]) == ("hand", str(me.id), "Asked on the phone")
    assert (row["taken_how"], row["taken_by"], row["taken_why"]) == ("hand", str(me.id), "Was done")
    assert outbox.one("tag.taken").data["person_id"] == a["id"]
    assert api.get(f"/companies/{company['id']}/tags").json["data"][0]["label"] == "need:training"


def test_a_stranger_in_the_list_refuses_all_of_it(api: Any, person: Any, tag: Any, outbox: Any) -> None:
    a, made = person(), tag()
    refused = api.post(f"/tags/{made['id']}/give", json={"person_ids": [a["id"], str(uuid7())]})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/person_ids/1")
    assert having(api, "need:training") == set()
    assert "tag.given" not in outbox.types()


def test_names_are_unique_per_kind(api: Any, tag: Any) -> None:
    tag("need", "VIP")
    tag("value", "VIP")
    assert api.post("/tags", json={"kind": "need", "name": "vip"}).status_code == 409
    for body, field in (
        ({"kind": "colour", "name": "x"}, "/kind"), ({"kind": "need", "name": "a:b"}, "/name"),
        ({"kind": "need", "name": "x", "colour": "red"}, "/colour"),
    ):  # fmt: skip
        refused = api.post("/tags", json=body)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, field)


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        ("x", "/rule"), ({}, "/rule"), ({"some": []}, "/rule/some"), ({"all": []}, "/rule/all"),
        ({"all": [{"not": {"field": "grade", "value": "A"}}]}, "/rule/all/0/not/field"),
        ({"any": [{"field": "country", "op": "gt", "value": "CN"}]}, "/rule/any/0/op"),
        ({"field": "owner_id", "value": "me"}, "/rule/value"),
        ({"field": "created_at", "op": "within_days", "value": -1}, "/rule/value"),
        ({"purchases": {"worth": {"gte": "much"}}}, "/rule/purchases/worth/gte"),
        ({"interactions": {"colour": "red"}}, "/rule/interactions/colour"),
        ({"consent": {"granted": True}}, "/rule/consent/purpose"),
        ({"field": "country", "value": "CN", "more": 1}, "/rule/more"),
        ({"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"survey": {}}}}}}}}}}, "/rule" + "/not" * 8),
    ],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_named_by_its_node(api: Any, rule: Any, pointer: str) -> None:
    for path, more in (("/tags/preview", {}), ("/tags", {"kind": "need", "name": "x"})):
        refused = api.post(path, json={"rule": rule} | more)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer), refused.text
    assert api.get("/tags").json["data"] == []


def order(deliver: Any, person_id: str, total: str, at: Any) -> None:
    data = {
        "order_id": str(uuid7()), "number": "1", "person_id": person_id, "total": total, "currency": "CNY",
        "placed_at": at.isoformat(), "deal_id": None, "company_id": None, "partner_id": None, "lines": [],
    }  # fmt: skip
    deliver("sales", "order.placed", data, subject=f"orders/{data['order_id']}")


def test_every_kind_of_condition_counts_whom_it_fits(api: Any, person: Any, deliver: Any, clock: Any) -> None:
    now = clock.advance(days=0)
    a, _ = person(name="A", country="CN", email="a@example.com"), person(name="B", country="DE")
    order(deliver, a["id"], "500.00", now)
    api.post("/interactions", json={"person_id": a["id"], "channel": "call", "direction": "in", "summary": "Hello"})
    api.post(f"/people/{a['id']}/consents", json={"purpose": "marketing", "text": "Yes"})
    survey = {"survey_id": str(uuid7()), "ticket_id": str(uuid7()), "person_id": a["id"], "score": 2}
    deliver("service-desk", "survey.answered", survey, subject=f"surveys/{survey['survey_id']}")
    rules: list[Any] = [
        {"field": "country", "value": "CN"}, {"field": "country", "op": "in", "value": ["CN", "JP"]},
        {"not": {"field": "country", "value": "DE"}}, {"field": "name", "op": "contains", "value": "a"},
        {"purchases": {"count": {"gte": 1}, "worth": {"gte": "500", "lt": 501}, "within_days": 30}},
        {"not": {"purchases": {"count": {"eq": 0}}}}, {"interactions": {"channel": "call", "within_days": 1}},
        {"consent": {"purpose": "marketing"}}, {"survey": {"score": {"lte": 2}}},
        {"all": [{"any": [{"field": "country", "value": "CN"}, {"survey": {}}]}, {"field": "source", "value": "api"}]},
    ]  # fmt: skip
    assert [api.post("/tags/preview", json={"rule": rule}).json["count"] for rule in rules] == [1] * len(rules)
    both = {"field": "created_at", "op": "within_days", "value": 1}
    assert api.post("/tags/preview", json={"rule": both}).json == {"count": 2}


def test_a_rule_follows_what_happens_and_time(
    api: Any, person: Any, tag: Any, deliver: Any, tick: Any, run_jobs: Any, clock: Any, outbox: Any
) -> None:
    now, a = clock.advance(days=0), person(name="A", email="a@example.com")
    made = tag("behaviour", "buyer", rule={"purchases": {"within_days": 30}})
    run_jobs()
    order(deliver, a["id"], "500.00", now)
    tick("retag")
    tick("retag")  # the sweep's own change settles
    assert having(api, "behaviour:buyer") == {a["id"]}
    assert api.post(f"/tags/{made['id']}/take", json={"person_ids": [a["id"]]}).status_code == 409
    clock.advance(days=31)
    tick("rerun_tags")
    run_jobs()
    assert having(api, "behaviour:buyer") == set()
    assert [(e.type, e.data["how"]) for e in outbox.events() if e.type.startswith("tag.")] == [
        ("tag.given", "rule"), ("tag.taken", "rule"),
    ]  # fmt: skip


def test_another_rule_is_run_over_everybody(api: Any, person: Any, tag: Any, run_jobs: Any) -> None:
    a, b = person(name="A", country="CN"), person(name="B", country="DE")
    made = tag("status", "home", rule={"field": "country", "value": "CN"})
    changed = api.patch(
        f"/tags/{made['id']}", json={"rule": {"field": "country", "value": "DE"}}, if_match=made["version"]
    )
    run_jobs()
    first, last = (api.get(f"/jobs/{run}").json["result"] for run in (made["run_id"], changed.json["run_id"]))
    assert (first, last) == ({"changed": 0, "superseded": True}, {"changed": 1, "superseded": False})
    assert (having(api, "status:home"), a["id"] != b["id"]) == ({b["id"]}, True)


def test_what_stands_in_the_record_counts(
    api: Any, person: Any, tag: Any, imported: Any, run_jobs: Any, tick: Any, database: Any
) -> None:
    a = person(name="A", email="a@example.com", tags=["vip"])
    tag("attribute", "vip")
    run_jobs()
    imported("name,email\nB,b@example.com\n", tags="vip")
    tick("retag")
    assert len(having(api, "vip")) == 2
    with database.transaction() as session:
        held = session.execute(text("SELECT given_how, taken_at FROM tag_givings")).all()
    assert held == [("record", None)] * 2
    now = api.get(f"/people/{a['id']}").json
    api.patch(f"/people/{a['id']}", json={"tags": []}, if_match=now["version"])
    tick("retag")
    assert api.get(f"/people/{a['id']}/tags").json["data"][0]["taken_how"] == "record"


def test_given_by_many_at_once_it_is_given_once(api: Any, person: Any, tag: Any, outbox: Any) -> None:
    people, made = [person(name=f"P{i}")["id"] for i in range(3)], tag()
    lists = [people, people[::-1]] * 4
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda ids: api.post(f"/tags/{made['id']}/give", json={"person_ids": ids}), lists))
    assert [a.status_code for a in answers] == [200] * 8
    assert sum(a.json["changed"] for a in answers) == 3 == len(outbox.events("tag.given"))


def test_the_filter_goes_by_the_index(database: Any) -> None:
    wanted = ListSpec(Person, {"tag": (Person.tag, String())}, ()).condition("tag", "vip")
    query = select(Person.id).where(wanted).compile(dialect=dialect(), compile_kwargs={"literal_binds": True})
    with database.transaction() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(session.scalars(text(f"EXPLAIN {query}".replace("%%", "%"))))
    assert "ix_people_tags" in plan
