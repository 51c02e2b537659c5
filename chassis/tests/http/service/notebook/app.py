import threading
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from chassis.access import actor, load
from chassis.db import Database
from chassis.errors import Conflict
from chassis.events import emit
from chassis.http import Api, Resource, service_app
from chassis.jobs import JobOut, JobRun, job, start_job
from chassis.schema import Schema, fields
from notebook.base import SERVICE
from notebook.model import Note

STEPS: list[int] = []
CRASH_AT: list[int] = []
BEGUN, HOLD = threading.Event(), threading.Event()


class NoteIn(Schema):
    title = fields.Text(required=True, max=50)
    code = fields.Text(allow_none=True)
    phone = fields.Phone(allow_none=True)
    price = fields.Amount(load_default=0)
    grade = fields.Text(allow_none=True)


class NotePatch(Schema):
    title = fields.Text(max=50)
    price = fields.Amount()


class NoteOut(NoteIn):
    class Meta(Schema.Meta):
        hidden = {"partner": ("grade",)}

    id = fields.Id()
    owner_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.DateTime()


def create(session: Session, data: dict[str, Any]) -> Note:
    note = Note(**data, owner_id=actor().id, team_id=actor().team_id, partner_id=actor().partner_id)
    session.add(note)
    emit(session, "note.created", note, {"note_id": str(note.id) if note.id else "", "title": data["title"]})
    return note


api = Api("notes", scope="notebook")
api.add(
    Resource(
        Note, path="notes", read=NoteOut, create=NoteIn, update=NotePatch, delete=True, on_create=create,
        filters=("title", "price", "grade", "version", "created_at", "owner_id"), sorts=("price", "title", "grade"),
        exported=True,
    )
)  # fmt: skip


@api.post("/notes/<uuid:note_id>/publish", returns=NoteOut)
def publish(session: Session, note_id: UUID) -> Note:
    """Publish a note."""
    note = load(session, Note, note_id, lock=True)
    if note.grade == "published":
        raise Conflict("already_published", "It is out already.")
    note.grade = "published"
    emit(session, "note.created", note, {"note_id": str(note.id), "title": note.title})
    return note


@api.post("/slow", scope="notebook:write")
def slow(session: Session) -> dict[str, bool]:
    """Hold until released."""
    BEGUN.set()
    HOLD.wait(10)
    return {"done": True}


@api.get("/figures", internal=True)
def figures(session: Session) -> dict[str, Any]:
    """How much there is."""
    return {"notes": 7}


@api.get("/boom")
def boom(session: Session) -> None:
    """Break."""
    raise RuntimeError("secret detail")


@api.post("/counts", returns=JobOut, status=202)
def count(session: Session) -> Any:
    """Count in a job."""
    return start_job(session, "notebook.count", params={"to": 4})


@job("notebook.count")
def run_count(run: JobRun) -> dict[str, int]:
    while run.state.get("n", 0) < run.params["to"]:
        with run.step() as session:
            n = run.state.get("n", 0) + 1
            session.add(Note(title=f"row {n}", price=n))
            run.state["n"] = n
            run.progress(done=n, total=run.params["to"])
            if n == 2:
                run.error(row=2, field="title", code="odd", message="Is two.", record={"title": "=row 2"})
            STEPS.append(n)
            if n in CRASH_AT:
                CRASH_AT.remove(n)
                raise OSError("the process died here")
    return {"counted": run.state["n"]}


def create_app(database: Database | None = None) -> Flask:
    return service_app(SERVICE, apis=[api], database=database)
