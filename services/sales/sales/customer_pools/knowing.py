"""What sales hears of customers: whose they are, by contacts; who talked to them, and what deals they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, TextClause, func, or_, select, text, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.bulk import one_of, rows_given
from chassis.db.sending import send
from chassis.events import Event
from chassis.ids import id_of
from sales.customer_pools.following import deals_follow
from sales.customer_pools.model import Customer
from sales.customer_pools.moves import begin, end_warnings, leave_pool, note, refuse_move
from sales.customers.model import Company, Person
from sales.leads.rules import CONTACT_CHANNELS
from sales.merged.model import MergedCompany, MergedPerson

# The sequence of what is deleted: nothing is newer.
_FOR_GOOD = 2**63 - 1
_QUIET = {"synchronize_session": False}


def _put(merged: type[Any]) -> TextClause:
    """INSERT of customers that are not known and not merged into others."""
    return text(
        f"""
        INSERT INTO customers (
            id, kind, owner_id, team_id, partner_id, told_sequence, version, protected,
            idle_since, no_deal_since, no_close_since, created_at, updated_at
        )
        SELECT id, :kind, owner_id, team_id, partner_id, told_sequence, 1, false, :at, :at, :at, :at, :at
        FROM json_to_recordset(CAST(:rows AS json))
            AS told (id uuid, owner_id uuid, team_id uuid, partner_id uuid, told_sequence bigint)
        WHERE NOT EXISTS (SELECT FROM {merged.__tablename__} AS old WHERE old.old_id = told.id AND old.active)
        ORDER BY id
        ON CONFLICT DO NOTHING
        """  # noqa: S608 - the name of our own table
    )


# Built once: imports tell of many.
_PUT = {"person": _put(MergedPerson), "company": _put(MergedCompany)}


class News(NamedTuple):
    """Whose a person or a company is, as an event of contacts tells it, ids as texts. `apart`: a customer by itself,
    and not one of the people of a company."""

    id: str
    kind: str
    owner_id: str | None
    team_id: str | None
    partner_id: str | None
    apart: bool
    sequence: int
    at: datetime


def take_people(session: Session, copies: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Whose the people are, as the copies of them say that were told of at `at`, none older than what is known."""
    at = min(at, clock.now())
    told = [_news(copy, "person", at, apart=copy["company_id"] is None) for copy in copies if _matters(copy)]
    _take(session, told)


def take_companies(session: Session, copies: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Whose the companies are, likewise."""
    at = min(at, clock.now())
    _take(session, [_news(copy, "company", at) for copy in copies if _matters(copy)])


def take_interaction(session: Session, event: Event) -> None:
    """Somebody talked to a person or a company: neither is idle, and neither is the company of the person."""
    if event.data.get("channel") not in CONTACT_CHANNELS:
        return
    people = {event.optional_uuid("person_id"), *map(UUID, event.data.get("person_ids") or ())}
    _touch(session, people, event.optional_uuid("company_id"), idle_since=min(event.instant("at"), clock.now()))


def take_deal(session: Session, event: Event) -> None:
    """A deal was opened, won or lost."""
    at = {"no_deal_since": event.time} | ({"no_close_since": event.time} if event.type == "deal.won" else {})
    _touch(session, {event.optional_uuid("person_id")}, event.optional_uuid("company_id"), **at)


def gone(session: Session, customer_id: UUID, reason: str) -> None:
    """The person or company is not there any more: `merged` or `deleted`."""
    customer = session.scalar(_locked(Customer.id == customer_id))
    if customer is not None:
        drop(session, customer, reason)


def companies_gone(session: Session, event: Event) -> None:
    """`company.deleted`, `companies.deleted`: what is told of them later is too late."""
    ids = sorted(event.uuids("company_id", "company_ids"))
    late = update(Company).where(Company.id.in_(ids)).values(known_sequence=_FOR_GOOD)
    session.execute(late, execution_options=_QUIET)
    for company_id in ids:
        gone(session, company_id, "deleted")


def follow(session: Session, customer: Customer) -> None:
    """A locked customer that is nobody's to wait for: whom contacts names as its owner has it, and no pool."""
    if customer.pool_id is not None and customer.owner_id is not None:
        note(session, customer, "assigned", pool_id=customer.pool_id, rep_id=customer.owner_id)
        deals_follow(session, customer, customer.pool_id, customer.owner_id)
        leave_pool(customer)


def drop(session: Session, customer: Customer, reason: str) -> None:
    """A locked customer is none any more, for this reason; its history stays, and a claim is undone."""
    end_warnings(session, [customer])
    if customer.move_id is not None:
        refuse_move(session, customer, reason)
    if customer.pool_id is not None:
        note(session, customer, "closed", pool_id=customer.pool_id)
    session.delete(customer)


def _take(session: Session, told: Sequence[News]) -> None:
    changed = [one.id for one in told if one.sequence > 1]  # of who is new nothing is known
    known = {str(row.id): row for row in session.scalars(_locked(one_of(Customer.id, changed)))} if changed else {}
    new = [_row(one) for one in told if one.owner_id and one.apart and one.id not in known]
    if new:
        send(session, _PUT[told[0].kind], rows_given(new) | {"kind": told[0].kind, "at": told[0].at})
    for one in told:
        if one.id in known:
            _hear(session, known[one.id], one)


def _hear(session: Session, customer: Customer, news: News) -> None:
    """A copy that is known. While contacts has a question to answer, only whose it is is kept: the answer settles."""
    before = (customer.owner_id, customer.team_id, customer.partner_id)
    owner_id, team_id, partner_id = (
        id_of(id_) if id_ else None for id_ in (news.owner_id, news.team_id, news.partner_id)
    )
    after = (owner_id, team_id, partner_id)
    if news.sequence <= customer.told_sequence or (news.apart and before == after):
        return
    if not news.apart:
        drop(session, customer, "in_company")
        return
    customer.told_sequence = news.sequence
    customer.owner_id, customer.team_id, customer.partner_id = after
    if before[0] != owner_id:
        end_warnings(session, [customer])
        begin(customer, news.at)
    if customer.move_id is None:
        follow(session, customer)


def _touch(session: Session, people: set[UUID | None], company_id: UUID | None, **since: datetime) -> None:
    """Move instants of these people, their companies, and of a company on; never back. The version stays: nothing that
    people enter changes."""
    person_ids = people - {None}
    theirs = select(Person.company_id).where(Person.id.in_(person_ids), Person.company_id.is_not(None))
    ids = [*person_ids, *([company_id] if company_id else []), *(session.scalars(theirs) if person_ids else ())]
    columns = {name: getattr(Customer, name) for name in since}
    older = or_(*(columns[name] < at for name, at in since.items()))
    found = _locked(Customer.id.in_(ids), older).with_only_columns(Customer.id)
    if ids and (rows := session.scalars(found).all()):
        values = {name: func.greatest(column, since[name]) for name, column in columns.items()}
        moved = update(Customer).where(Customer.id.in_(rows)).values(**values, updated_at=Customer.updated_at)
        session.execute(moved, execution_options=_QUIET)


def _locked(*conditions: ColumnElement[bool]) -> Any:
    """In the order of the ids, or two replicas wait for each other."""
    rows = select(Customer).where(*conditions).order_by(Customer.id).with_for_update(key_share=True)
    return rows.execution_options(populate_existing=True)


def _matters(copy: Mapping[str, Any]) -> bool:
    """Not who is new and nobody's customer, as most people of an import: of them nothing is known, nor is to be."""
    return copy["known_sequence"] > 1 or (copy["owner_id"] is not None and copy.get("company_id") is None)


def _news(copy: Mapping[str, Any], kind: str, at: datetime, *, apart: bool = True) -> News:
    owner_id, team_id, partner_id = copy["owner_id"], copy["team_id"], copy["partner_id"]
    return News(copy["id"], kind, owner_id, team_id, partner_id, apart, copy["known_sequence"], at)


def _row(news: News) -> dict[str, Any]:
    return {
        "id": news.id, "owner_id": news.owner_id, "team_id": news.team_id, "partner_id": news.partner_id,
        "told_sequence": news.sequence,
    }  # fmt: skip
