"""The open deals of a customer that comes out of a pool: they stay with who lost it, or follow it."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.ids import uuid7

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def tell(deliver: Any, team):
    """Lets contacts tell whose a company is."""

    def company(id_: str, owner_id: Any, sequence: int) -> None:
        told = {"company_id": id_, "name": "Acme", "domain": None, "country": "CN", "postcode": None, "industry": None,
                "owner_id": str(owner_id), "team_id": str(team), "partner_id": None}  # fmt: skip
        deliver("contacts", "company.updated", told, subject=f"companies/{id_}", sequence=sequence)

    return company


@pytest.fixture
def answer(deliver: Any, outbox: Any, team):
    """Lets contacts answer the last question about a customer, twice."""

    def last(type_: str, owner_id: Any, sequence: int, **more: Any) -> None:
        asked = [one for one in outbox.events() if one.type in ("customer.reclaimed", "customer.claimed")][-1]
        same = {name: asked.data[name] for name in ("customer_id", "kind", "person_id", "company_id", "move_id")}
        owned = {"owner_id": str(owner_id) if owner_id else None, "team_id": str(team), "partner_id": None}
        event = deliver("contacts", type_, same | owned | more, subject=asked.subject, sequence=sequence)
        deliver.again(event)

    return last


@pytest.fixture
def lost(api: Any, rep: Any, new_deal: Any, tell: Any, answer: Any, team):
    """A customer of a rep's that lies in a pool with these terms: the pool, the customer, who lost it, an open deal."""

    def make(deals: str) -> tuple[dict[str, Any], str, Any, str]:
        loser = rep("Loser", team_id=team)
        pool = api.post("/pools", json={"name": "Pool", "team_ids": [str(team)], "deals": deals}).json
        id_ = str(uuid7())
        tell(id_, loser, 2)
        deal = new_deal(company_id=id_, owner_id=str(loser))["id"]
        api.post(f"/customers/{id_}/give-back", json={"reason": "idle", "pool_id": pool["id"]})
        answer("ownership.accepted", None, 3)
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
    answer("ownership.accepted", ann.id, 4)
    taker = str(ann.id if follows else loser)
    owners = [api.get(f"/deals/{one}").json["owner_id"] for one in (deal, others, closed)]
    assert owners == [taker, str(other), str(loser)]
    assert api.get(f"/quotes/{quote}").json["owner_id"] == taker
    told = [one.data["deal_id"] for one in outbox.events("deal.updated") if one.data["owner_id"] == str(ann.id)]
    assert told == ([deal] if follows else [])


def test_a_refused_claim_moves_no_deal_and_whom_contacts_names_gets_them(
    api, rep, user, lost, tell, answer, team
) -> None:
    pool, id_, loser, deal = lost("follow")
    ann, bo = user(reach="own", id=rep("Ann", team_id=team), team_id=team), rep("Bo")
    api.post(f"/pools/{pool['id']}/customers/{id_}/claim", as_=ann)
    answer("ownership.refused", None, 3, reason="user_inactive")
    assert api.get(f"/deals/{deal}").json["owner_id"] == str(loser)
    tell(id_, bo, 5)
    assert api.get(f"/deals/{deal}").json["owner_id"] == str(bo)
    wrong = api.patch(f"/pools/{pool['id']}", json={"deals": "vanish"}, if_match=pool["version"])
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/deals")
