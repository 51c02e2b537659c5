"""Which rows are new people, which are people that are here, and which name somebody a second time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.access import Access, visible
from chassis.db.bulk import array_text
from chassis.ids import uuid7
from contacts.imports.plan import Outcome, Plan, Refused
from contacts.imports.rows import Draft
from contacts.people.model import Person
from contacts.points.rules import Point

_KNOWN = text("SELECT key, person_id FROM contact_points WHERE key = ANY(CAST(:keys AS text[]))")
_REHEARSED = text("SELECT key FROM rehearsed_keys WHERE job_id = :job_id AND key = ANY(CAST(:keys AS text[]))")
_FILLED = ("job_title", "company_name", "country", "region", "city", "postcode", "address", "note")


@dataclass(slots=True)
class Matched:
    """The rows of one step, sorted. `known` says whose every key is then; `free` are the points that rows of `found`
    bring along and nobody has."""

    made: dict[UUID, Draft] = field(default_factory=dict)
    found: dict[UUID, list[Draft]] = field(default_factory=dict)
    known: dict[str, UUID] = field(default_factory=dict)
    free: dict[UUID, list[Point]] = field(default_factory=dict)


def match(session: Session, plan: Plan, drafts: Sequence[Draft], outcome: Outcome) -> Matched:
    """Sort the rows, one after the other, as if each were entered by hand; two statements however many rows."""
    matched = Matched(known=_known(session, plan, drafts))
    others = set(matched.known.values()) - {plan.job_id}
    unseen, kept = _beyond(session, plan, others, "read"), _beyond(session, plan, others, "write")
    for draft in drafts:
        owner = next((matched.known[key] for key in draft.keys if key in matched.known), None)
        if owner in unseen:
            _refuse(outcome, draft, "out_of_reach", "Somebody with this e-mail or phone exists, outside your reach.")
        elif owner in kept and plan.mode != "create":
            _refuse(outcome, draft, "read_only_share", "This person is shared with you for reading.")
        elif owner is None and plan.mode == "update":
            _refuse(outcome, draft, "not_found", "Nobody has this e-mail or phone.")
        elif owner is None:
            draft.id = uuid7()
            matched.made[draft.id] = draft
            matched.known |= dict.fromkeys(draft.keys, draft.id)
        elif owner in matched.made or owner == plan.job_id:
            outcome.counts.duplicates += 1
            if plan.mode != "create":
                _join(matched, plan, owner, draft)
        elif plan.mode == "create":
            outcome.counts.unchanged += 1
        else:
            matched.found.setdefault(owner, []).append(draft)
            matched.free.setdefault(owner, []).extend(_take_free(matched, owner, draft))
    return matched


def _join(matched: Matched, plan: Plan, owner: UUID, draft: Draft) -> None:
    """A second row about somebody whom this import makes: it fills in what the first left blank."""
    points = _take_free(matched, owner, draft)
    if owner == plan.job_id:
        return
    first = matched.made[owner]
    first.points += points
    first.keys += [point.key(draft.name) for point in points]
    first.tags = list(dict.fromkeys([*first.tags, *draft.tags]))
    for name in _FILLED:
        if getattr(first, name) is None:
            setattr(first, name, getattr(draft, name))
    first.make_searched()


def _take_free(matched: Matched, owner: UUID, draft: Draft) -> list[Point]:
    """The points of a row that nobody has; they are the owner's from now on."""
    free = [point for point in draft.points if point.key(draft.name) not in matched.known]
    for point in free:
        matched.known[point.key(draft.name)] = owner
    return list(dict.fromkeys(free))


def _known(session: Session, plan: Plan, drafts: Iterable[Draft]) -> dict[str, UUID]:
    keys = array_text([key for draft in drafts for key in draft.keys])
    known: dict[str, UUID] = dict(session.execute(_KNOWN, {"keys": keys}).all())  # type: ignore[arg-type]
    if plan.dry_run:
        met = session.scalars(_REHEARSED, {"keys": keys, "job_id": plan.job_id})
        known |= dict.fromkeys((key for key in met if key not in known), plan.job_id)
    return known


def _beyond(session: Session, plan: Plan, ids: set[UUID], access: Access) -> set[UUID]:
    """Those of `ids` that the one who imports does not reach with `access`."""
    if plan.who.reach == "all" or not ids:
        return set()
    return ids - set(session.scalars(visible(select(Person.id).where(Person.id.in_(ids)), Person, plan.who, access)))


def _refuse(outcome: Outcome, draft: Draft, code: str, message: str) -> None:
    field = "email" if draft.keys[0].startswith("email:") else "phone"
    outcome.refused.append(Refused(draft.number, draft.cells, field, code, message))
