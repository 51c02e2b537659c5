"""Make and change pipelines, and find a stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.db.kept import kept
from chassis.errors import Conflict, Invalid
from sales.managers import require_manager
from sales.pipelines.model import Pipeline, Stage
from sales.pipelines.rules import Plan, check_demands, check_stages

DEMANDS = ("max_days", "required_fields", "exit_checks")


class _Stages(NamedTuple):
    """The default pipeline, and the stages of all as they stand in them; of no session, and to be changed by nobody."""

    default_id: UUID | None
    in_order: Sequence[Stage]

    def first(self, kind: str, pipeline_id: UUID | None) -> Stage:
        wanted = pipeline_id or self.default_id
        for stage in self.in_order:
            if stage.pipeline_id == wanted and stage.kind == kind:
                return stage
        raise Invalid("pipeline_id", "unknown_pipeline", "There is no pipeline with this id.")

    def one(self, stage_id: UUID) -> Stage:
        for stage in self.in_order:
            if stage.id == stage_id:
                return stage
        raise Invalid("stage_id", "unknown_stage", "There is no stage with this id.")


def create(session: Session, data: dict[str, Any]) -> Pipeline:
    """A new pipeline with its stages."""
    require_manager("pipelines")
    pipeline = Pipeline(name=data["name"], idle_days=data.get("idle_days"))
    _set_stages(pipeline, data["stages"])
    session.add(pipeline)
    if data.get("is_default"):
        _make_default(session, pipeline)
    return pipeline


def change(session: Session, pipeline: Pipeline, changes: dict[str, Any]) -> Pipeline:
    """Rename a pipeline, make it the default, or plan its stages anew: a stage with its `id` is kept, one
    without is new, one left out goes (refused by the database where a deal stands in it)."""
    require_manager("pipelines")
    pipeline.name = changes.get("name", pipeline.name)
    pipeline.idle_days = changes.get("idle_days", pipeline.idle_days)
    if "stages" in changes:
        _set_stages(pipeline, changes["stages"])
        pipeline.touch()
    if changes.get("is_default") is False and pipeline.is_default:
        raise Invalid("is_default", "required", "Make another pipeline the default instead.")
    if changes.get("is_default") and not pipeline.is_default:
        _make_default(session, pipeline)
    return pipeline


def first_stage(session: Session, kind: str, pipeline_id: UUID | None = None) -> Stage:
    """The first stage of a kind (open, won, lost) in a pipeline, the default one where none is named. Invalid where
    there is no such pipeline."""
    return _known(session).first(kind, pipeline_id)


def way_to(session: Session, kind: str, pipeline_id: UUID, stage_id: UUID) -> tuple[Stage, Stage]:
    """The stage in which a deal stands, and the first of a kind (won, lost) in its pipeline."""
    stages = _known(session)
    return stages.one(stage_id), stages.first(kind, pipeline_id)


def find_stage(session: Session, stage_id: UUID) -> Stage:
    """The stage with this id; Invalid where there is none."""
    return _known(session).one(stage_id)


def _known(session: Session) -> _Stages:
    return kept(session, (Pipeline, Stage), _read)


def _read(session: Session) -> _Stages:
    rows = session.execute(select(Stage.__table__).order_by(Stage.position))
    default_id = session.scalar(select(Pipeline.id).where(Pipeline.is_default))
    return _Stages(default_id, [Stage(**row._mapping) for row in rows])


def _set_stages(pipeline: Pipeline, wanted: Sequence[dict[str, Any]]) -> None:
    check_demands(wanted)
    plans = [Plan(stage["name"], stage["kind"], stage.get("probability")) for stage in wanted]
    known = {stage.id: stage for stage in pipeline.stages}
    stages = []
    for position, (probability, stage) in enumerate(zip(check_stages(plans), wanted, strict=True), start=1):
        kept = _kept(known, stage, position) or Stage()
        kept.name, kept.kind = stage["name"], stage["kind"]
        kept.probability, kept.position = probability, position
        for name in DEMANDS:
            setattr(kept, name, stage[name])
        stages.append(kept)
    pipeline.stages = stages


def _kept(known: dict[UUID, Stage], stage: dict[str, Any], position: int) -> Stage | None:
    if not stage.get("id"):
        return None
    kept = known.pop(stage["id"], None)
    if kept is None:
        raise Invalid(f"stages.{position - 1}.id", "unknown_stage", "The pipeline has no such stage.")
    if kept.kind != stage["kind"]:
        raise Invalid(f"stages.{position - 1}.kind", "fixed", "A stage keeps its kind.")
    return kept


def _make_default(session: Session, pipeline: Pipeline) -> None:
    session.execute(update(Pipeline).where(Pipeline.is_default).values(is_default=False, version=Pipeline.version + 1))
    pipeline.is_default = True


def remove(session: Session, pipeline: Pipeline) -> None:
    """Delete a pipeline that no deal is in; Conflict for the default one."""
    require_manager("pipelines")
    if pipeline.is_default:
        raise Conflict("default_pipeline", "Make another pipeline the default first.")
    session.delete(pipeline)
