"""When a lead or a customer goes back to its pool, and who may take it out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chassis.errors import Conflict, Invalid
from chassis.hours import zone_named

CLOCKED = ("no_follow_up", "no_deal", "no_close")
RULES = (*CLOCKED, "by_hand")
INTO = ("reclaimed", "given_back", "transferred")
DEALS = ("stay", "follow")
KINDS = (*INTO, "claimed", "assigned", "closed", "protected", "unprotected")
FOR_LEADS = ("no_follow_up_days", "no_deal_days")
FOR_CUSTOMERS = ("customer_no_follow_up_days", "customer_no_deal_days", "customer_no_close_days")


def check_terms(terms: Mapping[str, Any]) -> None:
    """Invalid for a warning that would come before the days have begun, and for a zone that is none."""
    for name in (*FOR_LEADS, *FOR_CUSTOMERS):
        if terms[name] is not None and terms["warn_days"] >= terms[name]:
            raise Invalid("warn_days", "too_early", f"The warning comes fewer than {name} ({terms[name]}) days before.")
    zone_named(terms["zone"])


def day_began(zone: str, now: datetime) -> datetime:
    """When the day of `now` began in a zone."""
    there = ZoneInfo(zone)
    return datetime.combine(now.astimezone(there).date(), datetime.min.time(), there)


def goes_back_at(due: datetime, warned: datetime, warn_days: int) -> datetime:
    """When what is due then goes back whose owner is warned now: nobody has less than `warn_days`."""
    return max(due, warned + timedelta(days=warn_days))


def check_quota(claimed: int, allowed: int | None) -> None:
    """Conflict for one more claim than a day allows."""
    if allowed is not None and claimed >= allowed:
        raise Conflict("quota_used_up", f"You have claimed {claimed} today; {allowed} are allowed.")


def check_held(held: int, allowed: int | None, what: str = "open leads") -> None:
    """Conflict for one more of `what` than a rep may have who takes from the pool."""
    if allowed is not None and held >= allowed:
        raise Conflict("holds_too_many", f"{held} {what} are held; who takes from this pool may have {allowed}.")


def check_cool_down(left_at: datetime | None, days: int, now: datetime) -> None:
    """Conflict for who lost a lead or customer to the pool at `left_at` and wants it back too soon."""
    if left_at is not None and now < left_at + timedelta(days=days):
        until = (left_at + timedelta(days=days)).isoformat(timespec="seconds")
        raise Conflict("cooling_down", f"It was yours; you may claim it again from {until} on.")
