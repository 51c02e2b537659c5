"""Quotes that are not decided go with their deal, whoever gives it to whom."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.ids import uuid7

TEAM = uuid7()
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def quote(api: Any):
    """Makes a quote of a deal; its id."""

    def make(deal_id: str) -> str:
        lines = [{"description": "Lamp", "unit_price": "10.00"}]
        response = api.post("/quotes", json={"deal_id": deal_id, "valid_until": "2026-04-01", "lines": lines})
        assert response.status_code == 201, response.text
        return response.json["id"]

    return make


def test_who_is_given_a_deal_by_hand_has_its_undecided_quotes(api, rep, user, new_deal, quote) -> None:
    ann, bo = (user(reach="own", id=rep(name, team_id=TEAM), team_id=TEAM) for name in ("Ann", "Bo"))
    deal, other = (new_deal(owner_id=str(ann.id)) for _ in range(2))
    mine, decided, others = quote(deal["id"]), quote(deal["id"]), quote(other["id"])
    assert api.post(f"/quotes/{decided}/submit").status_code == 200
    assert api.post(f"/quotes/{decided}/send").status_code == 200
    assert api.post(f"/quotes/{decided}/accept", json={"name": "Li Na"}).json["status"] == "accepted"
    version = api.get(f"/deals/{deal['id']}").json["version"]
    given = api.patch(f"/deals/{deal['id']}", json={"owner_id": str(bo.id)}, if_match=version)
    assert given.json["owner_id"] == str(bo.id)
    owned = [api.get(f"/quotes/{one}").json["owner_id"] for one in (mine, decided, others)]
    assert owned == [str(bo.id), str(ann.id), str(ann.id)]
    assert [api.get(f"/quotes/{mine}", as_=who).status_code for who in (ann, bo)] == [404, 200]


def test_a_quote_of_somebody_else_s_stays_theirs(api, rep, new_deal, quote) -> None:
    ann, bo = rep("Ann"), rep("Bo")
    deal = new_deal(owner_id=str(ann))
    anns = quote(deal["id"])
    for owner, gone in ((bo, str(bo)), (bo, str(bo)), (ann, str(ann))):
        version = api.get(f"/deals/{deal['id']}").json["version"]
        assert api.patch(f"/deals/{deal['id']}", json={"owner_id": str(owner)}, if_match=version).status_code == 200
        assert api.get(f"/quotes/{anns}").json["owner_id"] == gone
    version = api.get(f"/deals/{deal['id']}").json["version"]
    refused = api.patch(f"/deals/{deal['id']}", json={"owner_id": str(uuid7())}, if_match=version)
    assert (refused.status_code, api.get(f"/quotes/{anns}").json["owner_id"]) == (422, str(ann))
