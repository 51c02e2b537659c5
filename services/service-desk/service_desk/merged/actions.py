"""Two people of contacts became one, or were parted again: what names them here follows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from chassis.db import aliases
from chassis.events import Event
from service_desk.entitlements.model import Entitlement
from service_desk.merged.model import MergedPerson
from service_desk.surveys.model import Survey
from service_desk.tickets.model import Ticket

FOLLOWERS = (Ticket.person_id, Entitlement.person_id, Survey.person_id)


def current(session: Session, person_id: UUID) -> UUID:
    """Whom this id stands for."""
    return aliases.resolve(session, MergedPerson, person_id)


def people_merged(session: Session, event: Event) -> None:
    """What names the loser names the survivor from now on. Known before any of it was, it holds for what comes."""
    old, new = event.uuid("loser_id"), event.uuid("survivor_id")
    aliases.join(session, MergedPerson, old, new, event.sequence, FOLLOWERS)


def people_parted(session: Session, event: Event) -> None:
    """What had followed the loser goes back; what was added since stays with the survivor."""
    old, new = event.uuid("loser_id"), event.uuid("survivor_id")
    aliases.part(session, MergedPerson, old, new, event.sequence, FOLLOWERS)
