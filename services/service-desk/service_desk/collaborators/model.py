"""A copy of the grants in contacts."""

from __future__ import annotations

from chassis.copies import CopiedGrant
from chassis.db import SharedBy
from service_desk.base import Base


class Collaborator(CopiedGrant, Base):
    """A user or a team that works with a person or a company. Kept by collaborator.* events."""


PERSON = (
    SharedBy("id", Collaborator.person_id),
    SharedBy("company_id", Collaborator.company_id, Collaborator.include_people),
)
COMPANY = (SharedBy("id", Collaborator.company_id),)
