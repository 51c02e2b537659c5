"""People of one step: who is new, who is here already, and what rows change about them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Self
from uuid import UUID

import polars as pl
from sqlalchemy.orm import Session

from chassis.db.bulk import copy_rows
from chassis.errors import FieldError
from contacts.addresses.model import Address
from contacts.imports import addresses, changing, companies, finding, making, matching, telling, writing
from contacts.imports.block import Block
from contacts.imports.custom import CustomColumns
from contacts.imports.drafts import Draft
from contacts.imports.newcomers import newcomers
from contacts.imports.part import Part
from contacts.imports.plan import PREVIEW, Outcome, Plan, Refused
from contacts.privacy.suppression import suppressed

_NONE = pl.Series(dtype=pl.String)


@dataclass(frozen=True, slots=True)
class Lane:
    """The rows of one step, and what they name as they stand in the file: another step may be written beside them as
    far as it names none of it."""

    part: Part
    keys: pl.Series
    companies: pl.Series

    @classmethod
    def of(cls, part: Part) -> Self:
        """That of a step which nobody has begun; where rows are read one by one, none is written beside another."""
        if part.columns is None:
            return cls(part, _NONE, _NONE)
        return cls(part, part.keys(), part.companies())


def begin(session: Session, plan: Plan, part: Part, outcome: Outcome, beside: Lane) -> None:
    """Write those of a step's people with whom nobody else has to do, neither here nor in the step that is under way
    `beside` it. The others are left to `load`, and so are all where a company is to be made that others name, too."""
    custom = CustomColumns(session, plan.who, plan.form.headers, plan.mapping)
    _part_newcomers(session, part, custom, beside.keys)
    block = part.block.given("custom", custom.defaults)
    others = partial(pl.concat, [beside.companies, Block.of(part.drafts).companies["company_key"]])
    try:
        known = companies.ensure(session, plan, [block], outcome, but=others)
    except companies.Shared:
        return
    outcome.people += making.create(session, plan, [block], known)
    outcome.counts.created += len(block)
    part.block = Block.empty()


def load(session: Session, plan: Plan, part: Part, outcome: Outcome) -> None:
    """Match and write the rows of one step, or what `begin` has left of them."""
    custom = CustomColumns(session, plan.who, plan.form.headers, plan.mapping)
    gone, held = _part_newcomers(session, part, custom)
    block = part.block.given("custom", custom.defaults)
    drafts = custom.fill(_without_erased(part.drafts, gone, outcome), outcome)
    drafts = finding.identify(plan, drafts, outcome)
    matched = matching.match(session, plan, custom, drafts, held, outcome)
    if matched.found:
        matched.known |= block.owners()
    found = [draft for drafts_ in matched.found.values() for draft in drafts_]
    made = list(matched.made.values())
    custom.complete(made)
    outcome.counts.created += len(block) + len(made)
    part.learn(outcome.counts.created)
    if plan.dry_run:
        _rehearse(session, plan, made, outcome)
        known = companies.look_up(session, found)
    else:
        known = companies.ensure(session, plan, [block, *map(Block.of, (made, found))], outcome)
    people, touched = changing.read(session, plan, matched)
    first = people.keys() - touched
    changed = changing.apply(session, people, touched, matched, known, outcome)
    if not plan.dry_run:
        outcome.people += making.create(session, plan, [block, Block.of(made)], known)
        written = writing.update(session, plan, changed, matched.free)
        telling.tell_people(session, plan, outcome, written)
    gained = addresses.add(session, plan, Address.person_id, _further(plan, matched))
    updated = len(first & ({person.id for person in changed} | gained))
    outcome.counts.updated += updated
    outcome.counts.unchanged += len(first) - updated
    writing.note_touched(session, plan, map(str, first), created=False)


def _part_newcomers(
    session: Session, part: Part, custom: CustomColumns, *taken: pl.Series
) -> tuple[set[tuple[str, str]], dict[str, UUID]]:
    """Leave of the block those of whom nobody has heard. Which points of the rows were somebody's who was erased, and
    who has which of their keys."""
    gone, held = suppressed(session, part.contact_points()), finding.holders_of(session, part.keys())
    if custom.lacking({}):  # no new person of this file has what each must have: their rows are refused
        part.leave(pl.Series([False] * len(part.block), dtype=pl.Boolean))
    else:
        part.leave(newcomers(part.block, part.drafts, held, part.block.keys_of(gone), *taken))
    return gone, held


def _further(plan: Plan, matched: matching.Matched) -> dict[UUID, list[addresses.Further]]:
    """The further addresses that rows bring, of who is here and, unless this is a dry run, of who is made."""
    brought = {id_: [one for draft in drafts for one in draft.further] for id_, drafts in matched.found.items()}
    made = {} if plan.dry_run else matched.made
    return brought | {UUID(id_): list(draft.further) for id_, draft in made.items() if draft.further}


def _without_erased(drafts: list[Draft], gone: set[tuple[str, str]], outcome: Outcome) -> list[Draft]:
    """The rows without those of people who were erased: an old list does not bring them back."""
    if not gone:
        return drafts
    kept: list[Draft] = []
    for draft in drafts:
        found = next((point for point in draft.points if (point.kind, point.value) in gone), None)
        if found is None:
            kept.append(draft)
        else:
            message = "Somebody with this contact point was erased at their wish; an import does not bring them back."
            error = FieldError(found.kind, "erased", message)
            outcome.refused.append(Refused(draft.number, draft.cells, [error]))
    return kept


def _rehearse(session: Session, plan: Plan, made: list[Draft], outcome: Outcome) -> None:
    keys = sorted({key for draft in made for key in finding.all_keys(draft)})
    copy_rows(session, "rehearsed_keys", ("job_id", "key"), [(str(plan.job_id), key) for key in keys])
    outcome.preview += [draft.shown() for draft in made[:PREVIEW]]
