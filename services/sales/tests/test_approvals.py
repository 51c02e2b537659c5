"""Who is asked for a yes, by which task; deputies, leavers, and what they may see of what they decide on."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once, code_of
from sales.approvals import rules
from sales.approvals.rules import Colleague, Turn

TEAM, OTHER = uuid7(), uuid7()
pytestmark = pytest.mark.usefixtures("clock")
AWAY = {"absences": [{"from": "2026-03-05", "until": "2026-03-06"}]}


def test_of_a_role_those_of_the_team_are_asked_and_of_the_absent_the_deputies() -> None:
    ids = sorted(uuid7() for _ in range(4))
    near, far, deputy, own = ids
    people = {
        near: Colleague(near, TEAM, frozenset({"boss"}), deputy), far: Colleague(far, OTHER, frozenset({"boss"}), None),
        own: Colleague(own, TEAM, frozenset({"boss"}), None),
    }  # fmt: skip
    assert rules.asked(Turn(1, (), "boss", TEAM, frozenset({own})), people) == {deputy: near}
    assert rules.asked(Turn(1, (), "boss", uuid7(), frozenset({own, deputy})), people) == {near: None, far: None}
    assert rules.asked(Turn(1, (far, uuid7()), "boss", TEAM, frozenset()), people) == {far: None}
    assert rules.asked(Turn(1, (), "nobody", TEAM, frozenset()), people) == {}
    many = {one: Colleague(one, None, frozenset({"boss"}), None) for one in (uuid7() for _ in range(30))}
    assert list(rules.asked(Turn(1, (), "boss", None, frozenset()), many)) == sorted(many)[: rules.MOST]


@pytest.fixture
def person(user, rep):
    """A colleague who reaches what is their own."""

    def make(name, *roles, team_id=TEAM, reach="own"):
        made = rep(name, roles=roles or ("sales_rep",), team_id=team_id)
        return user(id=made, reach=reach, roles=roles or ("sales_rep",), team_id=team_id)

    return make


@pytest.fixture
def seller(person):
    return person("Ren")


@pytest.fixture
def boss(person):
    return person("Boss", "sales_manager", reach="team")


@pytest.fixture
def deputy(person):
    return person("Deputy", team_id=OTHER)


@pytest.fixture
def leave(deliver):
    def tell(who, *roles):
        gone = {"user_id": str(who.id), "roles": list(roles), "team_id": str(TEAM), "active": False, "region": None,
                "partner_id": None}  # fmt: skip
        deliver("gateway", "user.deactivated", gone, personal={"name": "Gone"}, sequence=9)

    return tell


@pytest.fixture
def limits(api):
    """Puts these limits in the place of all others: discounts over 10 %."""

    def put(*given) -> None:
        for rule in api.get("/approval-rules").json["data"]:
            api.delete(f"/approval-rules/{rule['id']}", if_match=1)
        for step, rule in enumerate(given, start=1):
            body = {"step": step, "role": "sales_manager", "over_percent": "10"} | rule
            assert api.post("/approval-rules", json=body).status_code == 201

    return put


@pytest.fixture
def submitted(api, seller):
    """A quote of the seller's that is 30 % off and waits; its path."""

    def make() -> str:
        deal = api.post("/deals", json={"name": "Lamps", "amount": "1.00", "company_name": "Light"}, as_=seller).json
        lines = [{"description": "Lamp", "unit_price": "1000.00", "discount_percent": "30"}]
        body = {"deal_id": deal["id"], "valid_until": "2026-03-31", "lines": lines}
        path = f"/quotes/{api.post('/quotes', json=body, as_=seller).json['id']}"
        assert api.post(f"{path}/submit", as_=seller).json["status"] == "pending"
        return path

    return make


@pytest.fixture
def asked(outbox):
    """Who is asked now, by what was told: ids of users, sorted; every request that ended did so once."""

    def now() -> list[str]:
        requests = {one.data["task_id"]: one.data["user_id"] for one in outbox.events("approval.requested")}
        settled = [one.data["task_id"] for one in outbox.events("approval.settled")]
        assert len(settled) == len(set(settled))
        return sorted(user_id for task_id, user_id in requests.items() if task_id not in settled)

    return now


def test_each_approver_has_a_task_while_it_is_their_turn(
    api, outbox, seller, boss, person, limits, submitted, asked
) -> None:
    chief = person("Chief", "director", team_id=OTHER)
    limits({"manager_level": 1}, {"role": "director"})
    path = submitted()
    told = outbox.one("approval.requested")
    number = api.get(path, as_=seller).json["number"]
    assert told.data["title"] == f"Approve quote {number}"
    assert (told.data["user_id"], told.data["due_at"]) == (str(boss.id), "2026-03-04T09:00:00+00:00")
    api.post(f"{path}/submit", as_=seller)
    assert asked() == [str(boss.id)]
    assert api.get(path, as_=chief).status_code == 404
    yes = partial(api.post, f"{path}/approve", json={}, as_=boss)
    assert sorted(answer.status_code for answer in at_once(yes, yes)) == [200, 409]
    assert asked() == [str(chief.id)]
    assert outbox.one("approval.settled").data["state"] == "decided"
    assert api.get(path, as_=chief).json["number"] == number
    assert api.post(f"{path}/reject", json={"comment": "no"}, as_=chief).status_code == 200
    assert asked() == []
    assert [one.data["state"] for one in outbox.events("approval.settled")] == ["decided", "decided"]


def test_a_recall_a_revision_and_a_delegation_end_the_task(
    api, outbox, seller, boss, deputy, limits, submitted, asked
) -> None:
    limits({"manager_level": 1})
    path = submitted()
    api.post(f"{path}/recall", as_=seller)
    assert (asked(), outbox.one("approval.settled").data["state"]) == ([], "ended")
    assert api.get(path, as_=deputy).status_code == 404
    api.post(f"{path}/submit", as_=seller)
    assert api.post(f"{path}/delegate", json={"user_id": str(deputy.id)}, as_=boss).status_code == 200
    assert asked() == [str(deputy.id)]
    assert api.post(f"{path}/revise", as_=seller).status_code == 201
    assert asked() == []
    assert api.get(path, as_=deputy).status_code == 404
    assert {one["status"] for one in api.get(path, as_=seller).json["approvals"]} == {"recalled"}


def test_a_deputy_of_another_team_sees_the_quote_its_deal_and_no_more_and_decides(
    api, clock, tick, seller, boss, deputy, limits, submitted, asked
) -> None:
    limits({"manager_level": 1})
    path, other = submitted(), submitted()
    away = AWAY | {"deputy_id": str(deputy.id)}
    api.put(f"/reps/{boss.id}/availability", json=away, if_match=0, as_=boss)
    tick("approvals")
    assert asked() == [str(boss.id)] * 2
    clock.advance(days=3)
    tick("approvals")
    tick("approvals")
    assert asked() == [str(deputy.id)] * 2
    (first, _) = api.get("/approvals", as_=deputy).json["data"]
    assert (first["kind"], first["stands_in_for"], first["title"]) == ("quote", str(boss.id), "Light")
    shown = api.get(path, as_=deputy).json
    assert len(api.get("/quotes", as_=deputy).json["data"]) == 2
    deal = api.get(f"{path.replace('quotes', 'approvals')}/deal", as_=deputy).json
    assert (deal["name"], deal["id"]) == ("Lamps", shown["deal_id"])
    assert api.get(f"/deals/{shown['deal_id']}", as_=deputy).status_code == 404
    for refused in (
        api.post(f"{path}/recall", as_=deputy), api.patch(path, json={"terms": "x"}, if_match=2, as_=deputy),
        api.post(f"{path}/revise", as_=deputy),
    ):  # fmt: skip
        assert code_of(refused) == (403, "read_only_share")
    assert api.post(f"{path}/approve", json={}, as_=deputy).json["status"] == "approved"
    clock.advance(days=3)
    tick("approvals")
    assert asked() == [str(boss.id)]
    assert api.get(path, as_=deputy).status_code == 200
    assert api.get(other, as_=deputy).status_code == 404
    assert api.get(f"{other.replace('quotes', 'approvals')}/deal", as_=deputy).status_code == 404
    assert code_of(api.post(f"{other}/approve", json={}, as_=deputy)) == (404, "not_found")
    assert api.get("/approvals", as_=deputy).json["data"] == []


def test_what_waits_for_a_leaver_goes_on_to_deputy_manager_or_administrator(
    api, tick, outbox, seller, boss, deputy, person, leave, limits, submitted, asked
) -> None:
    chief = person("Chief", "director", team_id=OTHER)
    admin = person("Root", "admin", team_id=None, reach="all")
    api.put(f"/reps/{boss.id}/manager", json={"manager_id": str(chief.id)})
    limits({"manager_level": 1})
    path = submitted()
    api.put(f"/reps/{boss.id}/availability", json={"deputy_id": str(deputy.id)}, if_match=0, as_=boss)
    for gone, follower in ((boss, deputy), (deputy, admin)):
        leave(gone)
        tick("approvals")
        tick("approvals")
        assert asked() == [str(follower.id)]
    (step,) = api.get(path, as_=seller).json["approvals"]
    ways = [(one["from_id"], one["to_id"], one["why"]) for one in step["passed"]]
    assert ways == [(str(boss.id), str(deputy.id), "deputy"), (str(deputy.id), None, "admin")]
    assert (step["approver_id"], step["role"]) == (None, "admin")
    assert [one.data["approval"]["approver_id"] for one in outbox.events("quote.approval_due")] == [
        str(boss.id), str(deputy.id), None,
    ]  # fmt: skip
    assert api.post(f"{path}/approve", json={}, as_=admin).json["status"] == "approved"


def test_without_a_deputy_a_leaver_s_step_goes_to_the_manager_above(
    api, tick, seller, boss, person, leave, limits, submitted, asked
) -> None:
    chief = person("Chief", "director", team_id=OTHER)
    api.put(f"/reps/{boss.id}/manager", json={"manager_id": str(chief.id)})
    limits({"manager_level": 1}, {"manager_level": 2})
    path = submitted()
    leave(boss, "sales_manager")
    tick("approvals")
    assert asked() == [str(chief.id)]
    assert api.post(f"{path}/approve", json={}, as_=chief).json["status"] == "pending"
    assert asked() == [str(chief.id)]  # asked by name for the second: hands it on, as before
    assert code_of(api.post(f"{path}/approve", json={}, as_=chief)) == (409, "step_decided")


def test_an_expense_report_waits_for_the_manager_above_wherever_they_are(api, outbox, seller, person, asked) -> None:
    chief = person("Chief", "director", team_id=OTHER)
    api.put(f"/reps/{seller.id}/manager", json={"manager_id": str(chief.id)})
    travel = api.post("/expense-categories", json={"name": "Travel"}).json["id"]
    api.post("/expense-rules", json={"step": 1, "role": "finance", "over_amount": "100.00"})
    money = person("Money", "finance", team_id=None, reach="all")
    line = {"spent_on": "2026-03-01", "category_id": travel, "description": "Train", "amount": "820.50"}
    made = api.post("/expense-reports", json={"title": "Shenzhen", "lines": [line]}, as_=seller).json
    path = f"/expense-reports/{made['id']}"
    assert code_of(api.post(f"{path}/approve", json={}, as_=chief)) == (404, "not_found")
    assert outbox.events("approval.requested") == []
    api.post(f"{path}/submit", as_=seller)
    assert asked() == [str(chief.id)]
    (one,) = api.get("/approvals", as_=chief).json["data"]
    assert (one["kind"], one["title"], one["amount"]) == ("expense_report", "Shenzhen", "820.50")
    assert api.get(path, as_=chief).status_code == 200
    assert code_of(api.post(f"{path}/recall", as_=chief)) == (403, "read_only_share")
    assert api.post(f"{path}/approve", json={}, as_=chief).json["status"] == "pending"
    assert asked() == [str(money.id)]
    assert api.get("/approvals", as_=chief).json["data"] == []
    assert code_of(api.post(f"{path}/approve", json={}, as_=chief)) == (403, "read_only_share")
    assert api.post(f"{path}/approve", json={}, as_=money).json["status"] == "approved"
    assert asked() == []


def test_a_registration_waits_for_its_channel_manager_else_for_administrators(
    api, tick, user, person, leave, asked
) -> None:
    channel, admin = person("Channel", team_id=OTHER), person("Root", "admin", team_id=None, reach="all")
    partner = user(reach="partner", partner_id=uuid7())
    body = {"company_name": "ACME", "contact_email": "li@acme.com"}
    first = api.post("/registrations", json=body, as_=partner).json
    assert asked() == [str(admin.id)]
    assert api.post(f"/registrations/{first['id']}/withdraw", as_=partner).status_code == 200
    assert asked() == []
    api.post("/partner-programmes", json={"partner_id": str(partner.partner_id), "manager_id": str(channel.id)})
    path = f"/registrations/{api.post('/registrations', json=body, as_=partner).json['id']}"
    assert asked() == [str(channel.id)]
    assert [one["kind"] for one in api.get("/approvals", as_=channel).json["data"]] == ["registration"]
    assert code_of(api.get("/approvals", as_=partner)) == (403, "not_for_partners")
    api.post(f"{path}/ask", json={"question": "Who?"}, as_=channel)
    assert asked() == []
    api.post(f"{path}/answer", json={"answer": "Li"}, as_=partner)
    leave(channel)
    tick("approvals")
    assert asked() == [str(admin.id)]
    assert api.post(f"{path}/approve", json={}, as_=admin).json["status"] == "approved"
    assert asked() == []
