"""All that is wrong with a row, where reading it has stopped at the first fault: good rows pay nothing for it."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import FieldError
from contacts.imports.cells import RowError
from contacts.imports.rows import RowReader

_OF_NAME = ("name", "given_name", "family_name")


def faults(reader: RowReader, number: int, cells: Sequence[str]) -> list[FieldError]:
    """What is wrong with a row that cannot be read, a fault for each field, in the order in which they are met: the row
    is read again without the cells of the fields that are wrong, which it needs no more then."""
    left, found = list(cells), dict[str, FieldError]()
    while True:
        try:
            reader.read(number, left)
        except RowError as error:
            if error.field in found:
                break
            found[error.field] = FieldError(error.field, error.code, error.message)
            for place in _places(reader, error.field):
                left[place : place + 1] = [""]
        else:
            break
        reader = reader.without_points()
    return list(found.values())


def _places(reader: RowReader, field: str) -> list[int]:
    """The places of the columns that a field comes from: of `tags.0` they are those of `tags`."""
    name = field if field in reader.columns else field.partition(".")[0]
    return [place for one in (_OF_NAME if name == "name" else (name,)) for place in reader.columns.get(one, ())]
