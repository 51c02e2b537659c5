"""The job behind `POST /imports`: step by step through the file, each step one transaction.

A step reads some thousand rows, finds all of their contact points with one query, and writes what is new by COPY. Where
it stands is saved in the same transaction: a worker that dies is followed by one that goes on with the next row.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from chassis.db.database import may_retry
from chassis.jobs import JobRun
from chassis.jobs.turns import GaveWay, Turn, in_turns
from contacts.imports import changing, telling
from contacts.imports.columns import ColumnReader, by_columns
from contacts.imports.company_load import load_companies
from contacts.imports.company_rows import reader_of
from contacts.imports.pace import Pace
from contacts.imports.part import Part
from contacts.imports.people_load import Lane, begin, load
from contacts.imports.plan import PREVIEW, Counts, Outcome, Plan
from contacts.imports.reading import rows
from contacts.imports.targets import OUR_COLUMNS
from contacts.searching import actions as searching
from contacts.settings import settings

COMPANIES_PER_STEP = 500
_ATTEMPTS = 10
_PATIENCE = 2
# In the order in which everybody writes to them; nobody has locked a row of them then, or could go on to wait for us.
_ALONE = text("LOCK TABLE companies, people, contact_points IN EXCLUSIVE MODE")
_FORGET = (
    text("DELETE FROM rehearsed_keys WHERE job_id = :job_id"),
    text("DELETE FROM imported_people WHERE job_id = :job_id"),
    text("DELETE FROM imported_companies WHERE job_id = :job_id"),
)


def run_import(run: JobRun) -> dict[str, Any]:
    """Read the file through; the result tells what became of its rows."""
    plan = Plan.read(run.id, run.params)
    if run.params.get("lines") and not run.state:
        run.progress(total=run.params["lines"])
    most = settings().import_chunk if plan.entity == "people" else min(settings().import_chunk, COMPANIES_PER_STEP)
    pace = Pace(most)

    def step(turn: Turn[Lane]) -> None:
        with pace.timed(len(turn.item.part.chunk)):
            _step(run, plan, turn)

    with run.open() as file, _ahead(run, plan, file, pace) as parts:
        in_turns(map(Lane.of, parts), step)
    return _finish(run, plan)


@contextmanager
def _ahead(run: JobRun, plan: Plan, file: BinaryIO, pace: Pace) -> Iterator[Iterator[Part]]:
    """The parts of the file, each read by a thread while PostgreSQL writes the one before it. The collector of cycles
    rests meanwhile: rows make a great many objects and no cycles, and it would take a quarter of the time."""
    numbered = rows(file, plan.form, skip=run.state.get("read", 0))
    read_by = reader_of(plan.entity)
    reader = read_by(plan.form.headers, plan.mapping, plan.source, plan.tags, pointless=bool(plan.match))
    columns = ColumnReader(plan) if by_columns(plan) else None

    def read() -> Part:
        return Part(list(islice(numbered, pace.rows)), reader, columns).read()

    def parts() -> Iterator[Part]:
        coming = pool.submit(read)
        while (part := coming.result()).chunk:
            coming = pool.submit(read)
            yield part

    gc.disable()
    try:
        with ThreadPoolExecutor(1) as pool:
            yield parts()
    finally:
        gc.enable()


def _step(run: JobRun, plan: Plan, turn: Turn[Lane]) -> None:
    """One transaction; done again from the look-up when somebody made, merged or deleted one of the same people
    meanwhile. Who loses that race twice makes the others wait for the length of one step."""
    part = turn.item.part
    for attempt in range(1, _ATTEMPTS + 1):
        if attempt > 1:
            part.read()
            turn.wait()
        outcome = Outcome(refused=part.refused)
        try:
            with run.step(partial(_ahead_of, plan, turn, outcome)) as session:
                turn.on(session)
                if attempt > _PATIENCE:
                    session.execute(_ALONE)
                outcome.told = run.state.get("events", 0)
                if plan.entity == "companies":
                    load_companies(session, plan, part.drafts, outcome)
                else:
                    load(session, plan, part, outcome)
                _save(run, plan, part.chunk, outcome)
            return
        except (DBAPIError, changing.Outdated, GaveWay) as error:
            if attempt == _ATTEMPTS or not _passing(error):
                raise


def _ahead_of(plan: Plan, turn: Turn[Lane], outcome: Outcome, session: Session) -> None:
    """What a step may write while the one before is under way; then its turn has come."""
    beside, part = turn.beside, turn.item.part
    if beside and len(part.block):
        begin(session, plan, part, outcome, beside)
        turn.wait(session)
    else:
        turn.wait()


def _passing(error: DBAPIError | changing.Outdated | GaveWay) -> bool:
    if not isinstance(error, DBAPIError):
        return True
    timed_out = getattr(error.orig, "sqlstate", None) == "55P03"  # lock_not_available
    return isinstance(error, IntegrityError) or timed_out or may_retry(error)


def _save(run: JobRun, plan: Plan, chunk: list[tuple[int, list[str]]], outcome: Outcome) -> None:
    """What the next step, or the next worker, has to know."""
    outcome.counts.failed = len(outcome.refused)
    for refused in outcome.refused:
        record = dict(zip(plan.form.headers, [*refused.cells, *[""] * len(plan.form.headers)], strict=False))
        record = {name: value.replace("\x00", "") for name, value in record.items() if not OUR_COLUMNS.fullmatch(name)}
        run.error(row=refused.number, record=record, **refused.told())
    counts = Counts(**run.state.get("counts", {})).add(outcome.counts)
    run.state["counts"] = counts.as_dict()
    run.state["events"] = outcome.told
    run.state["read"] = chunk[-1][0] - 1
    run.state["rows"] = run.state.get("rows", 0) + len(chunk)
    run.state["preview"] = (run.state.get("preview", []) + outcome.preview)[:PREVIEW]
    run.progress(done=run.state["rows"])


def _finish(run: JobRun, plan: Plan) -> dict[str, Any]:
    counts = Counts(**run.state.get("counts", {}))
    later = 0 if plan.dry_run else searching.finish(run)
    with run.step() as session:
        run.progress(done=run.state.get("rows", 0), total=run.state.get("rows", 0))
        if plan.dry_run:
            for statement in _FORGET:
                session.execute(statement, {"job_id": run.id})
        elif not run.state.get("told"):
            telling.tell_end(session, plan, counts, run.state.get("events", 0))
            run.state["told"] = True
    form = plan.form
    described = {"entity": plan.entity, "mode": plan.mode, "match": plan.match, "dry_run": plan.dry_run,
                 "mapping": plan.mapping, "encoding": form.encoding, "delimiter": form.delimiter,
                 "sheet": form.sheet}  # fmt: skip
    unread = [header for header in plan.form.headers if header and header not in plan.mapping]
    left_out = [header for header in unread if not OUR_COLUMNS.fullmatch(header)]
    preview = {"preview": run.state.get("preview", [])} if plan.dry_run else {}
    searched = {"searchable_later": later} if later else {}
    return counts.as_dict() | described | {"columns_left_out": left_out} | preview | searched
