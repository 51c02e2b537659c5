"""When a lead is to be followed up, and by which cadence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.errors import Invalid

NO_GRADE = "none"
GRADES = ("A", "B", "C", NO_GRADE)
LANGUAGES = ("en", "zh")
CHANNELS = ("call", "email", "meeting", "visit", "chat", "message")
_TITLES = (
    {"en": "First contact with a new lead", "zh": "首次联系新线索"},
    {"en": "Second contact with a lead", "zh": "再次联系线索"},
)
_WARNING_TITLES = {"en": "Follow up a lead before it goes back to the public pool", "zh": "请在线索退回公海前跟进"}
_SATURDAY = 5


@dataclass(frozen=True)
class StepRule:
    """A step of a cadence: due `days` after the last one that was done, over `channel` (None: any)."""

    days: int
    titles: Mapping[str, str]
    channel: str | None = None


@dataclass(frozen=True)
class Rhythm:
    """A cadence as far as choosing and planning need it; `id` None: the house's default. Without `grades` or `sources`
    it is for all of them."""

    id: UUID | None
    name: str
    steps: tuple[StepRule, ...]
    grades: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    working_days: bool = False


# Behind every step of a cadence: of what is planned, an interaction does the step that comes first.
WARNING = 1000


@dataclass(frozen=True)
class Step:
    """One follow-up: its number (from 1), when it is due, and titles by language, without personal data."""

    number: int
    due_at: datetime
    titles: Mapping[str, str]
    channel: str | None

    def title(self, language: str) -> str:
        """The title in `language`, or in the one there is."""
        return self.titles.get(language) or next(iter(self.titles.values()))


def default_steps(days: Sequence[int]) -> tuple[StepRule, ...]:
    """The steps of the house's default cadence."""
    return tuple(StepRule(wait, _default_titles(number)) for number, wait in enumerate(days, start=1))


def warning(goes_back_at: datetime) -> Step:
    """What is to be done before a lead goes back to its public pool at this instant."""
    return Step(WARNING, goes_back_at, _WARNING_TITLES, None)


def choose(rhythms: Sequence[Rhythm], default: Rhythm, grade: str | None, source: str) -> tuple[Rhythm, str]:
    """The first of `rhythms` that is for this grade and source, else the default; and why, with those passed over."""
    passed: list[str] = []
    for rhythm in rhythms:
        misses = _misses(rhythm, grade or NO_GRADE, source)
        if not misses:
            return rhythm, "; ".join([*passed, f"{rhythm.name} is for {_whom(rhythm)}"])
        passed.append(f"{rhythm.name} is not for {misses}")
    return default, "; ".join([*passed, "the default holds"])


def plan(rhythm: Rhythm, done: int, since: datetime) -> list[Step]:
    """The steps left of a cadence of which `done` are done, each due its number of days after `since`."""
    left = list(enumerate(rhythm.steps, start=1))[done:]
    return [
        Step(number, due_after(since, step.days, working=rhythm.working_days), step.titles, step.channel)
        for number, step in left
    ]


def due_after(since: datetime, days: int, *, working: bool) -> datetime:
    """`days` after `since`; of `working` days (UTC) Saturdays and Sundays do not count."""
    if not working:
        return since + timedelta(days=days)
    due = since
    while days > 0:
        due += timedelta(days=1)
        days -= due.weekday() < _SATURDAY
    while due.weekday() >= _SATURDAY:
        due += timedelta(days=1)
    return due


def check_steps(steps: Sequence[Mapping[str, Any]]) -> None:
    """Invalid, naming the step, unless each is due later than the one before and has a title."""
    for place, step in enumerate(steps):
        if place and step["days"] <= steps[place - 1]["days"]:
            raise Invalid(f"steps.{place}.days", "not_later", "A step is due later than the one before it.")
        if not any(step["titles"].values()):
            raise Invalid(f"steps.{place}.titles", "required", "A step needs a title in one language at least.")


def _misses(rhythm: Rhythm, grade: str, source: str) -> str:
    wrong = [f"grade {grade}"] if rhythm.grades and grade not in rhythm.grades else []
    wrong += [f"source {source}"] if rhythm.sources and source not in rhythm.sources else []
    return " and ".join(wrong)


def _whom(rhythm: Rhythm) -> str:
    grades = f"grade {', '.join(sorted(rhythm.grades))}" if rhythm.grades else "every grade"
    sources = f"source {', '.join(sorted(rhythm.sources))}" if rhythm.sources else "every source"
    return f"{grades} and {sources}"


def _default_titles(number: int) -> Mapping[str, str]:
    if number <= len(_TITLES):
        return _TITLES[number - 1]
    return {"en": f"Contact {number} with a lead", "zh": f"第{number}次联系线索"}
