"""The companies that rows name: found or made, many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import polars as pl
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from chassis.company_names import company_key
from chassis.db.bulk import array_text, texts_given
from contacts.imports import company_making
from contacts.imports.block import Block
from contacts.imports.drafts import Draft
from contacts.imports.plan import Outcome, Plan

_KNOWN = (
    "SELECT name_key, CAST(id AS text), name FROM companies"  # noqa: S608 - no value of a user
    f" WHERE name_key = {texts_given('keys')} AND NOT namesake"
)
# Who renames one waits for the step: nobody in it bears a name that is not the company's any more.
_HELD = text(f"{_KNOWN} ORDER BY companies.id FOR SHARE")
_SCHEMA = {"company_key": pl.String, "company_id": pl.String, "kept": pl.String}


class Shared(Exception):
    """A company that is not here yet is named by others, too."""


class Named(NamedTuple):
    """A company by its id, as text, and the name that is kept of it."""

    id: str
    name: str


@dataclass(frozen=True)
class Companies:
    """Companies by what names are matched by: a frame of `company_key`, `company_id` and the name that is `kept`."""

    frame: pl.DataFrame

    @classmethod
    def of(cls, columns: Sequence[Sequence[str]]) -> Self:
        """Those of whom the three columns tell."""
        return cls(pl.DataFrame(list(columns) or None, schema=_SCHEMA))

    def place(self, block: Block) -> Block:
        """People with the companies that they work at, by the names that are kept of these."""
        if self.frame.is_empty() or "company_key" not in block.people.columns:
            return block
        people = block.people.join(self.frame, on="company_key", how="left", maintain_order="left")
        return Block(people.with_columns(company_name=pl.coalesce("kept", "company_name")).drop("kept"), block.reached)

    def called(self, name: str | None) -> Named | None:
        """The company of this name, however it is spelled."""
        return self._by_key.get(company_key(name)) if name else None

    @cached_property
    def _by_key(self) -> dict[str, Named]:
        return {key: Named(id_, name) for key, id_, name in self.frame.iter_rows()}


def ensure(
    session: Session,
    plan: Plan,
    blocks: Sequence[Block],
    outcome: Outcome,
    but: Callable[[], pl.Series] = lambda: pl.Series(dtype=pl.String),
) -> Companies:
    """The companies at which people work. Those that are missing are made, by the spelling of the first row; a name
    that is nothing but punctuation stands for no company. IntegrityError where somebody else has made one of them
    meanwhile: the whole step is to be done again. Shared where one would be made whose key is among `but`, which others
    may be making."""
    spelled = _spelled(blocks)
    known = _known(session, spelled["company_key"], _HELD)
    missing = spelled.join(known.frame, on="company_key", how="anti")
    if missing.is_empty():
        return known
    if missing["company_key"].is_in(but().implode()).any():
        raise Shared
    made = company_making.create(session, plan, missing)
    outcome.companies.append(company_making.told_of(plan, made))
    new = made.select("company_key", company_id="id", kept="name")
    return Companies(pl.concat([known.frame, new]))


def look_up(session: Session, drafts: Sequence[Draft]) -> Companies:
    """The companies that these rows name, as far as they are there."""
    keys = pl.Series([key for draft in drafts if (key := company_key(draft.company_name or ""))], dtype=pl.String)
    return _known(session, keys.unique(), text(_KNOWN))


def _spelled(blocks: Sequence[Block]) -> pl.DataFrame:
    """The first spelling of each company, `company_name`, by its `company_key`."""
    named = [block.companies for block in blocks]
    rows = pl.concat(named).sort("number") if len(named) > 1 else named[0]
    return rows.unique("company_key", keep="first", maintain_order=True)


def _known(session: Session, keys: pl.Series, statement: TextClause) -> Companies:
    if keys.is_empty():
        return Companies.of([])
    rows = session.execute(statement, {"keys": array_text(keys.to_list())}).all()
    return Companies.of(list(zip(*rows, strict=True)))
