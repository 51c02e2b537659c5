"""What the tests of sales begin with: reps, leads and deals, made the way they come about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis.db import Database
from chassis.ids import uuid7
from chassis.service import Service
from chassis.storage import choosing
from chassis.testing.client import ApiClient
from chassis.testing.events import Deliver
from chassis.testing.fixtures import *  # noqa: F403
from sales.base import SERVICE
from sales.scoring.following import catch_up
from sales.scoring.scored import Scored

Json = dict[str, Any]


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the content of files lies, for one test."""
    kept = choosing._storage, choosing.is_set_up
    monkeypatch.setenv("QUINTET_FILES_FOLDER", str(tmp_path))
    for one in kept:
        one.cache_clear()
    yield tmp_path / "sales"
    for one in kept:
        one.cache_clear()


@pytest.fixture
def rep(deliver: Deliver) -> Callable[..., UUID]:
    """Makes a user as the gateway tells of one; its id."""

    def make(
        name: str = "Ren",
        *,
        roles: tuple[str, ...] = ("sales_rep",),
        team_id: UUID | None = None,
        time_zone: str | None = None,
        id: UUID | None = None,
    ) -> UUID:
        user_id = id or uuid7()
        told = {
            "user_id": str(user_id),
            "roles": list(roles),
            "active": True,
            "region": None,
            "partner_id": None,
            "time_zone": time_zone,
        }
        team = {"team_id": str(team_id) if team_id else None}
        personal = {"name": name, "email": f"{name.lower()}@quintet.example"}
        deliver("gateway", "user.created", told | team, personal=personal, subject=f"users/{user_id}")
        return user_id

    return make


@pytest.fixture
def identified(deliver: Deliver) -> Callable[..., Json]:
    """Lets contacts tell that a form brought somebody in; what it told."""

    def tell(**changes: Any) -> Json:
        data = {
            "person_id": str(uuid7()), "company_id": None, "matched": False, "submission_id": str(uuid7()),
            "form_key": "contact", "campaign_id": str(uuid7()), "source": "web_form", "utm": {"source": "baidu"},
            "country": "CN", "postcode": "518000", "owner_id": None,
        }  # fmt: skip
        personal = {
            "name": "王小明", "email": "ming@example.cn", "phone": "+8613800138000",
            "message": "How much are 200?", "company_name": "Shenzhen Lighting",
        }  # fmt: skip
        data |= {name: value for name, value in changes.items() if name not in personal}
        personal |= {name: value for name, value in changes.items() if name in personal}
        deliver("contacts", "contact.identified", data, personal=personal, subject=f"people/{data['person_id']}")
        return data | personal

    return tell


@pytest.fixture
def new_lead(api: ApiClient) -> Callable[..., Json]:
    """Makes a lead over the API."""

    def make(**data: Any) -> Json:
        response = api.post("/leads", json={"name": "Ada Lovelace", "email": f"{uuid7()}@example.com"} | data)
        assert response.status_code == 201, response.text
        return response.json

    return make


@pytest.fixture
def new_deal(api: ApiClient) -> Callable[..., Json]:
    """Makes a deal over the API."""

    def make(**data: Any) -> Json:
        response = api.post("/deals", json={"name": "200 fixtures", "amount": "48000.00"} | data)
        assert response.status_code == 201, response.text
        return response.json

    return make


@pytest.fixture
def stages(api: ApiClient) -> dict[str, str]:
    """The stages of the default pipeline: name -> id."""
    (pipeline,) = api.get("/pipelines?is_default=true").json["data"]
    return {stage["name"]: stage["id"] for stage in pipeline["stages"]}


class Learnt:
    """What scores were learnt from, and what they are, once the clock has caught up: which may be at it already."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def catch_up(self) -> None:
        with self._database.transaction() as session:
            catch_up(session)

    def frequencies(self, scored: Scored) -> dict[tuple[str, str], tuple[int, int]]:
        self.catch_up()
        with self._database.reading() as session:
            rows = session.scalars(select(scored.frequencies))
            return {(row.factor, row.value): (row.won, row.lost) for row in rows}

    def chance(self, scored: Scored, one: Json) -> str | None:
        """The chance of a deal or lead that is kept."""
        self.catch_up()
        with self._database.reading() as session:
            mine = scored.key_of(scored.scores) == one["id"]
            kept = session.scalar(select(scored.scores.probability).where(mine))
            return None if kept is None else str(kept)


@pytest.fixture
def learnt(database: Database) -> Learnt:
    return Learnt(database)
