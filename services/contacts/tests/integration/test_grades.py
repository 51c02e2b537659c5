"""Grades: by thresholds and by fifths, by hand, by age; and the stages of the life cycle."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis.ids import uuid7
from chassis.testing import at_once
from contacts.grades.actions import grade_all
from contacts.people.model import Person

SCHEME = {
    "method": "thresholds",
    "thresholds": {"recency": [365, 180, 90, 30], "frequency": [2, 3, 5, 10], "monetary": [100, 200, 300, 400]},
    "a": [{"monetary": 5}],
    "reason": "small orders count here",
}


@pytest.fixture
def bought(deliver: Any, clock: Any) -> Any:
    """Delivers an order: `bought(person, "120000.00", days=3)` days ago; its data."""

    def deliver_order(person: Any, total: str, days: float = 0, **more: Any) -> dict[str, Any]:
        at = (clock.instant - timedelta(days=days)).isoformat()
        order = {
            "order_id": str(uuid7()), "number": "O-1", "person_id": person["id"], "company_id": None, "owner_id": None,
            "team_id": None, "partner_id": None, "deal_id": str(uuid7()), "status": "placed", "total": total,
            "currency": "CNY", "placed_at": at, "lines": [],
        } | more  # fmt: skip
        deliver("sales", "order.placed", order)
        return order

    return deliver_order


@pytest.fixture
def change(api: Any, user: Any) -> Any:
    """Changes the grading scheme as an administrator: `change(scheme, 2)` where 2 is the one that holds."""
    admin = user(scopes="contacts:read contacts:write gateway:admin")
    return lambda scheme, number=1: api.put("/grading-scheme", json=scheme, if_match=number, as_=admin)


def cancel(deliver: Any, order: dict[str, Any]) -> None:
    kept = {name: value for name, value in order.items() if name not in ("placed_at", "lines")}
    deliver("sales", "order.cancelled", kept | {"status": "cancelled"})


def credit(deliver: Any, order: dict[str, Any], credited: str) -> None:
    """Tells of a credit note: `credited` of the order by now."""
    of_order = {"order_total": order["total"], "order_credited": credited, "order_placed_at": order["placed_at"]}
    ids = ("order_id", "person_id", "company_id", "owner_id", "team_id", "partner_id", "deal_id", "currency")
    note = {
        "credit_note_id": str(uuid7()), "number": "CN-2026-000001", "order_number": "O-1", "order_status": "delivered",
        "net": "1.00", "tax": "0.00", "total": "1.00", "settled": "1.00", "refundable": "0.00",
        "issued_at": order["placed_at"],
        "lines": [dict.fromkeys(("cancelled", "returned", "net", "tax", "total"), "1.00") | {"position": 1}],
    }  # fmt: skip
    deliver("sales", "credit_note.issued", note | of_order | {name: order[name] for name in ids})


def test_what_is_credited_of_an_order_is_worth_no_more_whichever_news_comes_first(
    api: Any, person: Any, bought: Any, deliver: Any, clock: Any
) -> None:
    li, late = person(name="Li Na", email="li@example.com"), person(name="Late", email="late@example.com")
    order = bought(li, "120000.00")
    assert api.get(f"/people/{li['id']}").json["grade"] == "A"
    for credited in ("30000.00", "119000.00", "30000.00"):
        credit(deliver, order, credited)
    shown = api.get(f"/people/{li['id']}/grade").json
    assert (shown["orders"], shown["worth"], shown["automatic"]) == (1, "1000.00", "C")
    order = {"order_id": str(uuid7()), "person_id": late["id"], "placed_at": clock.instant.isoformat()}
    order |= dict.fromkeys(("company_id", "owner_id", "team_id", "partner_id", "deal_id"))
    credit(deliver, order | {"total": "1000.00", "currency": "USD"}, "400.00")
    bought(late, "1000.00", order_id=order["order_id"], currency="USD")
    shown = api.get(f"/people/{late['id']}/grade").json
    assert (shown["orders"], shown["worth"]) == (1, "4320.00")
    cancel(deliver, order | {"total": "1000.00", "currency": "USD", "number": "O-1"})
    assert api.get(f"/people/{late['id']}/grade").json["orders"] == 0


def test_a_grade_shows_what_is_behind_it(api: Any, person: Any, bought: Any, outbox: Any) -> None:
    li = person(name="Li Na", email="li@example.com")
    bought(li, "20000.00", days=40)
    bought(li, "15000.00", days=100)
    assert api.get(f"/people/{li['id']}/grade").json == {
        "grade": "A", "rfm": {"recency": 4, "frequency": 2, "monetary": 4}, "automatic": "A", "override": None,
        "reason": None, "until": None, "by": None, "orders": 2, "worth": "35000.00",
        "last_order_at": "2026-01-21T09:00:00Z", "due_at": "2026-04-21T09:00:00.000001Z",
    }  # fmt: skip
    assert outbox.events("contact.graded")[-1].data["overridden"] is False


def test_a_cancelled_order_counts_no_more_whichever_news_comes_first(
    api: Any, person: Any, bought: Any, deliver: Any
) -> None:
    li, late = person(name="Li Na", email="li@example.com"), person(name="Late", email="late@example.com")
    order = bought(li, "120000.00")
    assert api.get(f"/people/{li['id']}").json["grade"] == "A"
    cancel(deliver, order)
    cancel(deliver, order)
    assert api.get(f"/people/{li['id']}").json["grade"] is None
    early = order | {"order_id": str(uuid7()), "person_id": late["id"]}
    cancel(deliver, early)
    bought(late, "120000.00", order_id=early["order_id"])
    assert api.get(f"/people/{late['id']}").json["grade"] is None


def test_time_alone_lowers_recency_and_makes_a_former_customer(
    api: Any, change: Any, person: Any, bought: Any, clock: Any, tick: Any, outbox: Any
) -> None:
    change(SCHEME | {"former_days": 200})
    li = person(name="Li Na", email="li@example.com")
    bought(li, "500.00")
    for days, recency, stage in ((30, 5, "customer"), (60, 3, "customer"), (111, 2, "former")):
        clock.advance(days=days, seconds=1 if days > 30 else 0)
        told = len(outbox.types())
        tick("regrade")
        found = api.get(f"/people/{li['id']}").json
        assert (found["rfm"]["recency"], found["lifecycle"]) == (recency, stage)
    assert outbox.types()[told:] == ["contact.updated", "contact.graded"]
    tick("regrade")
    assert outbox.types()[told:] == ["contact.updated", "contact.graded"]
    stages = api.get(f"/people/{li['id']}/stages").json["data"]
    assert [(one["from_stage"], one["to_stage"], one["cause"]) for one in stages] == [
        ("customer", "former", "age"), ("contact", "customer", "order.placed"),
    ]  # fmt: skip
    bought(li, "5.00")
    assert api.get(f"/people/{li['id']}").json["lifecycle"] == "customer"


def test_a_grade_set_by_hand_holds_until_its_end(
    api: Any, person: Any, bought: Any, clock: Any, tick: Any, outbox: Any
) -> None:
    li = person(name="Li Na", email="li@example.com")
    until = (clock.instant + timedelta(days=10)).isoformat()
    set_ = api.put(f"/people/{li['id']}/grade", json={"grade": "A", "reason": "a friend of the house", "until": until})
    assert (set_.status_code, set_.json["grade"], set_.json["automatic"]) == (200, "A", None)
    bought(li, "5.00")
    shown = api.get(f"/people/{li['id']}/grade").json
    assert (shown["grade"], shown["automatic"], shown["reason"]) == ("A", "C", "a friend of the house")
    assert outbox.events("contact.graded")[-1].data["overridden"] is True
    clock.advance(days=10)
    tick("regrade")
    assert api.get(f"/people/{li['id']}/grade").json["grade"] == "C"
    history = api.get(f"/people/{li['id']}/grades").json["data"]
    assert [(one["from_grade"], one["to_grade"], one["cause"]) for one in history] == [
        ("A", "C", "override_ended"), (None, "A", "override"),
    ]  # fmt: skip
    assert api.delete(f"/people/{li['id']}/grade").json["code"] == "not_overridden"


def test_what_is_no_grade_is_refused_and_nothing_is_set(api: Any, person: Any, outbox: Any, clock: Any) -> None:
    li = person(name="Li Na", email="li@example.com")
    told = outbox.types()
    path, past = f"/people/{li['id']}/grade", (clock.instant - timedelta(days=1)).isoformat()
    for body, field in (
        ({"grade": "D", "reason": "x"}, "/grade"), ({"grade": "A"}, "/reason"),
        ({"grade": "A", "reason": "x", "until": past}, "/until"),
    ):  # fmt: skip
        refused = api.put(path, json=body)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, field)
    assert api.get(path).json["override"] is None
    assert outbox.types() == told


def test_a_new_scheme_grades_everybody_anew(
    api: Any, change: Any, person: Any, bought: Any, run_jobs: Any, outbox: Any
) -> None:
    li, wang = person(name="Li Na", email="li@example.com"), person(name="Wang", email="wang@example.com")
    bought(li, "450.00")
    assert api.get(f"/people/{li['id']}").json["grade"] == "C"
    told = len(outbox.events("contact.graded"))
    changed = change(SCHEME)
    assert (changed.status_code, changed.json["number"]) == (200, 2)
    assert change(SCHEME).status_code == 412
    run_jobs()
    assert api.get(f"/people/{li['id']}").json["grade"] == "A"
    assert [event.data["person_id"] for event in outbox.events("contact.graded")[told:]] == [li["id"]]
    assert api.get(f"/people/{li['id']}/grades").json["data"][0]["cause"] == "scheme"
    assert [one["reason"] for one in api.get("/grading-scheme/history").json["data"]] == [
        "small orders count here", "as the platform comes",
    ]  # fmt: skip
    rising = SCHEME | {"thresholds": SCHEME["thresholds"] | {"recency": [30, 90, 180, 365]}}
    refused = change(rising, 2)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/thresholds/recency")
    assert api.get("/grading-scheme").json["number"] == 2
    assert wang["grade"] is None


def test_of_two_who_change_the_scheme_at_once_one_is_told(change: Any) -> None:
    answers = at_once(*[lambda: change(SCHEME) for _ in range(4)])
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


def test_by_fifths_customers_are_measured_against_each_other(
    api: Any, change: Any, person: Any, bought: Any, run_jobs: Any, tick: Any, clock: Any
) -> None:
    buyers = [person(name=f"Buyer {i}", email=f"b{i}@example.com") for i in range(10)]
    for i, buyer in enumerate(buyers):
        bought(buyer, f"{(i + 1) * 10}.00", days=20 - i)
    changed = change(SCHEME | {"method": "quintiles"}).json
    assert changed["cuts"]["monetary"] == ["20.00", "40.00", "60.00", "80.00"]
    run_jobs()
    scores = [api.get(f"/people/{buyer['id']}").json["rfm"]["monetary"] for buyer in buyers]
    assert scores == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    bought(buyers[0], "900.00")
    assert api.get(f"/people/{buyers[0]['id']}").json["rfm"] == {"recency": 5, "frequency": 5, "monetary": 5}
    clock.advance(days=1)
    tick("cut_grades")
    assert run_jobs() == 1
    assert [api.get(f"/people/{b['id']}").json["rfm"]["monetary"] for b in buyers] == [5, 1, 1, 2, 2, 3, 3, 4, 4, 5]


def test_live_grades_equal_those_reckoned_from_nothing(
    api: Any, person: Any, bought: Any, deliver: Any, database: Any, tick: Any, clock: Any
) -> None:
    dice = random.Random(5)
    people = [person(name=f"P {i}", email=f"p{i}@example.com") for i in range(8)]
    orders = []
    for _ in range(60):
        one = dice.choice(people)
        orders.append(bought(one, f"{dice.randrange(10, 4_000)}.00", days=dice.randrange(400)))
        if dice.random() < 0.3:
            cancel(deliver, dice.choice(orders))
        clock.advance(hours=dice.randrange(48))
    tick("regrade")
    with database.session() as session:
        found = session.scalars(select(Person).order_by(Person.id)).all()
        live = {str(one.id): (one.grade, one.rfm) for one in found}
        for one in found:
            one.grade, one.rfm = None, None
        grade_all(session, found, "scheme")
        assert {str(one.id): (one.grade, one.rfm) for one in found} == live
        session.rollback()
    assert len({grade for grade, _ in live.values()}) > 1


def test_a_merge_takes_a_grade_set_by_hand_along(api: Any, person: Any) -> None:
    li, twin = person(name="Li Na", email="li@example.com"), person(name="Li Na", email="twin@example.com")
    api.put(f"/people/{twin['id']}/grade", json={"grade": "A", "reason": "key account"})
    merged = api.post(f"/people/{li['id']}/merge", json={"loser_id": twin["id"]})
    assert merged.status_code == 200
    shown = api.get(f"/people/{li['id']}/grade").json
    assert (shown["grade"], shown["reason"]) == ("A", "key account")


def test_partners_see_no_grade_by_any_road(api: Any, user: Any, person: Any, database: Any) -> None:
    partner = user(reach="partner", partner_id=uuid7())
    li = person(name="Li Na", email="li@example.com")
    with database.session() as session:
        session.get_one(Person, UUID(li["id"])).partner_id = partner.partner_id
        session.commit()
    assert api.get(f"/people/{li['id']}", as_=partner).status_code == 200
    for path in (
        f"/people/{li['id']}/grade",
        f"/people/{li['id']}/grades",
        "/grading-scheme",
        "/grading-scheme/history",
    ):
        assert api.get(path, as_=partner).status_code == 403
    assert api.put(f"/people/{li['id']}/grade", json={"grade": "A", "reason": "x"}, as_=partner).status_code == 403
    assert api.delete(f"/people/{li['id']}/grade", as_=partner).status_code == 403
    assert api.get("/people?grade=A", as_=partner).status_code == 400


def test_people_are_counted_by_stage_within_reach(api: Any, user: Any, person: Any, bought: Any) -> None:
    bought(person(name="Li Na", email="li@example.com"), "5.00")
    person(name="Wang", email="wang@example.com")
    counts = {one["stage"]: one["count"] for one in api.get("/lifecycle").json["data"]}
    assert counts == {"contact": 1, "lead": 0, "opportunity": 0, "customer": 1, "former": 0}
    assert {one["count"] for one in api.get("/lifecycle", as_=user(reach="own")).json["data"]} == {0}
