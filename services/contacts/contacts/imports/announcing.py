"""What the events of an import tell of new people: JSON that is put together by columns."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
import polars as pl
from sqlalchemy.orm import Session

from chassis import custom
from chassis.events.bulk import TOGETHER
from contacts.imports.block import Block
from contacts.imports.plan import Plan
from contacts.imports.texts import by_value, copy_block, filled, hole, json_text, json_texts
from contacts.people.events import contact_data, contact_personal
from contacts.people.model import Person
from contacts.points.rules import KINDS

_TEXTS = ("country", "postcode", "source")
_LISTS = ("tags", "roles")
_NAMED: Any = SimpleNamespace(name=hole("name"), company_name=hole("company_name"))
_PERSONAL = contact_personal(_NAMED, *([hole(kind)] for kind in KINDS))


def told_of(session: Session, plan: Plan, block: Block) -> pl.DataFrame:
    """What is told of each of them, by the `number` of their row: their `data`, and a member of the object `personal`,
    both JSON."""
    open_, hidden = _custom(session, block)
    data = filled(_template(plan), {"id": '"' + block.people["id"] + '"', "custom": open_, **_said(plan, block)})
    personal = '"' + block.people["id"] + '":' + _personal(block, hidden)
    return pl.DataFrame({"number": block.people["number"], "data": data, "personal": personal})


def bundles_of(job_id: UUID, people: Sequence[pl.DataFrame]) -> list[dict[str, Any]]:
    """What is told of these, `told_of` them, in the order of their rows: so many in one event."""
    told = pl.concat(people).sort("number")
    named = zip(_together(told["data"]), _together(told["personal"]), strict=True)
    return [
        {
            "job_id": str(job_id),
            "people": orjson.Fragment(b"[%s]" % data),
            "personal": orjson.Fragment(b"{%s}" % personal),
        }
        for data, personal in named
    ]


def company_bundles_of(job_id: UUID, companies: Sequence[pl.Series]) -> list[dict[str, Any]]:
    """The same of companies."""
    together = _together(pl.concat(companies))
    return [{"job_id": str(job_id), "companies": orjson.Fragment(b"[%s]" % data)} for data in together]


def _template(plan: Plan) -> dict[str, Any]:
    """What is told openly of somebody new."""
    owned = {name: getattr(plan.owned, name) for name in ("owner_id", "team_id", "partner_id")}
    states = {"lifecycle": "contact", "grade": None, "campaign_id": None, "reference": False, "restricted": False}
    said = {name: hole(name) for name in ("id", "company_id", *_TEXTS)} | {name: [hole(name)] for name in _LISTS}
    person: Any = SimpleNamespace(**said, **owned, **states)
    return contact_data(person) | {"custom": hole("custom"), "sequence": 1}


def _said(plan: Plan, block: Block) -> dict[str, pl.Series | str]:
    """The fields that the events say openly, as JSON; lists without their brackets."""
    texts = {name: _json(block.column(name, plan)) for name in ("company_id", *_TEXTS)}
    return texts | {name: _within(block.column(name, plan)) for name in _LISTS}


def _personal(block: Block, hidden: pl.Series | None) -> pl.Series:
    """What is told of each of them that names them."""
    named: dict[str, pl.Series | str] = {
        name: _json(block.people.get_column(name, default=None)) for name in ("name", "company_name")
    }
    reached = {str(kind): _list([one.points["value"] for one in block.reached if one.kind == kind]) for kind in KINDS}
    told = filled(_PERSONAL, {**named, **reached})
    return told if hidden is None else told.str.head(-1) + (',"custom":' + hidden).fill_null("") + "}"


def _custom(session: Session, block: Block) -> tuple[pl.Series | str, pl.Series | None]:
    """The custom fields that may be told openly, and, null where there are none, those that name somebody."""
    if "custom" not in block.people.columns or not block.people["custom"].count():
        return "{}", None
    fields, values = custom.known(session, Person), block.people["custom"]

    def part(place: int) -> pl.Series:
        return by_value(values, lambda text: json_text(custom.told_of(fields, orjson.loads(text))[place]))

    open_, hidden = part(0), part(1)
    return open_.fill_null("{}"), hidden.set(hidden == "{}", None)


def _json(column: pl.Series | str | None) -> pl.Series | str:
    return json_texts(column).fill_null("null") if isinstance(column, pl.Series) else json_text(column)


def _within(column: pl.Series | str | None) -> pl.Series | str:
    """Lists, which are JSON, without their brackets."""
    if isinstance(column, pl.Series):
        return column.str.head(-1).str.slice(1)
    return (column or "[]")[1:-1]


def _list(columns: Sequence[pl.Series]) -> pl.Series | str:
    """What each row has in these columns, as JSON has it between brackets."""
    if not columns:
        return ""
    texts = [json_texts(column).alias(str(place)) for place, column in enumerate(columns)]
    return pl.select(pl.concat_str(texts, separator=",", ignore_nulls=True)).to_series()


def _together(texts: pl.Series) -> list[bytes]:
    """Pieces of JSON, joined as far as one event tells of them."""
    event = (pl.int_range(pl.len()) // TOGETHER).alias("event")
    joined = texts.alias("text").to_frame().group_by(event, maintain_order=True).agg(pl.col("text").str.join(","))
    return copy_block(joined.select("text")).splitlines()  # there are no ends of lines in JSON
