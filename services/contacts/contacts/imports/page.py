"""The columns of a list: most cells of a column are read at once; what is no plain text, address or number is read once
for each cell that says it, by the rules of `cells`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
        cells = pl.DataFrame({str(place): column for place, column in enumerate(columns)}, schema=_texts(width))
        self.odd = pl.Series(odd, dtype=pl.Boolean)
        self._cells = self._looked_through(cells) if width else cells

    def __len__(self) -> int:
        return len(self.odd)

    def column(self, place: int) -> pl.Series:
        """The cells of a column, without white space around them; null where they are blank."""
        return self._cells[str(place)]

    def texts(self, places: Mapping[str, int]) -> dict[str, pl.Series]:
        """The fields in these columns that are nothing but texts."""
        said = self._cells.select(pl.col(str(place)).alias(field) for field, place in places.items())
        if places:
            long = [pl.col(field).str.len_chars() > LIMITS[field] for field in places]
            self._leave(said.select_seq(pl.any_horizontal(long)).to_series())
        return said.to_dict()

    def each(
        self, cells: pl.Series, read: Callable[[str], Text], plain: Callable[[pl.Expr], pl.Expr] | None = None
    ) -> pl.Series:
        """What `read` reads in each cell, in one that comes again only once; what is `plain` stands there already."""
        wrong: list[str] = []

        def said(cell: str) -> Text:
            try:
                return read(cell)
            except RowError:
                wrong.append(cell)
                return None

        if plain is None:
            values = by_value(cells, said)
        else:
            known = cells.alias("cell").to_frame().select_seq(plain(pl.col("cell"))).to_series()
            values = mostly(cells, cells, known, said)
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
        cells, typed = self.column(place), pl.col("typed")
        local, domain = (typed.str.extract(PLAIN_EMAIL, part).str.to_lowercase() for part in (1, 2))
        short = (local.str.len_bytes() <= MAX_LOCAL) & (typed.str.len_bytes() <= MAX_EMAIL)
        parts = (
            cells.alias("typed")
            .to_frame()
            .select_seq(pl.when(short).then(local).alias("local"), domain.alias("domain"))
        )
        plain = parts["local"] + "@" + by_value(parts["domain"], usable_domain)
        return self._reached("email", "other", cells, plain, emails_of)

    def phones(self, place: int, countries: pl.Series | None = None) -> Reached:
        """A column of phone numbers. Those that are not plain mobiles are left to be read alone in rows of other
        `countries` than ours: which number is meant depends on it."""
        cells = self.column(place)
        digits = pl.col("typed").str.replace_all(_BETWEEN_DIGITS, "")
        mobile = pl.lit("+86") + digits.str.extract(PLAIN_MOBILE)
        if settings().region != "CN":
            mobile = pl.when(digits.str.contains(ABROAD)).then(mobile)
        plain = cells.alias("typed").to_frame().select_seq(mobile.alias("value")).to_series()
        if countries is not None:
            self._leave(plain.is_null() & cells.is_not_null() & (countries != settings().region))
        return self._reached("phone", "mobile", cells, plain, phones_of)

    def named(self, name: str, place: int) -> Reached:
        """A column of handles or memberships."""
        kind: Any = name.partition(":")[0]
        none = pl.Series([None] * len(self), dtype=pl.String)
        return self._reached(kind, "", self.column(place), none, partial(named_of, name))

    def _leave(self, odd: pl.Series) -> None:
        self.odd = self.odd | odd.fill_null(False)

    def _looked_through(self, cells: pl.DataFrame) -> pl.DataFrame:
        """The cells as they are read; rows with what is no text, and with cells longer than any spreadsheet would hold,
        are odd."""
        every = pl.all()
        odd = pl.any_horizontal(every.str.contains(_ODD) | (every.str.len_chars() > MAX_CELL))
        found = cells.select_seq(odd.alias("odd"), pl.any_horizontal(every.str.starts_with("'")).alias("defused"))
        self._leave(found["odd"])
        if found["defused"].any():
            cells = cells.select_seq(_restored(cell) for cell in cells)
        stripped = cells.select_seq(every.str.strip_chars())
        return stripped.select_seq(pl.when(every != "").then(every))

    def _reached(
        self, kind: Kind, label: str, cells: pl.Series, plain: pl.Series, read: Callable[[str], list[Point]]
    ) -> Reached:
        """A column of points: the `plain` ones are known by now, the other cells are read alone."""
        points = pl.DataFrame({"typed": cells, "value": plain}).with_columns(label=pl.lit(label), shared=False)
        others = points.filter(pl.col("value").is_null() & pl.col("typed").is_not_null())["typed"].unique()
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


def _texts(width: int) -> dict[str, Any]:
    return dict.fromkeys(map(str, range(width)), pl.String)


def _restored(cells: pl.Series) -> pl.Series:
    return mostly(cells, cells, ~cells.str.starts_with("'"), restored)
