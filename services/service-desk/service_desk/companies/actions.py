"""Names of companies, kept as contacts tells them, on the tickets that name a company."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, lazyload

from chassis.access import visible
from chassis.copies import company_told, refuse_unreached
from chassis.db.aliases import resolve
from chassis.db.bulk import insert_rows, rows_given
from chassis.db.sending import ask
from chassis.db.updating import update_many
from chassis.events import Event, told_of
from service_desk.companies.model import Company
from service_desk.heard import held_copy
from service_desk.merged.model import MergedCompany
from service_desk.tickets.model import Ticket


def named(session: Session, data: dict[str, Any], partner_id: UUID | None) -> dict[str, Any]:
    """The fields of a ticket of this partner, or of the house (None): which company its id stands for after what was
    merged, and its name where none is given. Invalid (`unknown_company`) for a company that the actor does not reach in
    contacts and no ticket within reach names."""
    if not data.get("company_id"):
        return data
    company_id = resolve(session, MergedCompany, data["company_id"])
    theirs = visible(select(Ticket.id).where(Ticket.company_id == company_id), Ticket)
    refuse_unreached(session, Company, company_id, "company_id", theirs)
    company, data = held_copy(session, Company, company_id), data | {"company_id": company_id}
    if company.name and company.shown_to(partner_id) and not data.get("company_name"):
        data["company_name"] = company.name
    return data


def take(session: Session, event: Event) -> None:
    """Keep what company.created and the like tell of a company, or of a hundred, in the copies and on the tickets of
    these companies. An older event, and any event after the company was deleted, changes nothing."""
    told = told_of(event, "companies", "company_id")
    rows = [company_told(one) | {"deleted": False, "heard": one.sequence} for one in told]
    if rows:
        show(session, [id_ for (id_,) in ask(session, _PUT, rows_given(rows))])


def take_deleted(session: Session, event: Event) -> None:
    """`company.deleted` or `companies.deleted`: what is told of them later is too late. Their tickets go on to show
    what they were called."""
    ids = sorted(event.uuids("company_id", "company_ids"))
    gone = insert(Company).values([{"id": id_, "deleted": True} for id_ in ids])
    session.execute(gone.on_conflict_do_update(index_elements=["id"], set_={"deleted": True, "name": None}))


def take_merged(session: Session, company_id: UUID, name: str) -> None:
    """Tickets that were another company's until now show this one, which a merge told the name of: that counts as
    long as nothing else was told of it."""
    put = insert(Company).values(id=company_id, name=name)
    unknown = (Company.heard == 0) & ~Company.deleted
    session.execute(put.on_conflict_do_update(index_elements=["id"], set_={"name": name}, where=unknown))
    show(session, [company_id])


def show(session: Session, ids: Sequence[UUID]) -> None:
    """The tickets of these companies show what they are called, as far as that is known; those of partners, of the
    partner's own. One statement reads and one writes them, however many there are."""
    shown = or_(Ticket.partner_id.is_(None), Ticket.partner_id == Company.partner_id)
    differs = Ticket.company_name.is_distinct_from(Company.name)
    wrong = select(Ticket, Company.name).join(Company, Company.id == Ticket.company_id)
    wrong = wrong.where(Company.id.in_(ids), Company.name.is_not(None), shown, differs).options(lazyload(Ticket.clocks))
    locked = wrong.order_by(Ticket.id).with_for_update(of=Ticket)
    found = session.execute(locked, execution_options={"populate_existing": True}).all()
    update_many(session, {ticket: {"company_name": name} for ticket, name in found})


def _put() -> Any:
    """INSERT of a copy, or UPDATE of one that is older; returns the id where either was done."""
    table = cast(Table, Company.__table__)
    names = [column.name for column in table.c]
    put = insert_rows(table, names)
    kept = {name: put.excluded[name] for name in names if name != "id"}
    newer = (table.c.heard < put.excluded.heard) & ~table.c.deleted
    return put.on_conflict_do_update(index_elements=["id"], set_=kept, where=newer).returning(table.c.id)


# Built once: there are many of these.
_PUT = _put()
