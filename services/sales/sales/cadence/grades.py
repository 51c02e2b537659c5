"""The grade of a person decides by which cadence their leads are followed up."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.events import Event
from sales.cadence.actions import choose_anew
from sales.customers.actions import current_id, take_grade
from sales.leads.actions import open_leads_of
from sales.leads.rules import WORKED


def take_graded(session: Session, event: Event) -> None:
    """`contact.graded`: keep the grade; the open leads that are worked on get the cadence that is for them."""
    person_id = current_id(session, event.uuid("person_id"))
    if not take_grade(session, person_id, event.data.get("grade"), event.sequence):
        return
    for lead in open_leads_of(session, person_id).values():
        if lead.status in WORKED and lead.owner_id:
            choose_anew(session, lead)
