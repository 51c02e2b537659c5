"""Expenses: what a report comes to, the policy, who approves it, totals, export and who sees what."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once, code_of, faults_of

pytestmark = pytest.mark.usefixtures("clock")


def test_a_report_is_valued_by_the_rate_of_each_day(api, spender, new_report) -> None:
    for day, rate in (("2026-01-01", "7.1"), ("2026-01-03", "7.2")):
        api.post("/exchange-rates", json={"currency": "USD", "valid_from": day, "rate": rate})
    dollars = {"currency": "USD", "amount": "10.05", "tax": "0.00"}
    made = new_report({}, dollars, dollars | {"spent_on": "2026-01-03"}).json
    assert [line["base_amount"] for line in made["lines"]] == ["820.50", "71.36", "72.36"]
    assert (made["number"], made["status"], made["total"]) == ("EX-2026-000001", "draft", "964.22")
    path = f"/expense-reports/{made['id']}"
    kept = made["lines"][0]
    lines = [{name: kept[name] for name in ("spent_on", "category_id", "description")} | {"amount": "1.10"}]
    changed = api.patch(path, json={"lines": lines}, if_match=1, as_=spender).json
    assert (changed["total"], changed["lines"][0]["tax"]) == ("1.10", "0.00")
    assert api.get(path, as_=spender).json == changed


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ({"spent_on": "2031-01-01"}, ("/lines/0/spent_on", "future")),
        ({"tax": "820.51"}, ("/lines/0/tax", "over_amount")),
        ({"currency": "EUR"}, ("/lines/0/currency", "no_rate")),
        ({"category_id": str(uuid7())}, ("/lines/0/category_id", "unknown_category")),
        ({"deal_id": str(uuid7())}, ("/lines/0/deal_id", "unknown_deal")),
        ({"receipt_id": str(uuid7())}, ("/lines/0/receipt_id", "unknown_receipt")),
    ],
)
def test_what_cannot_be_is_refused_by_name(api, new_report, line, fault) -> None:
    assert faults_of(new_report(line)) == [fault]
    assert api.get("/expense-reports").json["data"] == []


def test_what_cannot_be_kept_is_refused(api, new_report) -> None:
    api.post("/exchange-rates", json={"currency": "USD", "valid_from": "2026-01-01", "rate": "9999999999"})
    assert faults_of(new_report({"currency": "USD", "amount": "9999999999999999.99"})) == [("/lines", "too_large")]


def test_a_deal_out_of_reach_takes_no_expenses(api, spender, new_report, new_deal) -> None:
    assert faults_of(new_report({"deal_id": new_deal()["id"]})) == [("/lines/0/deal_id", "unknown_deal")]
    own = api.post("/deals", json={"name": "Mine", "amount": "1.00"}, as_=spender).json["id"]
    assert new_report({"deal_id": own}).json["lines"][0]["deal_id"] == own


def test_the_policy_names_every_line(api, spender, outbox, new_report) -> None:
    made = new_report(
        {"amount": "5000.01"}, {"amount": "200.01", "receipt_id": None}, {"amount": "200", "receipt_id": None}
    )
    path = f"/expense-reports/{made.json['id']}"
    faults = [("/lines/0/amount", "over_limit"), ("/lines/1/receipt_id", "receipt_needed")]
    assert faults_of(api.post(f"{path}/submit", as_=spender)) == faults
    assert (api.get(path).json["status"], outbox.events("expense.submitted")) == ("draft", [])


def test_a_manager_approves_once_and_finance_pays_once(api, user, spender, manager, outbox, new_report) -> None:
    path = f"/expense-reports/{new_report().json['id']}"
    answers = at_once(*[partial(api.post, f"{path}/submit", as_=spender)] * 3)
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert outbox.one("expense.submitted").data["status"] == "pending"
    other = user(reach="team", team_id=uuid7())
    assert api.post(f"{path}/approve", json={}, as_=other).status_code == 404
    assert code_of(api.post(f"{path}/approve", json={}, as_=spender)) == (403, "own_expenses")
    assert code_of(api.post(f"{path}/reimburse", json={}, as_=manager)) == (409, "expense_pending")
    answers = at_once(*[partial(api.post, f"{path}/approve", json={}, as_=manager)] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    told = outbox.one("expense.approved").data
    assert (told["total"], told["lines"][0]["base_amount"]) == ("820.50", "820.50")
    version = api.get(path).json["version"]
    assert code_of(api.patch(path, json={"title": "x"}, if_match=version, as_=spender)) == (409, "expense_approved")
    paid = [api.post(f"{path}/reimburse", json={"reference": ref}).json for ref in ("PAY-1", "PAY-2")]
    assert [(one["status"], one["payment_reference"]) for one in paid] == [("reimbursed", "PAY-1")] * 2
    assert code_of(api.post(f"{path}/reimburse", json={}, as_=spender)) == (403, "not_a_manager")


def test_over_a_limit_a_second_role_says_yes_too(api, user, spender, manager, outbox, new_report) -> None:
    rule = {"step": 1, "role": "finance", "over_amount": "820.49"}
    assert code_of(api.post("/expense-rules", json=rule, as_=spender)) == (403, "not_a_manager")
    assert api.post("/expense-rules", json=rule).status_code == 201
    path = f"/expense-reports/{new_report().json['id']}"
    api.post(f"{path}/submit", as_=spender)
    both = user(reach="all", roles=("finance",))
    assert api.post(f"{path}/approve", json={}, as_=both).json["status"] == "pending"
    assert code_of(api.post(f"{path}/approve", json={}, as_=both)) == (403, "decided_before")
    assert code_of(api.post(f"{path}/approve", json={}, as_=manager)) == (403, "not_the_approver")
    assert outbox.events("expense.approved") == []
    second = user(reach="all", roles=("finance",))
    assert api.post(f"{path}/approve", json={}, as_=second).json["status"] == "approved"
    assert len(outbox.events("expense.approved")) == 1


def test_a_rejected_report_says_why_and_comes_again(api, spender, manager, outbox, new_report) -> None:
    path = f"/expense-reports/{new_report().json['id']}"
    api.post(f"{path}/submit", as_=spender)
    assert api.post(f"{path}/reject", json={}, as_=manager).status_code == 422
    rejected = api.post(f"{path}/reject", json={"comment": "no"}, as_=manager).json
    assert (rejected["status"], rejected["approvals"][0]["comment"]) == ("rejected", "no")
    assert "comment" not in str(outbox.one("expense.rejected").data)
    api.post(f"{path}/submit", as_=spender)
    assert code_of(api.post(f"{path}/recall", as_=manager)) == (403, "not_the_owner")
    recalled = api.post(f"{path}/recall", as_=spender).json
    assert [(one["round"], one["status"]) for one in recalled["approvals"]] == [(1, "rejected"), (2, "recalled")]
    assert (recalled["status"], code_of(api.post(f"{path}/recall", as_=spender))) == ("draft", (409, "expense_draft"))
    version = recalled["version"]
    assert code_of(api.delete(path, if_match=version, as_=spender)) == (409, "was_submitted")
    fresh = f"/expense-reports/{new_report().json['id']}"
    assert code_of(api.delete(fresh, if_match=1, as_=manager)) == (403, "not_the_owner")
    assert api.delete(fresh, if_match=1, as_=spender).status_code == 204


def test_an_approval_is_taken_back_once_with_the_reason(api, spender, manager, outbox, new_report) -> None:
    campaign = str(uuid7())
    path = f"/expense-reports/{new_report({'campaign_id': campaign}).json['id']}"
    api.post(f"{path}/submit", as_=spender)
    why = {"comment": "Twice"}
    assert code_of(api.post(f"{path}/withdraw", json=why, as_=manager)) == (409, "expense_pending")
    api.post(f"{path}/approve", json={}, as_=manager)
    assert api.post(f"{path}/withdraw", json={}, as_=manager).status_code == 422
    assert code_of(api.post(f"{path}/withdraw", json=why, as_=spender)) == (403, "not_a_manager")
    assert outbox.events("expense.withdrawn") == []
    answers = at_once(*[partial(api.post, f"{path}/withdraw", json=why, as_=manager)] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    steps = api.get(path).json["approvals"]
    assert [(one["status"], one["comment"]) for one in steps] == [("approved", None), ("withdrawn", "Twice")]
    told = outbox.one("expense.withdrawn")
    assert (told.data["status"], told.data["lines"][0]["campaign_id"]) == ("rejected", campaign)
    assert told.sequence > outbox.one("expense.approved").sequence
    assert api.get("/expense-reports/totals").json["total"]["count"] == 0
    api.post(f"{path}/submit", as_=spender)
    api.post(f"{path}/approve", json={}, as_=manager)
    assert api.post(f"{path}/reimburse", json={}).json["status"] == "reimbursed"
    assert code_of(api.post(f"{path}/withdraw", json=why, as_=manager)) == (409, "expense_reimbursed")


def test_approved_and_recalled_at_once_one_wins(api, spender, manager, outbox, new_report) -> None:
    path = f"/expense-reports/{new_report().json['id']}"
    api.post(f"{path}/submit", as_=spender)
    answers = at_once(
        partial(api.post, f"{path}/approve", json={}, as_=manager), partial(api.post, f"{path}/recall", as_=spender)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(outbox.events("expense.approved")) == (api.get(path).json["status"] == "approved")


def test_totals_are_of_what_was_approved_within_reach(api, user, spender, manager, new_report) -> None:
    deal = api.post("/deals", json={"name": "Mine", "amount": "1.00"}, as_=spender).json["id"]
    campaign = str(uuid7())
    lines = {"deal_id": deal}, {"campaign_id": campaign, "amount": "100.00", "spent_on": "2025-12-31"}
    path = f"/expense-reports/{new_report(*lines).json['id']}"
    new_report({"deal_id": deal})  # a draft counts for nothing
    api.post(f"{path}/submit", as_=spender)
    assert api.get("/expense-reports/totals").json["total"] == {"key": None, "count": 0, "amount": "0.00"}
    api.post(f"{path}/approve", json={}, as_=manager)
    found = {
        by: [(one["key"], one["count"], one["amount"]) for one in _totals(api, by, spender)]
        for by in ("deal", "campaign", "rep", "month")
    }
    assert found == {
        "deal": [(deal, 1, "820.50"), (None, 1, "100.00")],
        "campaign": [(None, 1, "820.50"), (campaign, 1, "100.00")],
        "rep": [(str(spender.id), 2, "920.50")],
        "month": [("2026-01", 1, "820.50"), ("2025-12", 1, "100.00")],
    }
    first = api.get("/expense-reports/totals?to=2025-12-31").json["total"]
    assert (first["count"], first["amount"]) == (1, "100.00")
    assert _totals(api, "deal", user(reach="own")) == []


def _totals(api, by: str, caller) -> list[dict]:
    return api.get(f"/expense-reports/totals?by={by}", as_=caller).json["groups"]


def test_the_export_has_the_reports_within_reach(api, user, spender, new_report) -> None:
    new_report({}, {"description": "Taxi", "amount": "30.00", "tax": "0"})
    text = api.get("/expense-reports/export?fields=number,status,total,lines", as_=spender).text
    assert text.splitlines() == ["number,status,total,lines", "EX-2026-000001,draft,850.50,Train; Taxi"]
    other = api.get("/expense-reports/export?fields=number", as_=user(reach="own")).text
    assert other.splitlines() == ["number"]


def test_finance_takes_every_line_within_reach_as_a_file(api, user, manager, spender, travel, new_report) -> None:
    api.post("/exchange-rates", json={"currency": "JPY", "valid_from": "2026-01-01", "rate": "0.05"})
    taxi = {"description": "=Taxi", "amount": "1501", "tax": "0", "currency": "JPY", "spent_on": "2026-01-01"}
    made = new_report({}, taxi).json
    new_report({"description": "Later", "spent_on": "2026-01-05"})
    ask = "/expense-lines/export?fields=number,position,spent_on,category,description,amount,currency,base_amount"
    assert api.get(ask, as_=spender).text.splitlines() == [
        "number,position,spent_on,category,description,amount,currency,base_amount",
        "EX-2026-000001,2,2026-01-01,Travel,'=Taxi,1501,JPY,75.05",
        "EX-2026-000001,1,2026-01-02,Travel,Train,820.50,CNY,820.50",
        "EX-2026-000002,1,2026-01-05,Travel,Later,820.50,CNY,820.50",
    ]
    api.post(f"/expense-reports/{made['id']}/submit", as_=spender)
    for narrower, count in (
        ("status=pending", 2), ("status=draft", 1), (f"owner_id={spender.id}", 3), (f"team_id={uuid7()}", 0),
        ("spent_on__gte=2026-01-02", 2), ("currency=JPY", 1), (f"category_id={travel}&sort=-spent_on", 3),
    ):  # fmt: skip
        found = api.get(f"/expense-lines/export?format=ndjson&{narrower}", as_=manager)
        assert len(found.text.splitlines()) == count, narrower
    for caller, count in ((user(reach="own"), 0), (user(reach="team", team_id=uuid7()), 0), (user(reach="all"), 3)):
        assert len(api.get("/expense-lines/export?format=ndjson", as_=caller).text.splitlines()) == count
    assert code_of(api.get("/expense-lines/export", as_=user(reach="partner", partner_id=uuid7())))[0] == 403
    for wrong in ("fields=salary", "owner_id=me", "colour=red", "sort=id", "format=pdf"):
        assert api.get(f"/expense-lines/export?{wrong}", as_=manager).status_code == 400
    assert api.get("/expense-lines/export?format=xlsx", as_=manager).data[:2] == b"PK"


def test_partners_and_programs_hand_nothing_in(api, user, travel, new_report) -> None:
    partner = user(reach="partner", partner_id=uuid7())
    assert code_of(new_report(as_=partner)) == (403, "not_for_partners")
    assert code_of(new_report(as_=user(kind="client"))) == (403, "not_a_user")
    assert code_of(api.get("/expense-categories", as_=partner)) == (403, "not_for_partners")
    assert code_of(api.get("/expense-reports/totals", as_=partner)) == (403, "not_for_partners")
    twice = api.post("/expense-categories", json={"name": "Travel"})
    assert twice.status_code == 409
    assert api.patch(f"/expense-categories/{travel}", json={"active": False}, if_match=1).status_code == 200
    assert faults_of(new_report()) == [("/lines/0/category_id", "unknown_category")]
