"""The grade of a person decides by which cadence their lead is followed up."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.events import Event
from sales.cadence.actions import choose_anew
from sales.customers.actions import current_id, take_grade
from sales.leads.actions import open_lead_of
from sales.leads.rules import WORKED


def take_graded(session: Session, event: Event) -> None:
    """`contact.graded`: keep the grade; the open lead that is worked on gets the cadence that is for it."""
    person_id = current_id(session, event.uuid("person_id"))
    if not take_grade(session, person_id, event.data.get("grade"), event.sequence):
        return
    lead = open_lead_of(session, person_id)
    if lead and lead.status in WORKED and lead.owner_id:
        choose_anew(session, lead)
