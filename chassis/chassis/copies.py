"""Copies of what another service owns, and who may name and see them here: whoever reaches the record there.

A service that shows people of contacts keeps a copy under their ids, and whose they are with it:

    class Person(Copied, Base): ...

    refuse_unreached(session, Person, person_id, "person_id", visible(select(Deal.id).where(...), Deal))

With whom they are shared there, a copy of the grants says, which the copies name in `__shares__`:

    class Collaborator(CopiedGrant, Base): ...

That an event is late makes nothing fail: an id that was not told of yet may be named by all. Therefore a second rule,
which holds whenever the event comes: a record of a partner shows of a copy nothing but what is the partner's own. And a
third: it shows no partner the ids (`NOT_FOR_PARTNERS`), which are others once the owner finds that it knew them before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Index, Select, delete, or_, select, text, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from chassis.access import actor, reach_ways
from chassis.db.model import Owned
from chassis.db.shares import Grant
from chassis.errors import Invalid, Malformed
from chassis.events import Event, Told
from chassis.ids import id_of

NOT_FOR_PARTNERS = ("person_id", "company_id")
_IDS = ("id", "company_id", "owner_id", "team_id", "partner_id")
_NAMES = ("person_id", "company_id", "user_id", "team_id")


class Copied(Owned):
    """A copy of a record of contacts, and whose that is there. Looked for by its id alone: no index on whose it is."""

    __kept_by__ = "contacts"

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


class CopiedGrant(Grant):
    """A copy of a grant on a person or a company: `heard`, the sequence of the last event; taken back, it names
    nobody. Each has one grant on a record, as where it is kept: so two that become one follow alike."""

    __tablename__ = "collaborators"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None]
    company_id: Mapped[UUID | None]
    include_people: Mapped[bool]
    heard: Mapped[int] = mapped_column(BigInteger)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Index, ...]:
        return tuple(
            Index(
                f"uq_collaborators_{record}_{grantee}", f"{record}_id", f"{grantee}_id", unique=True,
                postgresql_where=text(f"{record}_id IS NOT NULL AND {grantee}_id IS NOT NULL"),
            ) for record in ("person", "company") for grantee in ("user", "team")
        )  # fmt: skip


def take_grant(session: Session, model: type[Any], event: Event, current: Mapping[str, Callable[[UUID], UUID]]) -> None:
    """`collaborator.granted` or `collaborator.revoked`: keep it in the copy `model`, unless something newer was heard.
    `current` says by column (`person_id`, `company_id`) what an id stands for after what was merged."""
    row = _granted(event) | {"heard": event.sequence}
    names = {name: row[name] for name in _NAMES if row[name] is not None}
    names |= {name: now(names[name]) for name, now in current.items() if name in names}
    known = session.scalar(select(model.heard).where(model.id == row["id"]).with_for_update())
    if known is not None and known >= event.sequence:
        return
    if names:
        same = select(model.id).where(*(getattr(model, name) == id_ for name, id_ in names.items()))
        others = session.scalars(same.where(model.id != row["id"]).with_for_update()).all()
        if any(other > row["id"] for other in others):  # granted anew since this one was taken back
            return
        session.execute(delete(model).where(model.id.in_(others)))
    put = insert(model).values(row | names)
    newer = model.heard < put.excluded.heard
    session.execute(put.on_conflict_do_update(index_elements=["id"], set_=row | names, where=newer))


def _granted(event: Event) -> dict[str, Any]:
    """What a grant says; one that is taken back names nobody."""
    revoked = event.type == "collaborator.revoked"
    return {
        "id": event.uuid("collaborator_id"), "access": event.data.get("access", "read"),
        "include_people": bool(event.data.get("include_people")),
        "until": event.instant("until") if event.data.get("until") else None,
        **{name: None if revoked else event.optional_uuid(name) for name in _NAMES},
    }  # fmt: skip


def shown(whose: UUID | None, partner_id: UUID | None) -> bool:
    """Whether a record of the partner `partner_id`, or of the house (None), shows a copy that is `whose`."""
    return partner_id is None or partner_id == whose


def whose(event: Event) -> dict[str, UUID | None]:
    """The `owner_id`, `team_id` and `partner_id` that an event tells of a record."""
    return {name: event.optional_uuid(name) for name in ("owner_id", "team_id", "partner_id")}


def person_told(told: Told) -> dict[str, Any]:
    """What every copy of a person keeps of what contact.created and the like tell, by column, ids as texts."""
    personal = told.personal.get
    emails, phones = personal("emails"), personal("phones")
    owner_id, team_id, partner_id, company_id = told.ids("owner_id", "team_id", "partner_id", "company_id")
    return {
        "id": told.id, "name": personal("name"),
        "email": emails[0] if emails else None, "phone": phones[0] if phones else None,
        "company_id": company_id, "company_name": personal("company_name"),
        "owner_id": owner_id, "team_id": team_id, "partner_id": partner_id,
    }  # fmt: skip


def company_told(told: Told) -> dict[str, Any]:
    """What every copy of a company keeps of what company.created and the like tell, likewise. Malformed without a
    name."""
    name = told.data.get("name")
    if not isinstance(name, str):
        raise Malformed(f"The company {told.id} has no name.")
    owner_id, team_id, partner_id = told.ids("owner_id", "team_id", "partner_id")
    return {"id": told.id, "name": name, "owner_id": owner_id, "team_id": team_id, "partner_id": partner_id}


def with_ids(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a person or company, by column, with its ids no longer as texts: for who compares them."""
    return {**row, **{name: id_of(row[name]) for name in _IDS if row.get(name)}}


def refuse_unreached(session: Session, model: type[Copied], id: UUID, field: str, *named_by: Select[Any]) -> None:
    """Invalid (`unknown_person` for a Person), naming `field`, where the current actor does not reach the record that
    `id` is a copy of. It is reached by what it belongs to, as everywhere; what is nobody's by all but partners; and by
    whoever reaches a record that names it already, of those that `named_by` selects."""
    who, mapped = actor(), _mapped(model)
    ways = reach_ways(model, who)
    if ways is None:
        return
    if who.reach != "partner":
        ways = (*ways, mapped.owner_id.is_(None))
    others = select(mapped.id).where(mapped.id == id, model.told(), or_(*ways).is_not(true()))
    if session.scalar(others.where(*(~named.exists() for named in named_by))) is not None:
        kind = model.__name__.lower()
        raise Invalid(field, f"unknown_{kind}", f"There is no {kind} with this id.")


def _mapped(model: type[Copied]) -> Any:
    return model
