"""Columns of texts: what most of them are is computed at once, what the others are once for each text. And the two
forms in which they go out, COPY's text format and JSON. Null is nothing, and stays nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

import orjson
import polars as pl
from polars import selectors

from chassis.company_names import LEGAL_CJK, PREFIX_CJK, company_key
from chassis.db.grams import normalise

Text = str | None
_ESCAPED_IN_COPY = r"[\\\t\n\r]"
_ESCAPED_IN_JSON = r'[\x00-\x1f"\\]'
# Small letters apart this is in normal form: no white space but single spaces, and no digits that these part.
_NORMAL = r"^[!-~\u{3400}-\u{4dbf}\u{4e00}-\u{9fff}]+(?: [!-~\u{3400}-\u{4dbf}\u{4e00}-\u{9fff}]+)*$"
_PARTED_DIGITS = r"[0-9][-()./\s]+[0-9]"
_ONE_WORD = r"^[0-9A-Za-z\u{3400}-\u{4dbf}\u{4e00}-\u{9fff}]+$"
_LEGAL_FORM, _NOT_BY_ITS_END = f"(?:{'|'.join(LEGAL_CJK)})$", f"^(?:{'|'.join(PREFIX_CJK)})|分公司$"
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


def oddly_spaced(column: pl.Expr) -> pl.Expr:
    """Whether there is white space in texts other than single spaces; there is none around them."""
    return column.str.contains(_ODD_SPACES)


def single_spaced(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns with single spaces for all white space."""
    return _columns(frame, lambda text: text, lambda text: ~oddly_spaced(text), lambda text: " ".join(text.split()))


def normalised(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns as texts are searched for: `chassis.db.grams.normalise` of each."""
    return _columns(
        frame,
        lambda text: text.str.to_lowercase(),
        lambda text: text.str.contains(_NORMAL) & ~text.str.contains(_PARTED_DIGITS),
        normalise,
    )


def company_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns as names of companies are matched: `chassis.company_names.company_key` of each. Of most Chinese ones
    only a legal form at the end goes. Of a name without letters and digits, null."""

    def key(name: pl.Expr) -> pl.Expr:
        return name.str.to_lowercase().str.replace(_LEGAL_FORM, "")

    def known(name: pl.Expr) -> pl.Expr:
        return name.str.contains(_ONE_WORD) & ~name.str.contains(_NOT_BY_ITS_END) & (key(name) != "")

    return _columns(frame, key, known, lambda name: company_key(name) or None)


def copied(frame: pl.DataFrame, ready: Collection[str] = ()) -> pl.DataFrame:
    """The columns as COPY has texts; those that are `ready` are so already."""
    texts = selectors.string() - selectors.by_name(*ready, require_all=False)
    odd = frame.select_seq(texts.str.contains(_ESCAPED_IN_COPY).any())
    names = [name for name, found in zip(odd.columns, odd.row(0) if len(odd) else (), strict=False) if found]
    if not names:
        return frame
    return frame.with_columns(pl.col(names).str.replace_many(["\\", "\t", "\n", "\r"], ["\\\\", "\\t", "\\n", "\\r"]))


def copy_block(frame: pl.DataFrame, ready: Collection[str] = ()) -> bytes:
    """Rows of texts, numbers and truths as lines of COPY's text format; `ready` as of `copied`."""
    block = io.BytesIO()
    rows = copied(frame, ready)
    rows.write_csv(block, separator="\t", quote_style="never", null_value="\\N", include_header=False)
    return block.getvalue()


def json_text(value: Any) -> str:
    """A value as JSON."""
    return orjson.dumps(value).decode()


def json_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns as JSON has texts; of nothing, null."""
    mark = pl.lit('"')
    return _columns(
        frame,
        lambda text: pl.concat_str(mark, text, mark),
        lambda text: ~text.str.contains(_ESCAPED_IN_JSON),
        json_text,
    )


def hole(name: str) -> str:
    """What stands in a template where each row has something else: a text that no other text is like."""
    return f"\0{name}\0"


def filled(template: Any, said: Mapping[str, pl.Expr | str]) -> pl.Expr:
    """JSON like `template`, with what each row has, or the text that all have, put into its holes: JSON already."""
    pieces = _HOLE.split(json_text(template))
    texts = [said[piece] if place % 2 else piece for place, piece in enumerate(pieces)]
    return pl.concat_str([pl.lit(text) if isinstance(text, str) else text for text in texts])


def _columns(
    frame: pl.DataFrame,
    made: Callable[[pl.Expr], pl.Expr],
    known: Callable[[pl.Expr], pl.Expr],
    read: Callable[[str], Text],
) -> pl.DataFrame:
    """What is `made` of the texts of all columns where that is `known` to be right, elsewhere what `read` makes of one.
    All at once: of some thousand rows an operation takes about as long to be called as to be done."""
    names = frame.columns
    all_known = [known(pl.col(name)).fill_null(True).all().alias(f"all of {name}") for name in names]
    done = frame.select_seq(*(made(pl.col(name)).alias(name) for name in names), *all_known)
    for name in names if len(frame) else ():
        if not done.item(0, f"all of {name}"):
            right = frame.select_seq(known(pl.col(name))).to_series()
            done = done.with_columns(mostly(frame[name], done[name], right, read).alias(name))
    return done.select(names)
