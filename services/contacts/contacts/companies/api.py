"""The routes of companies."""

from __future__ import annotations

from chassis.http import Api, Resource
from contacts.companies import actions
from contacts.companies.model import Company
from contacts.companies.schema import CompanyIn, CompanyOut, CompanyPatch

api = Api("companies", scope="contacts")
COMPANIES = Resource(
    Company,
    path="companies",
    read=CompanyOut,
    create=CompanyIn,
    update=CompanyPatch,
    filters=(
        "name", "domain", "industry", "employees", "country", "city", "postcode", "source", "tags",
        "owner_id", "team_id", "partner_id", "created_at", "updated_at",
    ),
    sorts=("created_at", "updated_at", "name"),
    on_create=actions.create,
    on_update=actions.change,
    on_delete=actions.remove,
    exported=True,
)  # fmt: skip
api.add(COMPANIES)
