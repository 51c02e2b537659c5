"""The team of a deal."""

from __future__ import annotations

import pytest

from chassis.ids import uuid7


@pytest.fixture
def deal(new_deal, rep):
    return new_deal(owner_id=str(rep("Ann")))


def test_a_member_reaches_the_deal_as_far_as_granted(api, clock, user, rep, deal, stages) -> None:
    bob, team, eve = rep("Bob"), uuid7(), None
    eve = rep("Eve", team_id=team)
    path = f"/deals/{deal['id']}"
    as_bob, as_eve = user(reach="own", id=bob), user(reach="own", id=eve, team_id=team)
    for caller in (as_bob, as_eve):
        assert api.get(path, as_=caller).status_code == 404
    members = [{"user_id": str(bob), "role": "presales"},
               {"team_id": str(team), "access": "read", "until": "2026-03-05T00:00:00Z"}]  # fmt: skip
    shown = api.put(f"{path}/members", json={"members": members}).json["data"]
    assert [(one["name"], one["role"], one["access"]) for one in shown] == [
        ("Bob", "presales", "write"), (None, "sales", "read"),
    ]  # fmt: skip
    assert [one["id"] for one in api.get("/deals", as_=as_bob).json["data"]] == [deal["id"]]
    board = api.get(f"/pipelines/{deal['pipeline_id']}/board", as_=as_eve).json["stages"][0]
    assert (board["count"], len(board["deals"])) == (1, 1)
    move = {"stage_id": stages["Proposal"]}
    assert api.post(f"{path}/move", json=move, as_=as_eve).status_code == 403
    assert api.post(f"{path}/move", json=move, as_=as_bob).status_code == 200
    assert api.put(f"{path}/members", json={"members": []}, as_=as_bob).status_code == 403
    clock.advance(days=3)
    assert api.get(path, as_=as_eve).status_code == 404
    api.put(f"{path}/members", json={"members": []})
    assert api.get(path, as_=as_bob).status_code == 404


def test_a_team_of_strangers_is_refused(api, outbox, user, rep, deal) -> None:
    path, bob = f"/deals/{deal['id']}/members", str(rep("Bob"))
    before = outbox.types()
    for member, pointer in (
        ({}, "/members/0/user_id"),
        ({"user_id": bob, "team_id": str(uuid7())}, "/members/0/user_id"),
        ({"user_id": str(uuid7())}, "/members/0/user_id"),
        ({"team_id": str(uuid7())}, "/members/0/team_id"),
        ({"user_id": bob, "access": "all"}, "/members/0/access"),
        ({"user_id": bob, "until": "2020-01-01T00:00:00Z"}, "/members/0/until"),
    ):
        refused = api.put(path, json={"members": [member]})
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer), member
    twice = api.put(path, json={"members": [{"user_id": bob}] * 2})
    assert twice.json["errors"][0]["pointer"] == "/members/1/user_id"
    partner = user(reach="partner", partner_id=uuid7())
    assert api.put(path, json={"members": []}, as_=partner).status_code == 403
    assert (api.get(path).json["data"], outbox.types()) == ([], before)
