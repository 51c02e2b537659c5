"""The columns of a list: what a cell says is found once for each value that a column holds, and plain addresses and
numbers of a whole column at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any, TypeVar

from chassis.files.cells import restored
from contacts.imports.block import Reached
from contacts.imports.cells import RowError, emails_of, named_of, phones_of
from contacts.imports.reading import MAX_CELL, oversized
from contacts.points.normal import plain_emails, plain_mobiles
from contacts.points.rules import Point

_NO_TEXT = ("\ufffd", "\x00")
V = TypeVar("V", bound=Hashable)
W = TypeVar("W")


class Page:
    """The columns of some rows, `width` of them; `odd` are the places of those rows that have to be read alone."""

    def __init__(self, rows: Sequence[list[str]], width: int) -> None:
        square, self.odd = _square(rows, width)
        self._columns = list(zip(*square, strict=True)) if square else [()] * width
        self._rows = len(square)

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

    def one(self, place: int, said: W, read: Callable[[W], Any]) -> Any:
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

    def named(self, name: str, place: int) -> Reached:
        """A column of handles or memberships."""
        cells = list(map(str.strip, self.column([place])))
        return self._reached(name.partition(":")[0], "", cells, [""] * self._rows, partial(named_of, name))

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
