"""Cadences by grade and source, what is due, and a quarter in the life of several leads, day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from chassis import clock as business
from chassis.events import Event
from chassis.ids import uuid7
from chassis.testing import at_once

Json = dict[str, Any]
KEY = {
    "name": "Key accounts", "grades": ["A"], "dormant_days": 14, "recycle_after_days": 10, "escalate_after_days": 1,
    "steps": [
        {"days": 1, "channel": "call", "titles": {"en": "Call at once", "zh": "立即致电"}},
        {"days": 5, "channel": "visit", "titles": {"en": "Visit"}},
    ],
}  # fmt: skip
FAIR = {
    "name": "Fair", "position": 1, "sources": ["fair"], "working_days": True, "dormant_days": 20,
    "steps": [{"days": 3, "titles": {"en": "Send what was promised"}}],
}  # fmt: skip


@pytest.fixture
def talk(deliver):
    """Lets contacts tell of a call with a lead."""

    def tell(lead: Json, **changes: Any):
        data = {
            "interaction_id": str(uuid7()), "person_id": lead["person_id"], "company_id": None, "deal_id": None,
            "lead_id": lead["id"], "ticket_id": None, "channel": "call", "direction": "out", "outcome": None,
            "at": business.now().isoformat(), "author_id": None,
        }  # fmt: skip
        return deliver("contacts", "interaction.logged", data | changes)

    return tell


@pytest.fixture
def grade(deliver):
    """Lets contacts tell of a grade."""

    def tell(person_id: str, grade: str | None, sequence: int = 5) -> None:
        data = {"person_id": person_id, "grade": grade, "rfm": None}
        deliver("contacts", "contact.graded", data, subject=f"people/{person_id}", sequence=sequence)

    return tell


@pytest.fixture
def cadence(api) -> Callable[..., Json]:
    """Makes a cadence over the API."""

    def make(body: Json, **changes: Any) -> Json:
        response = api.post("/cadences", json=body | changes)
        assert response.status_code == 201, response.text
        return response.json

    return make


def due(api, lead: Json) -> list[tuple[int, str, str]]:
    steps = api.get(f"/leads/{lead['id']}/follow-ups").json["data"]
    return [(one["step"], one["title"], one["due_at"][5:10]) for one in steps if one["state"] == "planned"]


@pytest.fixture
def complete(deliver):
    """Lets contacts tell that the task of a follow-up was completed."""

    def tell(lead: Json, task_id: str, **changes: Any):
        now = business.now().isoformat()
        data = {
            "task_id": task_id, "title": "Call", "state": "done", "priority": "normal", "owner_id": None, "due_at": now,
            "completed_at": now, "person_id": lead["person_id"], "lead_id": lead["id"], "deal_id": None,
            "source": "followup",
        }  # fmt: skip
        return deliver("contacts", "task.completed", data | changes)

    return tell


def steps(api, lead: Json) -> list[tuple[int, str]]:
    return [(one["step"], one["state"]) for one in api.get(f"/leads/{lead['id']}/follow-ups").json["data"]]


def test_who_completes_the_task_has_done_the_step_and_the_talk_moves_the_lead_on(
    api, clock, outbox, rep, new_lead, talk, complete, tick
) -> None:
    rep("Ann")
    lead = new_lead()
    first = api.get(f"/leads/{lead['id']}/follow-ups").json["data"][0]["id"]
    complete(lead, str(uuid7()))
    complete(lead, first, source="user")
    assert steps(api, lead) == [(1, "planned"), (2, "planned")]
    complete(lead, first)
    complete(lead, first)
    assert steps(api, lead) == [(1, "done"), (2, "planned")]
    assert [event.data["task_id"] for event in outbox.events("followup.cancelled")] == [first]
    assert api.get(f"/leads/{lead['id']}").json["status"] == "new"
    clock.advance(days=6)
    tick("overdue_follow_ups")
    assert "lead.followup_overdue" not in outbox.types()
    talk(lead)
    assert api.get(f"/leads/{lead['id']}").json["status"] == "following"
    assert steps(api, lead) == [(1, "done"), (2, "cancelled"), (2, "planned")]


def _one_by_one(events: Iterable[Event]) -> Iterator[tuple[str, Json]]:
    """Type and data of what is told, each of those that are told of together by itself."""
    for event in events:
        name = {"leads.assigned": "leads", "followups.planned": "followups", "followups.cancelled": "followups"}
        if event.type in name:
            yield from ((event.type.replace("s.", ".", 1), one) for one in event.data[name[event.type]])
        else:
            yield event.type, event.data


def test_a_quarter_of_several_leads_day_by_day(
    api, clock, outbox, deliver, rep, new_lead, talk, grade, cadence, tick
) -> None:
    start = clock.instant  # Monday, 2 March
    team = uuid7()
    ann = str(rep("Ann", team_id=team))
    boss = str(rep("Boss", roles=("sales_manager",), team_id=team))
    cadence(KEY)
    cadence(FAIR)
    told: list[str] = []
    seen = len(outbox.events())
    names: dict[str, str] = {}

    def lead(name: str, **data: Any) -> Json:
        made = new_lead(name=name, owner_id=ann, **data)
        names[made["id"]] = name
        return made

    def tell_story(day: int) -> None:
        nonlocal seen
        for type_, data in _one_by_one(outbox.events()[seen:]):
            word = type_.removeprefix("lead.").removeprefix("followup.")
            if type_ == "followup.planned":
                whose = "Ann" if data["owner_id"] == ann else "Boss"
                left = (datetime.fromisoformat(data["due_at"]) - start).days
                word = f"planned {data['step']} for {whose} on {left}: {data['title']}"
            elif type_ == "followup.cancelled":
                word = data["state"]
            elif word in ("created", "assigned", "deal.created"):
                continue
            told.append(f"{day} {names[data['lead_id']]} {word}")
        seen = len(outbox.events())

    silent, talked, key, fair, won = (
        lead("Silent"), lead("Talked"), lead("Key"), lead("Fair", source="fair"), lead("Won"),
    )  # fmt: skip
    tell_story(0)
    for day in range(1, 92):
        clock.set(start)
        clock.advance(days=day)
        if day == 1:
            grade(key["person_id"], "A")
        if day in (2, 8, 60):
            talk(talked)
        if day == 3:
            talk(fair)
        if day == 4:
            api.post(f"/leads/{won['id']}/convert", json={})
        for name in ("silence", "overdue_follow_ups", "recycling", "idle_leads"):
            tick(name)
            tick(name)
        outbox_types = [event.type for event in outbox.events()[seen:]]
        assert len(outbox_types) < 20
        tell_story(day)

    first, second = "First contact with a new lead", "Second contact with a lead"
    mine = {name: [line for line in told if line.split(" ")[1] == name] for name in names.values()}
    assert mine["Silent"] == [
        f"0 Silent planned 1 for Ann on 3: {first}",
        f"0 Silent planned 2 for Ann on 7: {second}",
        "6 Silent followup_overdue",
        f"6 Silent planned 1 for Boss on 6: Overdue: {first}",
        "10 Silent followup_overdue",
        f"10 Silent planned 2 for Boss on 10: Overdue: {second}",
        *["31 Silent cancelled"] * 4,
        "31 Silent dormant",
    ]
    assert mine["Talked"] == [
        f"0 Talked planned 1 for Ann on 3: {first}",
        f"0 Talked planned 2 for Ann on 7: {second}",
        "2 Talked followed",
        "2 Talked done",
        "2 Talked cancelled",
        f"2 Talked planned 2 for Ann on 9: {second}",
        "8 Talked followed",
        "8 Talked done",
        "39 Talked dormant",
        "60 Talked followed",
        f"60 Talked planned 2 for Ann on 67: {second}",
        "70 Talked followup_overdue",
        f"70 Talked planned 2 for Boss on 70: Overdue: {second}",
        *["91 Talked cancelled"] * 2,
        "91 Talked dormant",
    ]
    assert mine["Key"] == [
        f"0 Key planned 1 for Ann on 3: {first}",
        f"0 Key planned 2 for Ann on 7: {second}",
        *["1 Key cancelled"] * 2,
        "1 Key planned 1 for Ann on 1: Call at once",
        "1 Key planned 2 for Ann on 5: Visit",
        "3 Key followup_overdue",
        "3 Key planned 1 for Boss on 3: Overdue: Call at once",
        "7 Key followup_overdue",
        "7 Key planned 2 for Boss on 7: Overdue: Visit",
        *["15 Key cancelled"] * 4,
        "15 Key dormant",
        "25 Key recycled",
        "25 Key planned 1 for Ann on 26: Call at once",
        "25 Key planned 2 for Ann on 30: Visit",
        "28 Key followup_overdue",
        "28 Key planned 1 for Boss on 28: Overdue: Call at once",
        "32 Key followup_overdue",
        "32 Key planned 2 for Boss on 32: Overdue: Visit",
        *["40 Key cancelled"] * 4,
        "40 Key dormant",
    ]
    assert mine["Fair"] == [
        "0 Fair planned 1 for Ann on 3: Send what was promised",
        "3 Fair followed",
        "3 Fair done",
        "24 Fair dormant",
    ]
    assert mine["Won"] == [
        f"0 Won planned 1 for Ann on 3: {first}",
        f"0 Won planned 2 for Ann on 7: {second}",
        *["4 Won cancelled"] * 2,
        "4 Won converted",
    ]
    assert api.get(f"/leads/{silent['id']}").json["status"] == "dormant"
    assert boss in {event.data["owner_id"] for event in outbox.events("followup.planned")}
    ended = {"followup.planned": set(), "followup.cancelled": set()}
    for type_, data in _one_by_one(outbox.events()):
        if type_ in ended:
            ended[type_].add(data["task_id"])
    assert ended["followup.planned"] == ended["followup.cancelled"]


def test_the_choice_is_explained_and_kept_from_partners(api, user, rep, new_lead, cadence, grade, deliver) -> None:
    rep()
    key, fair = cadence(KEY), cadence(FAIR)
    person = str(uuid7())
    grade(person, "A")
    lead = new_lead(person_id=person, source="fair")
    assert (lead["cadence_id"], lead["cadence_choice"]) == (
        key["id"], {"name": "Key accounts", "reason": "Key accounts is for grade A and every source"},
    )  # fmt: skip
    grade(person, "B", sequence=4)  # older news
    assert api.get(f"/leads/{lead['id']}").json["cadence_id"] == key["id"]
    grade(person, None, sequence=6)
    seen = api.get(f"/leads/{lead['id']}").json
    assert (seen["cadence_id"], seen["cadence_choice"]["reason"]) == (
        fair["id"], "Key accounts is not for grade none; Fair is for every grade and source fair",
    )  # fmt: skip
    assert due(api, lead) == [(1, "Send what was promised", due(api, lead)[0][2])]
    plain = new_lead()
    assert plain["cadence_choice"]["reason"].endswith("Fair is not for source manual; the default holds")
    partner = user(reach="partner", partner_id=uuid7())
    theirs = api.post("/leads", json={"name": "Registered"}, as_=partner).json
    assert "cadence_choice" not in theirs
    assert "cadence_id" not in theirs
    assert api.get("/cadences", as_=partner).status_code == 403


def test_a_change_of_a_cadence_holds_for_what_is_planned_after(api, clock, rep, new_lead, talk, cadence, tick) -> None:
    rep()
    body = KEY | {"grades": [], "steps": [*KEY["steps"], {"days": 9, "titles": {"en": "Write"}}]}
    made = cadence(body)
    lead = new_lead()
    before = due(api, lead)
    steps = [{"days": 2, "titles": {"zh": "致电"}}, {"days": 4, "titles": {"en": "Write"}}]
    changed = api.patch(f"/cadences/{made['id']}", json={"steps": steps, "dormant_days": 3}, if_match=made["version"])
    assert changed.status_code == 200, changed.text
    assert due(api, lead) == before == [
        (1, "Call at once", "03-03"), (2, "Visit", "03-07"), (3, "Write", "03-11"),
    ]  # fmt: skip
    clock.advance(days=1)
    talk(lead)
    assert due(api, lead) == [(2, "Write", "03-07")]
    clock.advance(days=4)
    tick("silence")
    assert api.get(f"/leads/{lead['id']}").json["status"] == "dormant"


def test_working_days_pass_over_the_weekend(api, clock, rep, new_lead, cadence) -> None:
    rep()
    cadence(FAIR)
    clock.advance(days=2)  # a Wednesday
    assert due(api, new_lead(source="fair")) == [(1, "Send what was promised", "03-09")]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"steps": []}, "/steps"),
        ({"steps": [{"days": 3, "titles": {"en": "a"}}, {"days": 3, "titles": {"en": "b"}}]}, "/steps/1/days"),
        ({"steps": [{"days": 3, "titles": {}}]}, "/steps/0/titles"),
        ({"steps": [{"days": -1, "titles": {"en": "a"}}]}, "/steps/0/days"),
        ({"steps": [{"days": 1, "titles": {"en": "a"}, "channel": "fax"}]}, "/steps/0/channel"),
        ({"grades": ["D"]}, "/grades/0"),
        ({"dormant_days": 0}, "/dormant_days"),
        ({"escalate_after_days": 0}, "/escalate_after_days"),
        ({"name": ""}, "/name"),
    ],
)
def test_a_cadence_that_makes_no_sense_is_refused(api, change, pointer) -> None:
    refused = api.post("/cadences", json=KEY | change)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer), refused.text
    assert api.get("/cadences").json["data"] == []


def test_only_managers_keep_cadences_and_a_name_is_given_once(api, user, cadence) -> None:
    made, rep_ = cadence(KEY), user(reach="own")
    assert api.post("/cadences", json=FAIR, as_=rep_).json["code"] == "not_a_manager"
    assert api.patch(f"/cadences/{made['id']}", json={"active": False}, if_match=1, as_=rep_).status_code == 403
    assert api.post("/cadences", json=KEY).status_code == 409


def test_what_is_due_is_listed_within_reach(api, user, clock, rep, new_lead) -> None:
    ann, bo = rep("Ann"), rep("Bo")
    mine, other = new_lead(name="Mine", owner_id=str(ann)), new_lead(name="Other", owner_id=str(bo))
    me = user(reach="own", id=ann)

    def listed(query: str, **options: Any) -> list[tuple[str, int]]:
        return [(one["lead_name"], one["step"]) for one in api.get(f"/follow-ups?{query}", **options).json["data"]]

    assert listed("due=overdue") == []
    assert listed("due=week", as_=me) == [("Mine", 1)]
    clock.advance(days=3)
    assert listed("due=today") == [("Mine", 1), ("Other", 1)]
    assert listed("due=today", as_=me) == [("Mine", 1)]
    clock.advance(days=5)
    assert listed("due=overdue", as_=me) == [("Mine", 1), ("Mine", 2)]
    assert listed(f"due=overdue&owner_id={bo}") == [("Other", 1), ("Other", 2)]
    assert listed(f"owner_id={bo}", as_=me) == []
    page = api.get("/follow-ups?limit=1&due=overdue", as_=me).json
    assert listed(f"limit=1&due=overdue&cursor={page['next_cursor']}", as_=me) == [("Mine", 2)]
    foreign = page["data"][0]["id"]
    assert api.get(f"/follow-ups/{foreign}", as_=user(reach="own", id=bo)).status_code == 404
    assert api.get(f"/follow-ups/{foreign}", as_=me).json["person_id"] == mine["person_id"]
    for query in ("due=soon", "owner_id=7"):
        assert api.get(f"/follow-ups?{query}").status_code == 400
    assert api.get("/follow-ups?due=overdue", as_=user(reach="partner", partner_id=uuid7())).status_code == 403
    assert other["owner_id"] == str(bo)


def test_nobody_to_escalate_to_is_told_once(api, clock, outbox, rep, new_lead, tick) -> None:
    rep("Ann", team_id=uuid7())
    new_lead()
    clock.advance(days=6)
    for _ in range(3):
        tick("overdue_follow_ups")
    told = outbox.one("lead.followup_overdue").data
    assert (told["manager_id"], told["escalation_task_id"], told["step"]) == (None, None, 1)
    assert len(outbox.events("followup.planned")) == 2


def test_converting_while_the_clocks_tick_leaves_nothing_planned(api, clock, outbox, rep, new_lead, tick) -> None:
    rep()
    for _ in range(4):
        lead = new_lead()
        clock.advance(days=31)
        convert = partial(api.post, f"/leads/{lead['id']}/convert", json={})
        at_once(convert, partial(tick, "silence"), partial(tick, "overdue_follow_ups"), convert)
        assert api.get(f"/leads/{lead['id']}").json["status"] == "converted"
    assert len(outbox.events("lead.converted")) == len(outbox.events("deal.created")) == 4
    planned = [event.data["task_id"] for event in outbox.events("followup.planned")]
    ended = [event.data["task_id"] for event in outbox.events("followup.cancelled")]
    assert sorted(planned) == sorted(ended)
