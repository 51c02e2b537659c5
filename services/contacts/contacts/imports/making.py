"""New people, many at once: into the database by COPY, column by column, in the transaction of the step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

import orjson
import polars as pl
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.beside import leave
from chassis.db.bulk import array_text, copy_line, copy_text
from contacts.imports.announcing import told_of
from contacts.imports.block import Block
from contacts.imports.companies import Companies
from contacts.imports.plan import Plan
from contacts.imports.texts import by_value, copied, copy_block, normalised
from contacts.imports.writing import POINTS, note_touched
from contacts.points.rules import KINDS
from contacts.searching.model import PersonGrams

_END = r"\n"  # of a line in a text, as COPY has it
_IN_COPY: dict[str, Callable[[pl.Series], pl.Series]] = {
    **dict.fromkeys(
        ("tags", "roles"), lambda column: copied(by_value(column, lambda text: array_text(orjson.loads(text))))
    ),
    "custom": lambda column: copied(column.fill_null("{}")),
}


def create(session: Session, plan: Plan, blocks: Sequence[Block], companies: Companies) -> list[pl.DataFrame]:
    """Insert new people with their contact points; what is told of them (`announcing.told_of`). IntegrityError where
    somebody else has taken one of the contact points meanwhile: the whole step is to be done again."""
    placed = [companies.place(block) for block in blocks if len(block)]
    if not placed:
        return []
    for block in placed:
        _copy_people(session, plan, block)
    # In the order of their keys, or two imports would wait for each other in a circle.
    points = [points for block in placed for points in _points(block)]
    if points:  # what people are found by may be something else
        copy_text(session, "contact_points", POINTS, [copy_block(pl.concat(points).sort("key"))])
    ids = pl.concat(block.people["id"] for block in placed).sort()
    note_touched(session, plan, ids, created=True)
    leave(session, PersonGrams, UUID(ids[0]), UUID(ids[-1]), len(ids), plan.job_id)
    return [told_of(session, plan, block) for block in placed]


def _copy_people(session: Session, plan: Plan, block: Block) -> None:
    """Columns in which all are alike stand at the end of each line."""
    said = block.people.drop("number", "company_key", strict=False).to_dict()
    columns = {name: _IN_COPY.get(name, copied)(column) for name, column in said.items()}
    columns["search_text"] = _searched(block)
    alike = {name: value for name, value in _alike(plan).items() if name not in columns}
    lines = pl.DataFrame(columns).with_columns(alike=pl.lit(copy_line(tuple(alike.values()))))
    copy_text(session, "people", (*columns, *alike), [copy_block(lines)])


def _searched(block: Block) -> pl.Series:
    """What each is found by, name, company and contact points, in normal form, each once, and as COPY has it."""
    terms = [block.people[name] for name in ("name", "company_name") if name in block.people.columns]
    terms += [one.points["value"] for one in block.reached]
    found: list[pl.Series] = []
    for term in map(normalised, terms):
        for before in found:
            term = term.set((term == before).fill_null(False), None)
        found.append(term)
    lines = [copied(term).alias(str(place)) for place, term in enumerate(found)]
    return pl.select(pl.concat_str(lines, separator=_END, ignore_nulls=True)).to_series()


def _points(block: Block) -> Iterator[pl.DataFrame]:
    """Their contact points, by the names of `POINTS`; the first of each kind is the primary one."""
    for kind in KINDS:
        position = pl.Series([0] * len(block))
        for one in (column for column in block.reached if column.kind == kind):
            texts = [copied(one.points[name]).alias(name) for name in ("key", "value", "typed", "label")]
            rows = pl.DataFrame([*texts, one.points["shared"]])
            rows = rows.with_columns(kind=pl.lit(kind), position=position, person_id=block.people["id"])
            yield rows.select(POINTS).filter(pl.col("key").is_not_null())
            position = position + one.points["key"].is_not_null()


def _alike(plan: Plan) -> dict[str, str]:
    """What all people of a step have alike, by column, where it is not what a column holds by itself; no more so where
    a row says something else."""
    owned, now = plan.owned, clock.now().isoformat()
    tags = array_text(plan.tags) if plan.tags else None
    said = {"source": plan.source, "tags": tags, "version": "1", "created_at": now, "updated_at": now}
    ids = {"entered_by": plan.who.id, "owner_id": owned.owner_id, "team_id": owned.team_id,
           "partner_id": owned.partner_id}  # fmt: skip
    return {name: str(value) for name, value in (said | ids).items() if value is not None}
