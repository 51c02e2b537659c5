"""Reading mailboxes: the clock says which are due, the jobs process reads them.

A mail is filed in one transaction with its Message-ID, then put away on the server, then the bookmark moves behind it.
A process that dies in between meets the mail again and knows it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Unavailable
from chassis.jobs import Job, JobRun, job, start_job
from contacts.mailboxes import filing, server
from contacts.mailboxes.model import Mailbox, MailboxState
from contacts.mailboxes.reading import read
from contacts.mailboxes.rules import pause

KIND = "contacts.read_mailbox"
_KEPT = timedelta(hours=6)


def start_due(session: Session, now: datetime) -> int:
    """Ask for a job for each mailbox whose time has come; how many. Jobs of the last hours are kept to be looked at."""
    due = session.execute(
        select(Mailbox, MailboxState)
        .join(MailboxState, MailboxState.mailbox_id == Mailbox.id)
        .where(Mailbox.active, MailboxState.next_at <= now)
        .with_for_update(of=MailboxState, skip_locked=True)
    ).all()
    for mailbox, state in due:
        state.next_at = now + pause(state.failures)
        start_job(session, KIND, params={"mailbox_id": str(mailbox.id)})
    session.execute(delete(Job).where(Job.kind == KIND, Job.status == "done", Job.ended_at < now - _KEPT))
    return len(due)


@job(KIND)
def read_mailbox(run: JobRun) -> dict[str, Any] | None:
    """Read what is new in a mailbox. One that is down is said so, and asked again after a pause that grows;
    and so is one whose attachments have no place, for the storage is down."""
    counts: dict[str, Any] = {}
    with run.step() as session:
        mailbox = session.get(Mailbox, UUID(run.params["mailbox_id"]))
    if mailbox is None or not mailbox.active:
        return None
    try:
        with server.opened(mailbox) as client:
            last_uid = _begin(run, mailbox, server.look(client, mailbox)["uid_validity"])
            for uid, size in server.behind(client, mailbox, last_uid):
                raw = server.fetch(client, uid, size)
                if raw is not None:
                    _file(run, mailbox, raw, counts)
                    server.put_away(client, mailbox, uid)
                _move_on(run, mailbox, uid)
    except (server.Unreachable, Unavailable) as problem:
        _settle(run, mailbox, str(problem))
        return {**counts, "problem": str(problem)}
    _settle(run, mailbox, None)
    return counts


def _begin(run: JobRun, mailbox: Mailbox, uid_validity: int) -> int:
    """The last UID that was read. Where the server has numbered its messages anew, all are looked at again."""
    with run.step() as session:
        state = _state(session, mailbox.id)
        if state.uid_validity != uid_validity:
            state.uid_validity, state.last_uid = uid_validity, 0
        return state.last_uid


def _file(run: JobRun, mailbox: Mailbox, raw: bytes, counts: dict[str, Any]) -> None:
    mail = read(raw)
    with run.step() as session:
        state = filing.take(session, mailbox, mail) or "known"
        counts[state] = counts.get(state, 0) + 1
        run.progress(done=sum(counts.values()))


def _move_on(run: JobRun, mailbox: Mailbox, uid: int) -> None:
    with run.step() as session:
        state = _state(session, mailbox.id)
        state.last_uid = max(state.last_uid, uid)


def _settle(run: JobRun, mailbox: Mailbox, problem: str | None) -> None:
    with run.step() as session:
        state = _state(session, mailbox.id)
        state.checked_at, state.problem = clock.now(), problem
        state.failures = state.failures + 1 if problem else 0
        state.next_at = clock.now() + pause(state.failures)


def _state(session: Session, mailbox_id: UUID) -> MailboxState:
    return session.scalars(select(MailboxState).where(MailboxState.mailbox_id == mailbox_id).with_for_update()).one()
