"""The open deals of a customer that comes out of a pool: they stay with who lost it, or follow it."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def answer(contacts: Any, deliver: Any):
    """Lets contacts answer what was asked, twice."""

    def twice(refuse: str | None = None) -> None:
        for event in contacts.answer(refuse):
            deliver.again(event)

    return twice


@pytest.fixture
def lost(api: Any, rep: Any, new_deal: Any, contacts: Any, answer: Any, team):
    """A customer of a rep's that lies in a pool with these terms: the pool, the customer, who lost it, an open deal."""

    def make(deals: str) -> tuple[dict[str, Any], str, Any, str]:
        loser = rep("Loser", team_id=team)
        pool = api.post("/pools", json={"name": "Pool", "team_ids": [str(team)], "deals": deals}).json
        id_ = contacts.customer(loser)
        deal = new_deal(company_id=id_, owner_id=str(loser))["id"]
        api.post(f"/customers/{id_}/give-back", json={"reason": "idle", "pool_id": pool["id"]})
        answer()
        assert api.get(f"/customers/{id_}").json["state"] == "pooled"
        return pool, id_, loser, deal

    return make


@pytest.mark.parametrize(("deals", "follows"), [("stay", False), ("follow", True)])
def test_open_deals_stay_with_who_lost_the_customer_or_follow_it(
    api, rep, user, outbox, new_deal, lost, answer, deals, follows, team
) -> None:
    pool, id_, loser, deal = lost(deals)
    other, ann = rep("Other"), user(reach="own", id=rep("Ann", team_id=team), team_id=team)
    others, closed = (new_deal(company_id=id_, owner_id=str(owner))["id"] for owner in (other, loser))
    lines = [{"description": "Lamp", "unit_price": "10.00"}]
    quote = api.post("/quotes", json={"deal_id": deal, "valid_until": "2026-04-01", "lines": lines}).json["id"]
    api.post(f"/deals/{closed}/lose", json={"reason": "price"})
    assert api.get(f"/deals/{deal}").json["owner_id"] == str(loser)  # until somebody has the customer
    assert api.post(f"/pools/{pool['id']}/customers/{id_}/claim", as_=ann).status_code == 202
    answer()
    taker = str(ann.id if follows else loser)
    owners = [api.get(f"/deals/{one}").json["owner_id"] for one in (deal, others, closed)]
    assert owners == [taker, str(other), str(loser)]
    assert api.get(f"/quotes/{quote}").json["owner_id"] == taker
    told = [one.data["deal_id"] for one in outbox.events("deal.updated") if one.data["owner_id"] == str(ann.id)]
    assert told == ([deal] if follows else [])


def test_a_refused_claim_moves_no_deal_and_whom_contacts_names_gets_them(
    api, rep, user, lost, contacts, answer, team
) -> None:
    pool, id_, loser, deal = lost("follow")
    ann, bo = user(reach="own", id=rep("Ann", team_id=team), team_id=team), rep("Bo")
    api.post(f"/pools/{pool['id']}/customers/{id_}/claim", as_=ann)
    answer(refuse="user_inactive")
    assert api.get(f"/deals/{deal}").json["owner_id"] == str(loser)
    contacts.tell(id_, owner_id=str(bo))
    assert api.get(f"/deals/{deal}").json["owner_id"] == str(bo)
    wrong = api.patch(f"/pools/{pool['id']}", json={"deals": "vanish"}, if_match=pool["version"])
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/deals")
