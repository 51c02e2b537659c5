"""From the cells of a row to a company on the way in, by the rules that hold over the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chassis.company_names import company_key
from chassis.errors import Invalid
from contacts.addresses.places import normal_place
from contacts.companies.rules import normal_domain, normal_name
from contacts.companies.schema import CompanyPatch
from contacts.imports.addresses import Further
from contacts.imports.cells import RowError, country_of
from contacts.imports.rows import RowReader
from contacts.imports.rules import Listed
from contacts.points.rules import Point

TEXTS = ("name", "domain", "industry", "region", "city", "postcode", "address", "note")
_SCHEMA = CompanyPatch(only=(*TEXTS, "employees", "country", "tags", "roles", "address_kind"))


@dataclass(slots=True)
class CompanyDraft:
    """A company as a row describes it: `values` in normal form, without blank ones. Of `keys`, `claims` and `found_by`
    see `drafts.Draft`."""

    number: int
    cells: Sequence[str]
    values: dict[str, Any]
    keys: list[str]
    source: str
    further: Sequence[Further] = ()
    custom: dict[str, Any] | None = None
    claims: Sequence[str] = ()
    found_by: Sequence[str] | None = None

    def shown(self) -> dict[str, Any]:
        """The company as a preview shows it."""
        points = {many: [point.value for point in self.values.get(many, ())] for many in ("emails", "phones")}
        texts = {name: self.values.get(name) for name in (*TEXTS, "employees", "country", "address_kind")}
        lists = {name: self.values.get(name, []) for name in ("tags", "roles")}
        rest = {"row": self.number, "source": self.source, "custom": self.custom or {}, "addresses": self.further}
        return rest | lists | points | texts


class CompanyReader(RowReader):
    """Reads rows of companies by a mapping of columns to fields."""

    def read(self, number: int, cells: list[str]) -> CompanyDraft:  # type: ignore[override]
        """The company in a row. RowError names the field and the rule that it breaks."""
        cells = self._checked(cells)
        said: dict[str, Any] = {name: cells[self._single[name]].strip() for name in TEXTS if name in self._single}
        said["note"] = "\n".join(filter(None, (cells[place].strip() for place in self._notes)))
        said["employees"] = self._employees(cells)
        said["country"] = country_of(cells[self._country]) if self._country is not None else None
        said["tags"] = self._all_tags(cells)
        said["roles"], said["address_kind"] = self._words(cells)
        try:
            values = _normal({name: value for name, value in said.items() if value not in (None, "", [])})
        except Invalid as refusal:
            error = refusal.errors[0]
            raise RowError(error.field, error.code, error.message) from None
        points: dict[str, list[Point]] = {
            "emails": self._points(cells, self._emails, "email"),
            "phones": self._points(cells, self._phones, "phone"),
        }
        values |= {many: found for many, found in points.items() if found}
        keys = _keys(values)
        if not keys and not self._pointless:
            raise RowError("name", "required", "The row has neither a name nor a domain.")
        return CompanyDraft(number, cells, values, keys, self._of_origin(cells), self._further.read(cells))

    def _employees(self, cells: Sequence[str]) -> int | None:
        text = cells[self._single["employees"]].strip() if "employees" in self._single else ""
        plain = text.replace(",", "").replace(" ", "").removesuffix(".0")
        if plain and not plain.isdecimal():
            raise RowError("employees", "not_valid", f"{text!r} is not a whole number.")
        return int(plain) if plain else None


def _normal(said: dict[str, Any]) -> dict[str, Any]:
    """What a row says, as far as it can be judged without the company that it is about. Invalid names the field."""
    values: dict[str, Any] = normal_place({}, _SCHEMA.load_or_refuse(said))
    if "name" in values:
        values["name"], _ = normal_name(values["name"])
    if "domain" in values:
        values["domain"] = normal_domain(values["domain"])
    return values


def _keys(values: dict[str, Any]) -> list[str]:
    """The domain before the name: in a contradiction the domain says which company it is."""
    domain, name = values.get("domain", ""), company_key(values.get("name", ""))
    return [key for key, text in ((f"domain:{domain}", domain), (f"name:{name}", name)) if text]


def reader_of(entity: Listed) -> type[RowReader]:
    """What reads the rows of such a list."""
    return CompanyReader if entity == "companies" else RowReader
