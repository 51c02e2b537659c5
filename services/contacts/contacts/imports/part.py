"""The rows of one step as they stand in the file, and as they are understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Self

import polars as pl

from chassis.company_names import company_key
from chassis.ids import uuid7_text
from contacts.imports.block import Block
from contacts.imports.cells import RowError
from contacts.imports.columns import ColumnReader, Row
from contacts.imports.faults import faults
from contacts.imports.plan import Refused
from contacts.imports.rows import RowReader


@dataclass(slots=True)
class Part:
    """The rows of one step and their readers. `block` are people who may be new, read column by column, where the file
    allows for that; all other rows are `drafts`, in the order of the file, or `refused`."""

    chunk: list[tuple[int, list[str]]]
    reader: RowReader
    columns: ColumnReader | None
    block: Block = field(default_factory=Block.empty)
    drafts: list[Any] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def read(self) -> Self:
        """Bring the rows into normal form, afresh."""
        self.drafts, self.refused = [], []
        self.block = Block.empty()
        rows = [(number, uuid7_text(), cells) for number, cells in self.chunk]
        if self.columns and self.columns.of_use:
            self.block, rows = self.columns.read(rows)
        self.drafts = self._alone(rows)
        return self

    def learn(self, created: int) -> None:
        """Where most rows are about people who are here, as in a list that comes again, the next ones are read alone:
        they would be in the end."""
        if self.columns:
            self.columns.of_use = created * 2 >= len(self.chunk)

    def leave(self, wanted: pl.Series) -> None:
        """Leave of the block those who are `wanted`; the rows of the others become drafts."""
        if wanted.all():
            return
        cells = dict(self.chunk)
        others = self._alone(
            (number, id_, cells[number])
            for number, id_ in self.block.people.filter(~wanted).select("number", "id").iter_rows()
        )
        self.drafts = sorted([*self.drafts, *others], key=lambda draft: draft.number)
        self.block = self.block.only(wanted)

    def keys(self) -> pl.Series:
        """All keys of contact points of all people."""
        drafts = [key for draft in self.drafts for key in draft.keys]
        return pl.concat([self.block.keys, pl.Series(drafts, dtype=pl.String)])

    def companies(self) -> pl.Series:
        """The keys of the companies that rows name."""
        drafts = [company_key(draft.company_name or "") for draft in self.drafts]
        return pl.concat([self.block.companies["company_key"], pl.Series(drafts, dtype=pl.String)]).unique()

    def contact_points(self) -> Iterator[tuple[str, str]]:
        """Kind and value of all contact points of all people."""
        others = ((point.kind, point.value) for draft in self.drafts for point in draft.points)
        return chain(self.block.contact_points(), others)

    def _alone(self, rows: Iterable[Row]) -> list[Any]:
        drafts = []
        for number, id_, cells in rows:
            try:
                draft = self.reader.read(number, cells)
                if self.columns:  # in the order of the file, whoever is read alone
                    draft.id = id_
                drafts.append(draft)
            except RowError:
                self.refused.append(Refused(number, cells, faults(self.reader, number, cells)))
        return drafts
