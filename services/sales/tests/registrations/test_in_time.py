"""Registrations in time: decided on, answered, lapsed; their deals with lines, closed and opened again."""

from __future__ import annotations

import pytest

from chassis.testing import code_of

pytestmark = pytest.mark.usefixtures("clock")


def test_a_deal_that_is_opened_again_is_protected_for_the_days_that_were_left(
    api, ours, partner, clock, deliver, outbox, register, approved
) -> None:
    path = approved()  # until 2026-05-31
    deal = api.get(path).json["deal_id"]
    clock.advance(days=30)
    api.post(f"/deals/{deal}/lose", json={"reason": "price"})
    deliver.again(outbox.one("deal.lost"))
    clock.advance(days=100)
    api.post(f"/deals/{deal}/reopen", json={})
    moved = outbox.events("deal.stage_changed")[-1]
    deliver.again(moved)
    deliver.again(moved)
    one = api.get(path).json
    assert (one["status"], one["ended_at"], one["protected_until"]) == ("approved", None, "2026-09-08T09:00:00Z")
    assert outbox.one("registration.reopened").data["protected_until"] == "2026-09-08T09:00:00+00:00"
    assert code_of(register(as_=partner())) == (409, "customer_registered")


def test_who_registered_the_customer_meanwhile_keeps_them(api, partner, deliver, outbox, register, approved) -> None:
    path = approved()
    deal = api.get(path).json["deal_id"]
    api.post(f"/deals/{deal}/lose", json={"reason": "price"})
    deliver.again(outbox.one("deal.lost"))
    assert register(as_=partner()).status_code == 201
    api.post(f"/deals/{deal}/reopen", json={})
    deliver.again(outbox.events("deal.stage_changed")[-1])
    assert (api.get(path).json["status"], outbox.events("registration.reopened")) == ("lost", [])


def test_what_a_partner_means_to_sell_are_the_lines_of_the_deal(api, ours, register) -> None:
    lamp, pole = (
        api.post("/products", json={"code": code, "name": code, "unit": "piece"}).json["id"]
        for code in ("Lamp", "Pole")
    )
    entries = [{"product_id": lamp, "unit_price": "100.00"}, {"product_id": pole, "unit_price": "200.00"}]
    book = {"name": "List", "currency": "EUR", "valid_from": "2026-01-01", "entries": entries}
    assert api.post("/price-books", json=book).status_code == 201

    def lines(**data):
        made = register(product_ids=[pole, lamp, pole], **data).json
        deal = api.post(f"/registrations/{made['id']}/approve", json={}).json["deal_id"]
        rows = api.get(f"/deals/{deal}/lines").json["data"]
        return api.get(f"/deals/{deal}", as_=ours).json["amount"], [(one["product_id"], one["amount"]) for one in rows]

    assert lines() == ("48000.00", [(pole, "32000.00"), (lamp, "16000.00")])
    other = {"company_name": "Other", "domain": "other.cn", "contact_email": "x@other.cn"}
    assert lines(**other, amount="0.00") == ("300.00", [(pole, "200.00"), (lamp, "100.00")])
    third = {"company_name": "Third", "domain": "third.cn", "contact_email": "x@third.cn"}
    assert lines(**third, currency="CNY", amount="100.01") == ("100.01", [(pole, "50.01"), (lamp, "50.00")])


def test_the_house_decides_in_time_or_a_manager_is_asked_too(api, ours, clock, tick, outbox, rep, register) -> None:
    boss, manager, partner = rep("Boss"), rep("Channel"), str(ours.partner_id)
    api.put(f"/reps/{manager}/manager", json={"manager_id": str(boss)})
    api.post("/partner-programmes", json={"partner_id": partner, "manager_id": str(manager), "decision_days": 3})
    path = f"/registrations/{register().json['id']}"
    assert api.get(path, as_=ours).json["due_at"] == "2026-03-05T09:00:00Z"
    clock.advance(days=3)
    for _ in range(2):
        tick("protections")
    assert outbox.one("registration.overdue").data["status"] == "submitted"
    assert [one.data["user_id"] for one in outbox.events("approval.requested")] == [str(manager), str(boss)]
    assert api.get(path).json["status"] == "submitted"
    assert api.post(f"{path}/approve", json={}).json["due_at"] is None
    assert len(outbox.events("approval.settled")) == 2


def test_a_question_that_is_not_answered_in_time_ends_it(api, ours, partner, clock, tick, outbox, register) -> None:
    path = f"/registrations/{register().json['id']}"
    api.post(f"{path}/ask", json={"question": "Which plant?"})
    assert api.get(path, as_=ours).json["due_at"] == "2026-03-16T09:00:00Z"
    for days, told in ((6, []), (1, ["registration.answer_due"]), (6, ["registration.answer_due"])):
        clock.advance(days=days)
        for _ in range(2):
            tick("protections")
        assert [one for one in outbox.types() if one not in ("registration.submitted", "registration.returned")] == told
    assert code_of(register(as_=partner())) == (409, "customer_registered")
    clock.advance(days=1)
    for _ in range(2):
        tick("protections")
    assert (api.get(path).json["status"], outbox.one("registration.lapsed").data["due_at"]) == ("lapsed", None)
    assert code_of(api.post(f"{path}/answer", json={"answer": "Late"}, as_=ours)) == (409, "registration_lapsed")
    assert register(as_=partner()).status_code == 201
