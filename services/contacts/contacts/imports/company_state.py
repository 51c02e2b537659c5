"""A company while the rows of a step are taken: as it was, and as they leave it."""

from __future__ import annotations

from typing import Any, Self
from uuid import UUID

from chassis.ids import uuid7
from contacts.companies.model import Company
from contacts.imports.company_rows import CompanyDraft
from contacts.imports.plan import Plan
from contacts.people.rules import merged_roles, merged_tags
from contacts.points.rules import Kind, Point

COLUMNS = ("name", "name_key", "domain", "industry", "employees", "phone", "phones", "email", "emails", "country",
           "region", "city", "postcode", "address", "address_kind", "note", "tags", "roles", "custom")  # fmt: skip
_BLANK: dict[str, Any] = dict.fromkeys(COLUMNS) | {"parent_id": None, "version": 1}


class State:
    """A company by its columns, as attributes. `entity` is the one that is here (locked), None for one that the rows
    make; `drafts` are the rows about it, `touched` says that this import had some before."""

    def __init__(self, id_: UUID, columns: dict[str, Any], entity: Company | None, *, touched: bool) -> None:
        self.id, self.entity, self.touched = id_, entity, touched
        self.drafts: list[CompanyDraft] = []
        self._now, self._was = columns, dict(columns)

    @classmethod
    def here(cls, company: Company, *, touched: bool) -> Self:
        """One that is here."""
        columns = {name: getattr(company, name) for name in (*COLUMNS, "namesake")}
        return cls(company.id, columns, company, touched=touched)

    @classmethod
    def new(cls, plan: Plan, draft: CompanyDraft) -> Self:
        """One that a row makes, as yet without what the row says."""
        owned = plan.owned
        owner = {"owner_id": owned.owner_id, "team_id": owned.team_id, "partner_id": owned.partner_id}
        lists: dict[str, Any] = {name: [] for name in ("phones", "emails", "tags", "roles")}
        state = cls(uuid7(), _BLANK | lists | owner | {"source": draft.source, "namesake": False}, None, touched=True)
        state.drafts.append(draft)
        return state

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_now"][name]
        except KeyError:
            raise AttributeError(name) from None

    def take(self, changes: dict[str, Any]) -> None:
        """Let it be as a row says."""
        self._now |= changes

    def changed(self) -> dict[str, Any]:
        """The columns that are not as they were."""
        return {name: self._now[name] for name in COLUMNS if self._now[name] != self._was[name]}

    def noted(self) -> dict[str, Any]:
        """What is kept of it for an undo, once it is written."""
        if self.entity is None:
            return {"created": True, "version": 1, "before": {}}
        before = {name: self._was[name] for name in self.changed()}
        return {"created": False, "version": self.entity.version, "before": before}


def changes_of(company: Any, draft: CompanyDraft, *, overwrite: bool) -> dict[str, Any]:
    """What a row changes: the first about a company overwrites, later ones only fill in; lists only grow."""
    changes: dict[str, Any] = {}
    for name, value in draft.values.items():
        if name == "tags":
            changes["tags"] = merged_tags(company.tags, value)
        elif name == "roles":
            changes["roles"] = merged_roles(company.roles, value)
        elif name in ("emails", "phones"):
            kind: Kind = "email" if name == "emails" else "phone"
            there = [Point(kind, point["value"], point["typed"], point["label"]) for point in getattr(company, name)]
            changes[name] = there + [point for point in value if point.value not in {one.value for one in there}]
        elif overwrite or getattr(company, name) in (None, ""):
            changes[name] = value
    if draft.custom:
        changes["custom"] = {**company.custom, **draft.custom} if overwrite else {**draft.custom, **company.custom}
    return changes
