"""Companies that another service asks for."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.company_names import company_key
from chassis.copies import whose
from chassis.events import Event
from contacts.companies.actions import find_or_make
from contacts.companies.model import Company
from contacts.merging import actions as merging
from contacts.merging.followers import COMPANIES
from contacts.people import actions as people
from contacts.people.company import with_new_company


def introduce(session: Session, event: Event) -> None:
    """`lead.converted` or `registration.approved` with a company that sales did not know: make it under the id that
    sales chose, as the customer of the partner who brought it. Where it is here by its name, the two are merged at
    once, which all others hear of. Who is with no
    company is with this one."""
    name = event.personal.get("company_name")
    if not event.data.get("company_created") or not name or not company_key(name):
        return
    company = _introduced(session, event, name)
    theirs = with_new_company(session, {"company_id": company.id})
    person = people.known(session, event.data.get("person_id"))
    if person is not None and person.company_id is None:
        people.change(session, person, theirs)


def _introduced(session: Session, event: Event, name: str) -> Company:
    asked = event.uuid("company_id")
    if known := session.get(Company, COMPANIES.current(session, asked)):
        return known
    wanted = {"id": asked, "name": name, "source": "sales", **whose(event)}
    company, made = find_or_make(session, wanted)
    if not made:  # whose that is does not change
        find_or_make(session, wanted | {"namesake": True, "partner_id": None})
        merging.merge(session, merging.COMPANY, company.id, [asked])
    return company
