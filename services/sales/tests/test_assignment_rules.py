"""Rules of assignment, and who is there to take leads."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from sqlalchemy import event, func, select

from chassis.ids import uuid7
from chassis.testing import at_once
from sales.leads.assignment import assign_many
from sales.leads.model import Lead


@pytest.fixture
def rule(api):
    def make(name, pool="everyone", strategy="round_robin", **data):
        response = api.post("/assignment-rules", json={"name": name, "pool": pool, "strategy": strategy} | data)
        assert response.status_code == 201, response.text
        return response.json

    return make


@pytest.fixture
def limit(api):
    def put(rep_id, **values):
        path = f"/reps/{rep_id}/availability"
        response = api.put(path, json=values, if_match=api.get(path).json["version"])
        assert response.status_code == 200, response.text
        return response.json

    return put


def owners(outbox) -> list[str]:
    return [told.data["owner_id"] for told in outbox.events("lead.assigned")]


def seats(*rep_ids):
    return [{"rep_id": str(rep_id)} for rep_id in rep_ids]


def test_the_first_rule_that_holds_and_has_somebody_decides_and_says_why(api, outbox, rep, rule, limit, new_lead):
    ann, bo = rep("Ann"), rep("Bo")
    limit(ann, opted_out=True)
    fair = {"field": "source", "op": "in", "value": ["fair"]}
    made = rule("Fair", "members", when=fair, members=seats(ann))
    rule("Key", "members", when={"field": "score", "op": "gte", "value": 90}, members=seats(bo))
    last = rule("Rest", "members", "least_busy", members=seats(ann, bo))
    lead = new_lead(source="fair")
    assert lead["owner_id"] == str(bo)
    assert lead["assignment"] == {
        "strategy": "least_busy",
        "territory": None,
        "reason": "Rule Rest (everything), to the least busy.",
        "territory_id": None,
        "rule": "Rest",
        "rule_id": last["id"],
        "by": "least_busy",
        "passed": [
            {"rule": "Fair", "territory": None, "why": "nobody_free"},
            {"rule": "Key", "territory": None, "why": "conditions"},
        ],
        "skipped": [{"rep_id": str(ann), "why": "opted_out"}],
    }
    assert outbox.one("lead.assigned").data["rule"] == lead["assignment"]
    api.delete(f"/assignment-rules/{last['id']}", if_match=last["version"])
    waiting = new_lead(source="fair")
    assert (waiting["owner_id"], waiting["assignment"]["reason"]) == (None, "Nobody whom a rule names can take it now.")
    limit(ann)
    (given,) = api.post("/leads/assign", json={}).json["data"]
    assert (given["owner_id"], given["assignment"]["rule_id"]) == (str(ann), made["id"])


def test_rules_ask_what_a_lead_wants_and_which_language_it_speaks(api, outbox, rep, rule, new_lead, identified):
    ann, bo, cai = rep("Ann"), rep("Bo"), rep("Cai")
    rule("LED", "members", when={"field": "product", "op": "in", "value": ["LED-20"]}, members=seats(ann))
    rule("Chinese", "members", when={"field": "language", "op": "prefix", "value": ["zh"]}, members=seats(bo))
    rule("Rest", "members", members=seats(cai))
    said = {"product": "led-20", "language": "zh"}, {"language": "zh-Hant"}
    assert [new_lead(**one)["owner_id"] for one in said] == [str(ann), str(bo)]
    assert [outbox.events("lead.created")[0].data[name] for name in ("product", "language")] == ["led-20", "zh"]
    assert new_lead()["owner_id"] == str(cai)
    for nonsense in ({"language": "Chinese!"}, {"product": "x" * 81}, {"product": ""}):
        assert api.post("/leads", json={"name": "X"} | nonsense).status_code == 422
    formed = identified(product="LED-20", language="Deutsch")
    (lead,) = api.get("/leads?product=LED-20").json["data"]
    assert (lead["owner_id"], lead["language"]) == (str(ann), None)
    identified(person_id=formed["person_id"], product="LED-40", language="de")
    again = api.get(f"/leads/{lead['id']}").json
    assert (again["product"], again["language"]) == ("LED-20", "de")
    changed = api.patch(f"/leads/{lead['id']}", json={"product": None}, if_match=again["version"]).json
    assert (changed["product"], changed["language"], changed["owner_id"]) == (None, "de", str(ann))


def test_limits_hold_when_leads_come_at_once_and_the_rest_waits(api, database, rep, rule, limit):
    ann, bo, cai = rep("Ann"), rep("Bo"), rep("Cai")
    limit(ann, max_per_day=7)
    limit(bo, max_open=5)
    limit(cai, max_per_day=0)
    # Two rules share the same people: what one gives counts for the other.
    rule("Odd", when={"field": "source", "op": "in", "value": ["odd"]})
    rule("Even")

    def create(n):
        sources = ("odd", "even")
        return [
            api.post("/leads", json={"name": f"Lead {n}.{i}", "source": sources[i % 2]}).status_code for i in range(5)
        ]

    statuses = at_once(*(partial(create, n) for n in range(8)))
    assert Counter(status for many in statuses for status in many) == {201: 40}
    with database.reading() as session:
        shares = dict(session.execute(select(Lead.owner_id, func.count()).group_by(Lead.owner_id)).all())
    assert shares == {ann: 7, bo: 5, None: 28}


def test_weights_share_out_exactly_when_leads_come_at_once(api, database, rep, rule):
    ann, bo = rep("Ann"), rep("Bo")
    members = [{"rep_id": str(ann), "weight": 3}, {"rep_id": str(bo), "weight": 1}]
    rule("By weight", "members", "weighted", members=members)
    at_once(
        *(
            lambda n=n: [api.post("/leads", json={"name": f"Lead {n}.{i}"}).status_code for i in range(10)]
            for n in range(8)
        )
    )
    with database.reading() as session:
        shares = dict(session.execute(select(Lead.owner_id, func.count()).group_by(Lead.owner_id)).all())
    assert shares == {ann: 60, bo: 20}


def test_outside_their_hours_leads_wait_and_the_next_morning_they_are_given(
    api, outbox, clock, rep, rule, limit, new_lead, tick
):
    ann = rep("Ann")
    hours = {
        "name": "Shanghai",
        "zone": "Asia/Shanghai",
        "hours": {"mon": [["09:00", "18:00"]], "tue": [["09:00", "18:00"]]},
    }
    calendar = api.post("/work-calendars", json=hours | {"holidays": ["2026-03-03"]}).json
    limit(ann, calendar_id=calendar["id"], absences=[{"from": "2026-03-09", "until": "2026-03-09"}])
    rule("By day", within_hours=True)
    clock.advance(hours=1)  # Monday 10:00 UTC: 18:00 there
    lead = new_lead()
    assert lead["owner_id"] is None
    assert lead["assignment"]["skipped"] == [{"rep_id": str(ann), "why": "outside_hours"}]
    version = lead["version"]
    for hours_on, owner in ((15, None), (24 * 6, None), (24, str(ann))):  # a holiday, an absence, a Tuesday
        clock.advance(hours=hours_on)
        tick("idle_leads")
        lead = api.get(f"/leads/{lead['id']}").json
        assert lead["owner_id"] == owner, clock.instant
    assert lead["version"] == version + 2  # the absence was one more explanation, the trials none
    refused = api.delete(f"/work-calendars/{calendar['id']}", if_match=calendar["version"])
    assert (refused.status_code, refused.json["code"]) == (409, "in_use")


def test_a_batch_is_given_by_a_few_statements_however_many(api, database, outbox, rep, new_lead):
    for n in range(40):
        new_lead(name=f"Lead {n}")
    reps = [rep(name) for name in ("Ann", "Bo", "Cai", "Di")]
    counts = []
    for many in (8, 32):
        with database.transaction() as session:
            leads = session.scalars(select(Lead).where(Lead.owner_id.is_(None)).limit(many).with_for_update()).all()
            statements = []
            event.listen(database.engine, "before_cursor_execute", lambda *a, s=statements: s.append(a[2]))
            assert len(assign_many(session, leads)) == many
            counts.append(len(statements))
    assert counts[1] <= counts[0] <= 20
    told = outbox.each("leads.assigned", "leads", "lead_id")
    assert Counter(one.data["owner_id"] for one in told) == {str(rep_id): 10 for rep_id in reps}
    assert len(outbox.events("leads.assigned")) == 2
    planned = outbox.each("followups.planned", "followups", "task_id")
    assert len({told.data["task_id"] for told in planned}) == len(planned) == 80
    lead = api.get("/leads").json["data"][0]
    assert [one["step"] for one in api.get(f"/leads/{lead['id']}/follow-ups").json["data"]] == [1, 2]
    assert api.patch(f"/leads/{lead['id']}", json={"source": "fair"}, if_match=lead["version"]).status_code == 200


def test_nonsense_is_refused_and_nothing_changes(api, outbox, rep, rule, limit, user):
    ann = rep("Ann")
    rule("One")
    good = {"name": "A", "pool": "everyone", "strategy": "round_robin"}
    cases = (
        ({"strategy": ""}, 422, "/strategy"),
        ({"pool": "members"}, 422, "/members"),
        ({"pool": "members", "members": seats(uuid7())}, 422, "/members/0/rep_id"),
        ({"pool": "members", "members": [{"rep_id": str(ann), "weight": -1}]}, 422, "/members/0/weight"),
        ({"when": {"field": "colour", "op": "in", "value": ["red"]}}, 422, "/when/field"),
        ({"name": "One"}, 409, "/name"),
    )
    for body, status, pointer in cases:
        refused = api.post("/assignment-rules", json=good | body)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (status, pointer), body
    assert [one["name"] for one in api.get("/assignment-rules").json["data"]] == ["One"]
    path = f"/reps/{ann}/availability"
    for body, pointer in (
        ({"max_per_day": -1}, "/max_per_day"),
        ({"calendar_id": str(uuid7())}, "/calendar_id"),
        ({"absences": [{"from": "2026-03-02", "until": "2026-03-01"}]}, "/absences/0/until"),
    ):
        refused = api.put(path, json=body, if_match=0)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer), body
    limit(ann, max_open=3)
    assert api.put(path, json={}, if_match=0).status_code == 412
    assert api.get(f"/reps/{uuid7()}/availability").status_code == 404
    herself = user(id=ann, reach="own", roles=("sales_rep",))
    assert api.put(path, json={"opted_out": True}, if_match=1, as_=herself).json["opted_out"] is True
    other = user(reach="own", roles=("sales_rep",))
    assert api.put(path, json={}, if_match=2, as_=other).status_code == 403
    assert api.post("/assignment-rules", json=good, as_=other).status_code == 403
    partner = user(reach="partner", partner_id=uuid7())
    assert api.get(path, as_=partner).status_code == 403
    assert api.get("/assignment-rules", as_=partner).status_code == 403


def test_two_who_say_what_limits_a_rep_at_once_do_not_both(api, rep):
    path = f"/reps/{rep('Ann')}/availability"
    answers = at_once(*[lambda: api.put(path, json={"max_open": 1}, if_match=0).status_code] * 4)
    assert Counter(answers) == {200: 1, 412: 3}
