"""What an event of another calendar says, and which version of it counts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from chassis.errors import Invalid
from contacts.recurrence.rules import EARLIEST, YEARS, split, times_a_day

MAX_BYTES = 2 * 1024 * 1024
MAX_EVENTS = 2000
MAX_TIMES = 400  # of a series, beside its rule or left out of it
MAX_UID = 500  # characters
MAX_NOTE = 5000  # characters, as of an appointment
MAX_AGE = timedelta(days=3660)  # of a series that comes more than once a day
BY_MAIL = UUID(int=0)
_OURS = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@quintet")
ANSWERS = {"DECLINED": "declined", "TENTATIVE": "tentative"}


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who attends: the address in lower case, the name beside it, the answer (PARTSTAT)."""

    address: str
    name: str
    answer: str


@dataclass(frozen=True, slots=True)
class Event:
    """A VEVENT. `recurrence_at`: the one time of its series that it stands for, and with `following` for all behind it,
    too. `version`: SEQUENCE, then when it was changed last. `withdrawn`: it is of a calendar that is a CANCEL. `rule`:
    its rules, a line each; `excluded`: the times that it leaves out; `added`: those that it does not have.
    `remind_before` in minutes; `organizer` is an address."""

    uid: str
    recurrence_at: datetime | None
    following: bool
    version: tuple[int, datetime]
    cancelled: bool
    withdrawn: bool
    title: str
    place: str | None
    note: str | None
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    all_day: bool
    show_as: str
    rule: str | None
    excluded: Sequence[datetime]
    added: Sequence[datetime]
    remind_before: Sequence[int]
    guests: Sequence[Guest]
    organizer: str | None

    @property
    def recurrence(self) -> str:
        """The key of the one time that it stands for, with a stroke if those that follow, too; empty for all."""
        return self.recurrence_at.isoformat() + "/" * self.following if self.recurrence_at else ""

    @property
    def shape(self) -> str:
        """When it takes place."""
        further = [at.isoformat() for at in self.added] + ["all-day"] * self.all_day
        span = [self.starts_at.isoformat(), self.ends_at.isoformat(), self.time_zone]
        return "|".join([*span, self.rule or "", *further])

    @property
    def invited(self) -> dict[str, Guest]:
        """Whom it invites, by their marks: all that it names but the organizer."""
        return {mark_of(self.uid, one.address): one for one in self.guests if one.address != self.organizer}

    @property
    def recurs(self) -> bool:
        """Whether it comes more than once."""
        return self.rule is not None or bool(self.added)


def mark_of(uid: str, address: str | None) -> str:
    """By what somebody whom an event names is known again, without the address being kept."""
    return sha256(f"{uid}\0{address or ''}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Reply:
    """What an attendee answers, for all times or the one `recurrence_at`; `version` as of an event."""

    uid: str
    recurrence_at: datetime | None
    version: tuple[int, datetime]
    guests: Sequence[Guest]


def left_out(event: Event, invited: Collection[str] | None) -> Mapping[str, Guest]:
    """Whom a CANCEL takes out of an event that goes on: those it names where more were invited (RFC 5546, 3.2.5: who
    calls all of it off names all). Nobody where it calls all of it off, or names nobody."""
    named = event.invited if event.withdrawn else {}
    return {} if invited is None or named.keys() >= set(invited) else named


def concerns(recurrence: str, event: Event) -> bool:
    """Whether what was said of the times of that key holds for an event: of all, of its one time, or of all from
    before on."""
    if recurrence in ("", event.recurrence):
        return True
    at = event.recurrence_at
    return recurrence.endswith("/") and at is not None and datetime.fromisoformat(recurrence[:-1]) <= at


def own_id(uid: str) -> UUID | None:
    """The appointment or series that a UID of our own feed names; None for any other UID."""
    ours = _OURS.fullmatch(uid)
    return UUID(ours[1]) if ours else None


def check_year(at: datetime, field: str) -> None:
    """A time that a calendar has. Invalid otherwise."""
    if not EARLIEST <= at.year <= YEARS[1]:
        raise Invalid(field, "out_of_range", f"Calendars go from the year {EARLIEST} to {YEARS[1]}.")


def check_age(rule: str, starts_at: datetime, since: datetime) -> None:
    """What comes many times a day has not begun so long ago that to reckon it takes minutes. Invalid otherwise."""
    often = any(times_a_day(split(one)) > 1 for one in rule.split("\n"))
    if often and starts_at < since - MAX_AGE:
        years = MAX_AGE.days // 366
        raise Invalid("dtstart", "too_old", f"What comes more than once a day began at most {years} years ago.")


def check_size(size: int) -> None:
    """A calendar of a size that is read at once. Invalid otherwise."""
    if size > MAX_BYTES:
        raise Invalid("file", "too_large", f"A calendar has at most {MAX_BYTES} bytes here; send it in parts.")


def check_count(count: int) -> None:
    """There is something in it, and not too much. Invalid otherwise."""
    if not count:
        raise Invalid("file", "no_events", "There is no VEVENT in it.")
    if count > MAX_EVENTS:
        raise Invalid("file", "too_many", f"At most {MAX_EVENTS} events are taken at once; send them in parts.")


def with_guests(note: str | None, strangers: Iterable[Guest]) -> str | None:
    """The note, with those who attend and whom nobody here knows."""
    names = ", ".join(f"{one.name} <{one.address}>" if one.name else one.address for one in strangers)
    return "\n\n".join(part for part in (note, names and f"+ {names}") if part)[:MAX_NOTE] or None
