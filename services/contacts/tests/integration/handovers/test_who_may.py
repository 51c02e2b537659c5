"""Who hands over, and who sees that."""

from __future__ import annotations

from typing import Any

from chassis.ids import uuid7
from chassis.testing import faults_of

WRITE = "contacts:read contacts:write sales:write service-desk:write"


def test_nobody_hands_over_who_is_not_known(api: Any, world: Any, deliver: Any, outbox: Any) -> None:
    unknown, before = uuid7(), outbox.types()
    for more in ({}, {"dry_run": True}, {"include": ["sales"]}):
        refused = world.hand_over(from_user_id=str(unknown), **more)
        assert faults_of(refused) == [("/from_user_id", "unknown_reference")]
    assert (outbox.types(), api.get("/hand-overs").json["data"], api.get("/jobs").json["data"]) == (before, [], [])
    world.leave(deliver)
    assert world.hand_over().status_code == 202


def test_who_works_before_the_news_of_them_has_come_hands_over(api: Any, world: Any, user: Any) -> None:
    early = user(scopes=WRITE)
    assert world.hand_over(from_user_id=str(early.id)).status_code == 422
    api.post("/people", json={"name": "Li", "email": "li@example.cn"}, as_=early)
    made = world.hand_over(from_user_id=str(early.id), dry_run=True)
    assert (made.status_code, made.json["moved"]["people"]) == (200, 1)


def test_it_is_seen_by_who_may_give_and_by_whom_it_concerns(api: Any, world: Any, user: Any, colleague: Any) -> None:
    team, other = uuid7(), uuid7()
    his = str(colleague("His", team_id=team))
    lead, mate = uuid7(), uuid7()
    made = world.hand_over(from_user_id=his, by_team={str(other): str(world.bo)}).json
    read, sells = "contacts:read", "contacts:read contacts:write sales:read sales:write"
    rep = {"reach": "own", "reaches": {"contacts": "all", "service-desk": "all"}}
    boss = {"reach": "team", "reaches": {"contacts": "all"}}
    seen = {
        "who gives": user(scopes=read, id=his, **rep), "who gets": user(scopes=read, id=world.ann, reach="own"),
        "who gets a team's": user(scopes=read, id=world.bo), "who asked": user(scopes=read, id=api.default.id, **rep),
        "their manager": user(scopes=sells, id=lead, team_id=team, **boss),
        "an administrator": user(scopes=f"{read} gateway:admin"),
    }  # fmt: skip
    unseen = {
        "a colleague": user(scopes=sells, id=mate, team_id=team, **rep),
        "an analyst": user(scopes=f"{read} sales:read"),
        "another's manager": user(scopes=sells, team_id=other, **boss),
        "a partner": user(reach="partner", partner_id=uuid7()),
    }  # fmt: skip
    path = f"/hand-overs/{made['id']}"
    assert {who: api.get(path, as_=caller).status_code for who, caller in seen.items()} == dict.fromkeys(seen, 200)
    assert {who: api.get(path, as_=caller).status_code for who, caller in unseen.items()} == dict.fromkeys(unseen, 404)
    assert [api.get("/hand-overs", as_=caller).json["data"] for caller in unseen.values()] == [[]] * len(unseen)


def test_a_colleague_without_a_team_of_their_own_hands_over_nothing(
    api: Any, world: Any, user: Any, outbox: Any
) -> None:
    rep = user(scopes="contacts:read contacts:write sales:write", reach="own", reaches={"contacts": "all"})
    for more in ({"include": ["people"]}, {"include": ["people"], "dry_run": True}, {}):
        body = {"from_user_id": str(world.gone), "to_user_id": str(world.ann), "reason": "x"} | more
        refused = api.post("/hand-overs", json=body, as_=rep)
        assert (refused.status_code, refused.json["code"]) == (403, "not_a_manager")
    assert world.owners() == [str(world.gone)] * 3
    assert outbox.events("handover.requested") == []


def test_only_who_reaches_all_hands_over(api: Any, world: Any, user: Any) -> None:
    body = {"from_user_id": str(world.gone), "to_user_id": str(world.ann), "reason": "x"}
    for caller in (user(reach="own"), user(reach="team", team_id=uuid7()), user(reach="partner", partner_id=uuid7())):
        assert api.post("/hand-overs", json=body, as_=caller).status_code == 403
        assert api.get("/hand-overs", as_=caller).json["data"] == []
    assert world.owners() == [str(world.gone)] * 3


def test_what_is_in_another_service_is_handed_over_by_who_may_change_it_there(
    api: Any, world: Any, user: Any, colleague: Any, outbox: Any
) -> None:
    team = uuid7()
    here = {"reach": "own", "reaches": {"contacts": "all", "service-desk": "all"}}
    rep, reader = user(scopes=WRITE, **here), user(scopes="contacts:read contacts:write service-desk:read", **here)
    boss = user(scopes=WRITE, reach="team", reaches={"contacts": "all"}, team_id=team)
    mine, his = str(colleague("Mine", team_id=team)), str(colleague("His", team_id=team))

    def ask(caller: Any, include: list[str], from_: str = his, to: str = mine) -> Any:
        body = {"from_user_id": from_, "to_user_id": to, "reason": "x", "include": include}
        return api.post("/hand-overs", json=body, as_=caller)

    for caller, service in ((rep, "sales"), (reader, "service-desk"), (reader, "sales")):
        refused = ask(caller, ["people", service])
        assert (refused.status_code, refused.json["code"]) == (403, "not_a_manager")
        assert service in refused.json["detail"]
    for refused in (ask(boss, ["sales"], to=str(world.ann)), ask(boss, ["sales"], from_=str(world.gone))):
        assert refused.status_code == 403
        assert "`include`" in refused.json["detail"]
    refused = api.put(f"/deputies/{his}", json={"deputy_id": mine}, as_=rep)
    assert (refused.status_code, "include" in refused.json["detail"]) == (403, False)
    assert outbox.events("handover.requested") == []
    assert [ask(rep, ["people"]).status_code, ask(boss, ["sales"], from_=mine, to=his).status_code] == [202, 202]
    assert api.put(f"/deputies/{his}", json={"deputy_id": mine}, as_=boss).status_code == 201
