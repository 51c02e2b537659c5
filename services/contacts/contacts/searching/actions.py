"""The n-grams of people whom imports have made follow them."""

from __future__ import annotations

from datetime import datetime, timedelta

from prometheus_client import Gauge
from sqlalchemy.orm import Session

from chassis.db.beside import behind, follow
from chassis.jobs import JobRun
from contacts.people.model import Person
from contacts.searching.model import PersonGrams

AT_ONCE = 2_000  # people in one transaction, which who changes one of them waits for
ENDED_WITH = 5_000  # people: an import that made no more ends when all of them are found
# Imports have the processor to themselves. Who has waited for so long is found nevertheless: they may never end.
_BEHIND_IMPORTS = timedelta(minutes=1)
BEHIND = Gauge("quintet_people_not_searchable", "People whom a search does not find yet by what is rare about them")


def go_on(session: Session, now: datetime, *, importing: bool) -> bool:
    """Make the n-grams of some people who were made without; whether there may be more. While `importing`, only of
    those who have waited for a minute."""
    more = follow(session, Person, AT_ONCE, before=now - _BEHIND_IMPORTS if importing else None)
    BEHIND.set(behind(session, PersonGrams))
    return more


def finish(run: JobRun) -> int:
    """Let who asked for a short list find whom it brought as soon as it is done: step by step, each one transaction.
    How many people of a longer one are left to the clock."""
    with run.database.reading() as session:
        left = behind(session, PersonGrams, run.id)
    if left > ENDED_WITH:
        return left
    more = left > 0
    while more:
        with run.step() as session:
            more = follow(session, Person, AT_ONCE, left_by=run.id)
    return 0
