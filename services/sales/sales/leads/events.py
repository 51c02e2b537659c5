"""What the others are told of a lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from chassis import custom
from chassis.db.saving import save
from chassis.events import emit, emit_together
from sales.leads.model import Lead
from sales.scoring.following import follow
from sales.scoring.leads import LEADS
from sales.told import text


def tell(session: Session, type_: str, lead: Lead, **more: Any) -> None:
    """Emit an event of the lead: its state after the change, and what is particular to the event. Its chance of
    becoming a deal follows."""
    save(session, lead)  # gives a new lead its id
    emit(session, type_, lead, data_of(session, lead, **more))
    follow(session, LEADS, [lead.id])


def tell_many(session: Session, type_: str, leads: Sequence[Lead], **more: Callable[[Lead], Any]) -> None:
    """Tell of many leads by the hundred: the state of each, and what is particular to the event. Not what names people,
    nor custom fields: who changes those changes one lead at a time."""
    particular = [{name: of(lead) for name, of in more.items()} for lead in leads]
    states = [_state(lead) | said | {"sequence": lead.version} for lead, said in zip(leads, particular, strict=True)]
    emit_together(session, type_, "leads", states)


def tell_together(session: Session, what: str, told: Mapping[Lead, dict[str, Any]], **all_of: Any) -> None:
    """Tell of leads that one step changed, and what is particular of each: of one by `lead.<what>`, of several by the
    hundred (`leads.<what>`), which say what is so of `all_of` them, too. Their chances follow."""
    if len(told) == 1:
        for lead, said in told.items():
            tell(session, f"lead.{what}", lead, **said)
        return
    save(session, *told)
    states = [_state(lead) | said | {"sequence": lead.version} for lead, said in told.items()]
    emit_together(session, f"leads.{what}", "leads", states, **all_of)
    follow(session, LEADS, [lead.id for lead in told])


def data_of(session: Session, lead: Lead, **more: Any) -> dict[str, Any]:
    """The data of an event of the lead, personal data included."""
    told, personal = custom.told(session, lead)
    named = _personal(lead) | ({"custom": personal} if personal else {})
    return {**_state(lead), "custom": told, **more, "personal": named}


def _state(lead: Lead) -> dict[str, Any]:
    return {
        "lead_id": str(lead.id),
        "person_id": str(lead.person_id),
        "company_id": text(lead.company_id),
        "status": lead.status,
        "source": lead.source,
        "campaign_id": text(lead.campaign_id),
        "product": lead.product,
        "language": lead.language,
        "owner_id": text(lead.owner_id),
        "team_id": text(lead.team_id),
        "partner_id": text(lead.partner_id),
        "territory": lead.territory,
        "territory_id": text(lead.territory_id),
        "score": lead.score,
    }


def _personal(lead: Lead) -> dict[str, Any]:
    return {"name": lead.name, "email": lead.email, "phone": lead.phone, "company_name": lead.company_name}
