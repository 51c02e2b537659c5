"""What a column of a file can mean: the fields that are built in, and those that an administrator has defined."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from chassis.errors import FieldError, Invalid

OUR_COLUMNS = re.compile(r"error_(row|field|code|message)")
# Numbers that are unique within a scheme, which a file may bring along: `membership:shop_card`.
_SCHEMES = re.compile(r"membership:[a-z][a-z0-9_]{0,29}")
_DROP = re.compile(r"[\W_]+")
_BRACKETS = re.compile(r"[(\[（【].*?[)\]）】]")


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a column can be mapped to, and what its `headers` are called: compared without case, width, accents,
    spaces and punctuation. `several`: it may come from more than one column. `spare`: headers that mean it where what
    they mean first has a column of its own, which is one of `unless`."""

    name: str
    headers: tuple[str, ...]
    several: bool = False
    spare: tuple[str, ...] = ()
    unless: frozenset[str] = frozenset()


class Targets:
    """All that the columns of one kind of record can mean. Whoever defines a field knows best what its column is
    called: `defined` go before the other names of built-in fields, though not before what these are called here. With
    `schemes` a column can also be a number of any scheme of memberships."""

    def __init__(self, built_in: Iterable[Target], defined: Iterable[Target] = (), *, schemes: bool = False) -> None:
        built_in, defined = tuple(built_in), tuple(defined)
        self.names = tuple(target.name for target in (*built_in, *defined))
        self._schemes = schemes
        self._several = frozenset(target.name for target in (*built_in, *defined) if target.several)
        self._of = {plain(header): target.name for target in built_in for header in target.headers}
        self._of |= {plain(header): target.name for target in reversed(defined) for header in target.headers}
        self._of |= {plain(target.name): target.name for target in built_in}
        self._spare = {plain(header): target for target in built_in for header in target.spare}

    def guess(self, headers: Sequence[str]) -> dict[str, str]:
        """The field behind each header that is understood. Where two headers mean the same single-valued field, the
        first counts."""
        found: dict[str, str] = {}
        for header in sorted(headers, key=lambda header: plain(header) in self._spare):
            field = self._field_of(header)
            spare = self._spare.get(plain(header))
            if spare and field and spare.unless & set(found.values()):
                field = spare.name
            if field and header not in found and (self._several_of(field) or field not in found.values()):
                found[header] = field
        return {header: found[header] for header in headers if header in found}

    def understood(self, headers: Sequence[str], said: Collection[str] = ()) -> int:
        """Of how many headers it is clear what they mean, or is `said`."""
        return len(self.guess(headers).keys() | (set(headers) & set(said)))

    def corrected(
        self, guessed: Mapping[str, str], mapping: Mapping[str, str | None], headers: Sequence[str]
    ) -> dict[str, str]:
        """`guessed` with what the user says instead: a header given a field, or None to leave it out. Invalid names
        every header that the file does not have, every unknown field and every field that is given twice."""
        errors = [
            FieldError("mapping", "unknown_column", f"The file has no column {header!r}.")
            for header in mapping
            if header not in headers
        ]
        if errors:
            raise Invalid.many(errors)
        self.check(mapping)
        said = {field for field in mapping.values() if field and not self._several_of(field)}
        kept = {header: field for header, field in guessed.items() if header not in mapping and field not in said}
        result = kept | {header: field for header, field in mapping.items() if field}
        single = {field for field in result.values() if not self._several_of(field)}
        twice = [field for field in single if list(result.values()).count(field) > 1]
        if twice:
            raise Invalid("mapping", "field_twice", f"Two columns are mapped to {sorted(twice)[0]!r}.")
        return {header: result[header] for header in headers if header in result}

    def check(self, mapping: Mapping[str, str | None]) -> None:
        """Invalid names every field that there is not."""
        unknown = [field for field in mapping.values() if field is not None and not self.has(field)]
        if unknown:
            there = ", ".join(self.names)
            raise Invalid.many(
                [
                    FieldError("mapping", "unknown_field", f"There is no field {field!r}; there are {there}.")
                    for field in unknown
                ]
            )

    def has(self, field: str) -> bool:
        """Whether there is this field."""
        return field in self.names or (self._schemes and _SCHEMES.fullmatch(field) is not None)

    def _several_of(self, field: str) -> bool:
        return field in self._several or field not in self.names

    def _field_of(self, header: str) -> str | None:
        if OUR_COLUMNS.fullmatch(header):
            return None
        if self._schemes and _SCHEMES.fullmatch(header):
            return header
        return self._of.get(plain(header)) or self._of.get(plain(_BRACKETS.sub("", header)))


def plain(header: str) -> str:
    """A header as it is compared."""
    return _DROP.sub("", unicodedata.normalize("NFKD", header).casefold())
