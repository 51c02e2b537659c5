"""Columns of texts: what most of them are is computed at once, what the others are once for each text. And the two
forms in which they go out, COPY's text format and JSON. Null is nothing, and stays nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import polars as pl

from chassis.db.grams import normalise

Text = str | None
_ESCAPED_IN_COPY = r"[\\\t\n\r]"
_ESCAPED_IN_JSON = r'[\x00-\x1f"\\]'
# Small letters apart this is in normal form: no white space but single spaces, and no digits that these part.
_NORMAL = r"^[!-~\u{3400}-\u{4dbf}\u{4e00}-\u{9fff}]+(?: [!-~\u{3400}-\u{4dbf}\u{4e00}-\u{9fff}]+)*$"
_PARTED_DIGITS = r"[0-9][-()./\s]+[0-9]"
_ODD_SPACES = r"\s\s|[^\S ]"  # white space other than single spaces
_HOLE = re.compile(r'"\\u0000(\w+)\\u0000"')


def by_value(column: pl.Series, read: Callable[[str], Text], texts: pl.Series | None = None) -> pl.Series:
    """What `read` makes of each text, called once for each that there is, or for those of `texts` alone."""
    texts = (column if texts is None else texts).drop_nulls().unique()
    made = pl.Series([read(text) for text in texts.to_list()], dtype=pl.String)
    return column.replace_strict(texts, made, default=None, return_dtype=pl.String)


def mostly(column: pl.Series, made: pl.Series, known: pl.Series, read: Callable[[str], Text]) -> pl.Series:
    """What is `made` of the texts of a column where that is `known` to be right, elsewhere what `read` makes of one."""
    known = known.fill_null(True)
    if known.all():
        return made
    return made.zip_with(known, by_value(column, read, column.filter(~known)))


def oddly_spaced(column: pl.Series) -> pl.Series:
    """Whether there is white space in texts other than single spaces; there is none around them."""
    return column.str.contains(_ODD_SPACES)


def single_spaced(column: pl.Series) -> pl.Series:
    """With single spaces for all white space."""
    return mostly(column, column, ~oddly_spaced(column), lambda text: " ".join(text.split()))


def normalised(column: pl.Series) -> pl.Series:
    """As texts are searched for: `chassis.db.grams.normalise` of each."""
    plain = column.str.contains(_NORMAL) & ~column.str.contains(_PARTED_DIGITS)
    return mostly(column, column.str.to_lowercase(), plain, normalise)


def copied(column: pl.Series) -> pl.Series:
    """As COPY has texts."""
    if not column.str.contains(_ESCAPED_IN_COPY).any():
        return column
    return column.str.replace_many(["\\", "\t", "\n", "\r"], ["\\\\", "\\t", "\\n", "\\r"])


def copy_block(frame: pl.DataFrame) -> bytes:
    """Rows of such texts, numbers and truths as COPY has them."""
    block = io.BytesIO()
    frame.write_csv(block, separator="\t", quote_style="never", null_value="\\N", include_header=False)
    return block.getvalue()


def json_text(value: Any) -> str:
    """A value as JSON."""
    return orjson.dumps(value).decode()


def json_texts(column: pl.Series) -> pl.Series:
    """As JSON has texts; of nothing, null."""
    made = '"' + column + '"'
    return mostly(column, made, ~column.str.contains(_ESCAPED_IN_JSON), json_text)


def hole(name: str) -> str:
    """What stands in a template where each row has something else: a text that no other text is like."""
    return f"\0{name}\0"


def filled(template: Any, columns: Mapping[str, pl.Series | str]) -> pl.Series:
    """JSON of each row: that of `template`, with what the columns, or a text that all rows have, put into its holes; it
    is JSON already."""
    pieces = _HOLE.split(json_text(template))
    texts: list[pl.Series | str] = [columns[piece] if place % 2 else piece for place, piece in enumerate(pieces)]
    parts = [pl.lit(text) if isinstance(text, str) else text.alias(str(place)) for place, text in enumerate(texts)]
    return pl.select(pl.concat_str(parts)).to_series()
