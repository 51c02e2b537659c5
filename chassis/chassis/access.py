"""Who acts now, and which records they reach: the one place that lists, counts, exports and actions pass through."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import Session

from chassis.actor import ANONYMOUS, SYSTEM, Actor
from chassis.context import Context, current, running
from chassis.db.model import Owned
from chassis.errors import Forbidden, NotFound

__all__ = ["ANONYMOUS", "SYSTEM", "Actor", "acting_as", "actor", "load", "require", "visible"]

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


def visible(statement: Statement, model: type[Any], who: Actor | None = None) -> Statement:
    """`statement` narrowed to the rows of `model` that `who` (default: the current actor) reaches.

    A model that is not `Owned` belongs to nobody in particular and is seen by all who hold the scope, except by
    partners where the model sets `__partner_visible__ = False`.
    """
    condition = reach_condition(model, who or actor())
    return statement if condition is None else statement.where(condition)


def reach_condition(model: type[Any], who: Actor) -> ColumnElement[bool] | None:
    """The WHERE clause of `who`'s reach over `model`; None where nothing is to be narrowed."""
    if who.kind == "system":
        return None
    if not issubclass(model, Owned):
        hidden = who.reach == "partner" and not getattr(model, "__partner_visible__", True)
        return false() if hidden else None
    if who.reach == "all":
        return None
    if who.reach == "partner":
        return model.partner_id == who.partner_id if who.partner_id else false()
    own = model.owner_id == who.id if who.id else false()
    if who.reach == "team" and who.team_id:
        return or_(own, model.team_id == who.team_id)
    return own


def load(session: Session, model: type[Model], id: UUID, *, lock: bool = False) -> Model:
    """The row of `model` with `id` within the current actor's reach; NotFound otherwise.

    `lock` takes the row with FOR UPDATE and reads it afresh: required before a state change.
    """
    mapped: Any = model
    statement = visible(select(model).where(mapped.id == id), model)
    if lock:
        statement = statement.with_for_update(of=model).execution_options(populate_existing=True)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(model.__name__.lower())
    return found
