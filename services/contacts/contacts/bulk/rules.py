"""What a bulk edit makes of one record, and what its undo does.

A record's state is flat: its columns by their names, its custom fields as `custom.<key>`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from chassis.errors import Invalid

Edited = Literal["people", "companies"]

CUSTOM = "custom."
OWNERSHIP = ("owner_id", "team_id")
_PLACE = ("country", "region", "city", "postcode", "address")
CLEARABLE: dict[Edited, tuple[str, ...]] = {
    "people": ("job_title", "department", "company_id", *_PLACE, "note", *OWNERSHIP),
    "companies": ("industry", "employees", "parent_id", *_PLACE, "note", *OWNERSHIP),
}
FIELDS: dict[Edited, tuple[str, ...]] = {
    "people": ("name", *CLEARABLE["people"], "roles", "lifecycle", "reference"),
    "companies": ("name", *CLEARABLE["companies"], "roles"),
}
TEXTS: dict[Edited, tuple[str, ...]] = {
    "people": ("name", "job_title", "department", "region", "city", "address", "note"),
    "companies": ("name", "industry", "region", "city", "address", "note"),
}
# What is kept of a record to take an edit back: what may be said, and what follows from it.
KEPT: dict[Edited, tuple[str, ...]] = {
    "people": (*FIELDS["people"], "company_name", "partner_id", "tags"),
    "companies": (*FIELDS["companies"], "partner_id", "tags"),
}
BLANK: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True)
class Replacement:
    """Wherever a text stands in a field, another one instead: `Ltd` by `Limited` in names."""

    field: str
    find: str
    by: str


@dataclass(frozen=True)
class Changes:
    """`set` overwrites, `fill` only where there is nothing, `clear` empties, `replace` changes a part of a text; tags
    are added and removed."""

    set: Mapping[str, Any] = field(default_factory=dict)
    fill: Mapping[str, Any] = field(default_factory=dict)
    clear: tuple[str, ...] = ()
    replace: tuple[Replacement, ...] = ()
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()

    @property
    def named(self) -> list[str]:
        """The fields that are to be changed, as often as they are named."""
        return [*self.set, *self.fill, *self.clear, *(one.field for one in self.replace)]

    def check(self) -> None:
        """Invalid where nothing is to be changed, or one thing in two ways."""
        named = self.named
        if not named and not self.add_tags and not self.remove_tags:
            raise Invalid("set", "required", "Say what to change: set, fill, clear, replace, add_tags or remove_tags.")
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            raise Invalid(twice[0], "field_twice", f"{twice[0]} is to be changed in two ways.")
        if set(self.add_tags) & set(self.remove_tags):
            raise Invalid("remove_tags", "field_twice", "A tag is to be added and removed.")

    def of(self, now: Mapping[str, Any]) -> dict[str, Any]:
        """What changes of a record that is so `now`; nothing where all is so already."""
        missing = {name: value for name, value in self.fill.items() if now.get(name) in BLANK}
        texts = {one.field: _replaced(now.get(one.field), one) for one in self.replace}
        wanted = dict.fromkeys(self.clear) | missing | texts | dict(self.set)
        changed = {name: value for name, value in wanted.items() if now.get(name) != value}
        tags = [tag for tag in dict.fromkeys([*now["tags"], *self.add_tags]) if tag not in self.remove_tags]
        return changed | ({"tags": tags} if tags != list(now["tags"]) else {})


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of two states of a record what differs: as it was, and as it is."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in names}, {name: after.get(name) for name in names}


def taken_back(before: Mapping[str, Any], after: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What an undo changes of a record that an edit made of `before` to `after` and that is so `now`. A value that was
    changed since stays; tags that the edit gave go and those that it took return, whatever tags came besides."""
    back = {name: before[name] for name in before if name != "tags" and now.get(name) == after[name] != before[name]}
    if "tags" in before:
        given = set(after["tags"]) - set(before["tags"])
        taken = [tag for tag in before["tags"] if tag not in after["tags"] and tag not in now["tags"]]
        tags = [tag for tag in now["tags"] if tag not in given] + taken
        back |= {"tags": tags} if tags != list(now["tags"]) else {}
    return back


def flat(columns: Mapping[str, Any], custom: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a record with these columns and custom fields."""
    return {**columns, **{CUSTOM + key: value for key, value in custom.items()}}


def parted(changed: Mapping[str, Any], custom: Mapping[str, Any]) -> dict[str, Any]:
    """The opposite of `flat` for what changes of a record that has these custom fields: columns, and `custom` whole."""
    columns = {name: value for name, value in changed.items() if not name.startswith(CUSTOM)}
    ours = {name.removeprefix(CUSTOM): value for name, value in changed.items() if name.startswith(CUSTOM)}
    if not ours:
        return columns
    return columns | {"custom": {key: value for key, value in {**custom, **ours}.items() if value is not None}}


def custom_keys(names: Sequence[str]) -> list[str]:
    """Of the names of fields the keys of those that are custom ones."""
    return [name.removeprefix(CUSTOM) for name in names if name.startswith(CUSTOM)]


def _replaced(text: str | None, one: Replacement) -> str | None:
    return (text.replace(one.find, one.by).strip() or None) if text and one.find in text else text
