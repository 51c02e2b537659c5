"""Which parts of a recurrence rule (RFC 5545, section 3.3.10) are taken: pure text, before a library reads it."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from chassis.errors import Invalid

_ALWAYS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH")
_PARTS = {
    "DAILY": _ALWAYS,
    "WEEKLY": _ALWAYS,
    "MONTHLY": (*_ALWAYS, "BYMONTHDAY", "BYSETPOS"),
    "YEARLY": (*_ALWAYS, "BYMONTHDAY", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"),
}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NUMBERS = re.compile(r"[+-]?\d{1,3}(,[+-]?\d{1,3})*")
_WEEKDAYS = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU))*")
_TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")
_LONGEST = 300
DEFAULT_ZONE = "Asia/Shanghai"
MAX_COUNT = 3650
MAX_INTERVAL = 1000
# How far ahead the next occurrence is looked for: February 29th comes every 8 years at the worst.
SEARCHED = timedelta(days=366 * 9)


def parts_of(text: str, field: str) -> dict[str, str]:
    """The parts of `FREQ=WEEKLY;BYDAY=MO,WE`. Invalid for what is no rule, or one that comes more than once a day."""
    body = text.strip().upper().removeprefix("RRULE:")
    parts = dict(part.partition("=")[::2] for part in body.split(";") if part)
    if not body or len(body) > _LONGEST or "FREQ" not in parts or len(parts) != len(body.strip(";").split(";")):
        raise Invalid(field, "invalid_rule", "Give a recurrence rule, such as FREQ=WEEKLY;BYDAY=MO,WE.")
    if parts["FREQ"] in ("HOURLY", "MINUTELY", "SECONDLY") or any(name in parts for name in _TIMES):
        raise Invalid(field, "too_frequent", "Once a day at most; the time of day is that of the first.")
    if parts["FREQ"] not in _PARTS:
        raise Invalid(field, "invalid_rule", f"FREQ is one of {', '.join(_PARTS)}.")
    _check_values(parts, field)
    if "COUNT" in parts and "UNTIL" in parts:
        raise Invalid(field, "invalid_rule", "A rule ends by COUNT or by UNTIL, not by both.")
    for name, most in (("COUNT", MAX_COUNT), ("INTERVAL", MAX_INTERVAL)):
        value = parts.get(name, "1")
        if not (value.isascii() and value.isdigit() and 1 <= int(value[:6]) <= most):
            raise Invalid(field, "invalid_rule", f"{name} is a whole number from 1 to {most}.")
    return parts


def _check_values(parts: dict[str, str], field: str) -> None:
    for name, value in parts.items():
        if name not in _PARTS[parts["FREQ"]]:
            raise Invalid(field, "invalid_rule", f"{name} makes no sense with FREQ={parts['FREQ']}.")
        pattern = _WEEKDAYS if name == "BYDAY" else _NUMBERS
        if name.startswith("BY") and not pattern.fullmatch(value):
            raise Invalid(field, "invalid_rule", f"{name}={value} is not of RFC 5545.")
    if parts["FREQ"] in ("DAILY", "WEEKLY") and any(char.isdigit() for char in parts.get("BYDAY", "")):
        raise Invalid(field, "invalid_rule", "Numbered weekdays go with FREQ=MONTHLY and FREQ=YEARLY.")


def may_begin_on(parts: dict[str, str], day: date) -> bool:
    """Whether nothing plain speaks against `day` as an occurrence. Asked before dateutil is, which seeks the first
    occurrence until the year 9999."""
    last = calendar.monthrange(day.year, day.month)[1]
    found = {"BYMONTH": {day.month}, "BYMONTHDAY": {day.day, day.day - last - 1}}
    for name, values in found.items():
        if name in parts and not values & {int(value) for value in parts[name].split(",")}:
            return False
    weekdays = {value[-2:] for value in parts["BYDAY"].split(",")} if "BYDAY" in parts else set(_DAYS)
    return _DAYS[day.weekday()] in weekdays


def joined(parts: dict[str, str]) -> str:
    """The rule as it is kept."""
    return ";".join(f"{name}={value}" for name, value in parts.items())


def with_count(text: str, count: int) -> str:
    """The rule with so many occurrences left, where it has a COUNT."""
    parts = dict(part.partition("=")[::2] for part in text.split(";"))
    return joined(parts | {"COUNT": str(count)}) if "COUNT" in parts else text


def until(text: str, last: str) -> str:
    """The rule, ended by UNTIL=`last` instead of however it ended."""
    parts = dict(part.partition("=")[::2] for part in text.split(";"))
    return joined({name: value for name, value in parts.items() if name != "COUNT"} | {"UNTIL": last})
