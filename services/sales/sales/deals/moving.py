"""Move a deal through its pipeline, or into another."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from chassis import clock
from chassis.access import actor, load
from chassis.db.sending import send
from chassis.errors import Invalid
from chassis.ids import uuid7
from sales.deals import rules
from sales.deals.checks import check_exit, check_required
from sales.deals.events import tell
from sales.deals.model import Deal
from sales.pipelines.actions import find_stage, first_stage
from sales.pipelines.model import Stage

# One statement: a deal is in one stay at a time, so the last has to end before the next is put in.
_ENTER = text(
    """
    WITH ended AS (
        UPDATE stage_passages SET left_at = :at WHERE deal_id = :deal_id AND left_at IS NULL RETURNING 1
    )
    INSERT INTO stage_passages (id, deal_id, stage_id, stage, kind, entered_at, moved_by)
    SELECT CAST(:id AS uuid), :deal_id, CAST(:stage_id AS uuid), :stage, :kind, :at, CAST(:moved_by AS uuid)
    FROM (SELECT count(*) FROM ended) AS first
    """
)


def move_deal(session: Session, deal_id: UUID, stage_id: UUID) -> Deal:
    """Put an open deal into another open stage of its pipeline; where it stands there already nothing happens."""
    deal = load(session, Deal, deal_id, lock=True)
    return move(session, deal, stage_id)


def move(session: Session, deal: Deal, stage_id: UUID, rank: Decimal | None = None) -> Deal:
    """`move_deal` of one that is locked, to a place in the stage's column (default: on top). Conflict while it is on
    hold, or where it would go on though its stage's exit checks are not met; Invalid names the fields that the stage
    requires and that are missing."""
    rules.check_open(deal.status)
    stage = find_stage(session, stage_id)
    rules.check_stage(deal.pipeline_id, stage.pipeline_id, stage.kind)
    if stage.id != deal.stage_id:
        rules.check_not_held(deal.held_until)
        check_exit(session, deal, find_stage(session, deal.stage_id), stage)
        check_required(deal, stage)
        before = came_from(deal)
        enter_stage(session, deal, stage)
        if rank is not None:
            deal.rank = rank
        tell(session, "deal.stage_changed", deal, **before)
    return deal


def transfer_deal(session: Session, deal_id: UUID, pipeline_id: UUID, stage_id: UUID | None = None) -> Deal:
    """Put an open deal into another pipeline: into `stage_id`, or its first open stage. In the pipeline already, and no
    other stage named: nothing happens."""
    deal = load(session, Deal, deal_id, lock=True)
    rules.check_open(deal.status)
    if pipeline_id == deal.pipeline_id:
        if stage_id not in (None, deal.stage_id):
            raise Invalid("pipeline_id", "same_pipeline", "The deal is in this pipeline; move it instead.")
        return deal
    rules.check_not_held(deal.held_until)
    stage = find_stage(session, stage_id) if stage_id else first_stage(session, "open", pipeline_id)
    rules.check_stage(pipeline_id, stage.pipeline_id, stage.kind)
    check_required(deal, stage)
    before = came_from(deal)
    enter_stage(session, deal, stage)
    tell(session, "deal.stage_changed", deal, **before)
    return deal


def came_from(deal: Deal) -> dict[str, str]:
    """Where a deal stands, for the event of its move to somewhere else."""
    return {"from_stage_id": str(deal.stage_id), "from_stage": deal.stage}


def enter_stage(session: Session, deal: Deal, stage: Stage) -> None:
    """End a deal's stay where it stands, and begin one in `stage`."""
    stand_in(deal, stage)
    begin_stay(session, deal)


def stand_in(deal: Deal, stage: Stage) -> None:
    """Let a deal stand in a stage from now on, on top of its column; neither on hold nor stalled."""
    deal.pipeline_id, deal.stage_id, deal.status = stage.pipeline_id, stage.id, stage.kind
    deal.stage_entered_at = clock.now()
    deal.rank = rules.rank_at(deal.stage_entered_at)
    deal.held_until = deal.hold_reason = None
    begin_anew(deal)
    set_committed_value(deal, "stage", stage.name)
    set_committed_value(deal, "probability", stage.probability)


def begin_anew(deal: Deal) -> None:
    """Count a deal's days in its stage, and those without activity, from now on."""
    deal.aging_since = deal.last_activity_at = clock.now()
    deal.stalled, deal.stalled_because = False, None


def begin_stay(session: Session, deal: Deal) -> None:
    """Begin the stay of a deal, which is in the database, in the stage that it has just entered; it ends another."""
    stay = {
        "id": uuid7(), "deal_id": deal.id, "stage_id": deal.stage_id, "stage": deal.stage, "kind": deal.status,
        "at": deal.stage_entered_at, "moved_by": actor().id,
    }  # fmt: skip
    send(session, _ENTER, stay)
