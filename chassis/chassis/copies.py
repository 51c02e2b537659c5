"""Copies of what another service owns, and who may name and see them here: whoever reaches the record there.

A service that shows people of contacts keeps a copy under their ids, and whose they are with it:

    class Person(Copied, Base): ...

    refuse_unreached(session, Person, person_id, "person_id", visible(select(Deal.id).where(...), Deal))

That an event is late makes nothing fail: an id that was not told of yet may be named by all. Therefore a second rule,
which holds whenever the event comes: a record of a partner shows of a copy nothing but what is the partner's own. And a
third: it shows no partner the ids (`NOT_FOR_PARTNERS`), which are others once the owner finds that it knew them before.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.access import actor, reach_ways
from chassis.db.model import Owned
from chassis.errors import Invalid
from chassis.events import Event

NOT_FOR_PARTNERS = ("person_id", "company_id")


class Copied(Owned):
    """A copy of a record, and whose that is where it is kept. Looked for by its id alone: no index on whose it is."""

    owner_id: Mapped[UUID | None] = mapped_column(sort_order=80)
    team_id: Mapped[UUID | None] = mapped_column(sort_order=81)
    partner_id: Mapped[UUID | None] = mapped_column(sort_order=82)

    @classmethod
    def told(cls) -> ColumnElement[bool]:
        """Which rows their service has told of; others are there because somebody named them."""
        raise NotImplementedError

    def shown_to(self, partner_id: UUID | None) -> bool:
        """Whether a record of this partner, or of the house (None), shows what the copy says."""
        return shown(self.partner_id, partner_id)


def shown(whose: UUID | None, partner_id: UUID | None) -> bool:
    """Whether a record of the partner `partner_id`, or of the house (None), shows a copy that is `whose`."""
    return partner_id is None or partner_id == whose


def whose(event: Event) -> dict[str, UUID | None]:
    """The `owner_id`, `team_id` and `partner_id` that an event tells of a record."""
    return {name: event.optional_uuid(name) for name in ("owner_id", "team_id", "partner_id")}


def refuse_unreached(session: Session, model: type[Copied], id: UUID, field: str, *named_by: Select[Any]) -> None:
    """Invalid (`unknown_person` for a Person), naming `field`, where the current actor does not reach the record that
    `id` is a copy of. It is reached by what it belongs to, as everywhere; what is nobody's by all but partners; and by
    whoever reaches a record that names it already, of those that `named_by` selects."""
    who, mapped = actor(), _mapped(model)
    ways = reach_ways(model, who)
    if ways is None:
        return
    if who.reach != "partner":
        ways.append(mapped.owner_id.is_(None))
    others = select(mapped.id).where(mapped.id == id, model.told(), or_(*ways).is_not(true()))
    if session.scalar(others.where(*(~named.exists() for named in named_by))) is not None:
        kind = model.__name__.lower()
        raise Invalid(field, f"unknown_{kind}", f"There is no {kind} with this id.")


def _mapped(model: type[Copied]) -> Any:
    return model
