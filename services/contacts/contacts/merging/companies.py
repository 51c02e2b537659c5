"""Merging companies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.db.following import name_of
from contacts.companies import actions as companies
from contacts.companies.hierarchy import above, hold_parents
from contacts.companies.model import Company
from contacts.merging.followers import COMPANIES
from contacts.merging.kinds import Kind, Merging
from contacts.merging.model import Merge, Tombstone
from contacts.merging.rules import COMPANY_CHOICES
from contacts.people.companions import call_company
from contacts.people.model import Person

_STAFF, _DAUGHTERS = name_of(Person.company_id), name_of(Company.parent_id)  # type: ignore[arg-type]
_LISTS = {"phone": "phones", "email": "emails"}


class CompanyKind(Kind):
    """A company: its people come along and bear its name, and its daughters. Name and domain are unique, as ever; no
    company comes to belong to itself."""

    noun, path = "company", "companies"
    merged, unmerged = "company.merged", "company.unmerged"
    model, followers, choices = Company, COMPANIES, COMPANY_CHOICES
    derived = frozenset(_LISTS)

    def look(self, session: Session, survivor: Company, loser: Company, merging: Merging) -> None:
        values = merging.values
        if survivor.name_key == loser.name_key:
            values["namesake"] = survivor.namesake and loser.namesake
        for one, many in _LISTS.items():
            first = getattr(loser, one)
            if merging.fields.get(one) == loser.id and first:
                points = values[many]
                values[many] = [p for p in points if p["value"] == first] + [p for p in points if p["value"] != first]
        values |= _firsts(values)
        hold_parents(session)
        if loser.id in above(session, survivor.id):
            values["parent_id"] = loser.parent_id
        if values["parent_id"] and survivor.id in above(session, values["parent_id"]):
            values["parent_id"] = None

    def unite(self, session: Session, survivor: Company, merging: Merging) -> None:
        session.flush()
        moved = session.get_one(Tombstone, merging.merge.loser_id).moved
        merging.row["staff"], merging.row["daughters"] = moved.get(_STAFF, []), moved.get(_DAUGHTERS, [])
        call_company(session, survivor, came=merging.row["staff"])
        _tell_daughters(session, survivor.id, merging.row["daughters"])

    def release(self, session: Session, survivor: Company, merge: Merge) -> None:  # noqa: ARG002
        survivor.parent_id = None if survivor.parent_id == merge.loser_id else survivor.parent_id
        for name, value in _firsts({many: getattr(survivor, many) for many in _LISTS.values()}).items():
            setattr(survivor, name, value)

    def free(self, session: Session, row: dict[str, Any]) -> dict[str, Any]:
        named = select(Company.id).where(Company.name_key == row["name_key"], ~Company.namesake)
        at = select(Company.id).where(Company.domain == row["domain"])
        parent = select(Company.id).where(Company.id == row["parent_id"])
        hold_parents(session)
        return row | {
            "namesake": row["namesake"] or session.scalar(named) is not None,
            "domain": None if row["domain"] and session.scalar(at) else row["domain"],
            "parent_id": str(known) if row["parent_id"] and (known := session.scalar(parent)) else None,
        }

    def come_back(self, session: Session, survivor: Company, loser: Company, merge: Merge) -> None:
        call_company(session, survivor)
        call_company(session, loser, came=merge.snapshot["staff"])
        _tell_daughters(session, loser.id, merge.snapshot["daughters"])
        was_daughter = str(survivor.id) in merge.snapshot["daughters"]
        if was_daughter and survivor.parent_id is None and survivor.id not in above(session, loser.id):
            survivor.parent_id = loser.id

    def updated(self, session: Session, record: Company) -> None:
        session.flush()
        companies.tell(session, "company.updated", record)

    def told(self, record: Company) -> tuple[dict[str, Any], dict[str, Any] | None]:
        return {"name": record.name}, None


def _firsts(lists: dict[str, Any]) -> dict[str, Any]:
    return {one: lists[many][0]["value"] if lists[many] else None for one, many in _LISTS.items()}


def _tell_daughters(session: Session, parent_id: UUID, ids: list[str]) -> None:
    wanted = select(Company).where(Company.id.in_([UUID(id_) for id_ in ids]), Company.parent_id == parent_id)
    for daughter in session.scalars(wanted.where(Company.id != parent_id).order_by(Company.id)):
        companies.tell(session, "company.updated", daughter)
