"""What the tests of reporting begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from chassis.db import Database
from chassis.events import Event
from chassis.service import Service
from chassis.testing.client import ApiClient
from chassis.testing.events import Deliver, Tick
from chassis.testing.fixtures import *  # noqa: F403
from reporting.base import SERVICE
from reporting.log import intake

Json = dict[str, Any]


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture
def hear(deliver: Deliver, tick: Tick) -> Callable[[Iterable[Event]], None]:
    """Delivers events through the inbox, in this order, and lets the projector run."""

    def take(events: Iterable[Event]) -> None:
        for event in events:
            deliver.again(event)
        tick("project")

    return take


@pytest.fixture
def record(database: Database) -> Callable[[Iterable[Event]], None]:
    """Puts many events down at once, as a worker does that finds them in line."""

    def take(events: Iterable[Event]) -> None:
        with database.transaction() as session:
            for event in events:
                intake.record(session, event)

    return take


@pytest.fixture
def overview(api: ApiClient) -> Callable[..., Json]:
    """The dashboard: `overview("?from=2026-01-01", as_=user(...))`."""

    def get(query: str = "", **options: Any) -> Json:
        response = api.get(f"/dashboards/overview{query}", **options)
        assert response.status_code == 200, response.text
        return response.json  # type: ignore[no-any-return]

    return get
