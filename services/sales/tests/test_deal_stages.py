"""What stages ask of deals: fields, checks, time; holds, stalls, and other pipelines."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once

ENDS = [{"name": "Won", "kind": "won", "required_fields": ["product"]}, {"name": "Lost", "kind": "lost"}]
ITEM = {"key": "budget", "label": "Budget confirmed"}


@pytest.fixture
def pipeline(api):
    """Makes a pipeline of these open stages; its id, and its stages by name."""

    def make(*stages, **options):
        body = {"name": f"P {uuid7()}", "stages": [*stages, *ENDS]} | options
        answer = api.post("/pipelines", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json["id"], {stage["name"]: stage["id"] for stage in answer.json["stages"]}

    return make


def test_a_stage_names_the_fields_that_are_missing(api, outbox, new_deal, pipeline) -> None:
    asked = ["amount", "expected_close", "next_step_on", "company_id"]
    id_, stages = pipeline({"name": "Talk"}, {"name": "Offer", "required_fields": asked})
    deal = new_deal(pipeline_id=id_, amount="0", next_step_on="2026-03-09")
    path = f"/deals/{deal['id']}"
    refused = api.post(f"{path}/move", json={"stage_id": stages["Offer"]})
    assert (refused.status_code, [error["pointer"] for error in refused.json["errors"]]) == (
        422, ["/amount", "/expected_close", "/company_id"],
    )  # fmt: skip
    placed = api.post(f"{path}/place", json={"stage_id": stages["Offer"]})
    created = api.post("/deals", json={"name": "A", "pipeline_id": id_, "stage_id": stages["Offer"]})
    assert (placed.status_code, created.status_code) == (422, 422)
    assert api.post(f"{path}/win", json={}).json["errors"][0]["pointer"] == "/product"
    assert api.get(path).json == deal
    assert outbox.types() == ["deal.created"]
    filled = {"amount": "5.00", "expected_close": "2026-04-01", "company_id": str(uuid7())}
    api.patch(path, json=filled, if_match=deal["version"])
    assert api.post(f"{path}/move", json={"stage_id": stages["Offer"]}).json["stage"] == "Offer"
    assert api.post(f"{path}/win", json={"product": "Lamps"}).json["status"] == "won"


def test_a_deal_goes_on_when_all_is_done_and_back_at_any_time(api, clock, deliver, outbox, new_deal, pipeline) -> None:
    checks = [
        ITEM,
        {"key": "quote", "kind": "quote_sent", "label": "A quote was sent"},
        {"key": "agreed", "kind": "quote_accepted", "label": "The quote was accepted"},
        {"key": "fresh", "kind": "interaction", "label": "Talked to this week", "days": 7},
        {"key": "who", "kind": "contact_role", "label": "The decision maker is known", "role": "decision_maker"},
    ]
    id_, stages = pipeline({"name": "Talk"}, {"name": "Offer", "exit_checks": checks}, {"name": "Close"})
    deal = new_deal(pipeline_id=id_, stage_id=stages["Offer"])
    path = f"/deals/{deal['id']}"
    for action, body in (("move", {"stage_id": stages["Close"]}), ("win", {"product": "x"})):
        refused = api.post(f"{path}/{action}", json=body)
        assert (refused.status_code, refused.json["code"]) == (409, "exit_checks")
        assert refused.json["checks"] == ["budget", "quote", "agreed", "fresh", "who"]
    assert outbox.types() == ["deal.created"]
    first, again = (api.put(f"{path}/checklist/budget", json={"done": True}) for _ in range(2))
    assert first.json == again.json
    assert (first.json["data"][0]["met"], first.json["data"][0]["ticked_by"]) == (True, str(api.default.id))
    assert api.put(f"{path}/checklist/quote", json={}).json["code"] == "not_an_item"
    assert api.put(f"{path}/checklist/nothing", json={}).status_code == 404
    _send_a_quote(api, deal["id"])
    _talk(deliver, deal["id"], clock.instant)
    person = {"person_id": str(uuid7()), "role": "decision_maker"}
    assert api.put(f"{path}/contacts", json={"contacts": [person]}).status_code == 200
    met = {one["key"]: one["met"] for one in api.get(f"{path}/checklist").json["data"]}
    assert met == {"budget": True, "quote": True, "agreed": True, "fresh": True, "who": True}
    clock.advance(days=8)
    assert api.post(f"{path}/move", json={"stage_id": stages["Close"]}).json["checks"] == ["fresh"]
    assert api.put(f"{path}/checklist/budget", json={"done": False}).json["data"][0]["met"] is False
    assert api.post(f"{path}/move", json={"stage_id": stages["Talk"]}).json["stage"] == "Talk"
    assert api.post(f"{path}/lose", json={"reason": "price"}).json["status"] == "lost"


def test_what_a_stage_asks_for_is_checked_itself(api) -> None:
    for stage, pointer in (
        ({"required_fields": ["shoe_size"]}, "/stages/0/required_fields/0"),
        ({"exit_checks": [ITEM, ITEM]}, "/stages/0/exit_checks/1/key"),
        ({"exit_checks": [ITEM | {"kind": "interaction"}]}, "/stages/0/exit_checks/0/days"),
        ({"exit_checks": [ITEM | {"kind": "contact_role"}]}, "/stages/0/exit_checks/0/role"),
        ({"exit_checks": [ITEM | {"key": "Not A Key"}]}, "/stages/0/exit_checks/0/key"),
        ({"max_days": 0}, "/stages/0/max_days"),
    ):
        refused = api.post("/pipelines", json={"name": "P", "stages": [{"name": "Talk"} | stage, *ENDS]})
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer), stage


def test_a_deal_goes_to_another_pipeline_on_purpose_only(api, outbox, new_deal, stages, pipeline) -> None:
    id_, others = pipeline({"name": "Due"}, {"name": "Asked"})
    deal = new_deal()
    path = f"/deals/{deal['id']}"
    for body, pointer in (
        ({"pipeline_id": str(uuid7())}, "/pipeline_id"),
        ({"pipeline_id": id_, "stage_id": stages["Proposal"]}, "/stage_id"),
        ({"pipeline_id": id_, "stage_id": others["Won"]}, "/stage_id"),
        ({"pipeline_id": deal["pipeline_id"], "stage_id": stages["Proposal"]}, "/pipeline_id"),
    ):
        refused = api.post(f"{path}/transfer", json=body)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert api.get(path).json == deal
    moved = [api.post(f"{path}/transfer", json={"pipeline_id": id_}).json for _ in range(2)]
    assert (moved[0]["pipeline_id"], moved[0]["stage"], moved[0]) == (id_, "Due", moved[1])
    assert moved[0]["version"] == deal["version"] + 1
    told = outbox.one("deal.stage_changed").data
    assert (told["from_stage"], told["stage"], told["pipeline_id"]) == ("Qualified", "Due", id_)
    lost = api.post(f"{path}/lose", json={"reason": "price"}).json
    assert lost["stage_id"] == others["Lost"]
    assert api.post(f"{path}/transfer", json={"pipeline_id": deal["pipeline_id"]}).json["code"] == "already_lost"
    assert api.post(f"{path}/reopen", json={}).json["stage"] == "Due"


def test_a_deal_rests_until_its_day_and_comes_back(api, clock, tick, outbox, new_deal, stages) -> None:
    path = f"/deals/{new_deal()['id']}"
    hold = {"until": "2026-03-10", "reason": "Budget"}
    for body, pointer in (({"until": "2026-03-02", "reason": "x"}, "/until"), ({"until": "2026-03-10"}, "/reason")):
        assert api.post(f"{path}/hold", json=body).json["errors"][0]["pointer"] == pointer
    held = [api.post(f"{path}/hold", json=hold).json for _ in range(2)]
    assert (held[0]["held_until"], held[0]["status"], held[0]) == ("2026-03-10", "open", held[1])
    assert outbox.one("deal.held").data["reason"] == "Budget"
    refused = api.post(f"{path}/move", json={"stage_id": stages["Proposal"]})
    assert (refused.status_code, refused.json["code"]) == (409, "on_hold")
    clock.advance(days=7)
    tick("holds")
    assert api.get(path).json["held_until"] == "2026-03-10"
    clock.advance(days=1)
    tick("holds")
    tick("holds")
    back = api.get(path).json
    assert (back["held_until"], back["hold_reason"], back["stage"]) == (None, None, "Qualified")
    assert outbox.one("deal.resumed").data["on_hold"] is False
    api.post(f"{path}/hold", json=hold | {"until": "2026-04-01"})
    assert [api.post(f"{path}/resume", json={}).json["held_until"] for _ in range(2)] == [None, None]
    assert len(outbox.events("deal.resumed")) == 2
    api.post(f"{path}/hold", json=hold | {"until": "2026-04-01"})
    assert api.post(f"{path}/win", json={}).json["held_until"] is None
    assert api.post(f"{path}/hold", json=hold | {"until": "2026-04-01"}).json["code"] == "already_won"


def test_a_deal_that_stands_still_is_flagged_once_per_stay(api, clock, tick, outbox, new_deal, pipeline) -> None:
    id_, stages = pipeline({"name": "Talk", "max_days": 5}, {"name": "Offer"})
    slow, held = (new_deal(pipeline_id=id_) for _ in range(2))
    path = f"/deals/{slow['id']}"
    api.post(f"/deals/{held['id']}/hold", json={"until": "2027-01-01", "reason": "Budget"})
    clock.advance(days=5)
    tick("stalled_deals")
    assert api.get("/deals?stalled=true").json["data"] == []
    clock.advance(minutes=1)
    tick("stalled_deals")
    tick("stalled_deals")
    (flagged,) = api.get("/deals?stalled=true").json["data"]
    assert (flagged["id"], flagged["stalled_because"]) == (slow["id"], "stage_time")
    told = outbox.one("deal.stalled")
    assert (told.data["because"], told.data["stalled"], told.sequence) == ("stage_time", True, flagged["version"])
    assert api.get(f"{path}/history").json["data"][0]["stalled_at"] is not None
    moved = api.post(f"{path}/move", json={"stage_id": stages["Offer"]}).json
    assert (moved["stalled"], moved["stalled_because"]) == (False, None)
    api.post(f"{path}/move", json={"stage_id": stages["Talk"]})
    clock.advance(days=6)
    tick("stalled_deals")
    assert len(outbox.events("deal.stalled")) == 2


def test_silence_stalls_a_deal_and_talk_wakes_it(api, clock, tick, deliver, outbox, new_deal, pipeline) -> None:
    id_, _ = pipeline({"name": "Talk"}, idle_days=10)
    deal = new_deal(pipeline_id=id_)
    path = f"/deals/{deal['id']}"
    clock.advance(days=9)
    _talk(deliver, deal["id"], clock.instant)
    late = _talk(deliver, deal["id"], clock.instant.replace(day=3))
    deliver.again(late)
    talked = api.get(path).json
    assert (talked["last_interaction_at"], talked["version"]) == ("2026-03-11T09:00:00Z", deal["version"])
    clock.advance(days=10, minutes=1)
    tick("stalled_deals")
    assert api.get(path).json["stalled_because"] == "no_activity"
    _talk(deliver, deal["id"], clock.instant, channel="note")
    assert api.get(path).json["stalled"] is True
    _talk(deliver, deal["id"], clock.instant)
    assert api.get(path).json["stalled"] is False
    clock.advance(days=11)
    tick("stalled_deals")
    assert api.get(path).json["stalled"] is True
    assert len(outbox.events("deal.stalled")) == 1  # one stay, one event


def test_how_often_a_close_was_put_off_is_counted(api, clock, new_deal) -> None:
    deal = new_deal(expected_close="2026-03-12")
    path = f"/deals/{deal['id']}"
    assert (deal["days_left"], deal["close_pushes"]) == (10, 0)
    for day, pushes in (("2026-03-20", 1), ("2026-03-20", 1), ("2026-03-10", 1), (None, 1), ("2026-05-01", 1)):
        deal = api.patch(path, json={"expected_close": day}, if_match=deal["version"]).json
        assert deal["close_pushes"] == pushes, day
    deal = api.patch(path, json={"expected_close": "2026-05-02"}, if_match=deal["version"]).json
    assert (deal["close_pushes"], deal["days_left"]) == (2, 61)
    assert api.get("/deals").json["data"] == [deal]


def test_a_stage_is_left_once_though_many_move_at_once(api, outbox, new_deal, stages) -> None:
    path = f"/deals/{new_deal()['id']}"
    calls = [partial(api.post, f"{path}/move", json={"stage_id": stages["Proposal"]}) for _ in range(4)]
    assert [answer.status_code for answer in at_once(*calls)] == [200] * 4
    assert len(outbox.events("deal.stage_changed")) == 1
    assert [one["stage"] for one in api.get(f"{path}/history").json["data"]] == ["Qualified", "Proposal"]


def _send_a_quote(api, deal_id) -> None:
    line = {"description": "Lamps", "unit_price": "10.00"}
    quote = api.post("/quotes", json={"deal_id": deal_id, "valid_until": "2026-04-01", "lines": [line]}).json
    assert api.post(f"/quotes/{quote['id']}/submit", json={}).json["status"] == "approved"
    token = api.post(f"/quotes/{quote['id']}/send", json={}).json["token"]
    accepted = api.post(f"/public/quotes/{token}/accept", json={"name": "王小明"}, as_=None)
    assert accepted.status_code == 200, accepted.text


def _talk(deliver, deal_id, at, channel="call"):
    told = {
        "interaction_id": str(uuid7()), "person_id": None, "company_id": None, "deal_id": deal_id, "lead_id": None,
        "ticket_id": None, "channel": channel, "direction": "out", "outcome": None, "at": at.isoformat(),
        "author_id": str(uuid7()),
    }  # fmt: skip
    return deliver("contacts", "interaction.logged", told)
