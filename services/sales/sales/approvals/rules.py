"""Who is asked when it is somebody's turn to say yes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

KINDS = ("quote", "expense_report", "registration")
STATES = ("waiting", "decided", "ended")
ADMIN = "admin"
MOST = 20  # of the holders of one role: what is everybody's task is nobody's
TITLES = {
    "quote": {"en": "Approve quote {}", "zh": "请审批报价 {}"},
    "expense_report": {"en": "Approve expense report {}", "zh": "请审批费用报销 {}"},
    "registration": {"en": "Decide on partner registration {}", "zh": "请审批合作伙伴报备 {}"},
}


@dataclass(frozen=True)
class Turn:
    """A step that waits: for those who are `named`, else for the holders of `role`. Those who are `barred` (it is their
    own, or they decided before) are not asked by role or as a deputy. `team_id`: whose record it is."""

    step: int
    named: tuple[UUID, ...]
    role: str
    team_id: UUID | None
    barred: frozenset[UUID]


@dataclass(frozen=True)
class Colleague:
    """An active user. `deputy_id`: an active one who stands in for them today, because they are absent."""

    id: UUID
    team_id: UUID | None
    roles: frozenset[str]
    deputy_id: UUID | None


def asked(turn: Turn, colleagues: Mapping[UUID, Colleague]) -> dict[UUID, UUID | None]:
    """Who is asked, and for whom each stands in (None: for nobody). Of the holders of a role those of the record's team
    are, if there are any, at most `MOST`. Who is absent is not asked while their deputy can be."""
    found: dict[UUID, UUID | None] = {}
    for one in sorted(_meant(turn, colleagues), key=lambda each: each.id)[:MOST]:
        deputy_id = None if one.deputy_id in turn.barred else one.deputy_id
        if deputy_id is None:
            found[one.id] = None
        else:
            found.setdefault(deputy_id, one.id)
    return found


def titles(kind: str, number: str) -> dict[str, str]:
    """What the task is called, by language."""
    return {language: words.format(number) for language, words in TITLES[kind].items()}


def first_free(line: Iterable[UUID], barred: frozenset[UUID]) -> UUID | None:
    """The first of a line who is not barred."""
    return next((one for one in line if one not in barred), None)


def _meant(turn: Turn, colleagues: Mapping[UUID, Colleague]) -> list[Colleague]:
    if turn.named:
        return [colleagues[one] for one in turn.named if one in colleagues]
    holders = [one for one in colleagues.values() if turn.role in one.roles and one.id not in turn.barred]
    at_home = [one for one in holders if turn.team_id is not None and one.team_id == turn.team_id]
    return at_home or holders
