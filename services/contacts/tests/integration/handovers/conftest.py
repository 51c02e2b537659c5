"""A colleague who has some of everything, and who may hand it over."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.ids import uuid7

WRITE = "contacts:read contacts:write sales:write service-desk:write"


@pytest.fixture
def api(api: Any, user: Any) -> Any:
    """Calls as somebody who may change what is in the other services, too."""
    api.default = user(scopes=WRITE, name="Admin")
    return api


@pytest.fixture
def world(api: Any, colleague: Any, person: Any, user: Any) -> Any:
    """A colleague who has three people, a company, a task and an appointment, and two who could take them."""

    class World:
        def __init__(self) -> None:
            self.gone, self.bo = colleague("Gone"), colleague("Bo")
            self.ann = colleague("Ann", team_id=uuid7())
            his = {"owner_id": str(self.gone)}
            self.people = [person(name=f"P{i}", email=f"p{i}@example.com", **his) for i in range(3)]
            self.company = api.post("/companies", json={"name": "Acme"} | his).json
            self.task = api.post("/tasks", json={"title": "T", "due_at": "2027-01-01T00:00:00Z"} | his).json
            span = {"starts_at": "2027-01-01T09:00:00Z", "ends_at": "2027-01-01T10:00:00Z", "time_zone": "UTC"}
            self.met = api.post("/appointments", json={"title": "M"} | span | his).json
            self.other = person(name="Other")
            api.post("/interactions", json={"person_id": self.people[0]["id"], "channel": "call", "summary": "Hi"})

        def hand_over(self, **more: Any) -> Any:
            body = {"from_user_id": str(self.gone), "to_user_id": str(self.ann), "reason": "Left us"} | more
            return api.post("/hand-overs", json=body)

        def leave(self, deliver: Any, sequence: int = 2) -> None:
            data = {
                "user_id": str(self.gone), "roles": [], "active": False, "region": None, "partner_id": None,
                "team_id": None,
            }  # fmt: skip
            deliver("gateway", "user.deactivated", data, personal={"name": "Gone", "email": "g@x.example"},
                    sequence=sequence, subject=f"users/{self.gone}")  # fmt: skip

        def owners(self) -> list[str]:
            return [api.get(f"/people/{one['id']}").json["owner_id"] for one in self.people]

    return World()
