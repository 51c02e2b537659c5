"""The dashboard: exact figures from events, for whom they belong to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chassis.events import Event
from chassis.ids import uuid7
from chassis.testing.client import ApiClient
from chassis.testing.events import make_event
from chassis.testing.fixtures import SettableClock
from chassis.testing.tokens import Caller
from reporting.projections import projector, rules

Hear = Callable[[list[Event]], None]
Overview = Callable[..., dict[str, Any]]
EVENTS = "/api/v1/reporting/events?"


def lead(type_: str, lead_id: str, status: str, **data: Any) -> Event:
    sequence = data.pop("sequence", 1)
    data = {"lead_id": lead_id, "status": status, "source": "web_form", "campaign_id": None} | data
    return make_event("sales", type_, data, subject=f"leads/{lead_id}", sequence=sequence)


def deal(type_: str, deal_id: str, kind: str, sequence: int = 1, **data: Any) -> Event:
    base = {"deal_id": deal_id, "amount": "100.00", "currency": "CNY", "stage": "Proposal", "probability": 40}
    base |= {"stage_id": None, "pipeline_id": None, "stage_kind": kind, "created_at": "2026-02-01T00:00:00Z"}
    return make_event("sales", type_, base | data, subject=f"deals/{deal_id}", sequence=sequence)


def ticket(type_: str, ticket_id: str, state: str, sequence: int = 1, **data: Any) -> Event:
    base = {"ticket_id": ticket_id, "state": state, "priority": "high", "kind": "problem"}
    base |= {"created_at": "2026-03-01T08:00:00Z", "assignee_id": None, "team_id": None}
    return make_event("service-desk", type_, base | data, subject=f"tickets/{ticket_id}", sequence=sequence)


def whole(currency: str, count: int, amount: str) -> dict[str, Any]:
    """So much, of which nothing is credited."""
    return {"currency": currency, "count": count, "amount": amount, "credited": "0.00", "net": amount}


def test_nothing_yet(overview: Overview) -> None:
    empty = overview()
    assert (empty["position"], empty["folded_at"], empty["reach"]) == (0, None, "all")
    assert empty["leads"] == {
        "created": 0,
        "by_status": {},
        "by_source": {},
        "converted": 0,
        "conversion_rate": None,
        "events": f"{EVENTS}type=lead.created,lead.converted",
    }
    assert (empty["deals"]["won"], empty["deals"]["win_rate"], empty["campaigns"]) == ([], None, [])


def test_a_batch_of_events_that_tell_of_many_is_no_larger(
    hear: Hear, overview: Overview, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "BATCH", 10)
    sizes: list[int] = []
    monkeypatch.setattr(
        projector.rules, "touched", lambda facts, of=rules.touched: sizes.append(len(facts)) or of(facts)
    )
    ids, owner = [str(uuid7()) for _ in range(250)], str(uuid7())
    state = {"status": "new", "source": "web_form", "owner_id": owner, "sequence": 2}
    batches = [[state | {"lead_id": id_} for id_ in ids[n : n + 50]] for n in range(0, 250, 50)]
    hear([make_event("sales", "leads.assigned", {"batch_id": owner, "leads": batch}) for batch in batches])
    assert overview()["leads"]["by_status"] == {"new": 250}
    assert sizes == [50] * 5


def test_leads_and_conversion(hear: Hear, overview: Overview, clock: SettableClock) -> None:
    ids = [str(uuid7()) for _ in range(3)]
    hear([lead("lead.created", id_, "new") for id_ in ids])
    clock.advance(days=40)
    hear([lead("lead.converted", ids[0], "converted", sequence=2), lead("lead.created", str(uuid7()), "new")])
    leads = overview()["leads"]
    assert (leads["created"], leads["converted"], leads["conversion_rate"]) == (4, 1, 0.25)
    assert (leads["by_status"], leads["by_source"]) == ({"converted": 1, "new": 3}, {"web_form": 4})
    # A rate of the leads that came in the period, whenever they were converted.
    march = overview("?from=2026-03-01&to=2026-03-31")["leads"]
    assert (march["created"], march["converted"], march["conversion_rate"]) == (3, 1, 0.3333)
    assert march["events"] == f"{EVENTS}type=lead.created,lead.converted&from=2026-03-01&to=2026-03-31"
    assert overview("?from=2026-04-01")["leads"]["created"] == 1


def test_pipeline_and_revenue_keep_currencies_apart(hear: Hear, overview: Overview, clock: SettableClock) -> None:
    stage, pipeline, won, lost = (str(uuid7()) for _ in range(4))
    place = {"stage_id": stage, "pipeline_id": pipeline}
    hear(
        [
            deal("deal.created", str(uuid7()), "open", **place),
            deal("deal.created", str(uuid7()), "open", currency="EUR", amount="10.00", **place),
            deal("deal.created", won, "open", **place),
            deal("deal.won", won, "won", 2, closed_at="2026-03-01T23:59:59Z", amount="250.50"),
            deal("deal.won", str(uuid7()), "won", 2, closed_at="2026-02-10T00:00:00Z", amount="9.50"),
            deal("deal.won", str(uuid7()), "won", 2, closed_at="2026-02-10T00:00:00Z", currency="USD"),
            deal("deal.lost", lost, "lost", 2, closed_at="2026-03-02T00:00:00Z", reason="price"),
        ]
    )
    figures = overview()
    shared = {"stage_id": stage, "pipeline_id": pipeline, "stage": "Proposal", "probability": 40, "count": 1}
    assert figures["pipeline"]["stages"] == [
        shared | {"currency": "CNY", "amount": "100.00", "weighted": "40.00"},
        shared | {"currency": "EUR", "amount": "10.00", "weighted": "4.00"},
    ]
    assert figures["pipeline"]["weighted"] == [
        {"currency": "CNY", "count": 1, "amount": "40.00"},
        {"currency": "EUR", "count": 1, "amount": "4.00"},
    ]
    assert figures["deals"]["won"] == [whole("CNY", 2, "260.00"), whole("USD", 1, "100.00")]
    assert figures["deals"]["by_month"] == [
        {"month": "2026-02"} | whole("CNY", 1, "9.50"),
        {"month": "2026-02"} | whole("USD", 1, "100.00"),
        {"month": "2026-03"} | whole("CNY", 1, "250.50"),
    ]
    assert figures["deals"]["win_rate"] == 0.75
    march = overview("?from=2026-03-01&to=2026-03-01")["deals"]
    assert march["won"] == [whole("CNY", 1, "250.50")]
    assert march["lost"] == []
    assert march["win_rate"] == 1.0


def test_a_later_version_beside_version_1_counts_nothing_twice(hear: Hear, overview: Overview) -> None:
    won = deal("deal.won", str(uuid7()), "won")
    hear([won, replace(won, id=uuid7(), version=2, data=won.data | {"amount": {"value": "100.00"}})])
    assert overview()["deals"]["won"] == [whole("CNY", 1, "100.00")]
    assert overview()["position"] == 2


def test_an_order_counts_once_in_any_version(hear: Hear, overview: Overview) -> None:
    data = {"order_id": str(uuid7()), "total": "5.00", "currency": "CNY", "placed_at": "2026-03-01T00:00:00Z"}
    order = make_event("sales", "order.placed", data)
    hear([order, replace(order, id=uuid7(), version=2)])
    assert overview()["orders"]["placed"] == [whole("CNY", 1, "5.00")]


def test_credits_and_cancellations_lower_what_was_won_and_ordered(
    hear: Hear, overview: Overview, clock: SettableClock, user: Callable[..., Caller]
) -> None:
    campaign, won, partner = str(uuid7()), str(uuid7()), uuid7()
    launched = {"campaign_id": campaign, "name": "Spring", "budget": "50.00", "currency": "CNY"}
    closed = {"closed_at": "2026-02-10T00:00:00Z", "campaign_id": campaign, "partner_id": str(partner)}

    def order(type_: str, order_id: str, sequence: int = 1, **data: Any) -> Event:
        base = {"order_id": order_id, "total": "113.00", "currency": "CNY", "placed_at": "2026-02-11T00:00:00Z"}
        return make_event("sales", type_, base | data, subject=f"orders/{order_id}", sequence=sequence)

    first, second = str(uuid7()), str(uuid7())
    noted = {"total": "33.90", "order_credited": "33.90", "issued_at": "2026-03-02T09:00:00Z"}
    note = make_event("sales", "credit_note.issued", order("order.placed", first).data | noted)
    hear(
        [
            make_event("marketing", "campaign.launched", launched, subject=f"campaigns/{campaign}"),
            deal("deal.credited", won, "won", 4, credited="30.00", **closed),
            deal("deal.won", won, "won", 2, **closed),
            note, note,
            order("order.placed", first), order("order.placed", second), order("order.cancelled", second, 2),
        ]
    )  # fmt: skip
    left = {"currency": "CNY", "count": 1, "amount": "100.00", "credited": "30.00", "net": "70.00"}
    figures = overview()
    assert (figures["deals"]["won"], figures["deals"]["win_rate"]) == ([left], 1.0)
    assert figures["deals"]["by_month"] == [{"month": "2026-02"} | left]
    assert [(one["revenue"], one["roi"]) for one in figures["campaigns"]] == [([left], 0.4)]
    orders = figures["orders"]
    assert orders["placed"] == [
        {"currency": "CNY", "count": 2, "amount": "226.00", "credited": "146.90", "net": "79.10"}
    ]
    assert orders["cancelled"] == [{"currency": "CNY", "count": 1, "amount": "113.00"}]
    february, march = overview("?from=2026-02-01&to=2026-02-28"), overview("?from=2026-03-01&to=2026-03-31")
    assert (february["orders"]["credit_notes"], february["orders"]["placed"]) == ([], orders["placed"])
    assert march["orders"]["credit_notes"] == [{"currency": "CNY", "count": 1, "amount": "33.90"}]
    assert (march["orders"]["placed"], march["deals"]["won"]) == ([], [])
    assert overview(as_=user(reach="partner", partner_id=partner))["deals"]["won"] == [left]
    assert overview(as_=user(reach="partner", partner_id=uuid7()))["deals"]["won"] == []


def test_tickets_service_levels_and_satisfaction(hear: Hear, overview: Overview, clock: SettableClock) -> None:
    one, two, three, *surveys = (str(uuid7()) for _ in range(6))
    done = {"resolved_at": "2026-03-02T08:00:00Z", "first_response_met": True}
    hear(
        [
            ticket("ticket.created", one, "new"),
            ticket("ticket.created", two, "new"),
            ticket("ticket.resolved", two, "resolved", 3, resolution_met=True, **done),
            ticket("ticket.created", three, "new", priority="low"),
            make_event(
                "service-desk",
                "sla.breached",
                {"ticket_id": three, "metric": "resolution", "due_at": "2026-03-02T07:00:00Z"},
            ),
            *[make_event("service-desk", "survey.sent", {"survey_id": survey, "ticket_id": two}) for survey in surveys],
            *[
                make_event(
                    "service-desk",
                    "survey.answered",
                    {
                        "survey_id": survey,
                        "ticket_id": two,
                        "score": score,
                        "answered_at": "2026-03-02T08:30:00Z",
                    },
                )
                for survey, score in zip(surveys, (5, 3), strict=False)
            ],
        ]
    )
    figures = overview()
    tickets = figures["tickets"]
    assert (tickets["open"], tickets["open_by_priority"]) == (2, {"high": 1, "low": 1})
    assert (tickets["created"], tickets["resolved"]) == (3, 1)
    assert figures["sla"]["first_response"] == {"met": 1, "missed": 0, "rate": 1.0}
    assert figures["sla"]["resolution"] == {"met": 1, "missed": 1, "rate": 0.5}
    csat = {name: value for name, value in figures["csat"].items() if name != "events"}
    assert csat == {
        "sent": 3,
        "answered": 2,
        "average": 4.0,
        "satisfied_rate": 0.5,
        "scores": {"3": 1, "5": 1},
    }


def test_campaigns_and_their_return(hear: Hear, overview: Overview, clock: SettableClock) -> None:
    campaign = str(uuid7())
    launched = {"campaign_id": campaign, "name": "Spring", "budget": "1000.00", "currency": "CNY"}
    hear(
        [
            make_event("marketing", "campaign.launched", launched, subject=f"campaigns/{campaign}"),
            make_event("marketing", "campaign.responded", {"campaign_id": campaign}),
            make_event("marketing", "campaign.responded", {"campaign_id": campaign}),
            lead("lead.created", str(uuid7()), "new", campaign_id=campaign),
            deal("deal.won", str(uuid7()), "won", campaign_id=campaign, amount="1500.00"),
            deal("deal.won", str(uuid7()), "won", campaign_id=campaign, amount="70.00", currency="EUR"),
            deal("deal.won", str(uuid7()), "won", campaign_id=str(uuid7()), amount="5.00"),
        ]
    )
    assert overview()["campaigns"] == [
        launched
        | {
            "launched_at": "2026-03-02T09:00:00Z",
            "responses": 2,
            "leads": 1,
            "revenue": [
                whole("CNY", 1, "1500.00"),
                whole("EUR", 1, "70.00"),
            ],
            "roi": 0.5,
            "events": f"{EVENTS}subject=campaigns/{campaign}",
        }
    ]


def test_everyone_sees_the_figures_of_what_they_reach(
    hear: Hear, overview: Overview, user: Callable[..., Caller]
) -> None:
    team, partner, me = uuid7(), uuid7(), user(reach="own")
    hear(
        [
            lead("lead.created", str(uuid7()), "new", owner_id=str(me.id), team_id=str(team)),
            lead("lead.created", str(uuid7()), "new", owner_id=str(uuid7()), team_id=str(team)),
            lead("lead.created", str(uuid7()), "new", partner_id=str(partner)),
            make_event(
                "marketing",
                "campaign.launched",
                {"campaign_id": str(uuid7()), "name": "Spring", "budget": "1.00", "currency": "CNY"},
            ),
        ]
    )

    def created(caller: Caller) -> int:
        seen = overview(as_=caller)
        assert seen["reach"] == caller.reach
        assert len(seen["campaigns"]) == (1 if caller.reach == "all" else 0)
        return int(seen["leads"]["created"])

    assert created(me) == 1
    assert created(user(reach="team", team_id=team)) == 2
    assert created(user(reach="team")) == 0
    assert created(user(reach="partner", partner_id=partner)) == 1
    assert created(user(reach="partner")) == 0
    assert created(user(reach="all")) == 3


def test_the_links_lead_to_the_events(hear: Hear, overview: Overview, api: ApiClient, clock: SettableClock) -> None:
    hear([lead("lead.created", str(uuid7()), "new"), deal("deal.created", str(uuid7()), "open")])
    link = overview("?from=2026-03-02&to=2026-03-02")["leads"]["events"]
    assert [event["type"] for event in api.get(link).json["data"]] == ["lead.created"]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("from=2026-13-01", "from", "not_valid"),
        ("from=2026-03-02&to=2026-03-01", "to", "invalid"),
        ("to=0001-01-01", "to", "out_of_range"),
        ("team=x", "team", "unknown_parameter"),
    ],
)
def test_bad_input_names_the_parameter(api: ApiClient, query: str, field: str, code: str) -> None:
    response = api.get(f"/dashboards/overview?{query}")
    assert response.status_code == 400
    assert [(error["pointer"], error["code"]) for error in response.json["errors"]] == [(f"/{field}", code)]


def test_it_needs_the_scope(api: ApiClient, user: Callable[..., Caller]) -> None:
    assert api.get("/dashboards/overview", as_=None).status_code == 401
    assert api.get("/dashboards/overview", as_=user(scopes="sales:read")).status_code == 403


def test_a_fact_that_makes_no_sense_does_not_hold_the_figures_up(
    hear: Hear, overview: Overview, api: ApiClient
) -> None:
    hear([lead("lead.created", "nobody", "new"), lead("lead.created", str(uuid7()), "new")])
    assert overview()["leads"]["created"] == 1
    assert overview()["position"] == 2
    (refused,) = api.get("/events/refused").json["data"]
    assert refused == {"position": 1, "type": "lead.created", "reason": "lead_id is not a UUID."}
