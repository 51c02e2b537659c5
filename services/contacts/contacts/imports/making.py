"""New people, many at once: into the database by COPY, column by column, in the transaction of the step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from chassis import clock
from chassis.company_names import company_key
from chassis.db.beside import leave
from chassis.db.bulk import array_text, copy_column, copy_line, copy_lines
from chassis.db.grams import normalise, normalise_all, texts_of
from contacts.bundles import Told
from contacts.imports.announcing import told_of
from contacts.imports.block import Block, each
from contacts.imports.companies import Named
from contacts.imports.plan import Plan
from contacts.imports.writing import POINTS, note_touched
from contacts.points.rules import KINDS
from contacts.searching.model import PersonGrams

_LISTS = ("tags", "roles")


def create(
    session: Session, plan: Plan, blocks: Sequence[Block], companies: Mapping[str, Named]
) -> list[tuple[int, Told]]:
    """Insert new people with their contact points; what is told of them, by the number of their row. IntegrityError
    where somebody else has taken one of the contact points meanwhile: the whole step is to be done again."""
    if not any(blocks):
        return []
    points: list[str] = []
    told: list[tuple[int, Told]] = []
    for block in filter(len, blocks):
        placed = _placed(block, companies)
        _copy_people(session, plan, placed)
        points += _points(placed)
        told += zip(block.numbers, told_of(session, plan, placed), strict=True)
    # In the order of their keys, or two imports would wait for each other in a circle.
    copy_lines(session, "contact_points", POINTS, sorted(points))
    ids = [id_ for block in blocks for id_ in block.ids]
    note_touched(session, plan, ids, created=True)
    leave(session, PersonGrams, UUID(min(ids)), UUID(max(ids)), len(ids), plan.job_id)
    return told


def _placed(block: Block, companies: Mapping[str, Named]) -> Block:
    """With the companies that people work at, by the names that are kept of these."""
    if "company_name" not in block.said:
        return block
    names = block.said["company_name"]
    known = each(names, lambda name: companies.get(company_key(name)) if name else None)
    kept = [company.name if company else name for company, name in zip(known, names, strict=True)]
    ids = [company.id if company else None for company in known]
    return Block(block.numbers, block.ids, {**block.said, "company_name": kept, "company_id": ids}, block.reached)


def _copy_people(session: Session, plan: Plan, block: Block) -> None:
    """Columns in which all are alike stand at the end of each line."""
    columns = {"id": block.ids} | {name: _texts(name, column) for name, column in block.said.items()}
    columns["search_text"] = copy_column(_searched(plan, block))
    alike = {name: value for name, value in _alike(plan).items() if name not in columns}
    end = "\t" + copy_line(tuple(alike.values()))
    lines = [line + end for line in map("\t".join, zip(*columns.values(), strict=True))]
    copy_lines(session, "people", (*columns, *alike), lines)


def _texts(name: str, column: Sequence[Any]) -> list[str]:
    """A column as COPY has it."""
    if name in _LISTS:
        return each(column, lambda values: copy_line((array_text(values),)))
    if name == "custom":
        column = [orjson.dumps(values).decode() if values else "{}" for values in column]
    return copy_column(column)


def _searched(plan: Plan, block: Block) -> list[str]:
    """What each is found by: name, company and contact points."""
    names = [each(block.column(name, plan), lambda text: normalise(text or "")) for name in ("name", "company_name")]
    return texts_of(names + [normalise_all(one.values) for one in block.reached])


def _points(block: Block) -> Iterator[str]:
    """Their contact points; the first of each kind is the primary one."""
    for kind in KINDS:
        places = [0] * len(block)
        for one in (column for column in block.reached if column.kind == kind):
            values, typed, labels = map(copy_column, (one.values, one.typed, one.labels))
            shared = ["t" if shared else "f" for shared in one.shared]
            kinds = [kind] * len(block)
            rows = zip(
                copy_column(one.keys), kinds, values, typed, labels, shared, map(str, places), block.ids, strict=True
            )
            yield from compress(map("\t".join, rows), one.keys)
            places = [place + (key != "") for place, key in zip(places, one.keys, strict=True)]


def _alike(plan: Plan) -> dict[str, str]:
    """What all people of a step have alike, by column, where it is not what a column holds by itself; no more so where
    a row says something else."""
    owned, now = plan.owned, clock.now().isoformat()
    tags = array_text(plan.tags) if plan.tags else None
    said = {"source": plan.source, "tags": tags, "version": "1", "created_at": now, "updated_at": now}
    ids = {"entered_by": plan.who.id, "owner_id": owned.owner_id, "team_id": owned.team_id,
           "partner_id": owned.partner_id}  # fmt: skip
    return {name: str(value) for name, value in (said | ids).items() if value is not None}
