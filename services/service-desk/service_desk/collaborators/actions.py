"""Keep with whom contacts shares people and companies."""

from __future__ import annotations

from functools import partial

from sqlalchemy.orm import Session

from chassis.copies import take_grant
from chassis.db.aliases import resolve
from chassis.events import Event
from service_desk.collaborators.model import Collaborator
from service_desk.merged.model import MergedCompany, MergedPerson


def take(session: Session, event: Event) -> None:
    """`collaborator.granted` or `collaborator.revoked`."""
    merged = {"person_id": MergedPerson, "company_id": MergedCompany}
    current = {name: partial(resolve, session, model) for name, model in merged.items()}
    take_grant(session, Collaborator, event, current)
