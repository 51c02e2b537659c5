"""Taking consent back by a link, without a login."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.errors import Gone, Invalid, NotFound
from chassis.ids import uuid7
from chassis.links import hash_of, new_token
from contacts.consent import actions
from contacts.consent.model import ConsentLink
from contacts.consent.rules import MERGED, named, strict
from contacts.consent.settings import settings
from contacts.people import actions as people
from contacts.people.model import Person

SOURCE = "link"


def open_link(session: Session, person: Person, purposes: list[str], days: int | None = None) -> dict[str, Any]:
    """A new link of a person, with its token and the headers of a message that carries it. Others stay as they are:
    every message has its own."""
    token, now = new_token(), clock.now()
    kept = timedelta(days=days) if days else settings().link_kept
    link = ConsentLink(
        id=uuid7(), person_id=person.id, token_hash=hash_of(token), purposes=list(dict.fromkeys(purposes)),
        created_at=now, created_by=actor().id, expires_at=now + kept,
    )  # fmt: skip
    session.add(link)
    path = f"{session.info['service'].url_prefix}/public/consents/{token}"
    headers = {"List-Unsubscribe": f"<{path}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    told = {"id": link.id, "person_id": person.id, "purposes": link.purposes, "expires_at": link.expires_at}
    return told | {"token": token, "path": path, "headers": headers}


def show(session: Session, token: str, language: str) -> dict[str, Any]:
    """What stands behind a link now; nothing is changed by looking."""
    return _shown(session, _link(session, token), language, [])


def withdraw(session: Session, token: str, language: str, purpose: str | None = None) -> dict[str, Any]:
    """Take back consent to one purpose of the link, or to all. What the person has withdrawn already stays so: once
    more is nothing new. Invalid for a purpose that the link is not for."""
    link = _link(session, token)
    if purpose is not None and purpose not in link.purposes:
        raise Invalid("purpose", "not_a_choice", "The link is not for this purpose.")
    person = people.known(session, link.person_id)
    if person is None:
        raise NotFound("page")
    asked = [purpose] if purpose else link.purposes
    for one in asked:
        latest = actions.current(session, person.id, one)
        if latest is None or latest.granted != strict(one) or latest.source == MERGED:
            evidence = f"consent link {link.id}"
            actions.decide(session, person, purpose=one, granted=strict(one), source=SOURCE, evidence=evidence)
    return _shown(session, link, language, asked)


def _link(session: Session, token: str) -> ConsentLink:
    link = session.scalar(select(ConsentLink).where(ConsentLink.token_hash == hash_of(token)))
    if link is None:
        raise NotFound("page")
    if link.expires_at <= clock.now():
        raise Gone("expired", "This link has expired.")
    return link


def _shown(session: Session, link: ConsentLink, language: str, withdrawn: list[str]) -> dict[str, Any]:
    held = {record.purpose: record for record in actions.all_current(session, link.person_id)}
    standing = [
        {
            "purpose": purpose,
            "name": named(purpose, language),
            "objection": strict(purpose),
            "withdrawn": purpose in held and held[purpose].in_force(clock.now()) == strict(purpose),
        }
        for purpose in link.purposes
    ]
    return {"language": language, "purposes": standing, "withdrawn": withdrawn, "expires_at": link.expires_at}
