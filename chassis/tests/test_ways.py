"""The ways by which somebody comes to records: built once, though it is another hour and others ask."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import or_, select
from sqlalchemy.orm import Mapped, mapped_column

from chassis import clock
from chassis.access import reach_ways
from chassis.actor import SYSTEM, Actor
from chassis.db import Entity, Grant, Owned, SharedBy, new_base
from chassis.db.driver import DIALECT
from chassis.ids import uuid7

Base: Any = new_base()
ANN, TEAM = uuid7(), uuid7()


class Member(Grant, Base):
    __tablename__ = "members"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID]


class Plan(Entity, Owned, Base):
    __tablename__ = "plans"
    __shares__ = (SharedBy("id", Member.plan_id),)


class Copy(Entity, Owned, Base):
    __tablename__ = "copies"
    __kept_by__ = "sales"


def user(**told):
    return Actor(**({"id": ANN, "kind": "user", "reach": "team", "team_id": TEAM} | told))


def said(ways):
    compiled = select(Plan.id).where(or_(*ways)).compile(dialect=DIALECT)
    return compiled.string, compiled.params


@pytest.fixture
def hour():
    yield lambda hour: clock.set_fixed(datetime(2026, 3, 2, hour, tzinfo=UTC))
    clock.set_fixed(None)


def test_they_are_built_once_for_the_same_caller():
    assert reach_ways(Plan, user()) is reach_ways(Plan, user(name="Ann", roles=("rep",)))


@pytest.mark.parametrize("other", [
    {"id": uuid7()}, {"team_id": uuid7()}, {"reach": "own"}, {"reach": "partner", "partner_id": uuid7()},
])  # fmt: skip
def test_of_another_caller_they_are_others(other):
    assert said(reach_ways(Plan, user(**other))) != said(reach_ways(Plan, user()))


def test_of_another_access_they_are_others():
    reading, writing = (said(reach_ways(Plan, user(), access))[0] for access in ("read", "write"))
    assert "IN ('read', 'write', 'owner')" in reading
    assert "IN ('write', 'owner')" in writing


def test_a_grant_is_judged_by_the_hour_at_which_it_is_asked_for(hour):
    hour(9)
    ways = reach_ways(Plan, user())
    assert datetime(2026, 3, 2, 9, tzinfo=UTC) in said(ways)[1].values()
    hour(10)
    assert reach_ways(Plan, user()) is ways
    assert datetime(2026, 3, 2, 10, tzinfo=UTC) in said(ways)[1].values()
    assert datetime(2026, 3, 2, 9, tzinfo=UTC) not in said(ways)[1].values()


def test_a_copy_is_reached_as_the_token_says_of_the_service_that_keeps_it():
    def seller(reach):
        return user(reach="own", scopes=frozenset({"sales:read"}), claims={"reach": {"sales": reach}})

    assert seller("all") == seller("own")  # what the token says of other services does not tell actors apart
    assert reach_ways(Copy, seller("all")) is None
    assert len(reach_ways(Copy, seller("own"))) == 1


def test_the_system_and_who_reaches_all_are_narrowed_by_nothing():
    assert reach_ways(Plan, SYSTEM) is None
    assert reach_ways(Plan, user(reach="all")) is None
