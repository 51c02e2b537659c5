"""What a campaign may do, and how its return is reckoned."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from chassis.errors import Conflict, Invalid

TYPES = ("ad", "email", "mail", "web", "seminar", "trade_show", "webinar", "telesales", "referral", "other")
PLANNED, ACTIVE, COMPLETED = STATES = ("planned", "active", "completed")
_NEXT = {ACTIVE: PLANNED, COMPLETED: ACTIVE}


def check_dates(starts_on: date | None, ends_on: date | None) -> None:
    """Invalid if the campaign would end before it begins."""
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid("ends_on", "before_start", "A campaign cannot end before it begins.")


def check_step(state: str, target: str) -> None:
    """Conflict unless a campaign in `state` may become `target`: planned, then active, then completed."""
    if state == target:
        raise Conflict(f"already_{target}", f"The campaign is {target} already.")
    if _NEXT[target] != state:
        raise Conflict(f"is_{state}", f"A campaign that is {state} cannot become {target}.")


def code_of(name: str, suffix: str) -> str:
    """A code for links (`utm_campaign`) made from `name`; `suffix` keeps it unique."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")
    return f"{words}-{suffix}" if words else suffix


def roi(revenue: Decimal, spent: Decimal, budget: Decimal) -> Decimal | None:
    """Return on investment, (revenue - cost) / cost, four places. Cost is what was spent, or the budget as
    long as no expense is recorded. None where there is no cost.
    """
    cost = spent or budget
    if not cost:
        return None
    return ((revenue - cost) / cost).quantize(Decimal("0.0001"), ROUND_HALF_UP)
