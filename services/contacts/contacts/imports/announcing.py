"""What the events of an import tell of new people: JSON that is put together by columns."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
import polars as pl
from polars import selectors
from sqlalchemy.orm import Session

from chassis import custom
from chassis.events.bulk import TOGETHER
from contacts.imports.block import Block
from contacts.imports.plan import Plan
from contacts.imports.texts import by_value, copy_block, filled, hole, json_text, json_texts
from contacts.people.events import contact_data, contact_personal
from contacts.people.model import Person
from contacts.points.rules import KINDS

_OPEN, _NAMING = ("id", "company_id", "country", "postcode", "source"), ("name", "company_name")
_LISTS = ("tags", "roles")
_NAMED: Any = SimpleNamespace(name=hole("name"), company_name=hole("company_name"))
_PERSONAL = contact_personal(_NAMED, *([hole(kind)] for kind in KINDS))


def told_of(session: Session, plan: Plan, block: Block) -> pl.DataFrame:
    """What is told of each of them, by the `number` of their row: their `data`, and a member of the object `personal`,
    both JSON."""
    said = _said(session, block)
    texts = {name: _json(plan, block, name) for name in (*_OPEN, *_NAMING)}
    lists = {name: _within(plan, block, name) for name in _LISTS}
    reached = {str(kind): _values(said, kind) for kind in KINDS}
    data = filled(_template(plan), {**texts, **lists, "custom": pl.col("open")})
    personal = filled(_PERSONAL, {**texts, **reached})
    with_hidden = pl.concat_str(personal.str.head(-1), pl.lit(',"custom":'), "hidden", pl.lit("}"))
    named = pl.concat_str("id", pl.lit(":"), with_hidden.fill_null(personal) if said["hidden"].count() else personal)
    return said.select_seq("number", data.alias("data"), named.alias("personal"))


def bundles_of(job_id: UUID, people: Sequence[pl.DataFrame]) -> list[dict[str, Any]]:
    """What is told of these, `told_of` them, in the order of their rows: so many in one event."""
    told = _together(pl.concat(people).sort("number").select("data", "personal"))
    return [
        {
            "job_id": str(job_id),
            "people": orjson.Fragment(b"[%s]" % data),
            "personal": orjson.Fragment(b"{%s}" % personal),
        }
        for data, personal in told
    ]


def company_bundles_of(job_id: UUID, companies: Sequence[pl.Series]) -> list[dict[str, Any]]:
    """The same of companies."""
    told = _together(pl.concat(companies).alias("data").to_frame())
    return [{"job_id": str(job_id), "companies": orjson.Fragment(b"[%s]" % data)} for (data,) in told]


def _template(plan: Plan) -> dict[str, Any]:
    """What is told openly of somebody new."""
    owned = {name: getattr(plan.owned, name) for name in ("owner_id", "team_id", "partner_id")}
    states = {"lifecycle": "contact", "grade": None, "campaign_id": None, "reference": False, "restricted": False}
    said = {name: hole(name) for name in _OPEN} | {name: [hole(name)] for name in _LISTS}
    person: Any = SimpleNamespace(**said, **owned, **states)
    return contact_data(person) | {"custom": hole("custom"), "sequence": 1}


def _said(session: Session, block: Block) -> pl.DataFrame:
    """What rows say, as JSON: a column for each field, and for each column of contact points, by kind and place; custom
    fields that may be told openly, and, null where there are none, those that name somebody."""
    people = block.people
    texts = people.select(selectors.by_name(*_OPEN, *_NAMING, require_all=False))
    reached = [one.points["value"].alias(f"{one.kind} {place}") for place, one in enumerate(block.reached)]
    lists = people.select(selectors.by_name("number", *_LISTS, require_all=False))
    open_, hidden = _custom(session, block)
    return json_texts(texts.with_columns(reached)).with_columns(*lists, open=open_, hidden=hidden)


def _custom(session: Session, block: Block) -> tuple[pl.Series | pl.Expr, pl.Series | pl.Expr]:
    if "custom" not in block.people.columns or not block.people["custom"].count():
        return pl.lit("{}"), pl.lit(None, dtype=pl.String)
    fields, values = custom.known(session, Person), block.people["custom"]

    def part(place: int) -> pl.Series:
        return by_value(values, lambda text: json_text(custom.told_of(fields, orjson.loads(text))[place]))

    open_, hidden = part(0), part(1)
    return open_.fill_null("{}"), hidden.set(hidden == "{}", None)


def _json(plan: Plan, block: Block, name: str) -> pl.Expr | str:
    if name in block.people.columns:
        return pl.col(name).fill_null("null")
    return json_text(block.all_have(name, plan))


def _within(plan: Plan, block: Block, name: str) -> pl.Expr | str:
    """A list, which is JSON, without its brackets."""
    if name in block.people.columns:
        return pl.col(name).str.slice(1).str.head(-1)
    return (block.all_have(name, plan) or "[]")[1:-1]


def _values(said: pl.DataFrame, kind: str) -> pl.Expr | str:
    """What each row has in the columns of a kind, as JSON has it between brackets."""
    columns = [name for name in said.columns if name.partition(" ")[0] == kind]
    return pl.concat_str(columns, separator=",", ignore_nulls=True) if columns else ""


def _together(texts: pl.DataFrame) -> list[tuple[bytes, ...]]:
    """Pieces of JSON, column by column joined as far as one event tells of them."""
    event = (pl.int_range(pl.len()) // TOGETHER).alias("event")
    joined = texts.group_by(event, maintain_order=True).agg(pl.all().str.join(",")).drop("event")
    # There are no ends of lines in JSON.
    return list(zip(*(copy_block(column.to_frame(), texts.columns).splitlines() for column in joined), strict=True))
