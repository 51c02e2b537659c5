"""Rows read column by column. The rules are those of `cells`; a row that breaks one is left to be read alone, and so is
one with several addresses in a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from contacts.identity.rules import display_name
from contacts.imports.block import Block, Reached, points_at
from contacts.imports.cells import (
    LIMITS,
    address_kind_of,
    country_of,
    note_of,
    roles_of,
    tags_of,
    within,
)
from contacts.imports.drafts import TEXTS
from contacts.imports.page import Page
from contacts.imports.plan import Plan
from contacts.imports.rows import MAX_POINTS, made_up_name
from contacts.imports.rules import NAMED, person_name
from contacts.imports.texts import json_text, oddly_spaced
from contacts.points.rules import Point

Row = tuple[int, str, list[str]]  # its number, the id that its person would get, its cells
_NAMES = ("name", "given_name", "family_name")
_FIELDS = frozenset((*_NAMES, *TEXTS, "email", "phone", "country", "address_kind", "roles", "note", "tags", "source"))
_READERS: dict[str, Callable[[str], Any]] = {
    "country": country_of,
    "address_kind": address_kind_of,
    "roles": lambda cell: json_text(roles_of(cell)),
}


def by_columns(plan: Plan) -> bool:
    """Whether the rows of a file can be read so: where new people may come of them, who are found by their contact
    points, and of whom nothing is said but what is built in."""
    fields = list(plan.mapping.values())
    makes = plan.entity == "people" and plan.mode != "update" and not plan.dry_run and not plan.match
    known = all(name in _FIELDS or name.startswith(NAMED) for name in fields)
    return makes and known and max(map(fields.count, ("email", "phone"))) <= MAX_POINTS


class ColumnReader:
    """Reads the rows of an import for which `by_columns` holds, as long as that is `of_use`."""

    def __init__(self, plan: Plan) -> None:
        self.of_use = True
        self._plan, self._width = plan, len(plan.form.headers)
        self._places: dict[str, list[int]] = {}
        for header, name in plan.mapping.items():
            self._places.setdefault(name, []).append(plan.form.headers.index(header))

    def read(self, rows: Sequence[Row]) -> tuple[Block, list[Row]]:
        """The people in rows, and the rows that have to be read one by one."""
        page = Page([cells for _, _, cells in rows], self._width)
        said = self._said(page)
        reached = [page.emails(place) for place in self._places.get("email", ())]
        reached += [page.phones(place, said.get("country")) for place in self._places.get("phone", ())]
        names = self._names(page, reached)
        reached += self._named(page)
        people = {"number": [row[0] for row in rows], "id": [row[1] for row in rows], "name": names, **said}
        odd = page.odd | names.is_null()
        odd |= pl.select(pl.all_horizontal(one.points["value"].is_null() for one in reached)).to_series()
        block = Block.at_companies(pl.DataFrame(people), [one.keyed(names) for one in reached])
        return block.only(~odd), [rows[place] for place in odd.arg_true().to_list()]

    def _names(self, page: Page, reached: Sequence[Reached]) -> pl.Series:
        """The full names; who has none is called by how they are reached."""
        places = [self._places.get(name, [None])[0] for name in _NAMES]
        if places[0] is not None and places[1:] == [None, None]:
            names = page.each(page.column(places[0]), _whole_name, _plain_name)
        else:
            names = page.together(places, lambda cells: _whole_name(*cells))
        nameless = names.is_null().arg_true().to_list()
        return names.scatter(nameless, [_name_for(points_at(reached, place)) for place in nameless])

    def _named(self, page: Page) -> list[Reached]:
        """Handles, then memberships."""
        named = sorted((name for name in self._places if name.startswith(NAMED)), key=_kind)
        return [page.named(name, place) for name in named for place in self._places[name]]

    def _said(self, page: Page) -> dict[str, pl.Series]:
        """What rows say of people beside names and contact points; lists as JSON."""
        plan = self._plan
        single = {name: places[0] for name, places in self._places.items()}
        said = page.texts({name: single[name] for name in (*TEXTS, "source") if name in single})
        said |= {name: page.each(page.column(single[name]), read) for name, read in _READERS.items() if name in single}
        if "note" in single:
            said["note"] = page.together(self._places["note"], note_of)
        if "tags" in single:
            said["tags"] = page.together(self._places["tags"], lambda cells: json_text(tags_of(plan.tags, cells)))
        nothing = {"source": plan.source, "roles": "[]"}
        return {name: column.fill_null(nothing[name]) if name in nothing else column for name, column in said.items()}


def _kind(name: str) -> str:
    return name.partition(":")[0]


def _whole_name(name: str, given: str = "", family: str = "") -> str | None:
    name = person_name(name, given, family)
    return within("name", display_name(name, None, None)) if name else None


def _plain_name(name: pl.Expr) -> pl.Expr:
    """Whether the name stands there as it is kept."""
    return ~oddly_spaced(name) & (name.str.len_chars() <= LIMITS["name"])


def _name_for(points: Sequence[Point]) -> str | None:
    """What somebody is called who has no name but these points; nothing where that would be too long."""
    name = made_up_name(points) if points else ""
    return name if 0 < len(name) <= LIMITS["name"] else None
