"""Rows read column by column. The rules are those of `cells`; a row that breaks one is left to be read alone, and so is
one with several addresses in a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from contacts.identity.rules import display_name
from contacts.imports.block import Block, Reached, points_at
from contacts.imports.cells import (
    address_kind_of,
    country_of,
    note_of,
    roles_of,
    tags_of,
    text_of,
    within,
)
from contacts.imports.drafts import TEXTS
from contacts.imports.page import Page
from contacts.imports.plan import Plan
from contacts.imports.rows import MAX_POINTS, made_up_name
from contacts.imports.rules import NAMED, person_name
from contacts.points.rules import Point

Row = tuple[int, str, list[str]]  # its number, the id that its person would get, its cells
_NAMES = ("name", "given_name", "family_name")
_FIELDS = frozenset((*_NAMES, *TEXTS, "email", "phone", "country", "address_kind", "roles", "note", "tags", "source"))


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
        reached = [page.emails(place) for place in self._places.get("email", ())]
        reached += [page.phones(place) for place in self._places.get("phone", ())]
        names = self._names(page, reached)
        reached += self._named(page)
        page.odd |= {place for place, values in enumerate(_by_rows(reached)) if not any(values)}
        said = self._said(page) | {"name": names}
        block = Block([row[0] for row in rows], [row[1] for row in rows], said, [one.keyed(names) for one in reached])
        plain = [place not in page.odd for place in range(len(rows))]
        return block.only(plain), [rows[place] for place in sorted(page.odd)]

    def _names(self, page: Page, reached: Sequence[Reached]) -> list[str]:
        """The full names; who has none is called by how they are reached."""
        columns = [page.column(self._places.get(name)) for name in _NAMES]
        names = page.each(list(zip(*columns, strict=True)), _whole_name)
        for place in [place for place, name in enumerate(names) if not name]:
            points = points_at(reached, place)
            names[place] = page.one(place, points, _name_for) if points else None
            if not names[place]:
                page.odd.add(place)
        return [name or "" for name in names]

    def _named(self, page: Page) -> list[Reached]:
        """Handles, then memberships."""
        named = sorted((name for name in self._places if name.startswith(NAMED)), key=_kind)
        return [page.named(name, place) for name in named for place in self._places[name]]

    def _said(self, page: Page) -> dict[str, list[Any]]:
        given, source = self._plan.tags, self._plan.source
        readers: Mapping[str, Callable[[Any], Any]] = {
            **{name: partial(text_of, name) for name in TEXTS},
            "country": country_of,
            "address_kind": address_kind_of,
            "roles": lambda cell: tuple(roles_of(cell)),
            "source": lambda cell: text_of("source", cell) or source,
        }
        said = {
            name: page.each(page.column(self._places[name]), read)
            for name, read in readers.items()
            if name in self._places
        }
        if "note" in self._places:
            said["note"] = page.each(page.together(self._places["note"]), note_of)
        if "tags" in self._places:
            said["tags"] = page.each(page.together(self._places["tags"]), lambda cells: tuple(tags_of(given, cells)))
        return said


def _by_rows(reached: Sequence[Reached]) -> Iterator[tuple[str, ...]]:
    """The values of each row."""
    return zip(*(one.values for one in reached), strict=True)


def _kind(name: str) -> str:
    return name.partition(":")[0]


def _whole_name(cells: tuple[str, ...]) -> str:
    name = person_name(*map(str.strip, cells))
    return within("name", display_name(name, None, None)) if name else ""


def _name_for(points: Sequence[Point]) -> str:
    return within("name", made_up_name(points))
