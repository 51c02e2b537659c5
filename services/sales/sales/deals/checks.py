"""What a stage asks of a deal: fields when it comes, checks before it goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Conflict, FieldError, Invalid, NotFound
from sales.deals import rules
from sales.deals.model import Deal, DealTick
from sales.pipelines.actions import find_stage
from sales.pipelines.model import Stage
from sales.quotes.model import Quote
from sales.stakeholders.model import Stakeholder

Check = Mapping[str, Any]


def check_required(deal: Deal, stage: Stage, **given: Any) -> None:
    """Invalid, naming every field that the stage requires and that the deal has not, nor is `given` now."""
    missing = [name for name in stage.required_fields if not (given.get(name) or _known(deal, name))]
    if missing:
        message = f"A deal needs this to be in the stage {stage.name}."
        raise Invalid.many([FieldError(name, "required", message) for name in missing])


def check_exit(session: Session, deal: Deal, current: Stage, stage: Stage) -> None:
    """Conflict, with the keys in `checks`, where a deal would go on to `stage`, further in its pipeline, before all
    exit checks of the `current` one, where it stands, are met."""
    if not current.exit_checks or stage.position < current.position:
        return
    unmet = [check["key"] for check in _standing(session, deal, current) if not check["met"]]
    if unmet:
        raise Conflict("exit_checks", f"Not all is done that the stage {current.name} asks for.", checks=unmet)


def checklist(session: Session, deal_id: UUID) -> list[dict[str, Any]]:
    """The exit checks of the stage that a deal stands in, as CheckOut."""
    deal = load(session, Deal, deal_id)
    return _standing(session, deal, find_stage(session, deal.stage_id))


def tick(session: Session, deal_id: UUID, key: str, *, done: bool) -> list[dict[str, Any]]:
    """Tick an item of an open deal's checklist, or take the tick away; the checklist. Who ticked it first stays.
    Conflict for a check that is not ticked but found."""
    deal = load(session, Deal, deal_id, lock=True)
    rules.check_open(deal.status)
    stage = find_stage(session, deal.stage_id)
    check = next((one for one in stage.exit_checks if one["key"] == key), None)
    if check is None:
        raise NotFound("check")
    if check["kind"] != "item":
        raise Conflict("not_an_item", "Whether this is met is found in the deal; nobody ticks it.")
    if done:
        values = {"deal_id": deal.id, "stage_id": stage.id, "key": key, "ticked_by": actor().id}
        session.execute(insert(DealTick).values(**values, ticked_at=clock.now()).on_conflict_do_nothing())
    elif known := session.get(DealTick, (deal.id, stage.id, key)):
        session.delete(known)
        session.flush()
    return _standing(session, deal, stage)


def _known(deal: Deal, name: str) -> bool:
    if name.startswith("custom."):
        return (deal.custom or {}).get(name.removeprefix("custom.")) not in (None, "", [])
    return bool(getattr(deal, name))


def _standing(session: Session, deal: Deal, stage: Stage) -> list[dict[str, Any]]:
    ticked = select(DealTick).where(DealTick.deal_id == deal.id, DealTick.stage_id == stage.id)
    ticks = {one.key: one for one in session.scalars(ticked)} if stage.exit_checks else {}
    return [_found(session, deal, check, ticks.get(check["key"])) for check in stage.exit_checks]


def _found(session: Session, deal: Deal, check: Check, ticked: DealTick | None) -> dict[str, Any]:
    met = ticked is not None if check["kind"] == "item" else _MET[check["kind"]](session, deal, check)
    by = {"ticked_by": ticked.ticked_by, "ticked_at": ticked.ticked_at} if ticked else {}
    return {"ticked_by": None, "ticked_at": None, **check, **by, "met": met}


def _quote_sent(session: Session, deal: Deal, _check: Check) -> bool:
    return bool(session.scalar(select(exists().where(Quote.deal_id == deal.id, Quote.sent_at.is_not(None)))))


def _quote_accepted(session: Session, deal: Deal, _check: Check) -> bool:
    return bool(session.scalar(select(exists().where(Quote.deal_id == deal.id, Quote.status == "accepted"))))


def _interaction(_session: Session, deal: Deal, check: Check) -> bool:
    last = deal.last_interaction_at
    return last is not None and last >= clock.now() - timedelta(days=check["days"])


def _contact(session: Session, deal: Deal, check: Check) -> bool:
    named = exists().where(Stakeholder.deal_id == deal.id, Stakeholder.role == check["role"])
    return bool(session.scalar(select(named)))


_MET: dict[str, Callable[[Session, Deal, Check], bool]] = {
    "quote_sent": _quote_sent,
    "quote_accepted": _quote_accepted,
    "interaction": _interaction,
    "contact_role": _contact,
}
