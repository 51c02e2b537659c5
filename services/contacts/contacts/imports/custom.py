"""The cells of custom fields, read in the transaction of a step by the definitions that hold there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from chassis.access import Actor
from chassis.custom import Cells
from chassis.custom.definitions import REFERENCE, within_reach
from chassis.custom.references import current, there
from chassis.custom.unique import as_text
from chassis.errors import FieldError
from contacts.imports.company_rows import CompanyDraft
from contacts.imports.drafts import Draft
from contacts.imports.fields import PREFIX
from contacts.imports.plan import Outcome, Refused
from contacts.people.model import Person

Row = TypeVar("Row", Draft, CompanyDraft)


class CustomColumns:
    """The columns of a file that are custom fields of `model`; `unique` are the keys of those whose values are one
    record's alone. A field that was taken away since the import was asked
    for is passed over."""

    def __init__(
        self,
        session: Session,
        who: Actor,
        headers: Sequence[str],
        mapping: Mapping[str, str],
        model: type[Any] = Person,
    ) -> None:
        self._session, self._who, self._model = session, who, model
        self._cells = Cells(session, model)
        self._fields = within_reach(self._cells.fields, who)
        named = {name.removeprefix(PREFIX): header for header, name in mapping.items() if name.startswith(PREFIX)}
        self._places = {key: headers.index(header) for key, header in named.items() if key in self._fields}
        self._references = [key for key in self._places if self._fields[key].type == REFERENCE]
        self._required = [key for key, field in self._fields.items() if field.required]
        self.unique = [key for key in self._places if self._fields[key].is_unique]

    def fill(self, drafts: Sequence[Row], outcome: Outcome) -> list[Row]:
        """Give each row its values, and what of them is its alone; without the rows that break a rule."""
        if not self._places:
            return list(drafts)
        self._say_all(outcome.refused)
        read = [self.read(draft.cells) for draft in drafts]
        self._stand_for([values for values, _ in read])
        dangling = self._dangling([values for values, _ in read])
        kept = []
        for draft, (values, errors) in zip(drafts, read, strict=True):
            errors += [dangling[key, values[key]] for key in self._references if (key, values.get(key)) in dangling]
            if errors:
                outcome.refused.append(Refused(draft.number, draft.cells, errors))
                continue
            draft.custom = values
            draft.claims = [unique_key(key, values[key]) for key in self.unique if key in values]
            kept.append(draft)
        return kept

    def read(self, cells: Sequence[str]) -> tuple[dict[str, Any], list[FieldError]]:
        """The values of a row, and what is wrong with it."""
        return self._cells.read({key: cells[place] for key, place in self._places.items()})

    def besides(self, row: Refused) -> list[FieldError]:
        """What else is wrong with a row that is refused already, unless its cells cannot be told apart."""
        if not self._places or row.errors[0].field == "row":
            return []
        cells = [*row.cells, *[""] * (max(self._places.values()) + 1 - len(row.cells))]
        return self.read(cells)[1]

    @property
    def defaults(self) -> dict[str, Any]:
        """The values that a new record has of itself."""
        return self._cells.with_defaults({})

    def lacking(self, values: Mapping[str, Any]) -> FieldError | None:
        """What a new record with these values would lack, by the first required field that it has nothing in."""
        if not self._required:
            return None
        missing = self._cells.missing(self._cells.with_defaults(values))
        return next((error for error in missing if error.field.removeprefix(PREFIX) in self._required), None)

    def complete(self, drafts: Iterable[Draft | CompanyDraft]) -> None:
        """Give new records the defaults of what their rows leave blank."""
        defaults = self.defaults
        for draft in drafts if defaults else ():
            draft.custom = defaults | (draft.custom or {})

    def _say_all(self, rows: Iterable[Refused]) -> None:
        for row in rows:
            row.errors = [*row.errors, *self.besides(row)]

    def _dangling(self, values: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], FieldError]:
        """An error for each (field, id) that points to nothing within the importer's reach; a query a field."""
        found: dict[tuple[str, str], FieldError] = {}
        for key in self._references:
            wanted = {row[key] for row in values if key in row}
            field = self._fields[key]
            known = there(self._session, self._model, field, wanted, self._who) if wanted else set()
            error = FieldError(PREFIX + key, "unknown_reference", f"There is no {field.rules['target']} with this id.")
            found |= {(key, id_): error for id_ in wanted - known}
        return found

    def _stand_for(self, values: Sequence[dict[str, Any]]) -> None:
        """The ids of merged records stand for what these were merged into."""
        for key in self._references:
            rows = [row for row in values if key in row]
            now = current(self._session, self._model, self._fields[key], {row[key] for row in rows})
            for row in rows:
                row[key] = now[row[key]]


def unique_key(key: str, value: Any) -> str:
    """What the holder of a unique value is found by within an import."""
    return f"{PREFIX}{key}:{as_text(value)}"


def refused(draft: Draft | CompanyDraft, error: FieldError) -> Refused:
    """The row, with why it was not taken."""
    return Refused(draft.number, draft.cells, [error])
