"""Companies of which rows about people say nothing but the name: into the database by COPY, column by column."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from chassis.db.bulk import array_text, copy_line, copy_text
from chassis.db.grams import grams_of
from chassis.ids import uuid7_text
from contacts.companies.events import company_data
from contacts.imports import company_writing
from contacts.imports.plan import Plan
from contacts.imports.texts import by_value, copy_block, filled, hole, json_texts, normalised, single_spaced

_OF_ALL: Mapping[str, Any] = dict.fromkeys(("domain", "country", "postcode", "industry", "employees", "parent_id"))


def create(session: Session, plan: Plan, named: pl.DataFrame) -> pl.DataFrame:
    """Insert the companies of these keys (`company_key`) and names (`company_name`), and remember that people who work
    there brought them; with their `id`s and the `name`s that are kept. They go in in the order of their keys, so that
    two imports never wait for each other in a circle. IntegrityError where somebody else has made one meanwhile."""
    made = named.sort("company_key")
    ids = pl.Series([uuid7_text() for _ in range(len(made))], dtype=pl.String)
    names = single_spaced(made.select(name="company_name"))
    searched = normalised(names)["name"]  # what Company.search_terms makes of a name alone
    grams = by_value(searched, lambda text: array_text(grams_of(text)))
    made = made.with_columns(names["name"], id=ids)
    alike = company_writing.alike(plan) | {"source": plan.source, "tags": "{}"}
    lines = made.select("id", "name", name_key="company_key", search_text=searched, search_grams=grams)
    told = lines.with_columns(alike=pl.lit(copy_line(tuple(alike.values()))))
    copy_text(session, "companies", (*lines.columns, *alike), [copy_block(told, ["alike"])])
    company_writing.note_made(session, plan, made["id"])
    return made


def told_of(plan: Plan, made: pl.DataFrame) -> pl.Series:
    """What is told of each of them, as JSON."""
    owned = {name: getattr(plan.owned, name) for name in ("owner_id", "team_id", "partner_id")}
    company: Any = SimpleNamespace(id=hole("id"), name=hole("name"), roles=(), **_OF_ALL, **owned)
    template = company_data(company) | {"custom": {}, "sequence": 1}
    names = json_texts(made.select("name"))["name"]
    holes = {"id": pl.concat_str(pl.lit('"'), pl.col("id"), pl.lit('"')), "name": pl.col("name")}
    return made.select(names, "id").select_seq(filled(template, holes)).to_series()
