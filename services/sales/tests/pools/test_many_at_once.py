"""What a clock does to many leads or customers is told by the hundred: a warning to each owner, of all of theirs."""

from __future__ import annotations

from collections import Counter

import pytest

from chassis.events import bulk

N = 11  # of the first owner; the second has two, a third one


@pytest.fixture(autouse=True)
def few_together(monkeypatch):
    """Ten stand for a hundred."""
    monkeypatch.setattr(bulk, "TOGETHER", 10)


@pytest.fixture
def owners(member):
    return {member(f"Rep{place}").id: many for place, many in enumerate((N, 2, 1))}


def of_each(events):
    """Of how many of whose leads or customers each event tells."""
    return Counter(
        (event.data["owner_id"], len(event.data.get("leads", event.data.get("customers", "x")))) for event in events
    )


def test_leads_go_back_to_the_pool_together(api, clock, tick, outbox, pool, owners, new_lead):
    place = pool(no_follow_up_days=15, warn_days=3)
    leads = [new_lead(owner_id=str(owner))["id"] for owner, many in owners.items() for _ in range(many)]
    first, second, third = map(str, owners)
    clock.advance(days=13)
    before = len(outbox.events())
    tick("pools")
    due = [event for event in outbox.events() if event.type in ("leads.reclaim_due", "lead.reclaim_due")]
    assert of_each(due) == {(first, 10): 1, (first, 1): 1, (second, 2): 1, (third, 1): 1}
    assert Counter(outbox.types()[before:]) == {
        "followups.planned": 2, "leads.reclaim_due": 3, "lead.reclaim_due": 1
    }  # fmt: skip
    told = outbox.each("leads.reclaim_due", "leads", "lead_id")[0]
    now = api.get(f"/leads/{told.data['lead_id']}").json
    assert (told.sequence, told.personal, told.data["pool_id"]) == (now["version"], {}, place["id"])
    tick("pools")
    clock.advance(days=4)
    before = len(outbox.events())
    tick("pools")
    assert Counter(outbox.types()[before:]) == {"followups.cancelled": 5, "leads.reclaimed": 2}
    taken = [event.data for event in outbox.each("leads.reclaimed", "leads", "lead_id")]
    assert Counter(one["previous_owner_id"] for one in taken) == {first: N, second: 2, third: 1}
    assert {(one["owner_id"], one["rule"], one["pool_id"]) for one in taken} == {(None, "no_follow_up", place["id"])}
    one = api.get(f"/leads/{leads[0]}").json
    assert (one["owner_id"], one["version"]) == (None, taken[0]["sequence"])
    moves = api.get(f"/leads/{leads[0]}/pool-history").json["data"]
    assert [(move["kind"], move["rep_id"]) for move in moves] == [("reclaimed", first)]
    states = Counter(one["state"] for one in api.get("/follow-ups?limit=200&state=planned").json["data"])
    assert states == {}


def test_leads_fall_asleep_and_come_back_together(api, clock, tick, outbox, owners, new_lead):
    steps = [{"days": 3, "titles": {"en": "First contact"}}]
    terms = {"dormant_days": 30, "recycle_after_days": 10}
    assert api.post("/cadences", json={"name": "House", "steps": steps} | terms).status_code == 201
    leads = [new_lead(owner_id=str(owner))["id"] for owner, many in owners.items() for _ in range(many)]
    clock.advance(days=31)
    before = len(outbox.events())
    tick("silence")
    assert Counter(outbox.types()[before:]) == {"followups.cancelled": 2, "leads.dormant": 2}
    states = outbox.each("leads.dormant", "leads", "lead_id")
    assert {one.data["lead_id"] for one in states} == set(leads)
    assert {one.data["status"] for one in states} == {"dormant"}
    asleep = api.get("/leads?status=dormant&limit=200").json["data"]
    assert {one.data["lead_id"]: one.sequence for one in states} == {one["id"]: one["version"] for one in asleep}
    history = api.get(f"/leads/{leads[0]}/history").json["data"]
    assert [(one["to_status"], one["cause"]) for one in history] == [("new", "created"), ("dormant", "silence")]
    clock.advance(days=11)
    before = len(outbox.events())
    tick("recycling")
    assert outbox.types()[before:] == ["leads.recycled", "leads.recycled"]
    back = [event.data for event in outbox.each("leads.recycled", "leads", "lead_id")]
    assert {(one["status"], one["owner_id"], one["cause"]) for one in back} == {("recycled", None, "recycle_due")}
    assert {one["previous_owner_id"] for one in back} == set(map(str, owners))


def test_customers_go_back_to_the_pool_together(api, clock, tick, outbox, pool, owners, contacts):
    pool(customer_no_follow_up_days=15, warn_days=3)
    ids = [contacts.customer(owner) for owner, many in owners.items() for _ in range(many)]
    first, second, third = map(str, owners)
    clock.advance(days=13)
    tick("customer_pools")
    due = [event for event in outbox.events() if event.type in ("customers.reclaim_due", "customer.reclaim_due")]
    assert of_each(due) == {(first, 10): 1, (first, 1): 1, (second, 2): 1, (third, 1): 1}
    clock.advance(days=4)
    tick("customer_pools")
    assert len(outbox.events("customers.reclaimed")) == 2
    assert "customer.reclaimed" not in outbox.types()
    assert len(contacts.answer()) == N + 3
    assert {api.get(f"/customers/{id_}").json["state"] for id_ in (ids[0], ids[-1])} == {"pooled"}
