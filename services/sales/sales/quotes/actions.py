"""Make, revise and send quotes, and let customers decide on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from chassis.errors import Conflict, Invalid, NotFound
from chassis.links import hash_of, new_token
from sales.approvals.actions import ask
from sales.currencies.actions import in_base
from sales.deals.lines import take_lines
from sales.deals.model import Deal
from sales.deals.rules import check_open
from sales.products.promising import promise_all
from sales.products.selling import fill_in
from sales.quotes import rules
from sales.quotes.approvers import end_steps
from sales.quotes.events import tell
from sales.quotes.model import NUMBERS, Quote, QuoteLine

_FROM_DEAL = ("person_id", "company_id", "contact_name", "company_name", "currency", "owner_id", "team_id",
              "partner_id")  # fmt: skip
_COPIED = ("product_id", "description", "unit", "quantity", "unit_price", "list_price", "book_id",
           "discount_percent", "tax_percent")  # fmt: skip


def create_quote(session: Session, data: dict[str, Any]) -> Quote:
    """A draft from an open deal."""
    deal = _deal(session, data["deal_id"])
    check_open(deal.status)
    quote = Quote(deal_id=deal.id, revision=1, status="draft", **{name: getattr(deal, name) for name in _FROM_DEAL})
    quote.number = rules.number(clock.now().year, session.scalar(select(NUMBERS.next_value())) or 0)
    quote.discount_percent = data.get("discount_percent", rules.NOTHING)
    quote.terms, quote.valid_until = data.get("terms"), data["valid_until"]
    rules.check_future(quote.valid_until, clock.now().date())
    quote.lines = _lines(session, quote, data["lines"], data.get("segment"))
    _sum_up(session, quote)
    session.add(quote)
    return quote


def change_quote(session: Session, quote: Quote, changes: dict[str, Any]) -> Quote:
    """Change a draft."""
    rules.check_status(quote.status, "draft")
    for name in ("valid_until", "terms", "discount_percent"):
        if name in changes:
            setattr(quote, name, changes[name])
    rules.check_future(quote.valid_until, clock.now().date())
    if "lines" in changes:
        made = _lines(session, quote, changes["lines"], changes.get("segment"))
        quote.lines.clear()
        session.flush()  # the new lines take the places of the old
        quote.lines = made
        quote.touch()
    _sum_up(session, quote)
    return quote


def revise(session: Session, quote_id: UUID) -> tuple[Quote, bool]:
    """A new draft with the next revision of a quote's number, which supersedes it; and whether it is new: a second
    time it is the draft made before."""
    quote = load(session, Quote, quote_id, lock=True)
    following = select(Quote).filter_by(number=quote.number, revision=quote.revision + 1)
    if quote.status == "superseded" and (made := session.scalars(following).one_or_none()):
        return made, False
    rules.check_status(quote.status, "draft", "pending", "approved", "sent", "declined")
    draft = Quote(revision=quote.revision + 1, status="draft", **_copy(quote))
    draft.lines = [
        QuoteLine(position=line.position, **{name: getattr(line, name) for name in _COPIED}) for line in quote.lines
    ]
    draft.valid_until = max(quote.valid_until, clock.now().date())
    _sum_up(session, draft)
    quote.status, quote.token_hash = "superseded", None
    end_steps(quote)
    ask(session, quote, None)
    session.add(draft)
    return draft, True


def send(session: Session, quote_id: UUID) -> dict[str, Any]:
    """Send an approved quote, as SentOut: the link's token is made here. Sending anew makes the older link void."""
    quote = load(session, Quote, quote_id, lock=True)
    if quote.status == "draft":
        raise Conflict("approval_needed", "Submit the quote first: it needs approval where it is over a limit.")
    rules.check_status(quote.status, "approved", "sent")
    rules.check_valid(quote.valid_until, clock.now().date())
    token = new_token()
    quote.token_hash, quote.status, quote.sent_at = hash_of(token), "sent", clock.now()
    tell(session, "quote.sent", quote)
    return {"quote_id": quote.id, "token": token, "path": link_path(session, token)}


def link_path(session: Session, token: str) -> str:
    """Where the customer's link leads to, behind the address of the platform."""
    return f"{session.info['service'].url_prefix}/public/quotes/{token}"


def delivery(session: Session, quote_id: UUID) -> dict[str, Any]:
    """When the products of a quote can leave, as DeliveryOut; unknown where the stock cannot be looked up."""
    lines = [line for line in load(session, Quote, quote_id).lines if line.product_id]
    promises = promise_all(session, [(line.product_id, line.quantity) for line in lines if line.product_id])
    shown = [
        {"position": line.position, "product_id": line.product_id, "quantity": line.quantity} | vars(promise)
        for line, promise in zip(lines, promises, strict=True)
    ]
    days = [one.promised_on for one in promises]
    return {"promised_on": max(day for day in days if day) if days and all(days) else None, "lines": shown}


def view(session: Session, token: str) -> Quote:
    """The quote behind a link; that it was looked at is noted once. NotFound for an unknown or void link."""
    quote = by_token(session, token, lock=True)
    if quote.viewed_at is None:
        quote.viewed_at = clock.now()
        tell(session, "quote.viewed", quote)
    return quote


def accept(session: Session, token: str, name: str) -> Quote:
    """The customer says yes, once: a second time is the first. What they said yes to are the lines and the amount of
    the open deal from now on. Conflict for an expired quote, a lost deal, or where another quote of the deal was
    accepted."""
    deal = _locked_deal(session, by_token(session, token))
    return _accept(session, deal, by_token(session, token, lock=True), name)


def note_acceptance(session: Session, quote_id: UUID, name: str) -> Quote:
    """A customer's yes that came otherwise, on paper say: the same as by the link."""
    deal = _locked_deal(session, load(session, Quote, quote_id))
    return _accept(session, deal, load(session, Quote, quote_id, lock=True), name)


def _locked_deal(session: Session, quote: Quote) -> Deal:
    """The deal comes before its quotes, for all who lock both."""
    return session.scalars(select(Deal).where(Deal.id == quote.deal_id).with_for_update(key_share=True)).one()


def _accept(session: Session, deal: Deal, quote: Quote, name: str) -> Quote:
    if quote.status == "accepted":
        return quote
    rules.check_status(quote.status, "sent")
    rules.check_valid(quote.valid_until, clock.now().date())
    if deal.status == "lost":
        raise Conflict("deal_lost", "The deal behind this quote was given up.")
    other = select(Quote.id).where(Quote.deal_id == deal.id, Quote.status == "accepted")
    if session.scalar(other):
        raise Conflict("another_accepted", "Another quote for this was accepted already.")
    _decide(quote, "accepted", name)
    tell(session, "quote.accepted", quote)
    if deal.status == "open" and deal.currency == quote.currency:
        take_lines(session, deal, [_sold(line) for line in quote.lines])
    return quote


def _sold(line: QuoteLine) -> dict[str, Any]:
    """A line that was accepted as one of the deal, with its share of the whole quote's discount."""
    percent = rules.percent_of(line.discount, line.gross)
    copied = {name: getattr(line, name) for name in ("position", "product_id", "description", "unit", "quantity")}
    return copied | {
        "unit_price": line.unit_price, "discount_percent": percent, "amount": line.gross - line.discount
    }  # fmt: skip


def decline(session: Session, token: str, name: str, reason: str) -> Quote:
    """The customer says no, once: a second time is the first."""
    quote = by_token(session, token, lock=True)
    if quote.status == "declined":
        return quote
    rules.check_status(quote.status, "sent")
    _decide(quote, "declined", name)
    quote.decline_reason = reason
    tell(session, "quote.declined", quote)
    return quote


def by_token(session: Session, token: str, *, lock: bool = False) -> Quote:
    """The quote behind a link, whoever asks. NotFound for an unknown or void one."""
    statement = select(Quote).where(Quote.token_hash == hash_of(token))
    if lock:
        statement = statement.with_for_update(of=Quote).execution_options(populate_existing=True)
    quote = session.scalars(statement).one_or_none()
    if quote is None:
        raise NotFound("quote")
    return quote


def _decide(quote: Quote, status: str, name: str) -> None:
    quote.status, quote.decided_at, quote.decided_by = status, clock.now(), name


def _deal(session: Session, deal_id: UUID) -> Deal:
    try:
        return load(session, Deal, deal_id, lock=True)
    except NotFound:
        raise Invalid("deal_id", "unknown_deal", "There is no deal with this id.") from None


def _copy(quote: Quote) -> dict[str, Any]:
    names = (*_FROM_DEAL, "deal_id", "number", "terms", "discount_percent", "valid_until")
    return {name: getattr(quote, name) for name in names}


def _lines(session: Session, quote: Quote, wanted: list[dict[str, Any]], segment: str | None) -> list[QuoteLine]:
    filled = fill_in(session, wanted, quote.currency, segment)
    return [
        QuoteLine(position=position, **{name: line[name] for name in _COPIED})
        for position, line in enumerate(filled, start=1)
    ]


def _sum_up(session: Session, quote: Quote) -> None:
    items = [rules.Item(one.quantity, one.unit_price, one.discount_percent, one.tax_percent) for one in quote.lines]
    lines, sums = rules.price(items, quote.discount_percent, quote.currency)
    for line, own in zip(quote.lines, lines, strict=True):
        line.gross, line.discount, line.tax, line.total = own.gross, own.discount, own.tax, own.total
    quote.gross, quote.discount, quote.net, quote.tax, quote.total = (
        sums.gross, sums.discount, sums.net, sums.tax, sums.total,
    )  # fmt: skip
    quote.base_total = in_base(session, quote.total, quote.currency, clock.now().date())
