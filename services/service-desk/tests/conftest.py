"""The desk's own fixtures beside those of the chassis."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.ids import uuid7
from chassis.service import Service
from chassis.testing import eventually
from chassis.testing.fixtures import *  # noqa: F403
from service_desk.base import SERVICE


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture
def agents(deliver: Any) -> Callable[..., list[UUID]]:
    """Makes agents known to the desk, as the gateway would: `agents("Ann", "Bo", team_id=...)`; their ids, sorted."""

    def make(*names: str, role: str = "agent", team_id: UUID | None = None) -> list[UUID]:
        ids = sorted(uuid7() for _ in names)
        for id_, name in zip(ids, names, strict=True):
            data = {
                "user_id": str(id_), "roles": [role], "team_id": str(team_id) if team_id else None,
                "partner_id": None, "active": True, "region": None,
            }  # fmt: skip
            personal = {"name": name, "email": f"{name.lower()}@example.com"}
            deliver("gateway", "user.created", data, personal=personal, subject=f"users/{id_}")
        return ids

    return make


@pytest.fixture
def all_waiting(database: Any) -> Callable[..., list[Any]]:
    """Runs calls together, sure that all were under way: holds what `hold` locks until each of them waits for it."""

    def run(hold: str, *calls: Callable[[], Any]) -> list[Any]:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        with ThreadPoolExecutor(len(calls)) as pool:
            with database.transaction() as session:
                session.execute(text(hold))
                running = [pool.submit(call) for call in calls]
                with database.reading() as watcher:
                    eventually(lambda: watcher.scalar(waiting) == len(calls))
            return [one.result() for one in running]

    return run


@pytest.fixture
def ticket(api: Any) -> Callable[..., dict[str, Any]]:
    """Opens a ticket over the API and returns it: `ticket(priority="high")`."""

    def open_one(**fields: Any) -> dict[str, Any]:
        answer = api.post("/tickets", json={"subject": "It does not print", "requester_name": "王小明"} | fields)
        assert answer.status_code == 201, answer.text
        return answer.json

    return open_one
