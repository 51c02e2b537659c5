"""What a bulk edit makes of one record, and what its undo does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chassis.errors import Invalid

OWNERSHIP = ("owner_id", "team_id")
CLEARABLE = ("job_title", "company_id", "country", "region", "city", "postcode", "address", "note", *OWNERSHIP)
FIELDS = (*CLEARABLE, "lifecycle", "reference")
# What is kept of a record to take an edit back: what may be said, and what follows from it.
KEPT = (*FIELDS, "company_name", "partner_id", "tags")
_BLANK = (None, "")


@dataclass(frozen=True)
class Changes:
    """`set` overwrites, `fill` only where there is nothing, `clear` empties; tags are added and removed."""

    set: Mapping[str, Any] = field(default_factory=dict)
    fill: Mapping[str, Any] = field(default_factory=dict)
    clear: tuple[str, ...] = ()
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()

    def check(self) -> None:
        """Invalid where nothing is to be changed, or one thing in two ways."""
        named = [*self.set, *self.fill, *self.clear]
        if not named and not self.add_tags and not self.remove_tags:
            raise Invalid("set", "required", "Say what to change: set, fill, clear, add_tags or remove_tags.")
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            raise Invalid(twice[0], "field_twice", f"{twice[0]} is to be changed in two ways.")
        if set(self.add_tags) & set(self.remove_tags):
            raise Invalid("remove_tags", "field_twice", "A tag is to be added and removed.")

    def of(self, now: Mapping[str, Any]) -> dict[str, Any]:
        """What changes of a record that is so `now`; nothing where all is so already."""
        wanted = dict.fromkeys(self.clear) | {k: v for k, v in self.fill.items() if now[k] in _BLANK} | dict(self.set)
        changed = {name: value for name, value in wanted.items() if now[name] != value}
        tags = [tag for tag in dict.fromkeys([*now["tags"], *self.add_tags]) if tag not in self.remove_tags]
        return changed | ({"tags": tags} if tags != list(now["tags"]) else {})


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of two states of a record what differs: as it was, and as it is."""
    names = [name for name in before if before[name] != after[name]]
    return {name: before[name] for name in names}, {name: after[name] for name in names}


def taken_back(before: Mapping[str, Any], after: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What an undo changes of a record that an edit made of `before` to `after` and that is so `now`. A value that was
    changed since stays; tags that the edit gave go and those that it took return, whatever tags came besides."""
    back = {name: before[name] for name in before if name != "tags" and now[name] == after[name] != before[name]}
    if "tags" in before:
        given = set(after["tags"]) - set(before["tags"])
        taken = [tag for tag in before["tags"] if tag not in after["tags"] and tag not in now["tags"]]
        tags = [tag for tag in now["tags"] if tag not in given] + taken
        back |= {"tags": tags} if tags != list(now["tags"]) else {}
    return back
