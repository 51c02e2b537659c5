"""Who may name which people and companies of contacts on a lead or a deal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import visible
from chassis.copies import refuse_unreached
from sales.customers.actions import current_company_id, current_id
from sales.customers.model import Company, Person
from sales.deals.model import Deal
from sales.leads.model import Lead
from sales.stakeholders.model import Stakeholder


def check_named(session: Session, data: Mapping[str, Any]) -> None:
    """Invalid where the `person_id` or the `company_id` of `data` is out of the actor's reach."""
    if data.get("person_id"):
        check_person(session, data["person_id"])
    if data.get("company_id"):
        check_company(session, data["company_id"])


def check_person(session: Session, person_id: UUID, field: str = "person_id") -> None:
    """Invalid (`unknown_person`), naming `field`, for a person whom the actor does not reach in contacts and no lead or
    deal within reach names. Whom contacts has not told of yet may be named by all."""
    current = current_id(session, person_id)
    have_a_part = select(Deal.id).join(Stakeholder, Stakeholder.deal_id == Deal.id)
    refuse_unreached(
        session, Person, current, field,
        visible(select(Lead.id).where(Lead.person_id == current), Lead),
        visible(select(Deal.id).where(Deal.person_id == current), Deal),
        visible(have_a_part.where(Stakeholder.person_id == current), Deal),
    )  # fmt: skip


def check_company(session: Session, company_id: UUID) -> None:
    """Invalid (`unknown_company`) for a company, likewise."""
    current = current_company_id(session, company_id)
    refuse_unreached(
        session, Company, current, "company_id",
        visible(select(Lead.id).where(Lead.company_id == current), Lead),
        visible(select(Deal.id).where(Deal.company_id == current), Deal),
    )  # fmt: skip
