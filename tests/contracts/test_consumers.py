"""Every service handles every example of every event that it hears: whole, with more than it knows, with the least."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.bus import deliver_to, find_worker, tick
from chassis.db import Database
from chassis.events import Event
from chassis.service import find_service
from chassis.testing.databases import Cleaner
from chassis.testing.events import make_event
from launcher.docs.catalogue import Told, catalogue

Databases = Callable[[str], tuple[Database, Cleaner]]
PAIRS = [(listener, told) for told in catalogue() for listener in told.heard_by]
# The plural of the type's first word is the subject's, except for these.
SUBJECTS = {
    "contact": "people",
    "contacts": "jobs",
    "people": "jobs",
    "projection": "jobs",
    "company": "companies",
    "consent": "people",
}


def named(pair: tuple[str, Told]) -> str:
    return f"{pair[0]}<-{pair[1].wire_type}"


def event_of(told: Told, data: dict[str, Any]) -> Event:
    """As its publisher would send it: the subject is the first thing that the data names."""
    word = told.type.partition(".")[0]
    ids = [value for name, value in data.items() if name.endswith("_id") and isinstance(value, str)]
    subject = f"{SUBJECTS.get(word, word + 's')}/{ids[0] if ids else UUID(int=1)}"
    return make_event(told.service.name, told.type, data, subject=subject, version=told.version)


def with_more(value: Any) -> Any:
    """The same with a field in every object that nobody knows yet."""
    if isinstance(value, dict):
        return {name: with_more(item) for name, item in value.items()} | {"of_a_later_version": {"deep": [1]}}
    return [with_more(item) for item in value] if isinstance(value, list) else value


def least(schema: dict[str, Any], value: Any) -> Any:
    """The same with nothing but what the contract requires."""
    if isinstance(value, dict) and "properties" in schema:
        kept = [name for name in schema.get("required", ()) if name in value]
        return {name: least(schema["properties"][name], value[name]) for name in kept}
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [least(schema["items"], item) for item in value]
    return value


@pytest.mark.parametrize("pair", PAIRS, ids=named)
def test_every_example_is_handled_whole_with_more_and_with_the_least(
    pair: tuple[str, Told], databases: Databases
) -> None:
    listener, told = pair
    service = find_service(listener)
    database, cleaner = databases(listener)
    for example in told.schema["examples"]:
        for data in (example, with_more(copy.deepcopy(example)), least(told.schema, example)):
            cleaner.clean()
            event = event_of(told, data)
            assert deliver_to(find_worker(service), database, event) is True
            assert deliver_to(find_worker(service), database, event) is False  # the inbox knows it
            again = event_of(told, data)  # the same news under another id: as after a lost confirm of an old publisher
            assert deliver_to(find_worker(service), database, again) is True


def test_reporting_makes_sense_of_every_example(databases: Databases) -> None:
    """What the figures are folded from is what the contracts promise: no example is refused."""
    database, cleaner = databases("reporting")
    cleaner.clean()
    worker = find_worker(find_service("reporting"))
    for told in catalogue():
        for example in told.schema["examples"]:
            deliver_to(worker, database, event_of(told, example))
            deliver_to(worker, database, event_of(told, least(told.schema, example)))
    tick(database, worker, "project")
    with database.reading() as session:
        assert session.execute(text("SELECT position, reason FROM refused_facts")).all() == []
        folded = session.scalar(text("SELECT position FROM generations WHERE state = 'live'"))
        assert folded == 2 * sum(len(told.schema["examples"]) for told in catalogue())
        assert session.scalar(text("SELECT count(*) FROM counters")) > 0
