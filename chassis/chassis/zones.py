"""Time zones by their IANA names: which there are, which holds where nobody named one, and when a day is there."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from chassis.errors import Invalid

SETTING = "QUINTET_TIME_ZONE"


@lru_cache
def zones() -> frozenset[str]:
    """The names of the IANA time zones. To find them reads folders, so it is done once. Those that say nothing of a
    place are left out: `localtime` is another one on each machine."""
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def check_zone(name: str, field: str = "time_zone") -> None:
    """An IANA time zone by its name. Invalid otherwise."""
    if name not in zones():
        raise Invalid(field, "unknown_time_zone", "Name an IANA time zone, such as Asia/Shanghai.")


def zone_or(own: str | None, usual: str) -> str:
    """The zone that somebody has, else the platform's (`QUINTET_TIME_ZONE`), else the `usual` one."""
    return own or os.environ.get(SETTING) or usual


def day_of(now: datetime, zone: str) -> date:
    """Which day it is there."""
    return now.astimezone(ZoneInfo(zone)).date()


def midnight(day: date, zone: str) -> datetime:
    """The instant (UTC) at which a day begins there. A day is 23 or 25 hours long where the clock changes."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def day_ends(now: datetime, zone: str) -> datetime:
    """The instant (UTC) at which the day that it is there is over."""
    return midnight(day_of(now, zone) + timedelta(days=1), zone)
