"""What a changed definition means for the records and their indexes: a job that brings them up to what the definition
says. Done again after a crash, it goes on where it was; done twice, it changes nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from chassis.custom.actions import holding
from chassis.custom.checking import as_definition
from chassis.custom.columns import key_sql
from chassis.custom.definitions import CHOICE, hold
from chassis.custom.model import CustomField, customised
from chassis.custom.writing import write
from chassis.errors import Refusal
from chassis.jobs import JobRun
from chassis.jobs.run import registry
from chassis.service import Service

ROWS_PER_STEP, WRITES_PER_STEP = 5000, 500


def register(service: Service) -> None:
    """Let this process do the job, if any model of `service` takes custom fields. After its `app` is imported."""
    if customised(service):
        registry[f"{service.name}.custom_field"] = bring_up


def bring_up(run: JobRun) -> dict[str, Any]:
    """Take values away, replace choices, build or drop the index."""
    field = _field(run)
    if field is None:
        return {"records": 0}
    model = customised(run.database.service)[field.entity]
    if field.deleting:
        _clear(run, model, field)
        _index(run, field, wanted=False)
        with run.step() as session:
            hold(session, field.entity)
            gone = session.get(CustomField, field.id, with_for_update=True)
            if gone is not None:
                session.delete(gone)
    else:
        for old, new in sorted(run.params["replace"].items()):
            _replace(run, model, field, old, new)
        _index(run, field, wanted=field.indexed)
    return {"records": run.state.get("records", 0)}


def _field(run: JobRun) -> CustomField | None:
    with run.database.reading() as session:
        return session.get(CustomField, UUID(run.params["field_id"]))


def _clear(run: JobRun, model: Any, field: CustomField) -> None:
    """Take the values away by the order of ids. The records keep their version: what was shown of them stays."""
    table = model.__tablename__
    page = text(f"SELECT id FROM {table} WHERE id > :after ORDER BY id LIMIT :rows")  # noqa: S608 - the table's name
    strip = text(f"UPDATE {table} SET custom = custom - :key WHERE id = ANY(:ids) AND custom ? :key")  # noqa: S608
    more = True
    while more:
        with run.step() as session:
            after = run.state.get("after", str(UUID(int=0)))
            ids = session.scalars(page, {"after": after, "rows": ROWS_PER_STEP}).all()
            if more := bool(ids):
                done: Any = session.execute(strip, {"key": field.key, "ids": list(ids)})
                run.state |= {"after": str(ids[-1]), "records": run.state.get("records", 0) + done.rowcount}
                run.state["seen"] = run.state.get("seen", 0) + len(ids)
                run.progress(done=run.state["seen"])


def _replace(run: JobRun, model: Any, field: CustomField, old: str, new: str | None) -> None:
    """Give records another choice by their own use case, so that their events tell of it."""
    while True:
        with run.step() as session:
            page = select(model).where(holding(model, field, old)).order_by(model.id).limit(WRITES_PER_STEP)
            locked = page.with_for_update(of=model).execution_options(populate_existing=True)
            rows = session.scalars(locked).unique().all()
            for row in rows:
                _rewrite(session, row, field, old, new)
            run.state["records"] = run.state.get("records", 0) + len(rows)
            run.progress(done=run.state["records"])
        if not rows:
            return


def _rewrite(session: Session, row: Any, field: CustomField, old: str, new: str | None) -> None:
    value = row.custom[field.key]
    if field.type == CHOICE:
        after: Any = new
    else:
        after = list(dict.fromkeys(new if one == old else one for one in value if new or one != old))
    custom = {**row.custom, field.key: after}
    custom = {key: one for key, one in custom.items() if one not in (None, [])}
    try:
        write(session, row, custom)
    except Refusal:  # a record that is closed for changes
        row.custom = custom
        session.flush()


def _index(run: JobRun, field: CustomField, *, wanted: bool) -> None:
    """Build or drop the field's index without keeping writers waiting."""
    name = f"cx_{field.entity}_{field.key}"
    engine = run.database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = 0"))
        try:
            valid = _validity(connection, name)
            if valid is False or (valid and not wanted):  # what a crash left half built is of no use
                connection.execute(text(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"'))
            if wanted and not valid:
                key = key_sql(as_definition(field), field.entity).replace(":", r"\:")
                connection.execute(text(f'CREATE INDEX CONCURRENTLY "{name}" ON {field.entity} (({key}), id)'))
        finally:
            connection.execute(text("SET lock_timeout = '10s'"))


def _validity(connection: Connection, name: str) -> bool | None:
    """Whether the index is whole; None where there is none."""
    found = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
    valid: bool | None = connection.scalar(found, {"name": name})
    return valid
