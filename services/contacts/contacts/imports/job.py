"""The job behind `POST /imports`: step by step through the file, each step one transaction.

A step reads some thousand rows, finds all of their contact points with one query, and writes what is new by COPY. Where
it stands is saved in the same transaction: a worker that dies is followed by one that goes on with the next row.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO, Self
from uuid import UUID

from sqlalchemy import exists, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from chassis.db.bulk import copy_rows
from chassis.db.database import may_retry
from chassis.errors import FieldError
from chassis.jobs import Job, JobRun, job
from contacts.addresses.model import Address
from contacts.imports import addresses, changing, companies, finding, matching, telling, writing
from contacts.imports.cells import RowError
from contacts.imports.company_load import load_companies
from contacts.imports.company_rows import CompanyReader
from contacts.imports.custom import CustomColumns
from contacts.imports.drafts import Draft
from contacts.imports.faults import faults
from contacts.imports.plan import Counts, Outcome, Plan, Refused
from contacts.imports.prepared import Preparer
from contacts.imports.reading import rows
from contacts.imports.rows import RowReader
from contacts.imports.rules import Listed
from contacts.privacy.suppression import suppressed
from contacts.searching import actions as searching
from contacts.settings import settings

KIND = "contacts.import"
PREVIEW = 10
COMPANIES_PER_STEP = 500
_ATTEMPTS = 10
_PATIENCE = 2
# In the order in which everybody writes to them.
_ALONE = text("LOCK TABLE companies, contact_points IN SHARE ROW EXCLUSIVE MODE")
_FORGET = (
    text("DELETE FROM rehearsed_keys WHERE job_id = :job_id"),
    text("DELETE FROM imported_people WHERE job_id = :job_id"),
    text("DELETE FROM imported_companies WHERE job_id = :job_id"),
)


@job(KIND)
def run_import(run: JobRun) -> dict[str, Any]:
    """Read the file through; the result tells what became of its rows."""
    plan = Plan.read(run.id, run.params)
    if run.params.get("lines") and not run.state:
        run.progress(total=run.params["lines"])
    with run.open() as file, _ahead(run, plan, file) as parts:
        for part in parts:
            _step(run, plan, part)
    return _finish(run, plan)


def under_way(session: Session) -> bool:
    """Whether an import is running."""
    return bool(session.scalar(select(exists().where(Job.kind == KIND, Job.status == "running"))))


def reader_of(entity: Listed) -> type[RowReader]:
    """What reads the rows of such a list."""
    return CompanyReader if entity == "companies" else RowReader


@dataclass(slots=True)
class Part:
    """The rows of one step as they stand in the file, and their reader."""

    chunk: list[tuple[int, list[str]]]
    reader: RowReader
    preparer: Preparer | None  # where people may be made
    drafts: list[Any] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def read(self) -> Self:
        """Bring the rows into normal form, afresh."""
        self.drafts, self.refused = [], []
        for number, cells in self.chunk:
            try:
                draft = self.reader.read(number, cells)
                if self.preparer:
                    self.preparer.prepare(draft)
                self.drafts.append(draft)
            except RowError:
                self.refused.append(Refused(number, cells, faults(self.reader, number, cells)))
        return self


@contextmanager
def _ahead(run: JobRun, plan: Plan, file: BinaryIO) -> Iterator[Iterator[Part]]:
    """The parts of the file, each read by a thread while PostgreSQL writes the one before it. The collector of cycles
    rests meanwhile: rows make a great many objects and no cycles, and it would take a quarter of the time."""
    numbered = rows(file, plan.form, skip=run.state.get("read", 0))
    read_by = reader_of(plan.entity)
    reader = read_by(plan.form.headers, plan.mapping, plan.source, plan.tags, pointless=bool(plan.match))
    makes = plan.entity == "people" and plan.mode != "update" and not plan.dry_run
    preparer = Preparer(plan) if makes else None
    size = settings().import_chunk if plan.entity == "people" else min(settings().import_chunk, COMPANIES_PER_STEP)

    def read() -> Part:
        return Part(list(islice(numbered, size)), reader, preparer).read()

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


def _step(run: JobRun, plan: Plan, part: Part) -> None:
    """One transaction; done again from the look-up when somebody made, merged or deleted one of the same people
    meanwhile. Who loses that race twice makes the others wait for the length of one step."""
    for attempt in range(1, _ATTEMPTS + 1):
        if attempt > 1:
            part.read()
        outcome = Outcome(refused=part.refused, told=run.state.get("events", 0))
        try:
            with run.step() as session:
                if attempt > _PATIENCE:
                    session.execute(_ALONE)
                if plan.entity == "companies":
                    load_companies(session, plan, part.drafts, outcome)
                else:
                    load(session, plan, part.drafts, outcome)
                _save(run, plan, part.chunk, outcome)
            return
        except (DBAPIError, changing.Outdated) as error:
            if attempt == _ATTEMPTS or not _passing(error):
                raise


def _passing(error: DBAPIError | changing.Outdated) -> bool:
    if isinstance(error, changing.Outdated):
        return True
    timed_out = getattr(error.orig, "sqlstate", None) == "55P03"  # lock_not_available
    return isinstance(error, IntegrityError) or timed_out or may_retry(error)


def load(session: Session, plan: Plan, drafts: list[Draft], outcome: Outcome) -> None:
    """Match and write the rows of one step."""
    drafts = _without_erased(session, drafts, outcome)
    custom = CustomColumns(session, plan.who, plan.form.headers, plan.mapping)
    drafts = finding.identify(plan, custom.fill(drafts, outcome), outcome)
    matched = matching.match(session, plan, custom, drafts, outcome)
    found = [draft for drafts_ in matched.found.values() for draft in drafts_]
    made = list(matched.made.values())
    custom.complete(made)
    outcome.counts.created += len(made)
    if plan.dry_run:
        _rehearse(session, plan, made, outcome)
        known = companies.look_up(session, [draft.company_name for draft in found])
    else:
        known = companies.ensure(session, plan, [draft.company_name for draft in (*made, *found)], outcome)
    people, touched = changing.read(session, plan, matched)
    first = people.keys() - touched
    changed = changing.apply(session, people, touched, matched, known, outcome)
    if not plan.dry_run:
        written = writing.create(session, plan, made, known) + writing.update(session, plan, changed, matched.free)
        outcome.told = telling.tell_people(session, plan, written, outcome.told)
    gained = addresses.add(session, plan, Address.person_id, _further(plan, matched))
    updated = len(first & ({person.id for person in changed} | gained))
    outcome.counts.updated += updated
    outcome.counts.unchanged += len(first) - updated
    writing.note_touched(session, plan, map(str, first), created=False)


def _further(plan: Plan, matched: matching.Matched) -> dict[UUID, list[addresses.Further]]:
    """The further addresses that rows bring, of who is here and, unless this is a dry run, of who is made."""
    brought = {id_: [one for draft in drafts for one in draft.further] for id_, drafts in matched.found.items()}
    made = {} if plan.dry_run else matched.made
    return brought | {UUID(id_): list(draft.further) for id_, draft in made.items() if draft.further}


def _without_erased(session: Session, drafts: list[Draft], outcome: Outcome) -> list[Draft]:
    """The rows without those of people who were erased: an old list does not bring them back."""
    gone = suppressed(session, ((point.kind, point.value) for draft in drafts for point in draft.points))
    if not gone:
        return drafts
    kept: list[Draft] = []
    for draft in drafts:
        found = next((point for point in draft.points if (point.kind, point.value) in gone), None)
        if found is None:
            kept.append(draft)
        else:
            message = "Somebody with this contact point was erased at their wish; an import does not bring them back."
            error = FieldError(found.kind, "erased", message)
            outcome.refused.append(Refused(draft.number, draft.cells, [error]))
    return kept


def _rehearse(session: Session, plan: Plan, made: list[Draft], outcome: Outcome) -> None:
    keys = sorted({key for draft in made for key in finding.all_keys(draft)})
    copy_rows(session, "rehearsed_keys", ("job_id", "key"), [(str(plan.job_id), key) for key in keys])
    outcome.preview += [draft.shown() for draft in made[:PREVIEW]]


def _save(run: JobRun, plan: Plan, chunk: list[tuple[int, list[str]]], outcome: Outcome) -> None:
    """What the next step, or the next worker, has to know."""
    outcome.counts.failed = len(outcome.refused)
    for refused in outcome.refused:
        record = dict(zip(plan.form.headers, [*refused.cells, *[""] * len(plan.form.headers)], strict=False))
        record = {name: value.replace("\x00", "") for name, value in record.items()}
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
    left_out = [header for header in plan.form.headers if header and header not in plan.mapping]
    preview = {"preview": run.state.get("preview", [])} if plan.dry_run else {}
    searched = {"searchable_later": later} if later else {}
    return counts.as_dict() | described | {"columns_left_out": left_out} | preview | searched
