"""Rows read column by column: what a cell says is found once for each value that a column holds, and plain addresses
and numbers of a whole column at once. The rules are those of `cells`; a row that breaks one is left to be read alone,
and so is one with several addresses in a cell."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from chassis.files.cells import restored
from contacts.identity.rules import display_name
from contacts.imports.block import Block, Reached, points_at
from contacts.imports.cells import (
    RowError,
    address_kind_of,
    country_of,
    emails_of,
    note_of,
    phones_of,
    roles_of,
    tags_of,
    text_of,
    within,
)
from contacts.imports.drafts import TEXTS
from contacts.imports.plan import Plan
from contacts.imports.reading import MAX_CELL, oversized
from contacts.imports.rows import MAX_POINTS, made_up_name
from contacts.imports.rules import person_name
from contacts.points.normal import plain_emails, plain_mobiles
from contacts.points.rules import Point

Row = tuple[int, str, list[str]]  # its number, the id that its person would get, its cells
_NAMES = ("name", "given_name", "family_name")
_FIELDS = frozenset((*_NAMES, *TEXTS, "email", "phone", "country", "address_kind", "roles", "note", "tags", "source"))
_NO_TEXT = ("\ufffd", "\x00")
V = TypeVar("V", bound=Hashable)


def by_columns(plan: Plan) -> bool:
    """Whether the rows of a file can be read so: where new people may come of them, who are found by their contact
    points, and of whom nothing is said but what is built in."""
    fields = list(plan.mapping.values())
    makes = plan.entity == "people" and plan.mode != "update" and not plan.dry_run and not plan.match
    return makes and _FIELDS.issuperset(fields) and max(map(fields.count, ("email", "phone"))) <= MAX_POINTS


class ColumnReader:
    """Reads the rows of an import for which `by_columns` holds."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._width = plan, len(plan.form.headers)
        self._places: dict[str, list[int]] = {}
        for header, name in plan.mapping.items():
            self._places.setdefault(name, []).append(plan.form.headers.index(header))

    def read(self, rows: Sequence[Row]) -> tuple[Block, list[Row]]:
        """The people in rows, and the rows that have to be read one by one."""
        cells, odd = _square([cells for _, _, cells in rows], self._width)
        page = _Page(list(zip(*cells, strict=True)) if cells else [()] * self._width, odd)
        reached = [page.emails(place) for place in self._places.get("email", ())]
        reached += [page.phones(place) for place in self._places.get("phone", ())]
        names = self._names(page, reached)
        said = self._said(page) | {"name": names}
        block = Block([row[0] for row in rows], [row[1] for row in rows], said, [one.keyed(names) for one in reached])
        plain = [place not in odd for place in range(len(rows))]
        return block.only(plain), [rows[place] for place in sorted(odd)]

    def _names(self, page: _Page, reached: Sequence[Reached]) -> list[str]:
        """The full names; where a row has none it is made from how the person is reached, without which the row is not
        plain."""
        columns = [page.column(self._places.get(name)) for name in _NAMES]
        names = page.each(list(zip(*columns, strict=True)), _whole_name)
        for place, values in enumerate(zip(*(one.values for one in reached), strict=True)):
            if not any(values):
                page.odd.add(place)
            elif not names[place] and place not in page.odd:
                names[place] = page.one(place, tuple(points_at(reached, place)), _name_for) or ""
        return [name or "" for name in names]

    def _said(self, page: _Page) -> dict[str, list[Any]]:
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


class _Page:
    """The columns of some rows; `odd` are the places of those rows that have to be read alone."""

    def __init__(self, columns: Sequence[Sequence[str]], odd: set[int]) -> None:
        self._columns, self.odd = columns, odd
        self._rows = len(columns[0])

    def column(self, places: Sequence[int] | None) -> Sequence[str]:
        """The cells of a field that comes from one column; blank where the file does not have it."""
        if not places:
            return [""] * self._rows
        cells = self._columns[places[0]]
        return [restored(cell) for cell in cells] if "'" in "".join(cells) else cells

    def together(self, places: Sequence[int]) -> list[tuple[str, ...]]:
        """The cells of a field that comes from several columns, row by row."""
        return list(zip(*(self.column([place]) for place in places), strict=True))

    def each(self, cells: Sequence[V], read: Callable[[V], Any]) -> list[Any]:
        """What `read` reads in each cell, one that comes again only once."""
        said, wrong = dict[V, Any](), set[V]()
        for cell in set(cells):
            try:
                said[cell] = read(cell)
            except RowError:
                wrong.add(cell)
        if wrong:
            self.odd.update(place for place, cell in enumerate(cells) if cell in wrong)
        return [said.get(cell) for cell in cells]

    def one(self, place: int, said: V, read: Callable[[V], Any]) -> Any:
        """The same for a single row."""
        try:
            return read(said)
        except RowError:
            self.odd.add(place)
            return None

    def emails(self, place: int) -> Reached:
        """A column of e-mail addresses."""
        cells = list(map(str.strip, self.column([place])))
        return self._reached("email", "other", cells, plain_emails(cells), emails_of)

    def phones(self, place: int) -> Reached:
        """A column of phone numbers."""
        cells = list(map(str.strip, self.column([place])))
        return self._reached("phone", "mobile", cells, plain_mobiles(cells), phones_of)

    def _reached(
        self, kind: Any, label: str, cells: list[str], plain: list[str], read: Callable[[str], list[Point]]
    ) -> Reached:
        column = Reached(kind, plain, cells, [label] * self._rows, [False] * self._rows, [])
        for place in [place for place, cell in enumerate(cells) if cell and not plain[place]]:
            points = self.one(place, cells[place], read) or []
            if len(points) > 1:
                self.odd.add(place)
            for point in points[:1]:
                column.values[place], column.typed[place] = point.value, point.typed
                column.labels[place], column.shared[place] = point.label, point.shared
        return column


def _square(rows: Sequence[list[str]], width: int) -> tuple[list[list[str]], set[int]]:
    """The rows, each as wide as the header, and the places of those which cannot be read: they are blank."""
    texts = list(map("".join, rows))
    odd = {place for place, cells in enumerate(rows) if any(cells[width:])} if _ragged(rows, width) else set()
    whole = "".join(texts)
    if any(mark in whole for mark in _NO_TEXT):
        odd |= {place for place, text in enumerate(texts) if any(mark in text for mark in _NO_TEXT)}
    odd |= {place for place, text in enumerate(texts) if len(text) > MAX_CELL and oversized(rows[place])}
    if odd or _ragged(rows, width):
        blank = [""] * width
        rows = [blank if place in odd else (cells + blank)[:width] for place, cells in enumerate(rows)]
    return list(rows), odd


def _ragged(rows: Sequence[list[str]], width: int) -> bool:
    return bool(set(map(len, rows)) - {width})


def _whole_name(cells: tuple[str, ...]) -> str:
    name = person_name(*map(str.strip, cells))
    return within("name", display_name(name, None, None)) if name else ""


def _name_for(points: Any) -> str:
    return within("name", made_up_name(points))
