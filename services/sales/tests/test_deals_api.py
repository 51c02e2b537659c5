"""Deals over the API."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.custom import definitions
from chassis.db.driver import Connection, Cursor
from chassis.ids import uuid7
from chassis.testing import at_once


def test_a_deal_is_opened_found_and_told(api, outbox, user, rep, new_deal) -> None:
    me = user(reach="own", id=rep("Ann"), team_id=uuid7())
    answer = api.post("/deals", json={"name": "Büro Lampen", "amount": "0.10", "currency": "EUR"}, as_=me)
    deal = answer.json
    assert answer.headers["Location"].endswith(f"/deals/{deal['id']}")
    assert (deal["owner_id"], deal["team_id"]) == (str(me.id), str(me.team_id))
    assert (deal["amount"], deal["currency"], deal["priority"]) == ("0.10", "EUR", "normal")
    assert api.get(f"/deals/{deal['id']}", as_=me).json == deal
    assert [one["id"] for one in api.get("/deals?q=lampen").json["data"]] == [deal["id"]]
    assert api.get(f"/deals/{new_deal()['id']}", as_=me).status_code == 404
    told = outbox.events("deal.created")[0]
    assert (told.data["stage"], told.data["created_at"], told.actorid) == (
        "Qualified",
        _iso(deal["created_at"]),
        str(me.id),
    )


def test_a_deal_is_of_the_company_of_its_person_unless_it_names_one(api, deliver) -> None:
    person_id, company_id = str(uuid7()), str(uuid7())
    deliver(
        "contacts", "company.created", {"company_id": company_id, "name": "Acme"}, subject=f"companies/{company_id}"
    )
    about = {"person_id": person_id, "company_id": company_id, "personal": {"name": "Li", "company_name": "Acme"}}
    deliver("contacts", "contact.created", about, subject=f"people/{person_id}")
    made = api.post("/deals", json={"name": "A", "person_id": person_id}).json
    assert (made["company_id"], made["company_name"]) == (company_id, "Acme")
    for named in ({"company_id": None}, {"company_name": "Other"}):
        deal = api.post("/deals", json={"name": "A", "person_id": person_id} | named).json
        assert (deal["company_id"], deal["company_name"]) == (None, named.get("company_name"))


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"amount": "1"}, "/name"),
        ({"name": "A", "amount": "-0.01"}, "/amount"),
        ({"name": "A", "amount": "NaN"}, "/amount"),
        ({"name": "A", "amount": "1e40"}, "/amount"),
        ({"name": "A", "amount": True}, "/amount"),
        ({"name": "A", "currency": "cny"}, "/currency"),
        ({"name": "A", "expected_close": "31.12.2026"}, "/expected_close"),
        ({"name": "A", "priority": "urgent"}, "/priority"),
        ({"name": "A", "stage_id": str(uuid7())}, "/stage_id"),
        ({"name": "A", "pipeline_id": str(uuid7())}, "/pipeline_id"),
        ({"name": "A", "owner_id": str(uuid7())}, "/owner_id"),
        ({"name": "A", "status": "won"}, "/status"),
    ],
)
def test_bad_input_is_refused_by_field(api, outbox, body, pointer) -> None:
    refused = api.post("/deals", json=body)
    assert refused.status_code == 422, refused.text
    assert [error["pointer"] for error in refused.json["errors"]] == [pointer]
    assert api.get("/deals").json["data"] == []
    assert outbox.types() == []


def test_a_deal_moves_through_its_pipeline(api, clock, outbox, new_deal, stages) -> None:
    deal = new_deal()
    path = f"/deals/{deal['id']}"
    clock.advance(hours=2)
    moved = api.post(f"{path}/move", json={"stage_id": stages["Proposal"]}).json
    assert (moved["stage"], moved["probability"], moved["version"]) == ("Proposal", 50, deal["version"] + 1)
    assert api.post(f"{path}/move", json={"stage_id": stages["Proposal"]}).json == moved
    told = outbox.one("deal.stage_changed").data
    assert (told["from_stage"], told["from_stage_id"], told["stage"]) == (
        "Qualified",
        stages["Qualified"],
        "Proposal",
    )
    clock.advance(minutes=1)
    won = api.post(f"{path}/win", json={"product": "Fixtures"}).json
    assert (won["status"], won["stage"], won["product"]) == ("won", "Won", "Fixtures")
    assert won["version"] == moved["version"] + 1
    assert outbox.one("deal.won").data["closed_at"] == _iso(won["closed_at"])
    clock.advance(minutes=1)
    history = api.get(f"{path}/history").json["data"]
    assert [(one["stage"], one["seconds"]) for one in history] == [
        ("Qualified", 7200),
        ("Proposal", 60),
        ("Won", 60),
    ]
    assert api.get(path).json == won


def test_a_closed_deal_stays_until_it_is_reopened(api, outbox, new_deal, stages) -> None:
    deal = new_deal()
    path = f"/deals/{deal['id']}"
    api.post(f"{path}/move", json={"stage_id": stages["Negotiation"]})
    assert api.post(f"{path}/reopen", json={}).json["code"] == "already_open"
    lost = api.post(f"{path}/lose", json={"reason": "price"}).json
    assert (lost["status"], lost["lost_reason"], lost["stage"]) == ("lost", "price", "Lost")
    before = outbox.types()
    for action, body in (("win", {}), ("lose", {"reason": "x"}), ("move", {"stage_id": stages["Proposal"]})):
        refused = api.post(f"{path}/{action}", json=body)
        assert (refused.status_code, refused.json["code"]) == (409, "already_lost"), action
    priced = api.patch(path, json={"amount": "1.00"}, if_match=lost["version"])
    assert (priced.status_code, priced.json["code"]) == (409, "already_lost")
    assert outbox.types() == before
    reopened = api.post(f"{path}/reopen", json={}).json
    assert (reopened["status"], reopened["stage"], reopened["lost_reason"], reopened["closed_at"]) == (
        "open", "Negotiation", None, None,
    )  # fmt: skip
    assert reopened["version"] == lost["version"] + 1
    told = outbox.events("deal.stage_changed")[-1].data
    assert (told["from_stage"], told["stage_kind"], told["closed_at"]) == ("Lost", "open", None)


def test_a_loss_needs_a_reason(api, outbox, new_deal) -> None:
    deal = new_deal()
    for body in ({}, {"reason": ""}, {"reason": "  "}, {"reason": None}, {"reason": 7}):
        refused = api.post(f"/deals/{deal['id']}/lose", json=body)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/reason"), body
    assert api.get(f"/deals/{deal['id']}").json == deal
    assert outbox.types() == ["deal.created"]


def test_a_stage_of_another_pipeline_is_refused(api, outbox, new_deal, stages) -> None:
    deal = new_deal()
    renewals = {"stages": [{"name": "Due"}, {"name": "Won", "kind": "won"}, {"name": "Lost", "kind": "lost"}]}
    other = api.post("/pipelines", json={"name": "Renewals"} | renewals).json["stages"][0]["id"]
    for stage_id, code in (
        (other, "other_pipeline"),
        (stages["Won"], "closed_stage"),
        (str(uuid7()), "unknown_stage"),
    ):
        refused = api.post(f"/deals/{deal['id']}/move", json={"stage_id": stage_id})
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, code)
    assert api.get(f"/deals/{deal['id']}").json == deal
    assert outbox.types() == ["deal.created"]


def test_two_wins_at_once_have_one_effect(api, outbox, new_deal) -> None:
    for _ in range(5):
        path = f"/deals/{new_deal()['id']}/win"
        answers = at_once(*[partial(api.post, path, json={})] * 4)
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(outbox.events("deal.won")) == 5


def test_a_win_while_it_is_being_lost_has_one_outcome(api, outbox, new_deal, stages) -> None:
    for _ in range(5):
        deal = new_deal()
        path = f"/deals/{deal['id']}"
        win, lose = (
            partial(api.post, f"{path}/win", json={}),
            partial(api.post, f"{path}/lose", json={"reason": "price"}),
        )
        move = partial(api.post, f"{path}/move", json={"stage_id": stages["Proposal"]})
        won, lost, _ = at_once(win, lose, move)
        assert {won.status_code, lost.status_code} == {200, 409}
        now = api.get(path).json
        assert now["status"] == ("won" if won.status_code == 200 else "lost")
        history = api.get(f"{path}/history").json["data"]
        assert [one["left_at"] is None for one in history] == [False] * (len(history) - 1) + [True]
    assert len(outbox.events("deal.won")) + len(outbox.events("deal.lost")) == 5


def test_a_repeat_with_the_same_key_gets_the_same_answer(api, outbox, new_deal) -> None:
    path = f"/deals/{new_deal()['id']}/win"
    first, again = (api.post(path, json={}, key="once") for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json == first.json
    assert len(outbox.events("deal.won")) == 1


def test_a_deal_is_changed_under_its_version(api, outbox, rep, new_deal) -> None:
    ann = rep("Ann", team_id=uuid7())
    deal = new_deal()
    path = f"/deals/{deal['id']}"
    changes = {"amount": "50000", "next_step": "Call on Monday", "owner_id": str(ann)}
    changed = api.patch(path, json=changes, if_match=deal["version"]).json
    assert (changed["amount"], changed["next_step"], changed["owner_id"]) == (
        "50000.00",
        "Call on Monday",
        str(ann),
    )
    assert api.patch(path, json={"stage_id": deal["stage_id"]}, if_match=changed["version"]).status_code == 422
    assert api.patch(path, json={"name": "x"}, if_match=deal["version"]).status_code == 412
    assert outbox.one("deal.updated").data["amount"] == "50000.00"


def test_lists_filter_and_sort(api, new_deal) -> None:
    amounts = ["10.00", "30.00", "20.00"]
    for amount in amounts:
        new_deal(amount=amount)
    listed = api.get("/deals?sort=-amount&amount__gte=20&status=open").json["data"]
    assert [deal["amount"] for deal in listed] == ["30.00", "20.00"]
    assert api.get("/deals?amount__gte=many").status_code == 400


def _iso(instant: str) -> str:
    return instant.replace("Z", "+00:00")


def test_to_create_win_and_convert_take_few_round_trips(api, new_deal, new_lead, rep, monkeypatch) -> None:
    monkeypatch.setattr(definitions, "_KEPT_SECONDS", 3600)  # else they are read anew, whenever that is
    rep("Ann")
    new_lead(country="CN")  # rules, territories and cadences are kept from now on
    new_deal()
    statements: list[str] = []
    execute, pipeline = Cursor.execute, Connection.pipeline

    def one(self, statement, *values, **options):
        if not self.connection.pgconn.pipeline_status:
            statements.append(str(statement))
        return execute(self, statement, *values, **options)

    monkeypatch.setattr(Cursor, "execute", one)
    monkeypatch.setattr(Connection, "pipeline", lambda self: statements.append("several") or pipeline(self))
    deal = new_deal()
    created = _own(statements)
    api.post(f"/deals/{deal['id']}/win", json={})
    won = _own(statements)
    lead = new_lead(country="CN")
    assigned = _own(statements)
    assert api.post(f"/leads/{lead['id']}/convert", json={}).status_code == 200
    assert (created, won, assigned, _own(statements)) == (3, 4, 6, 10)


def _own(statements: list[str]) -> int:
    """How many since the last time."""
    count = len(statements)
    statements.clear()
    return count
