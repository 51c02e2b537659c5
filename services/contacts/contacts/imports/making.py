"""New people, many at once: into the database by COPY, column by column, in the transaction of the step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
_LISTS = ("tags", "roles")


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
    said = block.people.drop("number", "company_key", strict=False)
    lists = [by_value(said[name], _array).alias(name) for name in _LISTS if name in said.columns]
    custom = [pl.col("custom").fill_null("{}")] if "custom" in said.columns else []
    said = said.with_columns(*lists, *custom, _searched(block))
    alike = {name: value for name, value in _alike(plan).items() if name not in said.columns}
    lines = said.with_columns(alike=pl.lit(copy_line(tuple(alike.values()))))
    copy_text(session, "people", (*said.columns, *alike), [copy_block(lines, ["search_text", "alike"])])


def _array(text: str) -> str:
    """A list, which is JSON, as PostgreSQL has it."""
    return array_text(orjson.loads(text))


def _searched(block: Block) -> pl.Series:
    """`search_text`: name, company and contact points in normal form, each once, and as COPY has it."""
    named = [block.people[name] for name in ("name", "company_name") if name in block.people.columns]
    terms = [*named, *(one.points["value"] for one in block.reached)]
    frame = copied(normalised(pl.DataFrame([term.alias(str(place)) for place, term in enumerate(terms)])))
    columns = [pl.col(name) for name in frame.columns]
    lines = [*columns[:1], *(_unless_met(term, columns[:place]) for place, term in enumerate(columns) if place)]
    text = pl.concat_str(lines, separator=_END, ignore_nulls=True)
    return frame.select_seq(text.alias("search_text")).to_series()


def _unless_met(term: pl.Expr, before: Sequence[pl.Expr]) -> pl.Expr:
    return pl.when(~pl.any_horizontal(term.eq_missing(other) for other in before)).then(term)


def _points(block: Block) -> Iterator[pl.DataFrame]:
    """Their contact points, by the names of `POINTS`; the first of each kind is the primary one."""
    for kind in KINDS:
        columns = [one.points for one in block.reached if one.kind == kind]
        for place, points in enumerate(columns):
            before = sum(
                (earlier["key"].is_not_null().cast(pl.Int64) for earlier in columns[:place]), pl.lit(0, dtype=pl.Int64)
            )
            rows = points.with_columns(block.people["id"].alias("person_id"), kind=pl.lit(kind), position=before)
            yield rows.select(POINTS).drop_nulls("key")


def _alike(plan: Plan) -> dict[str, str]:
    """What all people of a step have alike, by column, where it is not what a column holds by itself; no more so where
    a row says something else."""
    owned, now = plan.owned, clock.now().isoformat()
    tags = array_text(plan.tags) if plan.tags else None
    said = {"source": plan.source, "tags": tags, "version": "1", "created_at": now, "updated_at": now}
    ids = {"entered_by": plan.who.id, "owner_id": owned.owner_id, "team_id": owned.team_id,
           "partner_id": owned.partner_id}  # fmt: skip
    return {name: str(value) for name, value in (said | ids).items() if value is not None}
