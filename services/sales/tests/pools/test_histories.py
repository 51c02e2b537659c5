"""Who reads the history of a lead that lies in a pool."""

from __future__ import annotations

from chassis.ids import uuid7


def test_the_manager_of_a_pool_s_team_reads_the_history_of_what_lies_in_it(api, user, rep, new_lead, team) -> None:
    ann = user(reach="own", id=rep("Ann", roles=(), team_id=team), team_id=team)
    place = api.post("/pools", json={"name": "Pool", "team_ids": [str(team)]}).json
    path = f"/leads/{new_lead()['id']}"
    api.post(f"{path}/give-back", json={"reason": "bought list", "pool_id": place["id"]})
    boss = user(reach="team", team_id=team)
    (moved,) = api.get(f"{path}/pool-history", as_=boss).json["data"]
    assert (moved["kind"], moved["reason"]) == ("given_back", "bought list")
    assert [one["to_status"] for one in api.get(f"{path}/history", as_=boss).json["data"]] == ["new"]
    for who in (ann, user(reach="team", team_id=uuid7()), user(reach="partner", partner_id=uuid7())):
        assert api.get(f"{path}/history", as_=who).status_code == 404
    assert api.get(path, as_=boss).status_code == 404
