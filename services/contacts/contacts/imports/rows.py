"""From the cells of a row to a person on the way in: validated, in normal form, or with the reason why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import copy
from typing import Any, Self

from chassis.files.cells import restored
from contacts.identity.rules import display_name
from contacts.imports.addresses import AddressReader
from contacts.imports.cells import (
    RowError,
    address_kind_of,
    country_of,
    emails_of,
    named_of,
    note_of,
    phones_of,
    roles_of,
    tags_of,
    text_of,
    within,
)
from contacts.imports.drafts import TEXTS, Draft
from contacts.imports.reading import MAX_CELL, oversized
from contacts.imports.rules import NAMED, person_name
from contacts.points.rules import Point, keys_of

MAX_POINTS = 20


class RowReader:
    """Reads rows by a mapping of columns to fields; `columns` says in which places each field stands. `source` and
    `tags` are given to every row. `pointless`: a row needs no e-mail and no phone, since it can be found otherwise."""

    def __init__(
        self,
        headers: Sequence[str],
        mapping: Mapping[str, str],
        source: str,
        tags: Sequence[str],
        *,
        pointless: bool = False,
    ) -> None:
        self._pointless = pointless
        columns: dict[str, list[int]] = {}
        for header, name in mapping.items():
            columns.setdefault(name, []).append(headers.index(header))
        self.columns = dict(columns)
        self._emails = columns.pop("email", [])
        self._phones = columns.pop("phone", [])
        self._notes = columns.pop("note", [])
        self._tags = columns.pop("tags", [])
        self._named = [(name, columns[name]) for name in columns if name.startswith(NAMED)]
        self._single = {name: places[0] for name, places in columns.items()}
        self._texts = [(name, self._single[name]) for name in TEXTS if name in self._single]
        self._further = AddressReader(self._single)
        self._names = [self._single.get(name) for name in ("name", "given_name", "family_name")]
        words = ("country", "source", "roles", "address_kind")
        self._country, self._origin, self._roles, self._kind = map(self._single.get, words)
        self._width, self._source, self._given_tags = len(headers), source, list(tags)

    def without_points(self) -> Self:
        """A reader of the same columns to which a row needs no e-mail and no phone."""
        reader = copy(self)
        reader._pointless = True
        return reader

    def read(self, number: int, cells: list[str]) -> Draft:
        """The person in a row. RowError names the field and the rule that it breaks."""
        cells = self._checked(cells)
        points = [*self._points(cells, self._emails, "email"), *self._points(cells, self._phones, "phone")]
        given = [cells[place].strip() if place is not None else "" for place in self._names]
        name = person_name(*given)
        if name or points:
            name = display_name(name, None, None) if name else made_up_name(points)
        for column, places in self._named:
            points += [point for place in places for point in named_of(column, cells[place])]
        if not points and not self._pointless:
            raise RowError("email", "no_contact_point", "The row has neither an e-mail address nor a phone number.")
        texts: Any = {at: text_of(at, cells[place]) for at, place in self._texts if cells[place]}
        draft = Draft(
            number,
            cells,
            within("name", name),
            points,
            keys_of(points, name),
            source=self._of_origin(cells),
            tags=self._all_tags(cells),
            country=country_of(cells[self._country]) if self._country is not None else None,
            note=note_of(cells[place] for place in self._notes),
            **texts,
        )
        draft.roles, draft.address_kind = self._words(cells)
        draft.further = self._further.read(cells)
        return draft

    def _checked(self, cells: list[str]) -> list[str]:
        if len(cells) < self._width:
            cells = cells + [""] * (self._width - len(cells))
        elif any(cells[self._width :]):
            raise RowError("row", "too_many_cells", f"The row has {len(cells)} cells, the header {self._width}.")
        joined = "".join(cells)
        if "\ufffd" in joined or "\x00" in joined:
            raise RowError("row", "not_text", "The row holds bytes that are no text in the file's encoding.")
        if "'" in joined:
            cells = [restored(cell) for cell in cells]
        if len(joined) > MAX_CELL and oversized(cells):
            raise RowError("row", "cell_too_long", "A cell is longer than 32,768 characters: an open quotation mark?")
        return cells

    def _points(self, cells: Sequence[str], places: Sequence[int], kind: str) -> list[Point]:
        found: list[Point] = []
        for place in places:
            cell = cells[place].strip()
            if cell:
                found += emails_of(cell) if kind == "email" else phones_of(cell, self._region(cells))
        if len(found) > MAX_POINTS:
            raise RowError(kind, "too_many", f"A person has at most {MAX_POINTS} of them.")
        return found

    def _region(self, cells: Sequence[str]) -> str | None:
        """Where numbers without a country may belong. A country that is none is a fault of its own."""
        with suppress(RowError):
            return country_of(cells[self._country]) if self._country is not None else None
        return None

    def _words(self, cells: Sequence[str]) -> tuple[list[str], str | None]:
        """The roles, and what the address is for."""
        roles, kind = (cells[place] if place is not None else "" for place in (self._roles, self._kind))
        return roles_of(roles) if roles else [], address_kind_of(kind) if kind else None

    def _of_origin(self, cells: Sequence[str]) -> str:
        return (text_of("source", cells[self._origin]) if self._origin is not None else None) or self._source

    def _all_tags(self, cells: Sequence[str]) -> list[str]:
        if not self._tags:
            return self._given_tags
        return tags_of(self._given_tags, (cells[place] for place in self._tags))


def made_up_name(points: Sequence[Point]) -> str:
    """What to call somebody whom a row gives no name: by the first address, else the first number as typed."""
    email = next((point.typed for point in points if point.kind == "email"), None)
    return display_name(None, email, next((point.typed for point in points if point.kind == "phone"), None))
