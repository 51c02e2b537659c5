"""Who is next for a lead from a given place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.errors import Invalid


@dataclass(frozen=True)
class Area:
    """A territory as assignment sees it. No country: any country; no prefix: any postcode."""

    id: UUID
    name: str
    country: str | None
    postcode_prefix: str | None
    members: tuple[UUID, ...]

    def holds(self, country: str | None, postcode: str | None) -> bool:
        """Whether a lead from there belongs to it."""
        if self.country and self.country != country:
            return False
        return not self.postcode_prefix or plain(postcode).startswith(self.postcode_prefix)


@dataclass(frozen=True)
class Offer:
    """Who shares a lead in turns, and why. `area` None: all reps. No members: nobody is there to take it."""

    area: Area | None
    members: tuple[UUID, ...]
    reason: str

    @property
    def strategy(self) -> str:
        """`territory`, `round_robin` or `none`, as `lead.assigned` tells it."""
        if not self.members:
            return "none"
        return "territory" if self.area else "round_robin"

    @property
    def turn(self) -> str:
        """The name of the round whose turns are counted."""
        return str(self.area.id) if self.area else "everyone"


def plain(postcode: str | None) -> str:
    """A postcode as it is compared: upper case, without spaces and hyphens."""
    return "".join(letter for letter in (postcode or "").upper() if letter.isalnum())


def check_area(country: str | None, postcode_prefix: str | None) -> None:
    """Invalid for a territory that names a postcode without the country whose postcode it is."""
    if postcode_prefix and not country:
        raise Invalid("country", "required", "A postcode prefix needs the country whose postcodes are meant.")


def offer(areas: Iterable[Area], reps: Collection[UUID], country: str | None, postcode: str | None) -> Offer:
    """Whose turn it is to choose from: the first of `areas`, in order, that holds the place and has a member
    among `reps` (those who take leads now), else all of `reps`."""
    passed: list[str] = []
    for area in areas:
        if not area.holds(country, postcode):
            continue
        members = tuple(sorted(set(area.members) & set(reps)))
        if members:
            return Offer(area, members, _found(area, passed))
        passed.append(area.name)
    if not reps:
        return Offer(None, (), "No active sales rep takes leads.")
    return Offer(None, tuple(sorted(reps)), _fallback(passed))


def next_in_turn(members: Sequence[UUID], last: UUID | None) -> UUID:
    """The member after `last` in the circle of `members` (sorted); the first one where nobody had a turn
    yet."""
    return next((member for member in members if last is None or member > last), members[0])


def _found(area: Area, passed: list[str]) -> str:
    place = " ".join(
        part for part in (area.country, f"{area.postcode_prefix}*" if area.postcode_prefix else "") if part
    )
    skipped = f" ({', '.join(passed)}: no active member)" if passed else ""
    return f"Territory {area.name} ({place or 'everywhere'}), by turns{skipped}."


def _fallback(passed: list[str]) -> str:
    if passed:
        return f"No active member in {', '.join(passed)}; by turns among all active reps."
    return "No territory holds the place; by turns among all active reps."
