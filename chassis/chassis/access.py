"""Who acts now, and which records they reach: the one place that lists, counts, exports and actions pass through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cache, lru_cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, not_, or_, select
from sqlalchemy.orm import Session

from chassis.actor import ANONYMOUS, SYSTEM, Actor, Reach
from chassis.context import Context, current, running
from chassis.db.model import Owned
from chassis.db.shares import Access, shared_with
from chassis.errors import Forbidden, NotFound

__all__ = [
    "ANONYMOUS", "SYSTEM", "Access", "Actor", "acting_as", "actor", "load", "noun", "reach_ways", "refusal", "require",
    "visible",
]  # fmt: skip

Model = TypeVar("Model")
Statement = TypeVar("Statement", bound=Select)


def actor() -> Actor:
    """Who acts now: the bearer of the request's token, or SYSTEM in handlers, timers and jobs."""
    return current().actor


def acting_as(who: Actor) -> AbstractContextManager[Context]:
    """Run a block in the name of `who`: `with acting_as(SYSTEM): ...`."""
    return running(actor=who)


def require(scope: str) -> None:
    """Refuse (403) an actor that does not hold `scope`."""
    if not actor().may(scope):
        raise Forbidden(f"This needs the scope {scope}.", "missing_scope")


def visible(statement: Statement, model: type[Any], who: Actor | None = None, access: Access = "read") -> Statement:
    """`statement` narrowed to the rows of `model` that `who` (default: the current actor) reaches with `access`.

    A model that is not `Owned` belongs to nobody in particular and is seen by all who hold the scope, except by
    partners where the model sets `__partner_visible__ = False`.
    """
    condition = reach_condition(model, who or actor(), access)
    return statement if condition is None else statement.where(condition)


def reach_condition(model: type[Any], who: Actor, access: Access = "read") -> ColumnElement[bool] | None:
    """The WHERE clause of `who`'s reach over `model`; None where nothing is to be narrowed."""
    ways = reach_ways(model, who, access)
    return None if ways is None else or_(*ways)


def reach_ways(model: type[Any], who: Actor, access: Access = "read") -> Sequence[ColumnElement[bool]] | None:
    """The ways on which `who` comes to rows of `model`, each a WHERE clause that an index answers; None where nothing
    is to be narrowed. What is owned (by oneself, the team, the partner company) comes first, then what is shared."""
    if who.kind == "system":
        return None
    if not issubclass(model, Owned):
        hidden = who.reach == "partner" and not getattr(model, "__partner_visible__", True)
        return [false()] if hidden else None
    owned: Any = model
    return _owned_ways(owned, _reach(model, who), who.id, who.team_id, who.partner_id, access)


@lru_cache(maxsize=1024)
def _owned_ways(
    model: type[Owned],
    reach: Reach,
    user_id: UUID | None,
    team_id: UUID | None,
    partner_id: UUID | None,
    access: Access,
) -> tuple[ColumnElement[bool], ...] | None:
    """The same of a model that is owned: it is told all that it depends on, and kept, for to build it takes longer than
    to read a record."""
    if reach == "all":
        return None
    if reach == "partner":  # what is theirs and no more: a grant never widens the reach of a partner
        theirs = model.partner_id == partner_id if partner_id else false()
        internal = model.internal()
        return (theirs if internal is None else and_(theirs, not_(internal)),)
    own = model.owner_id == user_id if user_id else false()
    if reach == "team" and team_id:
        own = or_(own, model.team_id == team_id)
    shares = model.__shares__ if user_id else ()
    return (own, *(shared_with(model, shared, user_id, team_id, access) for shared in shares))


def _reach(model: type[Owned], who: Actor) -> Reach:
    """How far `who` reaches over rows of `model`. A copy of what another service keeps is reached as the record is
    there, by whoever may read there; a partner is one everywhere."""
    if model.__kept_by__ and who.reach != "partner" and who.may(f"{model.__kept_by__}:read"):
        return who.reach_in(model.__kept_by__)
    return who.reach


def load(session: Session, model: type[Model], id: UUID, *, lock: bool = False, access: Access | None = None) -> Model:
    """The row of `model` with `id` within the current actor's reach; NotFound otherwise.

    `lock` takes the row with FOR NO KEY UPDATE and reads it afresh: required before a state change. Rows that refer to
    it may be written meanwhile. To whom the row is only
    shared it must be shared with `access` (default: `write` with a lock, else `read`); Forbidden otherwise.
    """
    needed: Access = access or ("write" if lock else "read")
    mapped: Any = model
    statement = visible(_by_id(mapped, lock=lock), model, access=needed)
    found: Model | None = session.scalars(statement, {"wanted": id}).one_or_none()
    if found is None:
        raise refusal(session, model, id, needed)
    return found


@cache
def _by_id(model: Any, *, lock: bool) -> Select[Any]:
    """What `load` asks before it is narrowed; made once, for that is dear."""
    statement = select(model).where(model.id == bindparam("wanted"))
    if not lock:
        return statement
    return statement.with_for_update(of=model, key_share=True).execution_options(populate_existing=True)


def refusal(session: Session, model: type[Any], id: UUID, access: Access) -> NotFound | Forbidden:
    """Why the current actor has no such `access`: there is no such row for them, or it is shared with less."""
    shares = access != "read" and issubclass(model, Owned) and model.__shares__
    if shares and session.scalar(visible(select(model.id).where(model.id == id), model)) is not None:
        if access == "write":
            return Forbidden("This record is shared with you for reading.", "read_only_share")
        return Forbidden("This needs the owner's access, and the record is shared with you for less.", "not_the_owner")
    return NotFound(noun(model))


def noun(model: type[Any]) -> str:
    """What one of `model` is called in messages: `expense report`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__).lower()
