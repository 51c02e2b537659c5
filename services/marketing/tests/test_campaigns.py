from functools import partial

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once


def problems(answer) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in answer.json["errors"]]


def won(campaign_id: str | None, amount: str = "500.00", **changes: object) -> dict:
    return {
        "deal_id": str(uuid7()),
        "name": "A deal",
        "amount": amount,
        "currency": "CNY",
        "campaign_id": campaign_id,
        "stage_kind": "won",
    } | changes


def test_a_campaign_is_planned_launched_and_completed(api, campaign, outbox, clock) -> None:
    made = campaign(type="seminar", starts_on="2026-04-01", ends_on="2026-04-02")
    assert (made["state"], made["budget"], made["currency"], made["roi"]) == (
        "planned",
        "1000.00",
        "CNY",
        "-1.0000",
    )
    url = f"/campaigns/{made['id']}"
    launched = api.post(url + "/launch")
    assert (launched.status_code, launched.json["state"]) == (200, "active")
    assert launched.json["launched_at"] == "2026-03-02T09:00:00Z"
    completed = api.post(url + "/complete")
    assert (completed.json["state"], completed.json["version"]) == ("completed", 3)
    assert api.get(url).json == completed.json
    assert outbox.types() == ["campaign.launched", "campaign.completed"]
    event = outbox.one("campaign.launched")
    assert (event.subject, event.sequence) == (f"campaigns/{made['id']}", 2)
    assert event.data == {"campaign_id": made["id"], "name": "Spring", "budget": "1000.00", "currency": "CNY"}


def test_steps_out_of_turn_are_refused_and_tell_nothing(api, campaign, outbox) -> None:
    url = f"/campaigns/{campaign()['id']}"
    early = api.post(url + "/complete")
    assert (early.status_code, early.json["code"]) == (409, "is_planned")
    api.post(url + "/launch")
    again = api.post(url + "/launch")
    assert (again.status_code, again.json["code"]) == (409, "already_active")
    assert outbox.types() == ["campaign.launched"]
    assert api.post(f"/campaigns/{uuid7()}/launch").status_code == 404


def test_launched_by_many_at_once_it_is_launched_once(api, campaign, outbox) -> None:
    url = f"/campaigns/{campaign()['id']}/launch"
    answers = at_once(*[lambda: api.post(url)] * 5)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert outbox.types() == ["campaign.launched"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": None}, ("/name", "null")),
        ({"type": "dance"}, ("/type", "not_a_choice")),
        ({"budget": "-1"}, ("/budget", "out_of_range")),
        ({"budget": "1.234"}, ("/budget", "decimals")),
        ({"currency": "QQQ"}, ("/currency", "not_valid")),
        ({"code": "No Slug"}, ("/code", "invalid")),
        ({"starts_on": "2026-04-02", "ends_on": "2026-04-01"}, ("/ends_on", "before_start")),
        ({"starts_on": "soon"}, ("/starts_on", "not_valid")),
        ({"state": "active"}, ("/state", "unknown_field")),
    ],
)
def test_a_broken_campaign_is_refused_by_name(api, change, problem) -> None:
    answer = api.post("/campaigns", json={"name": "C"} | change)
    assert answer.status_code == 422
    pointer, code = problems(answer)[0]
    assert pointer == problem[0]
    assert code in (problem[1], "invalid")
    assert api.get("/campaigns").json["data"] == []


def test_a_change_needs_the_version_it_changes(api, campaign) -> None:
    made = campaign(starts_on="2026-04-01")
    url = f"/campaigns/{made['id']}"
    assert api.patch(url, json={"budget": "5"}).status_code == 428
    assert api.patch(url, json={"budget": "5"}, if_match=7).status_code == 412
    assert api.patch(url, json={"ends_on": "2026-03-31"}, if_match=1).status_code == 422
    assert api.patch(url, json={"budget": "5", "ends_on": "2026-04-03"}, if_match=1).json["budget"] == "5.00"


def test_expenses_add_up_and_repeat_harmlessly(api, campaign) -> None:
    made = campaign()
    url = f"/campaigns/{made['id']}/expenses"
    spent = {"description": "Stand", "amount": "120.50"}
    first = api.post(url, json=spent, key="e1")
    assert (first.status_code, first.json["amount"]) == (201, "120.50")
    assert api.post(url, json=spent, key="e1").json == first.json
    at_once(*[lambda: api.post(url, json={"description": "Flyer", "amount": "10"})] * 4)
    assert api.get(f"/campaigns/{made['id']}").json["spent"] == "160.50"
    assert len(api.get(f"/expenses?campaign_id={made['id']}").json["data"]) == 5
    assert problems(api.post(url, json={"description": "x"})) == [("/amount", "required")]


def test_a_won_deal_is_attributed_once(api, campaign, deliver) -> None:
    made = campaign()
    deal = won(made["id"])
    event = deliver("sales", "deal.won", deal, sequence=4)
    deliver.again(event)
    deliver("sales", "deal.won", deal, sequence=4)
    shown = api.get(f"/campaigns/{made['id']}").json
    assert (shown["won_deals"], shown["attributed_revenue"], shown["roi"]) == (1, "500.00", "-0.5000")
    deliver("sales", "deal.won", deal | {"amount": "700.00"}, sequence=6)
    deliver("sales", "deal.won", deal | {"amount": "1.00"}, sequence=5)
    shown = api.get(f"/campaigns/{made['id']}").json
    assert (shown["won_deals"], shown["attributed_revenue"]) == (1, "700.00")


def test_what_is_credited_of_a_deal_is_taken_off_the_campaign_it_was_attributed_to(api, campaign, deliver) -> None:
    spring, autumn = campaign(), campaign()
    deal, other = won(spring["id"]), won(autumn["id"], "70.00")
    for sequence, one in enumerate((deal, other), start=4):
        deliver("sales", "deal.won", one | {"credited": "0.00"}, sequence=sequence)
    credited = deliver("sales", "deal.credited", deal | {"credited": "120.25"}, sequence=5)
    deliver.again(credited)
    assert _revenue(api, spring) == (1, "379.75", "120.25", "-0.6203")
    deliver("sales", "deal.credited", deal | {"credited": "500.00"}, sequence=7)
    deliver("sales", "deal.credited", deal | {"credited": "300.00"}, sequence=6)
    assert _revenue(api, spring) == (1, "0.00", "500.00", "-1.0000")
    deliver("sales", "deal.credited", deal | {"credited": "0.00"}, sequence=8)  # ordered anew instead
    assert _revenue(api, spring) == (1, "500.00", "0.00", "-0.5000")
    assert _revenue(api, autumn) == (1, "70.00", "0.00", "-0.9300")


def test_a_credit_that_comes_before_the_deal_was_known_to_be_won_holds(api, campaign, deliver) -> None:
    spring = campaign()
    deal = won(spring["id"])
    deliver("sales", "deal.credited", deal | {"credited": "100.00"}, sequence=6)
    deliver("sales", "deal.won", deal | {"credited": "0.00"}, sequence=4)
    assert _revenue(api, spring) == (1, "400.00", "100.00", "-0.6000")
    deliver("sales", "deal.credited", won(None, credited="1.00"), sequence=6)
    deliver("sales", "deal.credited", won(str(uuid7()), credited="1.00"), sequence=6)
    assert _revenue(api, spring) == (1, "400.00", "100.00", "-0.6000")


def test_a_deal_that_is_opened_again_counts_no_more_until_it_is_won_again(api, campaign, deliver) -> None:
    spring = campaign()
    deal = won(spring["id"])
    events = [
        deliver("sales", "deal.stage_changed", deal | {"stage_kind": "open"}, sequence=3),
        deliver("sales", "deal.stage_changed", deal | {"stage_kind": "open"}, sequence=5),
    ]
    late = deliver("sales", "deal.won", deal, sequence=4)
    assert _revenue(api, spring) == (0, "0.00", "0.00", "-1.0000")
    assert api.get(f"/campaigns/{spring['id']}/return").json["revenue"] == []
    deliver("sales", "deal.won", deal | {"amount": "600.00"}, sequence=6)
    for event in (*events, late):
        deliver.again(event)
    assert _revenue(api, spring) == (1, "600.00", "0.00", "-0.4000")


def test_credits_of_many_deals_at_once_all_count(api, campaign, deliver) -> None:
    spring = campaign()
    deals = [won(spring["id"], credited="10.00") for _ in range(4)]
    at_once(*(partial(deliver, "sales", "deal.credited", deal, sequence=5) for deal in deals))
    assert _revenue(api, spring) == (4, "1960.00", "40.00", "0.9600")


def _revenue(api, one: dict) -> tuple:
    shown = api.get(f"/campaigns/{one['id']}").json
    return shown["won_deals"], shown["attributed_revenue"], shown["credited_revenue"], shown["roi"]


def test_another_currency_stands_apart(api, campaign, deliver) -> None:
    made = campaign()
    deliver("sales", "deal.won", won(made["id"]))
    deliver("sales", "deal.won", won(made["id"], "80.00", currency="EUR"))
    deliver("sales", "deal.credited", won(made["id"], "20.00", currency="EUR", credited="5.00"))
    assert api.get(f"/campaigns/{made['id']}/return").json == {
        "campaign_id": made["id"],
        "currency": "CNY",
        "budget": "1000.00",
        "spent": "0.00",
        "attributed_revenue": "500.00",
        "credited_revenue": "0.00",
        "roi": "-0.5000",
        "revenue": [
            {"currency": "CNY", "deals": 1, "amount": "500.00", "credited": "0.00", "net": "500.00"},
            {"currency": "EUR", "deals": 2, "amount": "100.00", "credited": "5.00", "net": "95.00"},
        ],
        "expense_reports": [],
    }
    assert api.get(f"/campaigns/{made['id']}").json["won_deals"] == 3


def test_deals_and_leads_of_no_campaign_or_a_foreign_one_change_nothing(api, campaign, deliver) -> None:
    made = campaign()
    for foreign in (None, str(uuid7())):
        deliver("sales", "deal.won", won(foreign))
        deliver("sales", "lead.created", {"lead_id": str(uuid7()), "campaign_id": foreign})
    assert api.get(f"/campaigns/{made['id']}").json == made


def test_leads_of_a_campaign_are_counted_once(api, campaign, deliver) -> None:
    made = campaign()
    lead = {"lead_id": str(uuid7()), "campaign_id": made["id"]}
    deliver("sales", "lead.created", lead)
    deliver("sales", "lead.created", lead)
    deliver("sales", "lead.created", lead | {"lead_id": str(uuid7())})
    assert api.get(f"/campaigns/{made['id']}").json["leads"] == 2


def test_campaigns_need_the_scope(api, campaign, user) -> None:
    made = campaign()
    reader = user(scopes="marketing:read")
    assert api.get("/campaigns", as_=reader).status_code == 200
    assert api.post(f"/campaigns/{made['id']}/launch", as_=reader).status_code == 403
    assert api.get("/campaigns", as_=user(reach="partner")).json["data"] == []
    assert api.get(f"/campaigns/{made['id']}", as_=user(reach="partner")).status_code == 404


def spent(report_id: str, status: str, *lines: tuple[str | None, str], currency: str = "CNY") -> dict:
    return {
        "report_id": report_id,
        "status": status,
        "currency": currency,
        "lines": [{"campaign_id": campaign_id, "base_amount": amount} for campaign_id, amount in lines],
    }


def test_approved_expense_reports_are_costs_until_the_approval_is_taken_back(api, campaign, deliver) -> None:
    spring, autumn, report = campaign(), campaign(), str(uuid7())
    api.post(f"/campaigns/{spring['id']}/expenses", json={"description": "Stand", "amount": "120.50"})
    lines = [(spring["id"], "10.00"), (autumn["id"], "5.00"), (spring["id"], "0.25"), (None, "9.00")]
    approved = deliver(
        "sales", "expense.approved", spent(report, "approved", *lines, (str(uuid7()), "3.00")), sequence=3
    )
    deliver.again(approved)
    assert _spent(api, spring, autumn) == ["130.75", "5.00"]
    assert api.get(f"/campaigns/{spring['id']}").json["roi"] == "-1.0000"
    taken_back = deliver("sales", "expense.withdrawn", spent(report, "rejected", *lines), sequence=4)
    deliver.again(approved)
    assert _spent(api, spring, autumn) == ["120.50", "0.00"]
    deliver("sales", "expense.approved", spent(report, "approved", (autumn["id"], "7.00")), sequence=8)
    deliver.again(taken_back)
    assert _spent(api, spring, autumn) == ["120.50", "7.00"]


def test_news_of_reports_may_come_in_any_order(api, campaign, deliver) -> None:
    spring, report = campaign(), str(uuid7())
    line = (spring["id"], "10.00")
    deliver("sales", "expense.withdrawn", spent(report, "rejected", line), sequence=4)
    deliver("sales", "expense.approved", spent(report, "approved", line), sequence=3)
    assert _spent(api, spring) == ["0.00"]
    assert api.get(f"/campaigns/{spring['id']}/return").json["expense_reports"] == []


def test_reports_in_another_currency_stand_apart(api, campaign, deliver) -> None:
    euros = campaign(currency="EUR")
    for amount in ("10.00", "2.50"):
        deliver("sales", "expense.approved", spent(str(uuid7()), "approved", (euros["id"], amount)), sequence=3)
    shown = api.get(f"/campaigns/{euros['id']}/return").json
    assert shown["spent"] == "0.00"
    assert shown["expense_reports"] == [{"currency": "CNY", "reports": 2, "amount": "12.50"}]


def test_expenses_recorded_while_a_report_is_heard_all_count(api, campaign, deliver) -> None:
    spring = campaign()
    record = partial(api.post, f"/campaigns/{spring['id']}/expenses", json={"description": "Flyer", "amount": "10"})

    def hear() -> None:
        deliver("sales", "expense.approved", spent(str(uuid7()), "approved", (spring["id"], "1.00")), sequence=3)

    at_once(record, hear, record, hear, record)
    assert _spent(api, spring) == ["32.00"]


def _spent(api, *campaigns: dict) -> list[str]:
    return [api.get(f"/campaigns/{one['id']}").json["spent"] for one in campaigns]
