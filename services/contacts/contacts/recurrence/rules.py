"""Which parts of a recurrence rule (RFC 5545, section 3.3.10) are taken: pure text, before a library reads it. Several
rules of one series stand on a line each; together they say when it comes."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta

from chassis.errors import Invalid

_ALWAYS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYHOUR", "BYMINUTE", "BYSECOND")
_PARTS = {
    "HOURLY": _ALWAYS,
    "DAILY": _ALWAYS,
    "WEEKLY": _ALWAYS,
    "MONTHLY": (*_ALWAYS, "BYMONTHDAY", "BYSETPOS"),
    "YEARLY": (*_ALWAYS, "BYMONTHDAY", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"),
}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NUMBERS = re.compile(r"[+-]?\d{1,3}(,[+-]?\d{1,3})*")
_WEEKDAYS = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU))*")
_CLOCK = {"BYHOUR": 23, "BYMINUTE": 59, "BYSECOND": 59}
_LONGEST = 300
YEARS = (1900, 2199)  # of calendars
# What comes again may have begun long ago: birthdays without a year do in 1604, with some programs.
EARLIEST = 1601
# How some programs say that a rule has no end: UNTIL in the year 9999, or whatever lies behind all calendars.
_FOR_GOOD = "2200"
DEFAULT_ZONE = "Asia/Shanghai"
MAX_COUNT = 3650
MAX_INTERVAL = 1000
MAX_A_DAY = 24
MAX_RULES = 10
MAX_RULE = 1500  # characters, of all of them
# How far ahead the next occurrence is looked for: February 29th comes every 8 years at the worst.
SEARCHED = timedelta(days=366 * 9)


def parts_of(text: str, field: str) -> dict[str, str]:
    """The parts of `FREQ=WEEKLY;BYDAY=MO,WE`. Invalid for what is no rule, or comes by the minute."""
    body = text.strip().upper().removeprefix("RRULE:")
    parts = split(body.strip(";"))
    if not body or len(body) > _LONGEST or "FREQ" not in parts or len(parts) != len(body.strip(";").split(";")):
        raise Invalid(field, "invalid_rule", "Give a recurrence rule, such as FREQ=WEEKLY;BYDAY=MO,WE.")
    if parts["FREQ"] in ("MINUTELY", "SECONDLY"):
        raise Invalid(field, "too_frequent", f"At most {MAX_A_DAY} times a day: FREQ=HOURLY, or BYHOUR.")
    if parts["FREQ"] not in _PARTS:
        raise Invalid(field, "invalid_rule", f"FREQ is one of {', '.join(_PARTS)}.")
    _check_values(parts, field)
    if "COUNT" in parts and "UNTIL" in parts:
        raise Invalid(field, "invalid_rule", "A rule ends by COUNT or by UNTIL, not by both.")
    for name, most in (("COUNT", MAX_COUNT), ("INTERVAL", MAX_INTERVAL)):
        value = parts.get(name, "1")
        if not (value.isascii() and value.isdigit() and 1 <= int(value[:6]) <= most):
            raise Invalid(field, "invalid_rule", f"{name} is a whole number from 1 to {most}.")
    if parts.get("UNTIL", "") > _FOR_GOOD:
        del parts["UNTIL"]
    return parts


def _check_values(parts: dict[str, str], field: str) -> None:
    for name, value in parts.items():
        if name not in _PARTS[parts["FREQ"]]:
            raise Invalid(field, "invalid_rule", f"{name} makes no sense with FREQ={parts['FREQ']}.")
        pattern = _WEEKDAYS if name == "BYDAY" else _NUMBERS
        if name.startswith("BY") and not pattern.fullmatch(value):
            raise Invalid(field, "invalid_rule", f"{name}={value} is not of RFC 5545.")
        if name in _CLOCK and not all(0 <= number <= _CLOCK[name] for number in _numbers(value)):
            raise Invalid(field, "invalid_rule", f"{name} is from 0 to {_CLOCK[name]}.")
    if parts["FREQ"] in ("HOURLY", "DAILY", "WEEKLY") and any(char.isdigit() for char in parts.get("BYDAY", "")):
        raise Invalid(field, "invalid_rule", "Numbered weekdays go with FREQ=MONTHLY and FREQ=YEARLY.")


def check_often(rules: list[dict[str, str]], field: str, most: int) -> None:
    """All rules together come at most so many times a day. Invalid otherwise."""
    if len(rules) > MAX_RULES:
        raise Invalid(field, "too_many", f"At most {MAX_RULES} rules are taken.")
    if sum(times_a_day(parts) for parts in rules) > most:
        often = "Once a day at most." if most == 1 else f"At most {most} times a day."
        raise Invalid(field, "too_frequent", often)


def times_a_day(parts: dict[str, str]) -> int:
    """How often a rule comes on one day, at the most."""
    hours = len(_numbers(parts["BYHOUR"])) if "BYHOUR" in parts else 1
    if parts["FREQ"] == "HOURLY" and "BYHOUR" not in parts:
        hours = -(-24 // int(parts.get("INTERVAL", 1)))
    return hours * len(_numbers(parts.get("BYMINUTE", "0"))) * len(_numbers(parts.get("BYSECOND", "0")))


def may_begin_at(parts: dict[str, str], at: datetime) -> bool:
    """Whether nothing plain speaks against `at`, on the wall, as an occurrence. Asked before dateutil is, which seeks
    the first occurrence until the year 9999."""
    last = calendar.monthrange(at.year, at.month)[1]
    found = {
        "BYMONTH": {at.month}, "BYMONTHDAY": {at.day, at.day - last - 1},
        "BYHOUR": {at.hour}, "BYMINUTE": {at.minute}, "BYSECOND": {at.second},
    }  # fmt: skip
    if any(name in parts and not values & _numbers(parts[name]) for name, values in found.items()):
        return False
    return _DAYS[at.weekday()] in ({value[-2:] for value in parts["BYDAY"].split(",")} if "BYDAY" in parts else _DAYS)


def spelt_out(parts: dict[str, str], at: datetime) -> dict[str, str]:
    """The rule with all that it has from its first time, `at` on the wall (RFC 5545: "information that is not in the
    rule is taken from DTSTART"), so that it can begin with a time of another rule beside it."""
    given = parts.keys()
    said = {"BYMINUTE": str(at.minute), "BYSECOND": str(at.second)}
    if parts["FREQ"] != "HOURLY":
        said["BYHOUR"] = str(at.hour)
    if parts["FREQ"] == "WEEKLY":
        said["BYDAY"] = _DAYS[at.weekday()]
    if parts["FREQ"] in ("MONTHLY", "YEARLY") and not given & {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}:
        said |= {"BYMONTHDAY": str(at.day)} | ({"BYMONTH": str(at.month)} if parts["FREQ"] == "YEARLY" else {})
    return parts | {name: value for name, value in said.items() if name not in given}


def split(text: str) -> dict[str, str]:
    """The parts of one rule, as it is kept."""
    return dict(part.partition("=")[::2] for part in text.split(";") if part)


def joined(parts: dict[str, str]) -> str:
    """The rule as it is kept."""
    return ";".join(f"{name}={value}" for name, value in parts.items())


def with_count(text: str, count: int) -> str:
    """The one rule with so many occurrences left, where it has a COUNT."""
    parts = split(text)
    return joined(parts | {"COUNT": str(count)}) if "COUNT" in parts else text


def until(text: str, last: str) -> str:
    """The one rule, ended by UNTIL=`last` instead of however it ended."""
    return joined({name: value for name, value in split(text).items() if name != "COUNT"} | {"UNTIL": last})


def _numbers(text: str) -> set[int]:
    return {int(number) for number in text.split(",")}
