"""Which territory a customer belongs to, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis.errors import Conflict, Invalid
from sales.matching.rules import Facts, Tree, holds, plain, say, specificity

ROLES = ("manager", "rep", "backup")
MAX_DEPTH = 20


@dataclass(frozen=True)
class Area:
    """A territory as assignment sees it. `members` and `backups` are rep ids with their weights; `depth` counts its
    ancestors, whose conditions hold for it too."""

    id: UUID
    name: str
    country: str | None = None
    postcode_prefix: str | None = None
    when: Tree | None = None
    priority: int = 0
    position: int = 0
    depth: int = 0
    parent_id: UUID | None = None
    members: tuple[tuple[UUID, int], ...] = ()
    backups: tuple[tuple[UUID, int], ...] = ()
    managers: tuple[UUID, ...] = ()

    def holds(self, facts: Facts) -> bool:
        """Whether a customer of whom these facts are known belongs to it, going by its own conditions alone."""
        if self.country and self.country != facts.get("country"):
            return False
        if self.postcode_prefix and not plain(facts.get("postcode")).startswith(self.postcode_prefix):
            return False
        return holds(self.when, facts)

    @property
    def people(self) -> frozenset[UUID]:
        """All of its members, whatever their role."""
        return frozenset(rep_id for rep_id, _ in (*self.members, *self.backups)) | frozenset(self.managers)

    @property
    def place(self) -> str:
        """Its conditions in words: `CN 51*, industry is retail`."""
        parts = [self.country or "", f"{self.postcode_prefix}*" if self.postcode_prefix else ""]
        said = [" ".join(part for part in parts if part), say(self.when) if self.when else ""]
        return ", ".join(part for part in said if part) or "everywhere"

    @property
    def rank(self) -> tuple[Any, ...]:
        """The order in which territories are tried: priority, then the more specific, then position."""
        asked = (10 if self.country else 0) + specificity(self.when)
        asked += 10 + len(self.postcode_prefix) if self.postcode_prefix else 0
        return (-self.priority, -self.depth, -asked, self.position, self.id)


@dataclass(frozen=True)
class Place:
    """Where a territory lies, as far as it says so itself."""

    parent_id: UUID | None = None
    country: str | None = None
    postcode_prefix: str | None = None


def check_countries(places: Mapping[UUID, Place]) -> None:
    """Invalid where a territory of a tree without circles names a postcode, and neither it nor one above it the
    country whose postcode it is."""

    def named(place: Place | None) -> bool:
        return place is not None and bool(place.country or (place.parent_id and named(places.get(place.parent_id))))

    if any(place.postcode_prefix and not named(place) for place in places.values()):
        message = "A postcode prefix, here or below, needs the country whose postcodes are meant, here or above."
        raise Invalid("country", "required", message)


def check_dates(starts_on: date | None, ends_on: date | None) -> None:
    """Invalid for a territory that ends before it begins."""
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid("ends_on", "not_in_order", "It ends before it begins.")


def check_members(members: Sequence[Mapping[str, Any]]) -> None:
    """Invalid where somebody is named twice."""
    seen: set[UUID] = set()
    for i, member in enumerate(members):
        if member["rep_id"] in seen:
            raise Invalid(f"members.{i}.rep_id", "repeated", "Each rep stands in a territory once.")
        seen.add(member["rep_id"])


def check_parent(id_: UUID, parent_id: UUID | None, parents: Mapping[UUID, UUID | None]) -> None:
    """Invalid for a parent that is not known; Conflict for one that is the territory itself or stands below it, and for
    a tree that becomes too deep."""
    steps = 0
    while parent_id is not None:
        if parent_id not in parents:
            raise Invalid("parent_id", "unknown_territory", "There is no territory with this id.")
        if parent_id == id_:
            raise Conflict("cycle", "A territory cannot stand below itself.")
        parent_id, steps = parents[parent_id], steps + 1
        if steps >= MAX_DEPTH:
            raise Conflict("too_deep", f"Territories stand at most {MAX_DEPTH} deep.")


def in_force(starts_on: date | None, ends_on: date | None, today: date) -> bool:
    """Whether a territory with these dates counts today."""
    return (starts_on is None or starts_on <= today) and (ends_on is None or today <= ends_on)


def matching(areas: Iterable[Area], facts: Facts) -> list[Area]:
    """The territories that hold a customer, the one it belongs to first. One whose parent does not hold it does not
    either; a parent that is not among `areas` (it is not in force) counts as not holding anybody."""
    held: dict[UUID, bool] = {}
    by_id = {area.id: area for area in areas}

    def holding(area: Area) -> bool:
        if area.id not in held:
            parent = by_id.get(area.parent_id) if area.parent_id else None
            above = area.parent_id is None or (parent is not None and holding(parent))
            held[area.id] = above and area.holds(facts)
        return held[area.id]

    return sorted((area for area in by_id.values() if holding(area)), key=lambda area: area.rank)


def why(found: Sequence[Area]) -> str:
    """Why a customer belongs to the first of the territories that hold it."""
    if not found:
        return "No territory holds it."
    first, others = found[0], found[1:]
    reason = f"Territory {first.name} ({first.place})"
    if not others:
        return f"{reason}; no other holds it."
    names = ", ".join(area.name for area in others[:5])
    second = others[0]
    if first.priority != second.priority:
        return f"{reason}: its priority {first.priority} is above that of {names}."
    if first.rank[1:3] != second.rank[1:3]:
        return f"{reason}: more specific than {names}."
    return f"{reason}: it comes before {names}."
