"""The public pools of sales decide whose a customer is: contacts makes it so once and answers, or refuses."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once

RECORDS = {"person": "people", "company": "companies"}


@pytest.fixture
def world(api: Any, colleague: Any, person: Any, deliver: Any, outbox: Any) -> Any:
    """Ann has a company with two people of hers and one of Bo's, and a person by herself."""

    class World:
        def __init__(self) -> None:
            self.ann, self.bo = colleague("Ann", team_id=uuid7()), colleague("Bo", team_id=uuid7())
            self.company = api.post("/companies", json={"name": "Acme", "owner_id": str(self.ann)}).json
            there = {"company_id": self.company["id"]}
            self.hers = [person(name=f"P{i}", owner_id=str(self.ann), **there) for i in range(2)]
            self.his = person(name="Q", owner_id=str(self.bo), **there)
            self.alone = person(name="Alone", email="alone@example.com", owner_id=str(self.ann))

        def reclaim(self, kind: str, record: Any, **more: Any) -> Any:
            was = {"previous_owner_id": str(self.ann), "rule": "no_follow_up", "warning_id": None}
            return self._decided("customer.reclaimed", kind, record, was | more)

        def claim(self, kind: str, record: Any, taker: Any) -> Any:
            return self._decided("customer.claimed", kind, record, {"taker_id": str(taker), "taker_team_id": None})

        def decided(self, type_: str, kind: str, record: Any, **more: Any) -> Any:
            return self._decided(type_, kind, record, more)

        def _decided(self, type_: str, kind: str, record: Any, more: dict[str, Any]) -> Any:
            ids = {f"{each}_id": record["id"] if each == kind else None for each in RECORDS}
            data = {"customer_id": record["id"], "kind": kind, "owner_id": str(self.ann), "team_id": None,
                    "pool_id": str(uuid7())}  # fmt: skip
            if type_ in ("customer.reclaimed", "customer.claimed"):
                data["move_id"] = str(uuid7())
            return deliver(
                "sales", type_, data | ids | more, personal={"name": None}, subject=f"customers/{record['id']}"
            )

        def answer(self) -> tuple[str, str | None, str | None]:
            (told,) = outbox.events("ownership.accepted")[-1:] or outbox.events("ownership.refused")[-1:]
            if (no := outbox.events("ownership.refused")) and no[-1].id > told.id:
                told = no[-1]
            return told.type, told.data.get("reason"), told.data["owner_id"]

        def owner(self, kind: str, record: Any) -> str | None:
            found: str | None = api.get(f"/{RECORDS[kind]}/{record['id']}").json["owner_id"]
            return found

    return World()


def test_a_company_goes_with_its_people_and_comes_with_them(api: Any, world: Any, deliver: Any, outbox: Any) -> None:
    api.post("/interactions", json={"person_id": world.hers[0]["id"], "channel": "call", "summary": "Hi"})
    event = world.reclaim("company", world.company)
    before = len(outbox.events())
    deliver.again(event)
    assert len(outbox.events()) == before
    assert world.answer() == ("ownership.accepted", None, None)
    assert [world.owner("company", world.company), *(world.owner("person", one) for one in world.hers)] == [None] * 3
    assert world.owner("person", world.his) == str(world.bo)
    assert api.get("/interactions").json["data"][0]["owner_id"] is None
    told = outbox.one("ownership.accepted")
    kept = api.get(f"/companies/{world.company['id']}").json
    assert (told.subject, told.sequence) == (f"companies/{world.company['id']}", kept["version"])
    assert kept["team_id"] == world.company["team_id"]
    world.claim("company", world.company, world.bo)
    assert world.answer() == ("ownership.accepted", None, str(world.bo))
    everyone = [world.owner("company", world.company), *(world.owner("person", one) for one in world.hers)]
    assert everyone == [str(world.bo)] * 3
    assert api.get("/interactions").json["data"][0]["owner_id"] == str(world.bo)
    history = api.get(f"/companies/{world.company['id']}/owners").json["data"]
    assert [(row["from_owner"], row["to_owner"], row["why"]) for row in history] == [
        (None, "Bo", "customer.claimed"), ("Ann", None, "customer.reclaimed (no_follow_up)"),
        (None, "Ann", "created (api)"),
    ]  # fmt: skip
    updated = [event.data["owner_id"] for event in outbox.events("contact.updated")]
    assert updated == [None, None, str(world.bo), str(world.bo)]
    assert [event.data["team_id"] for event in outbox.events("company.updated")][-1] is not None


@pytest.mark.parametrize("reason", ["changed", "deleted", "merged", "in_company", "partner"])
def test_what_is_otherwise_by_now_stays_and_is_said(
    api: Any, world: Any, person: Any, outbox: Any, reason: str
) -> None:
    record, path = world.alone, f"/people/{world.alone['id']}"
    if reason == "in_company":
        record = world.hers[0]
    elif reason == "merged":
        other = person(name="Twin")
        assert api.post(f"/people/{other['id']}/merge", json={"loser_ids": [record["id"]]}).status_code == 200
    elif reason == "deleted":
        assert api.delete(path, if_match=1).status_code == 204
    else:
        change = {"owner_id": str(world.bo)} if reason == "changed" else {"partner_id": str(uuid7())}
        assert api.patch(path, json=change, if_match=1).status_code == 200
    before = len(outbox.events("contact.updated"))
    world.reclaim("person", record)
    owner = {"changed": str(world.bo), "in_company": str(world.ann), "partner": str(world.ann)}.get(reason)
    assert world.answer() == ("ownership.refused", reason, owner)
    world.claim("person", record, world.bo)
    assert world.answer()[:2] == ("ownership.refused", reason)
    assert len(outbox.events("contact.updated")) == before


def test_who_has_left_gets_nothing(world: Any, deliver: Any) -> None:
    world.reclaim("person", world.alone)
    data = {"user_id": str(world.bo), "roles": [], "active": False, "region": None, "partner_id": None, "team_id": None}
    deliver("gateway", "user.deactivated", data, personal={"name": "Bo", "email": None}, sequence=2,
            subject=f"users/{world.bo}")  # fmt: skip
    world.claim("person", world.alone, world.bo)
    assert world.answer() == ("ownership.refused", "user_inactive", None)
    assert world.owner("person", world.alone) is None


def test_of_an_edit_and_a_reclaim_at_once_one_is_first(api: Any, world: Any, outbox: Any) -> None:
    give = {"owner_id": str(world.bo)}
    path = f"/people/{world.alone['id']}"
    edit, _ = at_once(
        partial(api.patch, path, json=give, if_match=1), partial(world.reclaim, "person", world.alone)
    )  # fmt: skip
    accepted = len(outbox.events("ownership.accepted"))
    assert (edit.status_code, accepted) in ((200, 0), (412, 1))
    assert world.owner("person", world.alone) == (None if accepted else str(world.bo))


def test_a_warning_is_a_task_until_it_is_over(api: Any, world: Any) -> None:
    first, second, late = (str(uuid7()) for _ in range(3))
    due = {"rule": "no_follow_up", "reclaim_at": "2026-12-01T09:00:00+00:00", "title": "Follow up", "titles": {}}
    world.decided("customer.reclaim_due", "company", world.company, warning_id=first, **due)
    world.decided("customer.reclaim_due", "person", world.alone, warning_id=second, **due)
    task = api.get(f"/tasks/{first}").json
    assert (task["owner_id"], task["company_id"], task["state"], task["due_at"]) == (
        str(world.ann), world.company["id"], "open", "2026-12-01T09:00:00Z",
    )  # fmt: skip
    assert api.get(f"/tasks/{second}").json["person_id"] == world.alone["id"]
    world.decided("customer.kept", "company", world.company, warning_id=first)
    world.reclaim("person", world.alone, warning_id=second)
    world.decided("customer.kept", "person", world.alone, warning_id=late)
    world.decided("customer.reclaim_due", "person", world.alone, warning_id=late, **due)
    assert [api.get(f"/tasks/{id_}").json["state"] for id_ in (first, second)] == ["cancelled"] * 2
    assert api.get(f"/tasks/{late}").status_code == 404


def test_a_hundred_at_once_are_warned_of_kept_and_taken_off_each_for_itself(
    api: Any, world: Any, deliver: Any, outbox: Any
) -> None:
    gone = {"id": str(uuid7())}
    customers = (("company", world.company), ("person", world.alone), ("person", gone))

    def together(type_: str, *more: dict[str, Any]) -> Any:
        states = [
            {"customer_id": record["id"], "kind": kind, "owner_id": str(world.ann), "team_id": None, "sequence": 3}
            | {f"{each}_id": record["id"] if each == kind else None for each in RECORDS} | said
            for (kind, record), said in zip(customers, more, strict=True)
        ]  # fmt: skip
        return deliver("sales", type_, {"batch_id": str(uuid7()), "customers": states})

    warned = [{"warning_id": str(uuid7()), "reclaim_at": "2026-03-09T09:00:00+00:00", "title": "Hurry"} for _ in "abc"]
    before = len(outbox.types())
    deliver.again(together("customers.reclaim_due", *warned))
    assert outbox.types()[before:] == ["tasks.created"]
    tasks = {one["id"]: one for one in api.get("/tasks").json["data"]}
    assert [tasks[one["warning_id"]]["owner_id"] for one in warned] == [str(world.ann)] * 3
    assert [tasks[one["warning_id"]]["company_id"] for one in warned] == [world.company["id"], None, None]
    together("customers.kept", *[{"warning_id": warned[place]["warning_id"] if place else None} for place in range(3)])
    states = [api.get(f"/tasks/{one['warning_id']}").json["state"] for one in warned]
    assert states == ["open", "cancelled", "cancelled"]
    was = {"previous_owner_id": str(world.ann), "rule": "no_follow_up", "pool_id": str(uuid7())}
    moves = [was | {"move_id": str(uuid7()), "warning_id": one["warning_id"]} for one in warned]
    deliver.again(together("customers.reclaimed", *moves))
    assert {event.data["move_id"] for event in outbox.events("ownership.accepted")} == {
        one["move_id"] for one in moves[:2]
    }
    (refused,) = outbox.events("ownership.refused")
    assert (refused.data["move_id"], refused.data["reason"]) == (moves[2]["move_id"], "deleted")
    assert [world.owner(*customer) for customer in customers[:2]] == [None, None]
    assert api.get(f"/tasks/{warned[0]['warning_id']}").json["state"] == "cancelled"
