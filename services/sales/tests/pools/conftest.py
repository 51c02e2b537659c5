"""A team with its pool and its members; contacts, which owns the owners, played."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from chassis.ids import uuid7


@pytest.fixture
def team() -> UUID:
    return uuid7()


@pytest.fixture
def pool(api, rep, team):
    """Makes a pool of the team."""

    rep("Seat", roles=(), team_id=team)  # a team is known by its people

    def make(**terms):
        data = {"name": f"Pool {uuid7()}", "team_ids": [str(team)], "no_follow_up_days": 15, "warn_days": 3}
        response = api.post("/pools", json=data | terms)
        assert response.status_code == 201, response.text
        return response.json

    return make


@pytest.fixture
def member(rep, user, team):
    """Makes a rep of a team, as a caller with reach own."""
    return lambda name="Ann", team=team: user(reach="own", id=rep(name, team_id=team), team_id=team)


class Contacts:
    """Plays contacts: keeps the owners, tells of them, and answers what sales asks for."""

    def __init__(self, deliver: Any, outbox: Any, team: UUID) -> None:
        self.deliver, self.outbox, self.team = deliver, outbox, team
        self.kept: dict[str, dict[str, Any]] = {}
        self.heard = 0

    def customer(self, owner: Any, kind: str = "company", **more: Any) -> str:
        """A customer of `owner`; its id."""
        id_ = str(uuid7())
        self.kept[id_] = {
            "kind": kind, "owner_id": str(owner) if owner else None, "team_id": str(self.team), "partner_id": None,
            "company_id": None, "sequence": 0,
        } | more  # fmt: skip
        self.tell(id_)
        return id_

    def tell(self, id_: str, **changes: Any) -> Any:
        """One more version of the record, told of."""
        row = self.kept[id_]
        row |= changes | {"sequence": row["sequence"] + 1}
        owned = {name: row[name] for name in ("owner_id", "team_id", "partner_id")}
        if row["kind"] == "company":
            told = {"company_id": id_, "name": f"Acme {id_[-4:]}", "domain": None, "country": "CN", "postcode": None,
                    "industry": "software"}  # fmt: skip
            type_, personal, subject = "company.updated", None, f"companies/{id_}"
        else:
            told = {"person_id": id_, "company_id": row["company_id"], "lifecycle": "customer", "grade": None,
                    "country": "CN", "source": "api", "campaign_id": None, "reference": False, "tags": []}  # fmt: skip
            personal = {"name": "Li Na", "emails": ["li@example.com"], "phones": ["+8613800138000"],
                        "company_name": None}  # fmt: skip
            type_, subject = "contact.updated", f"people/{id_}"
        return self.deliver(
            "contacts", type_, told | owned, personal=personal, subject=subject, sequence=row["sequence"]
        )

    def answer(self, refuse: str | None = None, *, ahead: bool = False) -> list[Any]:
        """Answer what sales asked since the last time; `ahead`: before the new owner is told of."""
        asked = [one for event in self.outbox.events() for one in self._asked(event)]
        new, self.heard = asked[self.heard :], len(asked)
        return [self._answer(event, refuse, ahead=ahead) for event in new]

    def _asked(self, event: Any) -> list[Any]:
        if event.type == "customers.reclaimed":
            return event.each("customers", "customer_id", "customer.reclaimed")
        return [event] if event.type in ("customer.reclaimed", "customer.claimed") else []

    def _answer(self, event: Any, refuse: str | None, *, ahead: bool) -> Any:
        data, row = event.data, self.kept[event.data["customer_id"]]
        if refuse is None and ahead:
            row |= {"owner_id": data.get("taker_id"), "sequence": row["sequence"] + 1}
        elif refuse is None:
            self.tell(data["customer_id"], owner_id=data.get("taker_id"))
        owned = {name: row[name] for name in ("owner_id", "team_id", "partner_id")}
        asked = {name: data[name] for name in ("customer_id", "kind", "person_id", "company_id", "move_id")}
        said = asked | owned | ({"reason": refuse} if refuse else {})
        type_ = "ownership.refused" if refuse else "ownership.accepted"
        return self.deliver("contacts", type_, said, subject=event.subject, sequence=row["sequence"])


@pytest.fixture
def contacts(deliver, outbox, team) -> Contacts:
    return Contacts(deliver, outbox, team)
