"""What is told of interactions."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.events import emit
from contacts.interactions.model import Interaction
from contacts.timeline import actions as timeline

_IDS = ("person_id", "company_id", "deal_id", "lead_id", "ticket_id", "author_id", "task_id")
_SHOWN = ("channel", "direction", "outcome", "lead_id", "deal_id", "ticket_id")


def tell(session: Session, interaction: Interaction, type_: str = "interaction.logged") -> None:
    """Emit an event about it, and put it on the timeline of all who took part."""
    data: dict[str, Any] = {name: str(value) if (value := getattr(interaction, name)) else None for name in _IDS}
    data |= {"interaction_id": str(interaction.id), "at": interaction.at.isoformat()}
    data |= {name: [str(id_) for id_ in getattr(interaction, name) or ()] for name in ("person_ids", "user_ids")}
    data |= {name: getattr(interaction, name) for name in ("channel", "direction", "outcome")}
    emit(session, type_, interaction, data)
    entries = [(interaction.id, interaction.person_id, interaction.company_id)]
    entries += [(row.id, row.person_id, None) for row in interaction.people]
    for id_, person_id, company_id in entries:
        timeline.record(
            session,
            id_,
            "interaction.logged",
            interaction.summary or interaction.channel.capitalize(),
            at=interaction.at,
            person_id=person_id,
            company_id=company_id,
            data={name: data[name] for name in _SHOWN},
            actor_id=interaction.author_id,
        )
