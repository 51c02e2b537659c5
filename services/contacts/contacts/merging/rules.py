"""Which value survives where two records of one person or company differ, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from chassis.errors import FieldError, Invalid
from contacts.people.rules import merged_roles

Strategy = Literal["survivor", "newest", "most_complete"]
STRATEGIES: tuple[Strategy, ...] = ("survivor", "newest", "most_complete")
NOTE_MAX = 5000
_STAGES = ("contact", "lead", "opportunity", "former", "customer")
_BLANK: tuple[Any, ...] = (None, "", {}, [])
_CUSTOM = "custom."


@dataclass(frozen=True)
class Choices:
    """What is chosen by: groups of columns (half of one address and half of another is the address of nobody), `united`
    ones that need no choice, and `primary` ones whose order alone is chosen. A column in none of them is a group of
    its own: see `all_groups`."""

    groups: Mapping[str, tuple[str, ...]]
    united: Mapping[str, Callable[[Any, Any], Any]]
    primary: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fate:
    """What becomes of one group. `takes` is survivor, loser or both; `why`: chosen, same, only_one, completes, united,
    or the strategy."""

    mine: dict[str, Any]
    theirs: dict[str, Any]
    takes: str
    why: str
    united: dict[str, Any] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """The columns as they survive."""
        return self.united or (self.theirs if self.takes == "loser" else self.mine)

    def shown(self) -> dict[str, Any]:
        """As a preview shows it, in JSON types."""
        sides = {"survivor": _plain(self.mine), "loser": _plain(self.theirs)}
        return sides | {"takes": self.takes, "why": self.why, "result": _plain(self.values())}


def _further(one: str, other: str) -> str:
    return max(one, other, key=lambda stage: _STAGES.index(stage) if stage in _STAGES else 0)


def _joined(one: str | None, other: str | None) -> str | None:
    return "\n\n".join(dict.fromkeys(note for note in (one, other) if note))[:NOTE_MAX] or None


def _both(one: list[str], other: list[str]) -> list[str]:
    return list(dict.fromkeys([*one, *other]))


def _either(one: bool, other: bool) -> bool:
    return bool(one or other)


def _each_value(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = {point["value"] for point in one}
    return [*one, *(point for point in other if point["value"] not in known)]


PERSON_CHOICES = Choices(
    groups={
        "name": ("name",),
        "job_title": ("job_title",),
        "company": ("company_id", "company_name", "department"),
        "location": ("country", "region", "city", "postcode", "address", "address_kind"),
        "note": ("note",),
        "lifecycle": ("lifecycle",),
        "source": ("source", "campaign_id", "utm", "entered_by"),
        "owner": ("owner_id", "team_id", "partner_id"),
    },
    united={
        "note": _joined, "lifecycle": _further, "tags": _both, "roles": merged_roles,
        "reference": _either, "restricted": _either,
    },
    primary=("email", "phone"),
)  # fmt: skip
COMPANY_CHOICES = Choices(
    groups={
        "name": ("name", "name_key", "namesake"),
        "domain": ("domain",),
        "parent": ("parent_id",),
        "industry": ("industry",),
        "employees": ("employees",),
        "location": ("country", "region", "city", "postcode", "address", "address_kind"),
        "note": ("note",),
        "source": ("source", "campaign_id", "utm", "entered_by"),
        "owner": ("owner_id", "team_id", "partner_id"),
    },
    united={"note": _joined, "tags": _both, "roles": merged_roles, "phones": _each_value, "emails": _each_value},
    primary=("email", "phone"),
)


def check_choices(
    choices: Choices, fields: Mapping[str, UUID], records: Iterable[UUID], custom: Iterable[str] = ()
) -> None:
    """Invalid where a field is not one that is chosen by (a built-in one, or `custom.<key>` of one in `custom`), or its
    record is none of those to be merged."""
    among, known = set(records), (*choices.groups, *choices.primary)
    allowed = {*known, *(_CUSTOM + key for key in custom)}
    wrong = [
        FieldError(f"fields.{name}", "unknown_field", f"Choose by one of: {', '.join(known)}, {_CUSTOM}<key>.")
        for name in fields if name not in allowed
    ] + [
        FieldError(f"fields.{name}", "unknown_reference", "The value must be that of one of the merged records.")
        for name, chosen in fields.items() if name in allowed and chosen not in among
    ]  # fmt: skip
    if wrong:
        refusal = Invalid(wrong[0].field, wrong[0].code, wrong[0].message)
        refusal.errors = wrong
        raise refusal


def all_groups(choices: Choices, columns: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The groups, and each column that is in none of them as a group of its own: what a later migration adds is not
    left behind."""
    grouped = {column for group in choices.groups.values() for column in group} | {"custom"}
    return dict(choices.groups) | {column: (column,) for column in columns if column not in grouped}


def explain(
    groups: Mapping[str, tuple[str, ...]], choices: Choices, survivor: Any, loser: Any, fields: Mapping[str, UUID],
    strategy: Strategy = "survivor",
) -> dict[str, Fate]:  # fmt: skip
    """What becomes of each group, and of each custom field (`custom.<key>`).

    A chosen group is taken whole. Else what one alone has survives; what the other says more of without contradicting
    completes it; tags are united, notes joined, the further stage holds; and where the two contradict each other the
    strategy decides: the survivor's value, that of the record changed last, or the fuller one.
    """
    newest = loser.updated_at > survivor.updated_at
    fates = {}
    for name, columns in groups.items():
        mine, theirs = ({column: getattr(one, column) for column in columns} for one in (survivor, loser))
        unite = choices.united.get(name)
        fates[name] = _fate(mine, theirs, _chosen(fields, name, loser), strategy, newest, unite)
    ours, others = (getattr(one, "custom", None) or {} for one in (survivor, loser))
    for key in sorted(ours.keys() | others.keys()):
        name, mine, theirs = _CUSTOM + key, {key: ours.get(key)}, {key: others.get(key)}
        fates[name] = _fate(mine, theirs, _chosen(fields, name, loser), strategy, newest)
    return fates


def surviving(fates: Mapping[str, Fate]) -> dict[str, Any]:
    """The columns of the survivor after the merge."""
    values: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for name, fate in fates.items():
        (custom if name.startswith(_CUSTOM) else values).update(fate.values())
    return values | ({"custom": {key: value for key, value in custom.items() if value is not None}} if custom else {})


def must_withdraw(survivor: dict[str, bool], loser: dict[str, bool]) -> list[str]:
    """The purposes for which one of the two (purpose -> granted) took back what the other allowed: the stricter
    wins."""
    return sorted(purpose for purpose in survivor.keys() & loser.keys() if survivor[purpose] != loser[purpose])


def restored(now: dict[str, Any], changed: dict[str, list[Any]]) -> dict[str, Any]:
    """The columns that an unmerge puts back: those that still are what the merge (column -> [before, after]) made of
    them. What was changed since stays."""
    return {column: before for column, (before, after) in changed.items() if now.get(column) == after}


def restored_custom(now: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The same of custom fields, each for itself."""
    back = restored(
        {key: now.get(key) for key in before.keys() | after.keys()},
        {key: [before.get(key), after.get(key)] for key in before.keys() | after.keys()},
    )
    return {key: value for key, value in (now | back).items() if value is not None}


def _chosen(fields: Mapping[str, UUID], name: str, loser: Any) -> bool | None:
    return fields[name] == loser.id if name in fields else None


def _fate(
    mine: dict[str, Any], theirs: dict[str, Any], chosen: bool | None, strategy: Strategy, newest: bool,
    unite: Callable[[Any, Any], Any] | None = None,
) -> Fate:  # fmt: skip
    if chosen is not None:
        return Fate(mine, theirs, "loser" if chosen else "survivor", "chosen")
    if mine == theirs:
        return Fate(mine, theirs, "both", "same")
    if unite is not None:
        return Fate(mine, theirs, "both", "united", {name: unite(mine[name], theirs[name]) for name in mine})
    said, heard = _said(mine), _said(theirs)
    if not said or not heard:
        return Fate(mine, theirs, "survivor" if said else "loser", "only_one")
    if said.items() <= heard.items() or heard.items() <= said.items():
        return Fate(mine, theirs, "loser" if len(heard) > len(said) else "survivor", "completes")
    fuller = _fullness(theirs) > _fullness(mine)
    loser_wins = {"survivor": False, "newest": newest, "most_complete": fuller}[strategy]
    return Fate(mine, theirs, "loser" if loser_wins else "survivor", strategy)


def _said(values: dict[str, Any]) -> dict[str, str]:
    return {name: repr(value) for name, value in values.items() if value not in _BLANK}


def _fullness(values: dict[str, Any]) -> tuple[int, int]:
    said = _said(values)
    return len(said), sum(len(text) for text in said.values())


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()}
