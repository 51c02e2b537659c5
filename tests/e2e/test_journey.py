"""One web form becomes a won deal, a ticket, a survey and a figure on the dashboard."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from chassis.testing import eventually
from launcher.demo.feed import Feed
from launcher.demo.journey import Journey

pytestmark = pytest.mark.e2e


def figures(overview: dict[str, Any]) -> dict[str, Any]:
    """The figures that the journey moves."""
    won = {s["currency"]: Decimal(s["amount"]) for s in overview["deals"]["won"]}
    return {
        "leads": overview["leads"]["created"],
        "converted": overview["leads"]["converted"],
        "won": won.get("CNY", Decimal(0)),
        "open tickets": overview["tickets"]["open"],
        "resolved": overview["tickets"]["resolved"],
        "answered in time": overview["sla"]["first_response"]["met"],
        "surveys answered": overview["csat"]["answered"],
    }


@pytest.fixture(scope="module")
def journey(platform) -> Journey:
    return Journey(platform.admin(), platform.public())


@pytest.fixture(scope="module")
def feed(platform) -> Feed:
    return Feed(platform.admin())


@pytest.fixture(scope="module")
def before(journey) -> dict[str, Any]:
    return figures(journey.overview())


def test_a_form_becomes_a_lead_with_an_owner(journey, feed, before):
    journey.prepare_campaign()
    submission = journey.submit_form()
    assert submission["submission_id"]
    events = feed.until("form.submitted", "contact.identified", "lead.created", "lead.assigned", "task.created")
    assert len({event["correlationid"] for event in events if event["type"].startswith("lead.")}) == 1
    lead = journey.find_lead()
    assert (lead["status"], lead["source"]) == ("new", "web_form")
    assert (lead["name"], lead["email"]) == (journey.visitor.name, journey.visitor.email)
    assert lead["campaign_id"] == journey.campaign["id"]


def test_the_same_form_again_makes_nothing_new(journey, feed):
    again = journey.submit_form()
    people = journey.staff.get("/contacts/people", q=journey.visitor.email)["data"]
    leads = journey.staff.get("/sales/leads", q=journey.visitor.email)["data"]
    assert (len(people), len(leads)) == (1, 1)
    assert again["submission_id"]


def test_a_call_moves_the_cadence_on(journey, feed):
    journey.follow_up()
    feed.until("interaction.logged", "lead.followed")
    assert journey.staff.get(f"/sales/leads/{journey.lead['id']}")["status"] == "following"


def test_the_lead_becomes_a_deal_that_is_won_and_ordered(journey, feed):
    journey.convert()
    journey.move_on()
    order = journey.win()
    assert order["total"] == "128000.00"
    feed.until("deal.won", "order.placed", "ticket.created", "contact.graded")
    person = journey.staff.get(f"/contacts/people/{journey.lead['person_id']}")
    assert person["lifecycle"] == "customer"


def test_the_onboarding_ticket_is_served_and_rated(journey, feed):
    ticket = journey.find_ticket()
    assert (ticket["kind"], ticket["requester_name"]) == ("onboarding", journey.visitor.name)
    resolved = journey.serve()
    assert resolved["ticket"]["state"] == "resolved"
    journey.answer_survey(5)
    feed.until("ticket.resolved", "survey.sent", "survey.answered")


def test_every_step_is_a_figure_on_the_dashboard(journey, before):
    expected = {
        "leads": before["leads"] + 1,
        "converted": before["converted"] + 1,
        "won": before["won"] + 128000,
        "open tickets": before["open tickets"],
        "resolved": before["resolved"] + 1,
        "answered in time": before["answered in time"] + 1,
        "surveys answered": before["surveys answered"] + 1,
    }
    eventually(lambda: figures(journey.overview()) == expected, within=20)


def test_the_campaign_has_earned_it(journey):
    campaign = eventually(
        lambda: [
            c for c in journey.overview()["campaigns"] if c["campaign_id"] == journey.campaign["id"] and c["revenue"]
        ]
    )[0]
    assert (campaign["responses"], campaign["leads"], campaign["roi"]) == (1, 1, 5.4)
    assert campaign["revenue"] == [
        {"currency": "CNY", "count": 1, "amount": "128000.00", "credited": "0.00", "net": "128000.00"}
    ]
    own = journey.staff.get(f"/marketing/campaigns/{journey.campaign['id']}")
    assert own["attributed_revenue"] == "128000.00"


def test_the_customer_record_tells_the_whole_story(journey):
    kinds = [entry["kind"] for entry in journey.timeline()]
    assert {"consent", "interaction", "lead", "task", "deal", "order", "ticket", "survey"} <= set(kinds)


def test_no_event_is_missing(journey):
    assert journey.staff.get("/reporting/events/gaps")["data"] == []
    assert journey.staff.get("/reporting/log/status")["complete"] is True


def test_a_rebuild_from_the_log_equals_the_live_figures(journey):
    def comparable() -> dict[str, Any]:
        overview = journey.overview()
        return {k: v for k, v in overview.items() if k not in ("position", "folded_at")}

    live = comparable()
    job = journey.staff.post("/reporting/projections/rebuild")
    done = eventually(
        lambda: (j := journey.staff.get(f"/reporting/jobs/{job['id']}"))["status"] in ("done", "failed") and j,
        within=60,
    )
    assert done["status"] == "done", done
    assert comparable() == live
