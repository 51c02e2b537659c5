"""Which rows of a step are about people of whom nobody has heard: they need not be matched one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from contacts.imports.block import Block
from contacts.imports.drafts import Draft


def newcomers(block: Block, drafts: Sequence[Draft], *held: Iterable[str] | pl.Series) -> pl.Series:
    """Of each person of `block`, whether they share no contact point with anybody: neither with who has one of the keys
    that are `held`, nor with another row of the step. So it is all the same to them what becomes of the others, and in
    which order; and where two rows share a key both are among those others."""
    rows = pl.concat([block.keys, _texts(key for draft in drafts for key in set(draft.keys))])
    taken = pl.concat([rows.filter(rows.is_duplicated()), *map(_texts, held)])
    nobody = pl.Series([True] * len(block), dtype=pl.Boolean)
    for one in block.reached if len(taken) else ():
        nobody &= ~one.points["key"].is_in(taken.implode()).fill_null(False)
    return nobody


def _texts(keys: Iterable[str] | pl.Series) -> pl.Series:
    return keys if isinstance(keys, pl.Series) else pl.Series(list(keys), dtype=pl.String)
