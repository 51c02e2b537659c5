"""Public pools: what is not followed up goes back, and the team claims it."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from sqlalchemy import update

from chassis.ids import uuid7
from chassis.testing import at_once
from sales.reps.model import Rep


@pytest.fixture
def pooled(api, new_lead):
    """Makes a lead that lies in a pool."""

    def make(pool, **data):
        lead = new_lead(**data)
        body = {"reason": "bought list", "pool_id": pool["id"]}
        response = api.post(f"/leads/{lead['id']}/give-back", json=body)
        assert response.status_code == 200, response.text
        return response.json

    return make


def talk(deliver, lead, clock):
    data = {
        "interaction_id": str(uuid7()), "person_id": lead["person_id"], "lead_id": lead["id"], "channel": "call",
        "direction": "outbound", "at": clock.instant.isoformat(),
    }  # fmt: skip
    deliver("contacts", "interaction.logged", data, subject=f"interactions/{uuid7()}")


def claim(api, pool, lead, who):
    return api.post(f"/pools/{pool['id']}/leads/{lead['id']}/claim", as_=who)


def steps(outbox):
    told = (event.type.removeprefix("lead.") for event in outbox.events() if event.type.startswith("lead.rec"))
    return list(told)


def test_sixty_days_warned_kept_by_a_follow_up_then_taken_back(
    api, clock, tick, deliver, outbox, pool, member, new_lead
):
    place, ann = pool(), member()
    lead = new_lead(owner_id=str(ann.id))
    told = {}
    for day in range(61):
        if day == 13:
            talk(deliver, lead, clock)
        tick("pools")
        tick("pools")
        told.setdefault(len(steps(outbox)), day)
        clock.advance(days=1)
    assert steps(outbox) == ["reclaim_due", "reclaim_due", "reclaimed"]
    assert told == {0: 0, 1: 12, 2: 25, 3: 28}
    warned, taken = outbox.events("lead.reclaim_due")[1].data, outbox.one("lead.reclaimed").data
    assert (warned["rule"], warned["owner_id"], warned["reclaim_at"]) == (
        "no_follow_up", str(ann.id), "2026-03-30T09:00:00+00:00",
    )  # fmt: skip
    assert (taken["owner_id"], taken["team_id"], taken["previous_owner_id"]) == (None, None, str(ann.id))
    planned = [event.data for event in outbox.events("followup.planned") if event.data["step"] == 1000]
    assert [one["due_at"][:10] for one in planned] == ["2026-03-17", "2026-03-30"]
    ended = {event.data["task_id"] for event in outbox.events("followup.cancelled")}
    assert {event.data["task_id"] for event in outbox.events("followup.planned")} == ended
    now = api.get(f"/leads/{lead['id']}").json
    assert (now["owner_id"], now["team_id"], now["pool_id"]) == (None, None, place["id"])
    (line,) = api.get(f"/pools/{place['id']}/history").json["data"]
    assert (line["kind"], line["rule"], line["rep_id"], line["by_id"]) == (
        "reclaimed",
        "no_follow_up",
        str(ann.id),
        None,
    )
    assert api.get(f"/leads/{lead['id']}", as_=ann).status_code == 404


def test_no_deal_in_time_is_not_put_off_by_talking(clock, tick, deliver, outbox, pool, member, new_lead):
    pool(no_follow_up_days=None, no_deal_days=30)
    lead = new_lead(owner_id=str(member().id))
    clock.advance(days=28)
    tick("pools")
    talk(deliver, lead, clock)
    clock.advance(days=2)
    tick("pools")
    assert steps(outbox) == ["reclaim_due"]
    clock.advance(days=1)
    tick("pools")
    assert steps(outbox) == ["reclaim_due", "reclaimed"]
    assert outbox.one("lead.reclaimed").data["rule"] == "no_deal"


def test_nobody_loses_a_lead_unwarned_to_a_new_pool_and_key_accounts_stay(
    api, clock, tick, outbox, pool, member, new_lead
):
    ann = member()
    lead, key = new_lead(owner_id=str(ann.id)), new_lead(owner_id=str(ann.id))
    clock.advance(days=100)
    pool()
    refused = api.post(f"/leads/{key['id']}/protect", json={"reason": "mine"}, as_=ann)
    assert (refused.status_code, refused.json["code"]) == (403, "not_a_manager")
    unsaid = api.post(f"/leads/{key['id']}/protect", json={})
    assert (unsaid.status_code, unsaid.json["errors"][0]["pointer"]) == (422, "/reason")
    locked = api.post(f"/leads/{key['id']}/protect", json={"reason": "key account"})
    assert (locked.status_code, locked.json["protected"]) == (200, True)
    assert api.post(f"/leads/{key['id']}/protect", json={"reason": "again"}).json["code"] == "already_protected"
    assert api.post(f"/leads/{key['id']}/give-back", json={"reason": "x"}).json["code"] == "protected"
    tick("pools")
    assert steps(outbox) == ["reclaim_due"]
    clock.advance(days=3)
    tick("pools")
    assert outbox.one("lead.reclaimed").data["lead_id"] == lead["id"]
    assert api.post(f"/leads/{key['id']}/unprotect", json={"reason": "small now"}).json["protected"] is False
    kinds = [one["kind"] for one in api.get(f"/leads/{key['id']}/pool-history").json["data"]]
    assert kinds == ["unprotected", "protected"]
    tick("pools")
    assert steps(outbox) == ["reclaim_due", "reclaimed", "reclaim_due"]


def test_members_see_the_pool_masked_and_others_do_not(api, user, pool, member, pooled):
    place, ann = pool(), member()
    low, high = pooled(place, phone=None), pooled(place, phone="138 0013 8000", company_name="Shenzhen Lighting")
    assert api.get(f"/leads/{low['id']}", as_=ann).status_code == 404
    seen = api.get(f"/pools/{place['id']}/leads", as_=ann).json["data"]
    assert [one["id"] for one in seen] == [high["id"], low["id"]]
    assert [(one["has_email"], one["has_phone"], one["email"], one["phone"]) for one in seen] == [
        (True, True, None, None), (True, False, None, None),
    ]  # fmt: skip
    found = api.get(f"/pools/{place['id']}/leads?score__gte=60&limit=1", as_=ann).json
    assert ([one["id"] for one in found["data"]], found["next_cursor"]) == ([high["id"]], None)
    assert api.get(f"/pools/{place['id']}/leads?q=138", as_=ann).status_code == 400
    stranger = member("Bo", uuid7())
    for path in ("leads", "history"):
        assert api.get(f"/pools/{place['id']}/{path}", as_=stranger).json["code"] == "not_a_member"
    assert claim(api, place, high, stranger).status_code == 403
    partner = user(reach="partner", partner_id=uuid7())
    assert api.get(f"/pools/{place['id']}/leads", as_=partner).json["code"] == "not_for_partners"
    open_ = api.patch(f"/pools/{place['id']}", json={"masked": False}, if_match=place["version"])
    assert open_.status_code == 200, open_.text
    assert api.get(f"/pools/{place['id']}/leads", as_=ann).json["data"][0]["phone"] == "+8613800138000"


def test_of_fifty_who_claim_a_lead_at_once_one_gets_it(api, outbox, pool, member, pooled):
    place = pool()
    lead = pooled(place)
    reps = [member(f"Rep{n}") for n in range(50)]
    answers = at_once(*(partial(claim, api, place, lead, who) for who in reps))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 49}
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"not_in_pool"}
    told = outbox.one("lead.assigned").data
    (winner,) = [who for who, answer in zip(reps, answers, strict=True) if answer.status_code == 200]
    assert (told["owner_id"], told["rule"]["strategy"]) == (str(winner.id), "claimed")
    assert claim(api, place, lead, winner).status_code == 200  # again: no news
    assert len(outbox.events("lead.assigned")) == 1
    kinds = [one["kind"] for one in api.get(f"/pools/{place['id']}/history").json["data"]]
    assert kinds == ["claimed", "given_back"]


@pytest.mark.parametrize(
    ("terms", "code"), [({"claims_per_day": 3}, "quota_used_up"), ({"max_held": 3}, "holds_too_many")]
)
def test_a_rep_who_claims_many_at_once_stays_within_the_limit(api, outbox, pool, member, pooled, terms, code):
    place = pool(**terms)
    leads = [pooled(place) for _ in range(10)]
    ann = member()
    answers = at_once(*(partial(claim, api, place, lead, ann) for lead in leads))
    assert Counter(answer.status_code for answer in answers) == {200: 3, 409: 7}
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {code}
    assert len(outbox.events("lead.assigned")) == 3
    assert len(api.get(f"/pools/{place['id']}/leads").json["data"]) == 7


def test_the_quota_is_of_a_day_of_the_zone(api, clock, pool, member, pooled):
    place = pool(claims_per_day=1)
    first, second = pooled(place), pooled(place)
    ann = member()  # 09:00 UTC is 17:00 in Shanghai
    assert claim(api, place, first, ann).status_code == 200
    clock.advance(hours=6)
    assert claim(api, place, second, ann).json["code"] == "quota_used_up"
    clock.advance(hours=1)
    assert claim(api, place, second, ann).status_code == 200


def test_who_lost_a_lead_waits_before_claiming_it_again(api, clock, outbox, pool, member, new_lead):
    place, ann, bo = pool(cool_down_days=7), member(), member("Bo")
    lead = new_lead(owner_id=str(ann.id))
    given = api.post(f"/leads/{lead['id']}/give-back", json={"reason": "wrong region"}, as_=ann)
    assert (given.status_code, given.json["pool_id"]) == (200, place["id"])
    assert api.post(f"/leads/{lead['id']}/give-back", json={"reason": "again"}).json["code"] == "already_pooled"
    assert claim(api, place, lead, ann).json["code"] == "cooling_down"
    assert len(outbox.events("lead.reclaimed")) == 1
    clock.advance(days=7)
    assert claim(api, place, lead, ann).status_code == 200
    api.post(f"/leads/{lead['id']}/give-back", json={"reason": "no"}, as_=ann)
    assert claim(api, place, lead, bo).json["owner_id"] == str(bo.id)


def test_a_manager_gives_out_of_the_pool_and_moves_between_pools(api, user, pool, member, pooled, team):
    place, other = pool(max_held=1), pool(team_ids=[])
    ann = member()
    lead, second = pooled(place), pooled(place)
    path = f"/pools/{place['id']}/leads"
    give = {"owner_id": str(ann.id)}
    assert api.post(f"{path}/{lead['id']}/assign", json=give, as_=ann).json["code"] == "not_a_manager"
    assert api.post(f"{path}/{lead['id']}/assign", json={"owner_id": str(uuid7())}).status_code == 422
    boss = user(reach="team", team_id=team)
    assert api.post(f"{path}/{lead['id']}/assign", json=give, as_=boss).json["owner_id"] == str(ann.id)
    assert api.post(f"{path}/{second['id']}/assign", json=give, as_=boss).json["code"] == "holds_too_many"
    move = {"to_pool_id": other["id"], "reason": "another branch"}
    assert api.post(f"{path}/{second['id']}/transfer", json=move, as_=boss).json["code"] == "not_for_all"
    assert api.post(f"{path}/{second['id']}/transfer", json=move).json["pool_id"] == other["id"]
    assert api.post(f"{path}/{second['id']}/transfer", json=move).json["code"] == "not_in_pool"
    assert api.post(f"{path}/{uuid7()}/claim", as_=ann).status_code == 404
    for one in (place, other):
        assert api.get(f"/pools/{one['id']}/history").json["data"][0]["kind"] == "transferred"


def test_a_team_that_lost_its_people_stays_in_its_pool(api, database, pool, team):
    place = pool()
    with database.transaction() as session:
        session.execute(update(Rep).values(active=False))
    kept = api.patch(f"/pools/{place['id']}", json={"team_ids": [str(team)]}, if_match=1)
    assert kept.json["team_ids"] == [str(team)]
    refused = api.patch(f"/pools/{place['id']}", json={"team_ids": [str(team), str(uuid7())]}, if_match=2)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/team_ids/1")
    assert api.get(f"/pools/{place['id']}").json["team_ids"] == [str(team)]


def test_rules_and_clocks_leave_pooled_leads_alone_and_they_sleep_there(api, clock, tick, pool, member, pooled):
    place, ann = pool(), member()
    lead = pooled(place)
    tick("idle_leads")
    assert api.post("/leads/assign", json={}).json["data"] == []
    clock.advance(days=40)
    tick("silence")
    tick("pools")
    assert api.get(f"/leads/{lead['id']}").json["status"] == "dormant"
    taken = claim(api, place, lead, ann).json
    assert (taken["status"], taken["follow_step"], taken["pool_id"]) == ("following", 0, None)
    tick("silence")
    assert api.get(f"/leads/{lead['id']}", as_=ann).json["status"] == "following"


@pytest.mark.parametrize("close", ["lose", "convert"])
def test_what_is_closed_is_in_no_pool(api, pool, pooled, close):
    place = pool()
    lead = pooled(place)
    body = {"reason": "gone"} if close == "lose" else {}
    assert api.post(f"/leads/{lead['id']}/{close}", json=body).status_code == 200
    assert api.get(f"/leads/{lead['id']}").json["pool_id"] is None
    assert api.get(f"/pools/{place['id']}/history").json["data"][0]["kind"] == "closed"
    assert api.post(f"/leads/{lead['id']}/give-back", json={"reason": "x", "pool_id": place["id"]}).status_code == 409


@pytest.mark.parametrize(
    ("terms", "pointer", "code"),
    [
        ({"warn_days": 15}, "/warn_days", "too_early"),
        ({"zone": "Mars"}, "/zone", "unknown_zone"),
        ({"no_follow_up_days": 0}, "/no_follow_up_days", "out_of_range"),
        ({"claims_per_day": -1}, "/claims_per_day", "out_of_range"),
        ({"team_ids": None}, "/team_ids/0", "has_a_pool"),  # that of the first
        ({"team_ids": [str(uuid7())]}, "/team_ids/0", "unknown_team"),
    ],
)
def test_terms_that_make_no_sense_are_refused(api, pool, terms, pointer, code):
    first = pool(name="First")
    data = {"name": "Second", "no_follow_up_days": 15, "warn_days": 3} | terms
    if data.get("team_ids", ()) is None:
        data["team_ids"] = first["team_ids"]
    response = api.post("/pools", json=data)
    assert response.status_code == 422, response.text
    assert [(error["pointer"], error["code"]) for error in response.json["errors"]] == [(pointer, code)]
    assert [one["name"] for one in api.get("/pools").json["data"]] == ["First"]


def test_only_managers_make_pools_and_one_out_of_use_rests(
    api, clock, tick, outbox, pool, member, new_lead, pooled, team
):
    ann = member()
    assert api.post("/pools", json={"name": "Mine"}, as_=ann).json["code"] == "not_a_manager"
    place = pool()
    lead = pooled(place)
    held = new_lead(owner_id=str(ann.id))
    off = api.patch(f"/pools/{place['id']}", json={"active": False}, if_match=place["version"])
    assert off.json["team_ids"] == [str(team)]
    clock.advance(days=40)
    tick("pools")
    assert steps(outbox) == ["reclaimed"]  # the one that was put there by hand
    assert claim(api, place, lead, ann).json["code"] == "pool_inactive"
    refused = api.post(f"/leads/{held['id']}/give-back", json={"reason": "x"}, as_=ann)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/pool_id")
