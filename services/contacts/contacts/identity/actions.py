"""Who is this? What a web form says about somebody, held against all that is known."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.copies import whose
from chassis.events import Event, emit
from chassis.privacy import among, forget
from contacts.consent import actions as consent
from contacts.holdings import HOLDINGS
from contacts.identity.rules import display_name
from contacts.interactions.events import tell
from contacts.interactions.model import Interaction
from contacts.merging import actions as merging
from contacts.people import actions as people
from contacts.people.company import with_first_company
from contacts.people.model import Person
from contacts.people.rules import merged_tags
from contacts.points import actions as points
from contacts.points.normal import NotNormal, email_point, phone_point
from contacts.points.rules import Point, keys_of
from contacts.privacy.suppression import suppressed
from contacts.requirements.actions import lacking
from contacts.requirements.rules import INCOMPLETE_TAG


def identify(session: Session, event: Event) -> None:
    """`form.submitted`: find or make the person, record the consent and the contact, tell who it is.

    What the form got wrong (a phone number that is none) is left out rather than the person.
    """
    data, personal = event.data, event.personal
    given = _points(personal)
    proposed = UUID(data["person_id"])
    if _forgotten_since(session, event, given):
        return
    draft = with_first_company(session, people.moved(session, proposed), _draft(data, personal, given))
    known = people.known(session, proposed)
    person, made = (known, False) if known else people.find_or_make(session, draft, id=proposed)
    if not made:
        draft = draft if known else with_first_company(session, person.id, draft)
        person = people.fill(session, people.known(session, person.id) or person, draft)
    elif lacking(session, person, "form"):
        person.tags = merged_tags(person.tags, [INCOMPLETE_TAG])
        people.updated(session, person)
    _consent(session, person, data)
    _interaction(session, person, event)
    emit(session, "contact.identified", person, _told(person, data, matched=not made), personal={
        "name": person.name,
        "email": given["email"].value if given.get("email") else person.email,
        "phone": given["phone"].value if given.get("phone") else person.phone,
        "company_name": person.company_name,
        "message": personal.get("message"),
    })  # fmt: skip


def introduce(session: Session, event: Event) -> bool:
    """`lead.created` or `registration.submitted` about somebody whom sales met first: make the person under the id that
    sales chose, as the customer of the partner who brought them. Where a contact point says that it is somebody who is
    here, the two are merged at once, which all others hear of, and whose they are does not change. Who was erased
    meanwhile is not made again. False where that is found out here: nothing more is to be done with what the event
    tells."""
    person_id = UUID(event.data["person_id"])
    if people.known(session, person_id) is not None or among(session, [person_id]):
        return True
    if _forgotten_since(session, event, _points(event.personal)):
        return False
    data = event.data | {"source": event.data.get("source") or "sales"}
    draft = _draft(data, event.personal, _points(event.personal))
    given = [draft[kind] for kind in ("email", "phone") if kind in draft]
    keys = keys_of(given, draft["name"])
    known = points.owners(session, keys)
    for kind in ("email", "phone"):
        if kind in draft and draft[kind].key(draft["name"]) in known:
            del draft[kind]
    owned = whose(event) if not known else whose(event) | {"partner_id": None}
    people.find_or_make(session, draft | owned, id=person_id)
    if known:
        merging.merge(session, merging.PERSON, next(known[key] for key in keys if key in known), [person_id])
    return True


def _forgotten_since(session: Session, event: Event, given: dict[str, Point]) -> bool:
    """Whether somebody with one of these contact points was erased after they were given: under the id that the others
    know them by they are forgotten, too, which all of those hear."""
    if not suppressed(session, [(point.kind, point.value) for point in given.values()], after=event.time):
        return False
    person_id = UUID(event.data["person_id"])
    forget(session, [person_id], HOLDINGS)
    emit(session, "contact.deleted", None, {"person_id": str(person_id)}, subject=f"people/{person_id}", sequence=1)
    return True


def _draft(data: dict[str, Any], personal: dict[str, Any], given: dict[str, Point]) -> dict[str, Any]:
    name = display_name(personal.get("name"), personal.get("email"), personal.get("phone"))
    return {
        "name": name,
        **given,
        "company_name": data.get("company_name") or personal.get("company_name"),
        "country": data.get("country"),
        "postcode": data.get("postcode"),
        "source": data.get("source") or "web_form",
        "campaign_id": UUID(data["campaign_id"]) if data.get("campaign_id") else None,
        "utm": data.get("utm") or {},
    }


def _points(personal: dict[str, Any]) -> dict[str, Point]:
    found: dict[str, Point] = {}
    for kind, read in (("email", email_point), ("phone", phone_point)):
        try:
            if personal.get(kind):
                found[kind] = read(personal[kind])
        except NotNormal:
            continue
    return found


def _consent(session: Session, person: Person, data: dict[str, Any]) -> None:
    given = data.get("consent") or {}
    if not given.get("given"):
        return
    at = datetime.fromisoformat(given["at"]) if given.get("at") else clock.now()
    consent.decide(
        session,
        person,
        purpose=given.get("purpose") or "marketing",
        granted=True,
        text=given.get("text") or "",
        source=data.get("source") or "web_form",
        at=min(at, clock.now()),
        evidence_id=UUID(data["submission_id"]),
    )


def _interaction(session: Session, person: Person, event: Event) -> None:
    message = event.personal.get("message")
    interaction = Interaction(
        id=UUID(event.data["submission_id"]),
        person_id=person.id,
        company_id=person.company_id,
        channel="form",
        direction="in",
        at=min(event.time, clock.now()),
        summary=f"Filled in the form {event.data.get('form_key') or ''}".strip(),
        content=message,
        source="web_form",
        owner_id=person.owner_id,
        team_id=person.team_id,
        partner_id=person.partner_id,
    )
    if session.get(Interaction, interaction.id) is None:
        session.add(interaction)
        session.flush()
        tell(session, interaction)


def _told(person: Person, data: dict[str, Any], *, matched: bool) -> dict[str, Any]:
    copied = ("submission_id", "form_key", "campaign_id", "source", "utm", "country", "postcode", "product", "language")
    told: dict[str, Any] = {name: data.get(name) for name in copied}
    told |= {"utm": data.get("utm") or {}, "source": data.get("source") or "web_form"}
    told |= {"country": data.get("country") or person.country, "postcode": data.get("postcode") or person.postcode}
    told |= {"person_id": str(person.id), "matched": matched}
    told["company_id"] = str(person.company_id) if person.company_id else None
    told["owner_id"] = str(person.owner_id) if person.owner_id else None
    return told
