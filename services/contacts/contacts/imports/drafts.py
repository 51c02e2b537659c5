"""A person on the way in, as a row describes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contacts.imports.addresses import Further
from contacts.points.rules import KINDS, LISTS, Point

TEXTS = ("job_title", "department", "company_name", "region", "city", "postcode", "address")


@dataclass(slots=True)
class Draft:
    """A person as a row describes them. `keys` are those of their contact points, in the order of their weight; what
    else is theirs alone stands in `claims`, and what they are found by in `found_by`, unless it is all keys."""

    number: int
    cells: Sequence[str]
    name: str
    points: list[Point]
    keys: list[str]
    source: str
    tags: list[str]
    job_title: str | None = None
    department: str | None = None
    company_name: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    postcode: str | None = None
    address: str | None = None
    note: str | None = None
    id: str | None = None
    roles: Sequence[str] = ()
    address_kind: str | None = None
    further: Sequence[Further] = ()
    custom: dict[str, Any] | None = None
    claims: Sequence[str] = ()
    found_by: Sequence[str] | None = None

    def shown(self) -> dict[str, Any]:
        """The person as a preview shows them."""
        texts = {name: getattr(self, name) for name in ("name", *TEXTS, "country", "address_kind", "note", "source")}
        reached = {LISTS[kind]: [point.value for point in self.points if point.kind == kind] for kind in KINDS}
        lists = {"tags": self.tags, "roles": list(self.roles), "custom": self.custom or {}, "addresses": self.further}
        return {"row": self.number} | lists | reached | texts

    @property
    def name_made_up(self) -> bool:
        """Whether the row names nobody: the name was made from an address, or there is none."""
        return not self.name or self.name in {point.typed.partition("@")[0] for point in self.points}
