"""Which rows are new people, which are people that are here, and which name somebody a second time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import Access, visible
from chassis.errors import FieldError
from chassis.ids import uuid7_text
from contacts.imports.custom import CustomColumns, refused
from contacts.imports.drafts import Draft
from contacts.imports.finding import all_keys, field_of, known
from contacts.imports.plan import Outcome, Plan
from contacts.people.model import Person
from contacts.points.rules import Point

_FILLED = ("job_title", "department", "company_name", "country", "region", "city", "postcode", "address", "note")


Owner = UUID | str  # of somebody who is here; of somebody whom this step makes


@dataclass(slots=True)
class Matched:
    """The rows of one step, sorted, by people's ids. `known` says whose every key is then; `free` are the points that
    rows of `found` bring along and nobody has."""

    made: dict[str, Draft] = field(default_factory=dict)
    found: dict[UUID, list[Draft]] = field(default_factory=dict)
    known: dict[str, Owner] = field(default_factory=dict)
    free: dict[UUID, list[Point]] = field(default_factory=dict)


def match(
    session: Session,
    plan: Plan,
    custom: CustomColumns,
    drafts: Sequence[Draft],
    held: Mapping[str, UUID],
    outcome: Outcome,
) -> Matched:
    """Sort the rows, one after the other, as if each were entered by hand; a few statements however many rows. `held`:
    whose their contact points are, as far as they are somebody's."""
    there, ambiguous = known(session, plan, drafts, held)
    matched = Matched(known=there)
    others = {id_ for id_ in there.values() if isinstance(id_, UUID)} - {plan.job_id}
    unseen, kept = _beyond(session, plan, others, "read"), _beyond(session, plan, others, "write")
    for draft in drafts:
        owner = next((there[key] for key in draft.found_by or draft.keys if key in there), None)
        if owner in unseen:
            _refuse(outcome, draft, "out_of_reach", f"Somebody with this {_by(plan)} exists, outside your reach.")
        elif owner in kept and plan.mode != "create":
            _refuse(outcome, draft, "read_only_share", "This person is shared with you for reading.")
        elif owner is None and ambiguous and not ambiguous.isdisjoint(draft.found_by or ()):
            _refuse(outcome, draft, "ambiguous", "Several people have this name at this company.")
        elif owner is None and plan.mode == "update":
            _refuse(outcome, draft, "not_found", f"Nobody has this {_by(plan)}.")
        elif plan.mode == "create" and isinstance(owner, UUID) and owner != plan.job_id:
            outcome.counts.unchanged += 1
        elif wrong := _rival(there, draft, owner) or (_lacking(custom, draft) if owner is None else None):
            outcome.refused.append(refused(draft, wrong))
        elif owner is None:
            draft.id = draft.id or uuid7_text()
            matched.made[draft.id] = draft
            there |= dict.fromkeys(all_keys(draft), draft.id)
        elif isinstance(owner, str) or owner == plan.job_id:
            outcome.counts.duplicates += 1
            if plan.mode != "create":
                _join(matched, owner, draft)
        else:
            matched.found.setdefault(owner, []).append(draft)
            matched.free.setdefault(owner, []).extend(_take_free(matched, owner, draft))
    return matched


def _join(matched: Matched, owner: Owner, draft: Draft) -> None:
    """A second row about somebody whom this import makes: it fills in what the first left blank."""
    points = _take_free(matched, owner, draft)
    if not isinstance(owner, str):  # made by an earlier step, had this not been a dry run
        return
    first = matched.made[owner]
    first.points += points
    first.keys += [point.key(draft.name) for point in points]
    first.claims = [*first.claims, *draft.claims]
    if draft.custom:
        first.custom = {**draft.custom, **(first.custom or {})}
    first.further = [*first.further, *draft.further]
    first.tags = list(dict.fromkeys([*first.tags, *draft.tags]))
    for name in _FILLED:
        if getattr(first, name) is None:
            setattr(first, name, getattr(draft, name))


def _take_free(matched: Matched, owner: Owner, draft: Draft) -> list[Point]:
    """The points of a row that nobody has; they are the owner's from now on, and so is all else that is the row's."""
    free = [point for point in draft.points if point.key(draft.name) not in matched.known]
    matched.known |= dict.fromkeys((key for key in all_keys(draft) if key not in matched.known), owner)
    return list(dict.fromkeys(free))


def _rival(there: dict[str, Owner], draft: Draft, owner: Owner | None) -> FieldError | None:
    """The first of what is the row's alone that somebody else has. Of contact points that goes for new people only: who
    is here does not get it."""
    for key in draft.claims:
        if there.get(key, owner) != owner:
            return FieldError(field_of(key), "taken", "Somebody else has this value, which is unique.")
    for key in draft.keys if draft.found_by and owner is None else ():
        if key in there:
            return FieldError(
                field_of(key), "taken", "Somebody else has it, who is not found by what this import goes by."
            )
    return None


def _lacking(custom: CustomColumns, draft: Draft) -> FieldError | None:
    if not draft.name:
        return FieldError("name", "required", "A new person needs a name.")
    return custom.lacking(draft.custom or {})


def _beyond(session: Session, plan: Plan, ids: set[UUID], access: Access) -> set[UUID]:
    """Those of `ids` that the one who imports does not reach with `access`."""
    if plan.who.reach == "all" or not ids:
        return set()
    return ids - set(session.scalars(visible(select(Person.id).where(Person.id.in_(ids)), Person, plan.who, access)))


def _by(plan: Plan) -> str:
    return " or ".join(plan.match) or "e-mail or phone"


def _refuse(outcome: Outcome, draft: Draft, code: str, message: str) -> None:
    outcome.refused.append(refused(draft, FieldError(field_of((draft.found_by or draft.keys)[0]), code, message)))
