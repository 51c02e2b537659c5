"""Records that are shared with more people than their owner: who may do what with one, and until when.

A service makes its table of grants from `Grant`; a model says in `__shares__` which of them open its rows:

    __shares__ = (SharedBy("id", Collaborator.person_id),)

Reach (`chassis.access`) does the rest. A grant is void from `until` on, by the clock: nothing has to sweep it away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, bindparam, func, literal_column, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from chassis import clock

Access = Literal["read", "write", "owner"]
LEVELS: tuple[Access, ...] = ("read", "write", "owner")


class Grant:
    """A user or a team (one of them) may read a record, change it, or dispose of it as its owner does."""

    user_id: Mapped[UUID | None] = mapped_column(index=True)
    team_id: Mapped[UUID | None] = mapped_column(index=True)
    access: Mapped[str]
    until: Mapped[datetime | None]


@dataclass(frozen=True)
class SharedBy:
    """A row is shared where `grants`, a column of a table made from `Grant`, names what stands in its `column`;
    `where` narrows the grants; with `only_without`, it is where that column is empty."""

    column: str
    grants: InstrumentedAttribute[UUID | None]
    where: Any = None
    only_without: str | None = None


def shared_with(
    model: type, shared: SharedBy, user_id: UUID | None, team_id: UUID | None, access: Access
) -> ColumnElement[bool]:
    """The rows of `model` that a user, or their team, has at least `access` to by a grant when the statement runs.

    The ids come as an array that is made once: PostgreSQL then takes the index of `column`, whatever it expects of the
    table of grants.
    """
    grant: type[Grant] = shared.grants.class_  # type: ignore[assignment]
    statement = select(shared.grants).where(
        _given_to(grant, user_id, team_id),
        grant.access.in_([literal_column(f"'{level}'") for level in LEVELS[LEVELS.index(access) :]]),
        or_(grant.until.is_(None), grant.until > bindparam(None, callable_=_now, type_=grant.until.type)),
        shared.grants.is_not(None),
    )
    if shared.where is not None:
        statement = statement.where(shared.where)
    found = getattr(model, shared.column) == any_(func.array(statement.scalar_subquery()))
    return and_(found, getattr(model, shared.only_without).is_(None)) if shared.only_without else found


def _given_to(grant: type[Grant], user_id: UUID | None, team_id: UUID | None) -> ColumnElement[bool]:
    mine = grant.user_id == user_id
    return or_(mine, grant.team_id == team_id) if team_id else mine


def _now() -> datetime:
    return clock.now()
