"""The clock of pooled customers: warn the owners of those that are due, then take them back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from chassis.ids import uuid7
from sales.customer_pools.events import tell_together
from sales.customer_pools.model import Customer
from sales.customer_pools.moves import Back, end_warnings, put_back
from sales.customer_pools.rules import WARNING_TITLES
from sales.customers.model import Person
from sales.deals.model import Deal
from sales.leads.model import OPEN_LEADS, Lead
from sales.pools.due import Due, Rule
from sales.pools.model import Pool, PoolTeam
from sales.pools.rules import goes_back_at
from sales.settings import settings
from sales.told import by_owner

_OF_ITS_PEOPLE = (Deal.person_id == Person.id) & (Person.company_id == Customer.id)
# Correlated by hand: SQLAlchemy does so by itself with the nearest SELECT alone.
_DEAL = or_(
    *(
        exists().where(whose, Deal.status == "open").correlate(Customer)
        for whose in (Deal.person_id == Customer.id, Deal.company_id == Customer.id, _OF_ITS_PEOPLE)
    )
)
# An open lead has a cadence and rules of its own; while its owner has one, the customer waits.
_LEAD = or_(
    *(
        exists().where(whose, Lead.owner_id == Customer.owner_id, OPEN_LEADS).correlate(Customer)
        for whose in (Lead.person_id == Customer.id, Lead.company_id == Customer.id)
    )
)
CUSTOMERS = Due(
    Customer,
    {
        "no_follow_up": Rule(Customer.idle_since, Pool.customer_no_follow_up_days),
        "no_deal": Rule(Customer.no_deal_since, Pool.customer_no_deal_days, spared=_DEAL),
        "no_close": Rule(Customer.no_close_since, Pool.customer_no_close_days),
    },
    Customer.owner_id.is_not(None), Customer.partner_id.is_(None), Customer.pool_id.is_(None), ~Customer.protected,
    ~_LEAD,
)  # fmt: skip


def take_back(session: Session, now: datetime) -> int:
    """Put the customers into their pools whose time is over; how many."""
    rows = session.execute(CUSTOMERS.over(now)).all()
    put_back(session, [Back(customer, pool_id, rule) for customer, _, rule, pool_id, _ in rows], "reclaimed")
    return len(rows)


def warn(session: Session, now: datetime) -> int:
    """Warn the owners of customers that go back soon, each of all of theirs at once; how many."""
    rows = session.execute(CUSTOMERS.soon(now)).all()
    end_warnings(session, [row[0] for row in rows])
    titles = {"title": WARNING_TITLES[settings().language], "titles": WARNING_TITLES}
    told = {}
    for customer, due, rule, pool_id, warn_days in rows:
        customer.warned_for, customer.reclaim_at = due, goes_back_at(due, now, warn_days)
        customer.warning_id = uuid7()
        goes_back = {"reclaim_at": customer.reclaim_at.isoformat(), "warning_id": str(customer.warning_id)}
        told[customer] = goes_back | titles | {"pool_id": str(pool_id), "rule": rule}
    for whose, theirs in by_owner(told):
        tell_together(session, "reclaim_due", theirs, **whose)
    return len(rows)


def keep(session: Session) -> int:
    """Tell the owners of customers who need not be worried any more, because of a talk, a deal or other terms; how
    many."""
    team = (PoolTeam.team_id == Customer.team_id, Pool.id == PoolTeam.pool_id)
    holds = exists().where(*team, *CUSTOMERS.held, CUSTOMERS.at == Customer.warned_for)
    warned = select(Customer).where(Customer.warned_for.is_not(None), Customer.pool_id.is_(None), ~holds)
    batch = warned.order_by(Customer.id).limit(settings().sweep_batch)
    rows = session.scalars(batch.with_for_update(skip_locked=True, key_share=True)).all()
    end_warnings(session, rows)
    return len(rows)
