"""What sales moves when all that is a colleague's passes to others."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.ids import uuid7


def requested(gone: Any, *to: Any, include: tuple[str, ...] = ("people", "sales"), **more: Any) -> dict[str, Any]:
    return {
        "hand_over_id": str(uuid7()), "from_user_id": str(gone), "to_user_ids": [str(one) for one in to],
        "by_team": {}, "include": list(include), "moved": {}, "requested_by": None,
    } | more  # fmt: skip


def owners(api: Any, path: str) -> list[str]:
    return [row["owner_id"] for row in api.get(f"/{path}?sort=created_at").json["data"]]


@pytest.fixture
def theirs(api: Any, rep: Any) -> Any:
    """A rep with three open leads, a lost one and two deals."""
    gone = rep("Gone")
    leads = [api.post("/leads", json={"name": f"L{i}", "source": "api", "owner_id": str(gone)}).json for i in range(4)]
    assert api.post(f"/leads/{leads[3]['id']}/lose", json={"reason": "no budget"}).status_code == 200
    for i in range(2):
        made = api.post("/deals", json={"name": f"D{i}", "amount": "1", "currency": "CNY", "owner_id": str(gone)})
        assert made.status_code == 201, made.text
    return gone


def test_what_is_open_moves_in_turn_and_once(
    api: Any, rep: Any, theirs: Any, deliver: Any, tick: Any, outbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.handovers.BATCH", 2)
    ann, bo = rep("Ann"), rep("Bo")
    event = deliver("contacts", "handover.requested", requested(theirs, ann, bo))
    deliver.again(event)
    for _ in range(6):
        tick("move_handed_over")
    assert owners(api, "leads") == [str(ann), str(bo), str(ann), str(theirs)]  # what is lost stays with who lost it
    assert owners(api, "deals") == [str(bo), str(ann)]
    moved = outbox.one("handover.moved")
    assert moved.data["moved"] == {"leads": 3, "deals": 2}
    assert moved.subject == f"hand-overs/{event.data['hand_over_id']}"
    tick("move_handed_over")
    assert len(outbox.events("handover.moved")) == 1
    deliver("contacts", "handover.requested", event.data)  # asked again: the answer did not come
    first, again = outbox.events("handover.moved")
    assert (again.data, again.subject) == (first.data, first.subject)


def test_orders_are_passed_on_until_they_have_arrived_and_are_paid(
    api: Any, rep: Any, new_deal: Any, deliver: Any, tick: Any, outbox: Any
) -> None:
    gone, ann = rep("Gone"), rep("Ann")
    deal = new_deal(owner_id=str(gone))
    api.post(f"/deals/{deal['id']}/win", json={})

    def order(*steps: tuple[str, dict[str, Any]]) -> str:
        lines = [{"description": "Lamp", "quantity": "1", "unit_price": "10.00"}]
        asked = {"deal_id": deal["id"], "additional": True, "lines": lines}
        path = "/orders/" + api.post("/orders", json=asked).json["id"]
        for step, body in steps:
            assert api.post(f"{path}/{step}", json=body).status_code in (200, 201)
        return path

    def arrive(path: str) -> str:
        (sent,) = api.get(f"{path}/shipments").json["data"]
        assert api.post(f"{path}/shipments/{sent['id']}/deliver").json["status"] == "delivered"
        return path

    ship = ("ship", {"reference": "S"})
    moving = [order(), order(ship), arrive(order(ship, ("payments", {"reference": "B", "amount": "4.00"})))]
    staying = [
        order(("cancel", {"reason": "late"})),
        arrive(order(ship, ("payments", {"reference": "B", "amount": "10"}))),
    ]
    deliver("contacts", "handover.requested", requested(gone, ann))
    for _ in range(2):
        tick("move_handed_over")
    assert outbox.one("handover.moved").data["moved"] == {"orders": 3}
    assert [api.get(path).json["owner_id"] for path in moving + staying] == [str(ann)] * 3 + [str(gone)] * 2
    assert api.get(f"/deals/{deal['id']}").json["owner_id"] == str(gone)
    assert [row["owner_id"] for row in api.get("/receivables?status=open").json["data"]] == [str(ann)]


def test_who_is_not_known_yet_is_waited_for(api: Any, theirs: Any, deliver: Any, tick: Any, outbox: Any) -> None:
    late = uuid7()
    deliver("contacts", "handover.requested", requested(theirs, late))
    tick("move_handed_over")
    assert set(owners(api, "leads")) == {str(theirs)}
    assert outbox.events("handover.moved") == []
    told = {"user_id": str(late), "roles": ["sales_rep"], "active": True, "region": None, "partner_id": None,
            "team_id": None}  # fmt: skip
    deliver("gateway", "user.created", told, personal={"name": "Late", "email": "l@x.example"}, subject=f"users/{late}")
    for _ in range(3):
        tick("move_handed_over")
    assert owners(api, "deals") == [str(late)] * 2
    assert outbox.one("handover.moved").data["moved"] == {"leads": 3, "deals": 2}


def test_a_hand_over_without_sales_leaves_sales_alone(
    theirs: Any, rep: Any, deliver: Any, tick: Any, outbox: Any
) -> None:
    deliver("contacts", "handover.requested", requested(theirs, rep("Ann"), include=("people",)))
    tick("move_handed_over")
    assert outbox.events("handover.moved") == []


def test_what_is_passed_on_is_given_to_nobody_else_meanwhile(
    api: Any, theirs: Any, rep: Any, deliver: Any, tick: Any, clock: Any
) -> None:
    rep("Ann")
    bo = rep("Bo")
    left = {"user_id": str(theirs), "roles": ["sales_rep"], "team_id": None, "partner_id": None, "active": False}
    deliver("gateway", "user.deactivated", left, personal={"name": "Gone"}, sequence=2)
    deliver("contacts", "handover.requested", requested(theirs, bo))
    clock.advance(hours=1)
    tick("idle_leads")
    assert set(owners(api, "leads")) == {str(theirs)}
    for _ in range(3):
        tick("move_handed_over")
    tick("idle_leads")
    assert owners(api, "leads") == [str(bo)] * 3 + [str(theirs)]
