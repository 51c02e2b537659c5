"""The routes of companies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from chassis.db.rows import as_dicts
from chassis.http import Api, Resource
from contacts.addresses.exporting import exported, with_addresses
from contacts.addresses.model import Address
from contacts.companies import actions
from contacts.companies.finding import FINDERS
from contacts.companies.hierarchy import hierarchy
from contacts.companies.model import Company
from contacts.companies.schema import CompanyIn, CompanyOut, CompanyPatch, HierarchyOut
from contacts.insights.reading import finders

api = Api("companies", scope="contacts")


def _for_export(session: Session, companies: Sequence[Row]) -> list[dict[str, Any]]:
    """Companies with their further addresses."""
    return with_addresses(session, Address.company_id, as_dicts(companies))


COMPANIES = Resource(
    Company,
    path="companies",
    read=CompanyOut,
    create=CompanyIn,
    update=CompanyPatch,
    filters=(
        "name", "domain", "parent_id", "role", "roles", "industry", "employees", "country", "city", "postcode",
        "source", "campaign_id", "entered_by", "tags", "owner_id", "team_id", "partner_id", "created_at", "updated_at",
    ),
    sorts=("created_at", "updated_at", "name"),
    finders={**FINDERS, **finders(Company)},
    on_create=actions.create,
    on_update=actions.change,
    on_delete=actions.remove,
    exported=True,
    export_read=exported(CompanyOut),
    export_complete=_for_export,
    moved=actions.moved,
)  # fmt: skip
api.add(COMPANIES)


@api.get("/companies/<uuid:company_id>/tree", returns=HierarchyOut, errors=(404,))
def company_tree(session: Session, company_id: UUID) -> dict[str, Any]:
    """Read what a company belongs to and, as a tree, what belongs to it, with head counts."""
    return hierarchy(session, company_id)
