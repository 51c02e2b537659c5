"""Keep exchange rates, convert by them, and value deals in the base currency."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.errors import Invalid
from sales.currencies import rules
from sales.currencies.model import ExchangeRate
from sales.deals.events import tell
from sales.deals.model import Deal
from sales.locks import hold
from sales.managers import require_manager
from sales.settings import settings

BASE_RATE = Decimal("1.00000000")


def set_rate(session: Session, data: dict[str, Any]) -> tuple[ExchangeRate, bool]:
    """The rate of a currency from a day on, and whether it is new: the same one a second time is the first."""
    require_manager("exchange rates")
    rules.check_currency(data["currency"], settings().currency)
    hold(session, f"rate {data['currency']} {data['valid_from']}")
    same = select(ExchangeRate).filter_by(currency=data["currency"], valid_from=data["valid_from"])
    if known := session.scalars(same).one_or_none():
        rules.check_same(data["rate"], known.rate, known.valid_from)
        return known, False
    rate = ExchangeRate(**data)
    session.add(rate)
    return rate, True


def change_rate(session: Session, rate: ExchangeRate, changes: dict[str, Any]) -> ExchangeRate:  # noqa: ARG001
    """Correct a rate. Open deals are valued anew by the clock; closed ones keep what they were closed at."""
    require_manager("exchange rates")
    rate.rate = changes["rate"]
    return rate


def rate_on(session: Session, currency: str, on: date) -> Decimal | None:
    """Units of the base currency for one of `currency` on a day; None where no rate is known by then."""
    if currency == settings().currency:
        return BASE_RATE
    newest = select(ExchangeRate.rate).where(ExchangeRate.currency == currency, ExchangeRate.valid_from <= on)
    return session.scalar(newest.order_by(ExchangeRate.valid_from.desc()).limit(1))


def need_rate(session: Session, currency: str, on: date, field: str = "currency") -> Decimal:
    """`rate_on`; Invalid, naming `field`, where there is none."""
    rate = rate_on(session, currency, on)
    if rate is None:
        raise Invalid(field, "no_rate", f"There is no exchange rate for {currency} on {on}.")
    return rate


def convert(
    session: Session, amount: Decimal, from_currency: str, to_currency: str | None = None, on: date | None = None
) -> dict[str, Any]:
    """An amount in another currency (default: the base) by the rates of a day (default: today), as ConvertOut."""
    on, into = on or clock.now().date(), to_currency or settings().currency
    amount = money.accepted(amount, from_currency, "amount")
    from_rate = need_rate(session, from_currency, on, "from_currency")
    to_rate = need_rate(session, into, on, "to_currency")
    converted = rules.convert(amount, from_rate, into, to_rate)
    return {"amount": converted, "currency": into, "from_rate": from_rate, "to_rate": to_rate, "on": on}


def in_base(session: Session, amount: Decimal, currency: str, on: date) -> Decimal | None:
    """An amount in the base currency; None where there is no rate."""
    rate = rate_on(session, currency, on)
    return None if rate is None else rules.convert(amount, rate, settings().currency)


def value(session: Session, deal: Deal, on: date | None = None) -> None:
    """Value a deal at the rate of a day (default: today). Called when it is opened, its price changes, or it is closed:
    that value it keeps."""
    rate = rate_on(session, deal.currency, on or clock.now().date())
    deal.base_rate = rate
    deal.base_amount = None if rate is None else rules.convert(deal.amount, rate, settings().currency)
    value_credited(deal)


def value_credited(deal: Deal) -> None:
    """Value what of a deal is credited at the deal's own rate: so that what is left is worth what it comes to."""
    deal.credited, base = money.rounded(deal.credited or Decimal(0), deal.currency), settings().currency
    if deal.base_amount is None or deal.base_rate is None:
        deal.base_credited = money.nothing(base)
    else:
        deal.base_credited = deal.base_amount - rules.convert(deal.amount - deal.credited, deal.base_rate, base)


def revalue(session: Session, now: datetime) -> int:
    """Value open deals anew whose currency has another rate by now; how many. A batch per currency at a time, so
    that a crash costs one batch; rows that somebody holds are left to the next round.

    Their version stays: nothing that people enter changes, and nobody's edit is to be refused for it.
    """
    current = (
        select(ExchangeRate.currency, ExchangeRate.rate)
        .where(ExchangeRate.valid_from <= now.date())
        .ext(distinct_on(ExchangeRate.currency))
        .order_by(ExchangeRate.currency, ExchangeRate.valid_from.desc())
    )
    rates: list[Any] = [(settings().currency, BASE_RATE), *session.execute(current)]
    return sum(_revalue(session, currency, rate) for currency, rate in rates)


def value_late(session: Session) -> int:
    """Value deals that were closed before their currency had a rate, at that of the day they were closed, once it was
    entered, and tell of them; how many. A batch per currency at a time. What a deal was valued at before stays."""
    first_days = select(ExchangeRate.currency, func.min(ExchangeRate.valid_from)).group_by(ExchangeRate.currency)
    return sum(_value_closed(session, currency, day) for currency, day in session.execute(first_days).all())


def _value_closed(session: Session, currency: str, since: date) -> int:
    begins = datetime.combine(since, time(), UTC)
    unvalued = (
        select(Deal)
        .where(Deal.currency == currency, Deal.closed_at >= begins, Deal.base_rate.is_(None))
        .order_by(Deal.closed_at, Deal.id)
        .limit(settings().sweep_batch)
        .with_for_update(skip_locked=True)
    )
    deals = session.scalars(unvalued).all()
    for deal in deals:
        value(session, deal, on=deal.closed_at.date())  # type: ignore[union-attr] # it is not null
        tell(session, "deal.updated", deal)
    return len(deals)


def _revalue(session: Session, currency: str, rate: Decimal) -> int:
    # IS DISTINCT FROM would read every open deal of the currency; these three are ranges of one index.
    other = or_(Deal.base_rate < rate, Deal.base_rate > rate, Deal.base_rate.is_(None))
    stale = (
        select(Deal.id)
        .where(Deal.status == "open", Deal.currency == currency, other)
        .limit(settings().sweep_batch)
        .with_for_update(skip_locked=True)
    )
    values = {"base_rate": rate, "base_amount": func.round(Deal.amount * rate, money.digits(settings().currency))}
    done = session.execute(update(Deal).where(Deal.id.in_(stale)).values(values | {"updated_at": Deal.updated_at}))
    return int(done.rowcount)  # type: ignore[attr-defined]
