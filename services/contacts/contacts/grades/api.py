"""The routes of grades and stages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.access import visible
from chassis.http import Api
from chassis.http.endpoint import if_match
from contacts.grades import actions, schemes
from contacts.grades.model import GradeChange, GradingScheme, StageChange
from contacts.grades.schema import (
    GradeChangeOut,
    GradeOut,
    OverrideIn,
    SchemeIn,
    SchemeOut,
    StageChangeOut,
    StageCountOut,
)
from contacts.people.model import Person
from contacts.people.rules import STAGES

api = Api("grades", scope="contacts")


@api.get("/grading-scheme", returns=SchemeOut, errors=(403,))
def read_scheme(session: Session) -> GradingScheme:
    """Read how grades follow from purchases."""
    actions.refuse_partners()
    return schemes.current_row(session)


@api.put("/grading-scheme", body=SchemeIn, returns=SchemeOut, scope="gateway:admin")
def change_scheme(session: Session, body: dict[str, Any]) -> GradingScheme:
    """Change how grades follow from purchases.

    Everybody is graded anew by a job. By quintiles, the fifths are those of all who bought, found anew once a day.
    """
    return schemes.change(session, if_match(), body)


@api.get("/grading-scheme/history", returns=SchemeOut, many=True, errors=(403,))
def list_schemes(session: Session) -> Sequence[GradingScheme]:
    """List all schemes that held, with who changed them and why; the latest first."""
    actions.refuse_partners()
    return schemes.history(session)


@api.get("/people/<uuid:person_id>/grade", returns=GradeOut, errors=(403, 404))
def read_grade(session: Session, person_id: UUID) -> dict[str, Any]:
    """Read a person's grade and all that is behind it."""
    return actions.shown(session, person_id)


@api.put("/people/<uuid:person_id>/grade", body=OverrideIn, returns=GradeOut, guarded=False, errors=(403, 404))
def override_grade(session: Session, person_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Set a person's grade by hand, with a reason and perhaps an end."""
    actions.override(session, person_id, body["grade"], body["reason"], body["until"])
    return actions.shown(session, person_id)


@api.delete("/people/<uuid:person_id>/grade", returns=GradeOut, guarded=False, status=200, errors=(403, 404, 409))
def lift_grade(session: Session, person_id: UUID) -> dict[str, Any]:
    """Take a grade that was set by hand back: it follows from purchases again."""
    actions.lift(session, person_id)
    return actions.shown(session, person_id)


@api.get("/people/<uuid:person_id>/grades", returns=GradeChangeOut, many=True, errors=(403, 404))
def list_grades(session: Session, person_id: UUID) -> Sequence[GradeChange]:
    """List how a person's grade changed, and why; the latest first."""
    return actions.grade_history(session, person_id)


@api.get("/people/<uuid:person_id>/stages", returns=StageChangeOut, many=True, errors=(404,))
def list_stages(session: Session, person_id: UUID) -> Sequence[StageChange]:
    """List through which stages of the life cycle a person went, and why; the latest first."""
    return actions.stage_history(session, person_id)


@api.get("/lifecycle", returns=StageCountOut, many=True)
def count_stages(session: Session) -> list[dict[str, Any]]:
    """Count the people within reach by the stage of their life cycle."""
    rows = session.execute(visible(select(Person.lifecycle, func.count()).group_by(Person.lifecycle), Person))
    found = dict(rows.all())
    return [{"stage": stage, "count": found.get(stage, 0)} for stage in STAGES]
