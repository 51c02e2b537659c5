"""Customers in public pools: sales decides, contacts owns the owner and answers."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from sqlalchemy import text

from chassis.ids import uuid7
from chassis.testing import at_once


@pytest.fixture
def pool(pool):
    """Makes a pool with rules for customers."""
    return partial(pool, no_follow_up_days=None, customer_no_follow_up_days=15)


@pytest.fixture
def pooled(api, contacts):
    """Makes a customer that lies in a pool."""

    def make(pool, kind="company"):
        id_ = contacts.customer(uuid7(), kind)
        body = {"reason": "not worth it", "pool_id": pool["id"]}
        response = api.post(f"/customers/{id_}/give-back", json=body)
        assert (response.status_code, response.json["state"]) == (202, "leaving"), response.text
        contacts.answer()
        assert api.get(f"/customers/{id_}").json["state"] == "pooled"
        return id_

    return make


def claim(api, pool, id_, who):
    return api.post(f"/pools/{pool['id']}/customers/{id_}/claim", as_=who)


def steps(outbox):
    return [e.type.removeprefix("customer.") for e in outbox.events() if e.type.startswith("customer.")]


def in_pool(api, pool, **more):
    return [one["id"] for one in api.get(f"/pools/{pool['id']}/customers", **more).json["data"]]


@pytest.mark.parametrize("kind", ["company", "person"])
def test_sixty_days_warned_kept_by_a_talk_then_taken_back(
    api, clock, tick, deliver, outbox, pool, member, contacts, kind
):
    place, ann = pool(), member()
    id_ = contacts.customer(ann.id, kind)
    told = {}
    for day in range(61):
        if day == 13:
            data = {"interaction_id": str(uuid7()), "person_id": id_ if kind == "person" else None,
                    "company_id": id_ if kind == "company" else None, "channel": "call", "direction": "outbound",
                    "at": clock.instant.isoformat()}  # fmt: skip
            deliver("contacts", "interaction.logged", data, subject=f"interactions/{uuid7()}")
        tick("customer_pools")
        tick("customer_pools")
        told.setdefault(len(steps(outbox)), day)
        clock.advance(days=1)
    assert steps(outbox) == ["reclaim_due", "kept", "reclaim_due", "reclaimed"]
    assert told == {0: 0, 1: 12, 2: 13, 3: 25, 4: 28}
    warned, taken = outbox.events("customer.reclaim_due")[1].data, outbox.one("customer.reclaimed").data
    assert (warned["rule"], warned["owner_id"], warned["reclaim_at"]) == (
        "no_follow_up", str(ann.id), "2026-03-30T09:00:00+00:00",
    )  # fmt: skip
    assert (taken["kind"], taken[f"{kind}_id"], taken["previous_owner_id"], taken["warning_id"]) == (
        kind, id_, str(ann.id), warned["warning_id"],
    )  # fmt: skip
    # Contacts has not answered: it is Ann's still, in no list, and nobody can claim it.
    assert api.get(f"/customers/{id_}", as_=ann).json["state"] == "leaving"
    assert in_pool(api, place) == []
    assert claim(api, place, id_, member("Bo")).json["code"] == "not_settled"
    (event,) = contacts.answer()
    deliver.again(event)
    assert in_pool(api, place) == [id_]
    assert api.get(f"/customers/{id_}", as_=ann).status_code == 404
    (line,) = api.get(f"/pools/{place['id']}/history").json["data"]
    assert (line["kind"], line["rule"], line["rep_id"], line["by_id"], line["customer_id"], line["lead_id"]) == (
        "reclaimed", "no_follow_up", str(ann.id), None, id_, None,
    )  # fmt: skip


def test_a_deal_keeps_the_customer_until_none_is_won_in_time(
    api, clock, tick, outbox, deliver, pool, member, contacts, new_deal, stages
):
    pool(customer_no_follow_up_days=None, customer_no_deal_days=30, customer_no_close_days=90, warn_days=0)
    ann = member()
    idle, busy = contacts.customer(ann.id), contacts.customer(ann.id)
    deal = new_deal(company_id=busy, owner_id=str(ann.id))
    clock.advance(days=30)
    tick("customer_pools")
    taken = outbox.one("customer.reclaimed").data
    assert (taken["customer_id"], taken["rule"]) == (idle, "no_deal")
    won = api.post(f"/deals/{deal['id']}/win", json={})
    assert won.status_code == 200, won.text
    deliver("sales", "deal.won", outbox.one("deal.won").data, subject=f"deals/{deal['id']}")
    clock.advance(days=29)
    tick("customer_pools")
    assert len(outbox.events("customer.reclaimed")) == 1
    new_deal(company_id=busy, owner_id=str(ann.id))
    clock.advance(days=60)
    tick("customer_pools")
    assert len(outbox.events("customer.reclaimed")) == 1
    clock.advance(days=1)
    tick("customer_pools")
    last = outbox.events("customer.reclaimed")[1].data
    assert (last["customer_id"], last["rule"]) == (busy, "no_close")


def test_people_of_a_company_partners_customers_key_accounts_and_leads_stay(
    api, clock, tick, outbox, pool, member, contacts, new_lead
):
    pool(warn_days=0)
    ann = member()
    person = contacts.customer(ann.id, "person", company_id=str(uuid7()))
    assert api.get(f"/customers/{person}").status_code == 404
    contacts.customer(ann.id, partner_id=str(uuid7()))
    key, led = contacts.customer(ann.id), contacts.customer(ann.id, "person")
    assert api.post(f"/customers/{key}/protect", json={"reason": "x"}, as_=ann).json["code"] == "not_a_manager"
    assert api.post(f"/customers/{key}/protect", json={"reason": "key account"}).json["protected"] is True
    assert api.post(f"/customers/{key}/protect", json={"reason": "again"}).json["code"] == "already_protected"
    assert api.post(f"/customers/{key}/give-back", json={"reason": "x"}).json["code"] == "protected"
    lead = new_lead(person_id=led, owner_id=str(ann.id))
    clock.advance(days=100)
    tick("customer_pools")
    assert steps(outbox) == []
    api.post(f"/leads/{lead['id']}/lose", json={"reason": "no need"})
    assert api.post(f"/customers/{key}/unprotect", json={"reason": "small now"}).status_code == 200
    tick("customer_pools")
    assert {one["customer_id"] for one in _together(outbox, "reclaimed")} == {key, led}
    kinds = [one["kind"] for one in api.get(f"/customers/{key}/pool-history").json["data"]]
    assert kinds == ["reclaimed", "unprotected", "protected"]


def test_of_fifty_who_claim_a_customer_at_once_one_gets_it(api, outbox, pool, member, contacts, pooled, team):
    place = pool()
    id_ = pooled(place)
    reps = [member(f"Rep{n}") for n in range(50)]
    answers = at_once(*(partial(claim, api, place, id_, who) for who in reps))
    assert Counter(answer.status_code for answer in answers) == {202: 1, 409: 49}
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"not_in_pool"}
    (winner,) = [who for who, answer in zip(reps, answers, strict=True) if answer.status_code == 202]
    told = outbox.one("customer.claimed").data
    assert (told["taker_id"], told["taker_team_id"], told["owner_id"]) == (str(winner.id), str(team), None)
    again = claim(api, place, id_, winner)
    assert (again.status_code, again.json["state"], again.json["taker_id"]) == (202, "claimed", str(winner.id))
    assert in_pool(api, place) == []
    contacts.answer()
    settled = claim(api, place, id_, winner)  # again: no news
    assert (settled.status_code, settled.json["state"], settled.json["owner_id"]) == (200, "owned", str(winner.id))
    assert len(outbox.events("customer.claimed")) == 1
    assert api.get(f"/customers/{id_}", as_=winner).json["pool_id"] is None
    kinds = [one["kind"] for one in api.get(f"/pools/{place['id']}/history").json["data"]]
    assert kinds == ["claimed", "given_back"]


def test_a_deal_or_lead_keeps_its_own_customer_and_no_other(
    api, clock, tick, outbox, pool, member, contacts, new_deal, new_lead
):
    pool(customer_no_follow_up_days=None, customer_no_deal_days=30, warn_days=3)
    ann = member()
    idle, busy, led = contacts.customer(ann.id), contacts.customer(ann.id), contacts.customer(ann.id, "person")
    there = contacts.customer(ann.id, "person", company_id=busy)
    clock.advance(days=28)
    tick("customer_pools")
    assert {one["customer_id"] for one in _together(outbox, "reclaim_due")} == {idle, busy, led}
    new_deal(person_id=there, owner_id=str(ann.id))
    new_lead(person_id=led, owner_id=str(ann.id))
    tick("customer_pools")
    assert {one["customer_id"] for one in _together(outbox, "kept")} == {busy, led}
    clock.advance(days=5)
    tick("customer_pools")
    assert [event.data["customer_id"] for event in outbox.events("customer.reclaimed")] == [idle]


@pytest.mark.parametrize(
    ("terms", "code"), [({"claims_per_day": 3}, "quota_used_up"), ({"max_customers": 3}, "holds_too_many")]
)
def test_a_rep_who_claims_many_at_once_stays_within_the_limit(api, outbox, pool, member, pooled, terms, code):
    place = pool(**terms)
    ids = [pooled(place) for _ in range(10)]
    ann = member()
    answers = at_once(*(partial(claim, api, place, id_, ann) for id_ in ids))
    assert Counter(answer.status_code for answer in answers) == {202: 3, 409: 7}
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {code}
    assert len(outbox.events("customer.claimed")) == 3
    assert len(in_pool(api, place)) == 7


def test_a_claim_that_contacts_refuses_is_undone_and_counts_for_nothing(
    api, outbox, pool, member, contacts, pooled, deliver
):
    place, ann = pool(claims_per_day=1), member()
    changed, left, merged = pooled(place), pooled(place), pooled(place)
    for id_, reason, state in ((changed, "changed", "owned"), (left, "user_inactive", "pooled")):
        assert claim(api, place, id_, ann).status_code == 202
        if reason == "changed":
            contacts.kept[id_]["owner_id"], contacts.kept[id_]["sequence"] = str(uuid7()), 9
        (event,) = contacts.answer(refuse=reason)
        deliver.again(event)
        undone = outbox.events("customer.claim_undone")[-1].data
        assert (undone["customer_id"], undone["taker_id"], undone["reason"]) == (id_, str(ann.id), reason)
        now = api.get(f"/customers/{id_}").json
        assert (now["state"], now["taker_id"], now["owner_id"]) == (state, None, contacts.kept[id_]["owner_id"])
    assert len(outbox.events("customer.claim_undone")) == 2
    refused = api.get(f"/pools/{place['id']}/history?kind=claimed").json["data"]
    assert [one["refused"] for one in refused] == ["user_inactive", "changed"]
    assert claim(api, place, merged, ann).status_code == 202
    contacts.answer(refuse="merged")
    assert api.get(f"/customers/{merged}").status_code == 404
    assert claim(api, place, left, ann).status_code == 202
    assert claim(api, place, changed, ann).json["code"] == "not_in_pool"


def test_news_of_contacts_in_any_order_end_the_same(api, clock, pool, member, contacts, pooled, deliver):
    place, ann, bo = pool(), member(), member("Bo")
    id_ = contacts.customer(ann.id)
    api.post(f"/customers/{id_}/give-back", json={"reason": "x"}, as_=ann)
    contacts.tell(id_)  # somebody corrected its name meanwhile: Ann's still
    assert api.get(f"/customers/{id_}").json["state"] == "leaving"
    contacts.kept[id_]["sequence"] = 4
    contacts.answer(ahead=True)  # by its version 5
    contacts.kept[id_]["sequence"] = 3
    contacts.tell(id_, owner_id=str(ann.id))  # its version 4, older than the answer
    assert in_pool(api, place) == [id_]
    contacts.tell(id_, owner_id=None)  # its version 5, told of behind the answer
    assert in_pool(api, place) == [id_]
    contacts.tell(id_, owner_id=str(bo.id))  # given by hand, in contacts
    assert api.get(f"/customers/{id_}", as_=bo).json["state"] == "owned"
    assert in_pool(api, place) == []
    assert [one["kind"] for one in api.get(f"/pools/{place['id']}/history").json["data"]] == ["assigned", "given_back"]


@pytest.mark.parametrize("end", ["company.merged", "company.deleted", "companies.deleted"])
def test_what_is_merged_or_deleted_is_in_no_pool_for_good(api, deliver, pool, pooled, contacts, end):
    place = pool()
    id_ = pooled(place)
    merged = {"company_id": str(uuid7()), "survivor_id": str(uuid7()), "loser_id": id_, "merge_id": str(uuid7()),
              "name": "Acme"}  # fmt: skip
    deleted = {"job_id": str(uuid7()), "company_ids": [id_]} if end == "companies.deleted" else {"company_id": id_}
    data = merged if end == "company.merged" else deleted
    deliver("contacts", end, data, subject=f"companies/{id_}", sequence=5)
    assert api.get(f"/customers/{id_}").status_code == 404
    assert api.get(f"/pools/{place['id']}/history").json["data"][0]["kind"] == "closed"
    contacts.tell(id_, owner_id=str(uuid7()))  # told of before, heard of after
    assert api.get(f"/customers/{id_}").status_code == 404


@pytest.mark.parametrize("end", ["contact.deleted", "contact.erased", "contact.merged"])
def test_who_claimed_what_goes_in_that_moment_is_told(api, deliver, outbox, pool, member, pooled, contacts, end):
    place, ann = pool(), member()
    id_ = pooled(place, "person")
    assert claim(api, place, id_, ann).status_code == 202
    told, personal = {"person_id": id_}, None
    if end == "contact.merged":
        told = {"person_id": str(uuid7()), "survivor_id": str(uuid7()), "loser_id": id_, "merge_id": str(uuid7())}
        personal = {"name": "Li Na", "emails": [], "phones": [], "company_name": None}
    deliver("contacts", end, told, personal=personal, subject=f"people/{id_}", sequence=5)
    undone = outbox.one("customer.claim_undone").data
    reason = "merged" if end == "contact.merged" else "deleted"
    assert (undone["taker_id"], undone["reason"]) == (str(ann.id), reason)
    assert undone["personal"]["name"] == ("Li Na" if end == "contact.merged" else None)
    assert api.get(f"/customers/{id_}").status_code == 404
    history = api.get(f"/pools/{place['id']}/history").json["data"]
    assert [(one["kind"], one["refused"]) for one in history][:2] == [("closed", None), ("claimed", reason)]
    contacts.answer(refuse=reason)
    assert len(outbox.events("customer.claim_undone")) == 1


def test_who_lost_a_customer_waits_and_managers_give_and_move(api, clock, user, pool, member, contacts, team):
    place, other, ann, bo = pool(max_customers=1), pool(team_ids=[]), member(), member("Bo")
    id_, second = contacts.customer(ann.id), contacts.customer(ann.id)
    for one in (id_, second):
        api.post(f"/customers/{one}/give-back", json={"reason": "x"}, as_=ann)
    contacts.answer()
    assert claim(api, place, id_, ann).json["code"] == "cooling_down"
    path, give = f"/pools/{place['id']}/customers", {"owner_id": str(bo.id)}
    assert api.post(f"{path}/{id_}/assign", json=give, as_=ann).json["code"] == "not_a_manager"
    boss = user(reach="team", team_id=team)
    assert api.post(f"{path}/{id_}/assign", json=give, as_=boss).status_code == 202
    assert api.post(f"{path}/{second}/assign", json=give, as_=boss).json["code"] == "holds_too_many"
    move = {"to_pool_id": other["id"], "reason": "another branch"}
    assert api.post(f"{path}/{second}/transfer", json=move, as_=boss).json["code"] == "not_for_all"
    assert api.post(f"{path}/{second}/transfer", json=move).json["pool_id"] == other["id"]
    assert api.post(f"{path}/{second}/transfer", json=move).json["code"] == "not_in_pool"
    assert claim(api, place, str(uuid7()), ann).status_code == 404


def test_members_see_the_pool_masked_and_others_do_not(api, user, pool, member, pooled):
    place, ann = pool(), member()
    company, person = pooled(place), pooled(place, "person")
    assert in_pool(api, place, as_=ann) == [person, company]
    first = api.get(f"/pools/{place['id']}/customers?kind=person", as_=ann).json["data"][0]
    assert (first["name"], first["email"], first["phone"], first["has_email"]) == ("Li Na", None, None, True)
    assert in_pool_by(api, place, "industry=software", ann) == [company]
    assert in_pool_by(api, place, "country=CN", ann) == [person, company]
    assert api.get(f"/pools/{place['id']}/customers?q=Li", as_=ann).status_code == 400
    stranger = member("Bo", uuid7())
    assert api.get(f"/pools/{place['id']}/customers", as_=stranger).json["code"] == "not_a_member"
    assert claim(api, place, company, stranger).status_code == 403
    partner = user(reach="partner", partner_id=uuid7())
    for path in (f"/pools/{place['id']}/customers", "/customers"):
        assert api.get(path, as_=partner).json["code"] == "not_for_partners"


def in_pool_by(api, pool, query, who):
    return [one["id"] for one in api.get(f"/pools/{pool['id']}/customers?{query}", as_=who).json["data"]]


def test_customers_from_before_the_pools_are_known_when_contacts_tells_of_all_again(
    api, database, deliver, member, contacts, team
):
    ann = member()
    company, deleted = contacts.customer(ann.id), contacts.customer(ann.id)
    person, colleague = contacts.customer(ann.id, "person"), contacts.customer(ann.id, "person", company_id=company)
    deliver("contacts", "company.deleted", {"company_id": deleted}, subject=f"companies/{deleted}", sequence=2)
    with database.transaction() as session:
        session.execute(text("DELETE FROM customers"))
    owned = {"owner_id": str(ann.id), "team_id": str(team), "partner_id": None, "sequence": 1}
    companies = [{"company_id": id_, "name": "Acme"} | owned for id_ in (company, deleted)]
    people = [{"person_id": id_, "company_id": with_} | owned for id_, with_ in ((person, None), (colleague, company))]
    for _ in range(2):
        deliver("contacts", "companies.told", {"job_id": str(uuid7()), "companies": companies})
        deliver("contacts", "people.told", {"job_id": str(uuid7()), "people": people}, personal={})
    known = api.get("/customers?sort=created_at", as_=ann).json["data"]
    assert [(one["id"], one["kind"], one["state"]) for one in known] == [
        (company, "company", "owned"), (person, "person", "owned"),
    ]  # fmt: skip


def _together(outbox, what):
    return [event.data for event in outbox.each(f"customers.{what}", "customers", "customer_id")]
