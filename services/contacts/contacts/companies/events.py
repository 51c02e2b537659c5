"""What contacts tells the others about a company."""

from __future__ import annotations

from typing import Any

from contacts.companies.model import Company


def company_data(company: Company) -> dict[str, Any]:
    """The `data` of company.created and company.updated."""
    return {
        "company_id": str(company.id),
        "name": company.name,
        "domain": company.domain,
        "country": company.country,
        "postcode": company.postcode,
        "industry": company.industry,
        "employees": company.employees,
        "parent_id": str(company.parent_id) if company.parent_id else None,
        "roles": list(company.roles or ()),
        "owner_id": str(company.owner_id) if company.owner_id else None,
        "team_id": str(company.team_id) if company.team_id else None,
        "partner_id": str(company.partner_id) if company.partner_id else None,
    }
