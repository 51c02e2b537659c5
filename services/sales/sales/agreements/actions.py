"""Make agreements, record signatures, remind of their end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.access import actor, load
from chassis.errors import Conflict, Invalid, NotFound
from chassis.events import emit
from sales.agreements import rules
from sales.agreements.model import NUMBERS, Agreement, Signature
from sales.deals.model import Deal
from sales.quotes.model import Quote
from sales.settings import settings
from sales.told import text

_FROM_DEAL = ("person_id", "company_id", "company_name", "currency", "owner_id", "team_id", "partner_id")


def create_agreement(session: Session, data: dict[str, Any]) -> Agreement:
    """A draft from a deal that is not lost, or from an accepted quote of it."""
    try:
        deal = load(session, Deal, data["deal_id"], lock=True)
    except NotFound:
        raise Invalid("deal_id", "unknown_deal", "There is no deal with this id.") from None
    if deal.status == "lost":
        raise Conflict("deal_lost", "The deal is lost; reopen it first.")
    rules.check_term(data["starts_on"], data.get("ends_on"))
    amount = _quote(session, deal, data["quote_id"]).total if "quote_id" in data else deal.amount
    copied = {name: getattr(deal, name) for name in _FROM_DEAL}
    data |= money.in_units(data, deal.currency, "amount")
    agreement = Agreement(**copied | {"amount": amount} | data, status="draft")
    agreement.number = rules.number(clock.now().year, session.scalar(select(NUMBERS.next_value())) or 0)
    session.add(agreement)
    return agreement


def change_agreement(session: Session, agreement: Agreement, changes: dict[str, Any]) -> Agreement:  # noqa: ARG001
    """Change a draft that nobody signed yet."""
    rules.check_status(agreement.status, "draft")
    if agreement.signatures:
        raise Conflict("partly_signed", "One side has signed; what it signed stays.")
    for name, value in (changes | money.in_units(changes, agreement.currency, "amount")).items():
        setattr(agreement, name, value)
    rules.check_term(agreement.starts_on, agreement.ends_on)
    return agreement


def sign(
    session: Session, agreement_id: UUID, side: str, name: str, method: str, document_hash: str | None = None
) -> Agreement:
    """Record a side's signature, once: the same name again is no news, another one a Conflict, and so is the
    `document_hash` of another document than the agreement's. With the second side it is signed."""
    agreement = load(session, Agreement, agreement_id, lock=True)
    known = next((one for one in agreement.signatures if one.side == side), None)
    if known and (known.name, known.method) == (name, method):
        return agreement
    if known:
        raise Conflict("signed_already", f"{known.name} has signed for this side.")
    rules.check_status(agreement.status, "draft")
    rules.check_document(document_hash, agreement.document_hash)
    agreement.signatures.append(
        Signature(side=side, name=name, method=method, signed_at=clock.now(), recorded_by=actor().id,
                  terms_hash=rules.hash_of(agreement.terms), document_hash=agreement.document_hash)
    )  # fmt: skip
    agreement.touch()
    if len(agreement.signatures) == 2:
        agreement.status, agreement.signed_at = "signed", clock.now()
        _tell(session, "agreement.signed", agreement)
    return agreement


def renew(session: Session, agreement_id: UUID, ends_on: date) -> Agreement:
    """Let a signed agreement run until a later day; the same day again is no news."""
    agreement = load(session, Agreement, agreement_id, lock=True)
    rules.check_status(agreement.status, "signed")
    if agreement.ends_on != ends_on:
        rules.check_renewal(agreement.ends_on, ends_on)
        agreement.ends_on = ends_on
        _tell(session, "agreement.renewed", agreement)
    return agreement


def end(session: Session, agreement_id: UUID, reason: str) -> Agreement:
    """End an agreement early, once."""
    agreement = load(session, Agreement, agreement_id, lock=True)
    rules.check_status(agreement.status, "draft", "signed")
    agreement.status, agreement.end_reason = "ended", reason
    _tell(session, "agreement.ended", agreement)
    return agreement


def remind(session: Session, now: datetime) -> int:
    """Remind of signed agreements that end soon, once per end date, and end those that have run out; how many. In
    batches; what is left over is for the next round."""
    today = now.date()
    signed = select(Agreement).where(Agreement.status == "signed").limit(settings().sweep_batch)
    over = session.scalars(
        signed.where(Agreement.ends_on < today).with_for_update(skip_locked=True, of=Agreement)
    ).all()
    for agreement in over:
        agreement.status, agreement.end_reason = "ended", "expired"
        _tell(session, "agreement.ended", agreement)
    not_yet = or_(Agreement.reminded_for.is_(None), Agreement.reminded_for != Agreement.ends_on)
    soon = signed.where(Agreement.ends_on - Agreement.remind_days <= today, Agreement.ends_on >= today, not_yet)
    due = session.scalars(soon.with_for_update(skip_locked=True, of=Agreement)).all()
    for agreement in due:
        agreement.reminded_for = agreement.ends_on
        _tell(session, "agreement.renewal_due", agreement)
    return len(over) + len(due)


def _quote(session: Session, deal: Deal, quote_id: UUID) -> Quote:
    quote = session.get(Quote, quote_id)
    if quote is None or quote.deal_id != deal.id or quote.status != "accepted":
        raise Invalid("quote_id", "not_accepted", "The deal has no accepted quote with this id.")
    return quote


def _tell(session: Session, type_: str, agreement: Agreement) -> None:
    session.flush()
    ids = ("deal_id", "quote_id", "person_id", "company_id", "owner_id", "team_id", "partner_id")
    state = {
        "agreement_id": str(agreement.id),
        "number": agreement.number,
        "status": agreement.status,
        **{name: text(getattr(agreement, name)) for name in ids},
        "amount": str(agreement.amount),
        "currency": agreement.currency,
        "starts_on": agreement.starts_on.isoformat(),
        "ends_on": agreement.ends_on.isoformat() if agreement.ends_on else None,
    }
    emit(session, type_, agreement, state)
