"""Which value survives where two records of one person differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from chassis.errors import FieldError, Invalid
from contacts.people.rules import merged_roles

# A choice is made per group: half of one address and half of another is the address of nobody.
GROUPS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "job_title": ("job_title",),
    "company": ("company_id", "company_name", "department"),
    "location": ("country", "region", "city", "postcode", "address", "address_kind"),
    "note": ("note",),
    "lifecycle": ("lifecycle",),
    "source": ("source", "campaign_id", "utm", "entered_by"),
    "owner": ("owner_id", "team_id", "partner_id"),
}
PRIMARY = ("email", "phone")
FIELDS = (*GROUPS, *PRIMARY)
CUSTOM = "custom."
_STAGES = ("contact", "lead", "opportunity", "former", "customer")
_BLANK: tuple[Any, ...] = (None, "", {})
NOTE_MAX = 5000


def check_choices(fields: dict[str, UUID], people: Iterable[UUID], custom: Iterable[str] = ()) -> None:
    """Invalid where a field is not one that is chosen by (a built-in one, or `custom.<key>` of one in `custom`), or its
    person is none of those to be merged."""
    among, allowed = set(people), {*FIELDS, *(CUSTOM + key for key in custom)}
    wrong = [
        FieldError(f"fields.{name}", "unknown_field", f"Choose by one of: {', '.join(FIELDS)}.")
        for name in fields if name not in allowed
    ] + [
        FieldError(f"fields.{name}", "unknown_reference", "The value must be that of one of the merged people.")
        for name, chosen in fields.items() if name in allowed and chosen not in among
    ]  # fmt: skip
    if wrong:
        refusal = Invalid(wrong[0].field, wrong[0].code, wrong[0].message)
        refusal.errors = wrong
        raise refusal


def surviving(survivor: Any, loser: Any, fields: dict[str, UUID]) -> dict[str, Any]:
    """The columns of `survivor` after the merge. A group that was chosen is taken whole; else the survivor's stays
    unless it is blank. Unchosen, the stage is the further one, notes are joined, tags united."""
    values: dict[str, Any] = {}
    for group, columns in GROUPS.items():
        chosen = fields.get(group)
        blank = all(getattr(survivor, column) in _BLANK for column in columns)
        takes = chosen == loser.id if chosen else blank
        values |= {column: getattr(loser if takes else survivor, column) for column in columns}
    if "lifecycle" not in fields:
        values["lifecycle"] = max(survivor.lifecycle, loser.lifecycle, key=_rank)
    if "note" not in fields:
        notes = dict.fromkeys(note for note in (survivor.note, loser.note) if note)
        values["note"] = "\n\n".join(notes)[:NOTE_MAX] or None
    values["custom"] = surviving_custom(survivor, loser, fields)
    values["tags"] = list(dict.fromkeys([*survivor.tags, *loser.tags]))
    values["roles"] = merged_roles(survivor.roles, loser.roles)
    values["reference"] = survivor.reference or loser.reference
    return values


def surviving_custom(survivor: Any, loser: Any, fields: dict[str, UUID]) -> dict[str, Any]:
    """The custom fields after the merge, each for itself: the value of who was chosen, also where that is none;
    unchosen, the survivor's, or the loser's where there is none."""
    values = {**loser.custom, **survivor.custom}
    for name, chosen in fields.items():
        if name.startswith(CUSTOM):
            key, one = name.removeprefix(CUSTOM), loser if chosen == loser.id else survivor
            if chosen in (survivor.id, loser.id):
                values[key] = one.custom.get(key)
    return {key: value for key, value in values.items() if value is not None}


def must_withdraw(survivor: dict[str, bool], loser: dict[str, bool]) -> list[str]:
    """The purposes for which one of the two (purpose -> granted) took back what the other allowed: the stricter
    wins."""
    return sorted(purpose for purpose in survivor.keys() & loser.keys() if survivor[purpose] != loser[purpose])


def restored(now: dict[str, Any], changed: dict[str, list[Any]]) -> dict[str, Any]:
    """The columns that an unmerge puts back: those that still are what the merge (column -> [before, after]) made of
    them. What was changed since stays."""
    return {column: before for column, (before, after) in changed.items() if now[column] == after}


def restored_custom(now: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The same of custom fields, each for itself."""
    values = dict(now)
    for key in before.keys() | after.keys():
        if now.get(key) == after.get(key) != before.get(key):
            values[key] = before.get(key)
    return {key: value for key, value in values.items() if value is not None}


def _rank(stage: str) -> int:
    return _STAGES.index(stage) if stage in _STAGES else 0
