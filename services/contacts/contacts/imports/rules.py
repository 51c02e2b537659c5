"""What an import does with a row, and which files are of use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal

from chassis.errors import FieldError, Invalid

Mode = Literal["create", "update", "upsert"]
Listed = Literal["people", "companies"]
LISTED: tuple[Listed, ...] = ("people", "companies")
MODES: tuple[Mode, ...] = ("create", "update", "upsert")

AT_COMPANY = "name+company"
NAMED = ("handle:", "membership:")
_SHOWN, _NAMED_AT_MOST = 30, 12
TOP = 20  # rows of a file among which its headers are looked for
_COLUMNS_OF = {AT_COMPANY: (("name", "family_name"), ("company_name",))}


def match_keys(text: str) -> list[str]:
    """`email, name+company` as a list, each once; the first that finds somebody counts."""
    return list(dict.fromkeys("".join(part.split()) for part in text.split(",") if part.strip()))


def check_match(
    entity: Listed, keys: Sequence[str], mapping: Mapping[str, str], there: Sequence[str], headers: Sequence[str] = ()
) -> None:
    """Invalid for a key that is none of `there`, and for one whose column the file does not have or that is left out:
    rows could not be found by it, so that no repeat would be safe. Of e-mail and phone, which are the default, either
    will do. What is said of a file names its `headers`."""
    if not keys:
        check_usable(entity, mapping, headers)
    mapped, errors = set(mapping.values()), []
    for key in keys:
        if key not in there:
            message = f"Records are not found by {key!r}, but by: {', '.join(there)}."
            errors.append(FieldError("match", "not_a_choice", message))
        for columns in _COLUMNS_OF.get(key, ((key,),)):
            if key in there and not mapped & set(columns):
                errors.append(FieldError("match", "column_not_mapped", f"No column is mapped to {columns[0]!r}."))
    if errors:
        raise Invalid.many(errors)


def check_usable(entity: Listed, mapping: Mapping[str, str], headers: Sequence[str] = ()) -> None:
    """Rows about people without a contact point, or companies without name and domain, cannot be told apart, so that no
    repeat would be safe. Invalid without a column of such."""
    if entity == "companies":
        if not {"name", "domain"} & set(mapping.values()):
            message = "The file needs a column with names or domains of companies."
            raise Invalid("file", "no_name_column", message + _columns_are(headers))
        return
    if not any(field in ("email", "phone") or field.startswith(NAMED) for field in mapping.values()):
        message = "The file needs a column with e-mail addresses or phone numbers, or `match` by another."
        raise Invalid("file", "no_contact_column", message + _columns_are(headers))


def header_at(rows: Sequence[Sequence[str]], understood: Callable[[Sequence[str]], int]) -> int:
    """The place among the first rows of a file of the one that names its columns: the one of which the most are
    `understood`, where that are two, the upper one of several; else the first that is not blank. So titles, groups of
    columns and empty lines above it are passed over."""
    counts = [understood(row) for row in rows[:TOP]]
    most = max(counts, default=0)
    if most > 1:
        return counts.index(most)
    return next((place for place, row in enumerate(rows) if any(row)), 0)


def check_headers(headers: Sequence[str]) -> None:
    """Invalid where a file names no columns."""
    if not any(headers):
        raise Invalid("file", "no_header", "The first line of the file must name its columns.")


def check_once(headers: Sequence[str], mapped: Collection[str]) -> None:
    """Invalid where two columns of which one is `mapped` are called alike: it could not be told which is meant."""
    twice = next((header for header in headers if header in mapped and headers.count(header) > 1), None)
    if twice is not None:
        raise Invalid("file", "column_twice", f"The file has two columns named {twice!r}.")


def person_name(name: str, given: str, family: str) -> str:
    """The full name: as given, or put together the way its script does it (王小明, but Anna Schmidt)."""
    if name and given and not family and given.casefold() not in name.casefold():
        name, family = "", name  # `Name` beside `Vorname`
    if name or not (given or family):
        return name
    if not (given + family).isascii() and any("\u4e00" <= character <= "\u9fff" for character in family or given):
        return family + given
    return f"{given} {family}".strip()


def _columns_are(headers: Sequence[str]) -> str:
    """What a file was read as, for who wonders why that is not what they see in it."""
    named = [header[:_SHOWN] for header in headers if header]
    more = ", ..." if len(named) > _NAMED_AT_MOST else ""
    return f" Its columns are: {', '.join(named[:_NAMED_AT_MOST])}{more}." if named else ""
