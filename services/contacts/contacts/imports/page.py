"""The columns of a list: most cells of a column are read at once; what is no plain text, address or number is read once
for each cell that says it, by the rules of `cells`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import polars as pl

from chassis.files.cells import restored
from contacts.imports.block import Reached
from contacts.imports.cells import LIMITS, RowError, emails_of, named_of, phones_of
from contacts.imports.reading import MAX_CELL
from contacts.imports.texts import Text, by_value, mostly
from contacts.points.normal import ABROAD, MAX_EMAIL, MAX_LOCAL, PLAIN_EMAIL, PLAIN_MOBILE, usable_domain
from contacts.points.rules import Kind, Point
from contacts.settings import settings

# No text, or white space to Python alone.
_ODD = "[\\x00\\x1c-\\x1f\ufffd]"
_BETWEEN_DIGITS = r"[ ()\t-]"  # a point may be what a spreadsheet has put into a number
_POINT = {"cell": pl.String, "value": pl.String, "typed": pl.String, "label": pl.String, "shared": pl.Boolean}


class Page:
    """The columns of some rows, `width` of them; `odd` says which rows have to be read alone."""

    def __init__(self, rows: Sequence[list[str]], width: int) -> None:
        ragged = [len(cells) != width for cells in rows]
        odd = [uneven and any(cells[width:]) for uneven, cells in zip(ragged, rows, strict=True)]
        if any(ragged):
            blank = [""] * width
            rows = [(cells + blank)[:width] for cells in rows]
        columns = zip(*rows, strict=True) if rows else [()] * width
        self._cells = [pl.Series(str(place), cells, dtype=pl.String) for place, cells in enumerate(columns)]
        self.odd = pl.Series(odd, dtype=pl.Boolean)
        for cells in self._cells:
            self._leave(cells.str.contains(_ODD) | _oversized(cells))

    def __len__(self) -> int:
        return len(self.odd)

    def column(self, place: int) -> pl.Series:
        """The cells of a column, without white space around them; null where they are blank."""
        cells = self._cells[place]
        defused = cells.str.starts_with("'")
        if defused.any():
            cells = mostly(cells, cells, ~defused, restored)
        cells = cells.str.strip_chars()
        return cells.set(cells == "", None)

    def text(self, field: str, place: int) -> pl.Series:
        """A field that is nothing but a text."""
        texts = self.column(place)
        self._leave(texts.str.len_chars() > LIMITS[field])
        return texts

    def each(self, cells: pl.Series, read: Callable[[str], Text], plain: pl.Series | None = None) -> pl.Series:
        """What `read` reads in each cell, in one that comes again only once; what is `plain` stands there already."""
        wrong: list[str] = []

        def said(cell: str) -> Text:
            try:
                return read(cell)
            except RowError:
                wrong.append(cell)
                return None

        values = by_value(cells, said) if plain is None else mostly(cells, cells, plain, said)
        if wrong:
            self._leave(cells.is_in(wrong))
        return values

    def together(self, places: Sequence[int | None], read: Callable[[tuple[str, ...]], Text]) -> pl.Series:
        """What `read` reads in the cells of several columns, row by row; a cell is "" where it is blank, or where the
        file does not have the column."""
        blank = [""] * len(self)
        columns = [blank if place is None else self.column(place).fill_null("").to_list() for place in places]
        rows = list(zip(*columns, strict=True))
        said: dict[tuple[str, ...], Text] = {}
        wrong = set()
        for cells in set(rows):
            try:
                said[cells] = read(cells)
            except RowError:
                wrong.add(cells)
        if wrong:
            self._leave(pl.Series([cells in wrong for cells in rows], dtype=pl.Boolean))
        return pl.Series([said.get(cells) for cells in rows], dtype=pl.String)

    def emails(self, place: int) -> Reached:
        """A column of e-mail addresses."""
        cells = self.column(place)
        local, domain = (cells.str.extract(PLAIN_EMAIL, part).str.to_lowercase() for part in (1, 2))
        plain = local + "@" + by_value(domain, usable_domain)
        long = (local.str.len_bytes() > MAX_LOCAL) | (cells.str.len_bytes() > MAX_EMAIL)
        return self._reached("email", "other", cells, plain.set(long, None), emails_of)

    def phones(self, place: int) -> Reached:
        """A column of phone numbers."""
        cells = self.column(place)
        digits = cells.str.replace_all(_BETWEEN_DIGITS, "")
        plain = "+86" + digits.str.extract(PLAIN_MOBILE)
        if settings().region != "CN":
            plain = plain.set(~digits.str.contains(ABROAD), None)
        return self._reached("phone", "mobile", cells, plain, phones_of)

    def named(self, name: str, place: int) -> Reached:
        """A column of handles or memberships."""
        kind: Any = name.partition(":")[0]
        none = pl.Series([None] * len(self), dtype=pl.String)
        return self._reached(kind, "", self.column(place), none, partial(named_of, name))

    def _leave(self, odd: pl.Series) -> None:
        self.odd = self.odd | odd.fill_null(False)

    def _reached(
        self, kind: Kind, label: str, cells: pl.Series, plain: pl.Series, read: Callable[[str], list[Point]]
    ) -> Reached:
        """A column of points: the `plain` ones are known by now, the other cells are read alone."""
        points = pl.DataFrame({"typed": cells, "value": plain}).with_columns(label=pl.lit(label), shared=False)
        others = cells.filter(plain.is_null() & cells.is_not_null()).unique()
        if len(others):
            found, several = _read_each(others.to_list(), read)
            self._leave(cells.is_in(several))
            alone = pl.DataFrame(found, schema=_POINT, orient="row")
            points = points.join(alone, left_on="typed", right_on="cell", how="left", maintain_order="left", suffix="_")
            points = points.select(
                pl.coalesce("typed_", "typed").alias("typed"),
                pl.coalesce("value", "value_"),
                pl.coalesce("label_", "label").alias("label"),
                pl.coalesce("shared_", "shared").alias("shared"),
            )
        return Reached(kind, points)


def _read_each(
    cells: Sequence[str], read: Callable[[str], list[Point]]
) -> tuple[list[tuple[str, str, str, str, bool]], list[str]]:
    """The point in each cell; and the cells in which there is none that can be taken, or more than one."""
    points, several = [], []
    for cell in cells:
        try:
            found = read(cell)
        except RowError:
            several.append(cell)
            continue
        if len(found) > 1:
            several.append(cell)
        points += [(cell, point.value, point.typed, point.label, point.shared) for point in found[:1]]
    return points, several


def _oversized(cells: pl.Series) -> pl.Series:
    """What `reading.oversized` says of single cells; most are not even that long in bytes."""
    long = cells.str.len_bytes() > MAX_CELL
    return long & (cells.str.len_chars() > MAX_CELL) if long.any() else long
