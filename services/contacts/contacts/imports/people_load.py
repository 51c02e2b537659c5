"""People of one step: who is new, who is here already, and what rows change about them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

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


def load(session: Session, plan: Plan, part: Part, outcome: Outcome) -> None:
    """Match and write the rows of one step."""
    custom = CustomColumns(session, plan.who, plan.form.headers, plan.mapping)
    gone, held = suppressed(session, part.contact_points()), finding.holders_of(session, part.keys())
    part.leave(_newcomers(part, custom, {*held, *part.block.keys_of(gone)}))
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
    if plan.dry_run:
        _rehearse(session, plan, made, outcome)
        known = companies.look_up(session, [draft.company_name for draft in found])
    else:
        known = companies.ensure(session, plan, _company_names(block, made, found), outcome)
    people, touched = changing.read(session, plan, matched)
    first = people.keys() - touched
    changed = changing.apply(session, people, touched, matched, known, outcome)
    if not plan.dry_run:
        new = making.create(session, plan, [block, Block.of(made)], known)
        written = writing.update(session, plan, changed, matched.free)
        outcome.told = telling.tell_people(session, plan, [*new, *written], outcome.told)
    gained = addresses.add(session, plan, Address.person_id, _further(plan, matched))
    updated = len(first & ({person.id for person in changed} | gained))
    outcome.counts.updated += updated
    outcome.counts.unchanged += len(first) - updated
    writing.note_touched(session, plan, map(str, first), created=False)


def _newcomers(part: Part, custom: CustomColumns, taken: set[str]) -> list[bool]:
    if custom.lacking({}):  # no new person of this file has what each must have: their rows are refused
        return [False] * len(part.block)
    return newcomers(part.block, part.drafts, taken)


def _further(plan: Plan, matched: matching.Matched) -> dict[UUID, list[addresses.Further]]:
    """The further addresses that rows bring, of who is here and, unless this is a dry run, of who is made."""
    brought = {id_: [one for draft in drafts for one in draft.further] for id_, drafts in matched.found.items()}
    made = {} if plan.dry_run else matched.made
    return brought | {UUID(id_): list(draft.further) for id_, draft in made.items() if draft.further}


def _company_names(block: Block, made: Sequence[Draft], found: Sequence[Draft]) -> list[str | None]:
    """The companies that rows name: of new people in the order of the file, in which the first spelling is kept."""
    names = block.said.get("company_name", [])
    first = dict(zip(reversed(names), reversed(block.numbers), strict=False))
    numbered = [(number, name) for name, number in first.items()]
    numbered += [(draft.number, draft.company_name) for draft in made]
    return [*(name for _, name in sorted(numbered, key=lambda one: one[0])), *(draft.company_name for draft in found)]


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
