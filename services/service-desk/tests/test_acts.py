"""Assigning, waiting, resolving, reopening, closing, escalating."""

import pytest

from chassis.ids import uuid7
from service_desk import settings as desk_settings


@pytest.fixture
def configured(monkeypatch):
    def configure(**values):
        for name, value in values.items():
            monkeypatch.setenv(f"SERVICE_DESK_{name}", value)
        desk_settings.settings.cache_clear()

    yield configure
    monkeypatch.undo()
    desk_settings.settings.cache_clear()


def act(api, id_, what, **body):
    return api.post(f"/tickets/{id_}/{what}", json=body)


def test_a_ticket_is_given_by_hand(api, agents, ticket, outbox):
    team = uuid7()
    (ann,) = agents("Ann", team_id=team)
    agents("Rep", role="sales_rep")
    opened = ticket(assignee_id=str(ann))
    agents("Bo")
    given = act(api, opened["id"], "assign", assignee_id=str(ann)).json
    assert (given["assignee_id"], given["team_id"], given["state"]) == (str(ann), str(team), "open")
    assert outbox.types() == ["ticket.created", "ticket.assigned"]  # she had it already


def test_only_agents_are_given_tickets(api, agents, ticket, outbox, deliver):
    (rep,) = agents("Rep", role="sales_rep")
    opened = ticket()
    assert opened["assignee_id"] is None
    refused = act(api, opened["id"], "assign", assignee_id=str(rep))
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "not_an_agent")
    nobody = act(api, opened["id"], "assign")
    assert (nobody.status_code, nobody.json["code"]) == (409, "no_agent")
    assert outbox.types() == ["ticket.created"]


def test_who_is_not_available_gets_no_new_tickets(api, agents, ticket):
    ann, bo = agents("Ann", "Bo")
    shown = api.get(f"/agents/{ann}").json
    assert api.patch(f"/agents/{ann}", json={"available": False}, if_match=shown["version"]).status_code == 200
    assert {ticket()["assignee_id"] for _ in range(3)} == {str(bo)}
    assert ticket(assignee_id=str(ann))["assignee_id"] == str(ann)  # by hand, one knows what one does


def test_the_least_busy_gets_it(agents, ticket, configured):
    configured(ASSIGNMENT="least_busy")
    ann, bo = agents("Ann", "Bo")
    for _ in range(3):
        ticket(assignee_id=str(ann))
    assert [ticket()["assignee_id"] for _ in range(3)] == [str(bo)] * 3


def test_manual_assignment_leaves_it_to_people(api, agents, ticket, configured):
    configured(ASSIGNMENT="manual")
    (ann,) = agents("Ann")
    opened = ticket()
    assert opened["assignee_id"] is None
    assert act(api, opened["id"], "assign").json["assignee_id"] == str(ann)


def test_wrong_settings_are_all_named(configured):
    configured(ASSIGNMENT="loudest", REOPEN_AT_SCORE="9", SURVEY_URL="https://example.com/survey")
    with pytest.raises(Exception) as error:
        desk_settings.settings()
    for name in ("ASSIGNMENT", "REOPEN_AT_SCORE", "SURVEY_URL"):
        assert f"SERVICE_DESK_{name}" in str(error.value)


def test_resolving_tells_whether_promises_were_kept(api, clock, ticket, outbox):
    id_ = ticket()["id"]
    clock.advance(minutes=30)
    resolved = act(api, id_, "resolve", resolution="Restarted it", survey=False).json
    assert resolved["survey"] is None
    shown = resolved["ticket"]
    assert (shown["state"], shown["resolution"], shown["resolved_at"]) == (
        "resolved",
        "Restarted it",
        "2026-03-02T09:30:00Z",
    )
    assert (shown["first_response_met"], shown["resolution_met"], shown["next_due"]) == (True, True, None)
    assert shown["closes_at"] == "2026-03-09T09:30:00Z"
    told = outbox.one("ticket.resolved").data
    assert (told["state"], told["resolution_met"], told["first_responded_at"]) == (
        "resolved", True, "2026-03-02T09:30:00+00:00",
    )  # fmt: skip


def test_reopening_goes_on_with_what_was_left(api, clock, ticket, outbox):
    opened = ticket(priority="high")
    clock.advance(minutes=30)
    act(api, opened["id"], "resolve", survey=False)
    clock.advance(days=7)  # the same hour, a week later: none of it counts
    reopened = act(api, opened["id"], "reopen").json
    assert (reopened["state"], reopened["resolution_met"], reopened["times_reopened"]) == ("open", None, 1)
    assert opened["resolution_due"] == "2026-03-03T09:00:00Z"
    assert reopened["resolution_due"] == "2026-03-10T09:00:00Z"
    assert outbox.types() == ["ticket.created", "ticket.resolved", "ticket.reopened"]


def test_refusals_change_nothing_and_tell_nothing(api, ticket, outbox):
    opened = ticket()
    for what, body, code in (("close", {}, "not_resolved"), ("reopen", {}, "not_resolved")):
        refused = act(api, opened["id"], what, **body)
        assert (refused.status_code, refused.json["code"], refused.json["state"]) == (409, code, "new"), what
    assert act(api, opened["id"], "escalate").status_code == 422
    assert api.get(f"/tickets/{opened['id']}").json == opened
    assert outbox.types() == ["ticket.created"]
    missing = uuid7()
    for what in ("assign", "pend", "resolve", "reopen", "close"):
        assert act(api, missing, what).status_code == 404, what


def test_escalating_raises_a_level_up_to_three(api, ticket, outbox):
    id_ = ticket()["id"]
    levels = [act(api, id_, "escalate", reason="The customer is furious").json.get("level") for _ in range(4)]
    assert levels == [1, 2, 3, None]
    assert [(e.data["level"], e.data["reason"]) for e in outbox.events("ticket.escalated")] == [
        (1, "manual"), (2, "manual"), (3, "manual"),
    ]  # fmt: skip
    notes = api.get(f"/tickets/{id_}/messages").json["data"]
    assert [(n["body"], n["public"]) for n in notes] == [("The customer is furious", False)] * 3


def test_resolved_tickets_close_themselves_once(api, clock, tick, ticket, outbox):
    stays, comes_back = ticket()["id"], ticket()["id"]
    for id_ in (stays, comes_back):
        act(api, id_, "resolve", survey=False)
    clock.advance(days=6)
    tick("close_what_stays_resolved")
    act(api, comes_back, "reopen")
    assert outbox.events("ticket.closed") == []
    clock.advance(days=1)
    tick("close_what_stays_resolved")
    tick("close_what_stays_resolved")
    assert outbox.one("ticket.closed").data["ticket_id"] == stays
    assert api.get(f"/tickets/{stays}").json["closed_at"] == "2026-03-09T09:00:00Z"
    assert api.get(f"/tickets/{comes_back}").json["state"] == "open"
