"""What contacts tells the others about a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID


class Told(Protocol):
    """What an event about a person is made from: a Person, or a row of an import on its way to become one."""

    id: Any
    name: Any
    company_id: Any
    company_name: Any
    owner_id: Any
    team_id: Any
    partner_id: Any
    lifecycle: Any
    grade: Any
    country: Any
    postcode: Any
    source: Any
    campaign_id: Any
    reference: Any
    restricted: Any
    tags: Any
    roles: Any


def contact_data(person: Told) -> dict[str, Any]:
    """The `data` of contact.created and contact.updated, without what names the person."""
    return {
        "person_id": str(person.id),
        "company_id": _text(person.company_id),
        "owner_id": _text(person.owner_id),
        "team_id": _text(person.team_id),
        "partner_id": _text(person.partner_id),
        "lifecycle": person.lifecycle,
        "grade": person.grade,
        "country": person.country,
        "postcode": person.postcode,
        "source": person.source,
        "campaign_id": _text(person.campaign_id),
        "reference": person.reference,
        "restricted": person.restricted,
        "tags": list(person.tags),
        "roles": list(person.roles),
    }


def contact_personal(
    person: Told,
    emails: Sequence[str],
    phones: Sequence[str],
    handles: Sequence[str] = (),
    memberships: Sequence[str] = (),
) -> dict[str, Any]:
    """The `data.personal` of contact.created and contact.updated; the primary address and number come first. Handles
    read `wechat:li_na`, memberships `shop_card:10023`."""
    return {
        "name": person.name,
        "emails": list(emails),
        "phones": list(phones),
        "handles": list(handles),
        "memberships": list(memberships),
        "company_name": person.company_name,
    }


def _text(id_: UUID | None) -> str | None:
    return str(id_) if id_ is not None else None
