from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest
from depot.base import Applied
from depot.worker import DepotWorker
from shop.base import Thing
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from chassis.bus import deliver_to, tick
from chassis.bus.subscriptions import Subscriptions, hears
from chassis.context import current
from chassis.errors import Conflict, Malformed, TryAgain
from chassis.events import Event
from chassis.events.failures import PATIENCE, Failure, classify, delay_for, describe
from chassis.events.inbox import process_batch, process_once
from chassis.ids import uuid7
from chassis.testing import at_once


def an_event(**changes):
    event = Event(
        id=uuid7(),
        source="/shop",
        type="thing.made",
        subject=f"things/{uuid7()}",
        time=datetime.now(UTC),
        data={"colour": "red"},
        sequence=1,
    )
    return replace(event, **changes)


def note(event, session):
    session.add(Applied(event_id=event.id, type=event.type))


def test_an_event_is_handled_once(house):
    event = an_event()
    assert [process_once(house.depot, "depot", event, note) for _ in range(3)] == [True, False, False]
    assert house.applied() == [str(event.id)]


def test_the_same_id_from_another_source_or_for_another_consumer_is_another_event(house):
    event = an_event()
    assert process_once(house.depot, "depot", event, note)
    assert process_once(house.depot, "depot", replace(event, source="/mill"), note)
    assert process_once(house.depot, "counter", event, note)
    assert house.applied() == [str(event.id)] * 3


def test_an_event_that_failed_is_handled_when_it_comes_again(house):
    def fail(event, session):
        note(event, session)
        session.flush()
        raise RuntimeError

    event = an_event()
    with pytest.raises(RuntimeError):
        process_once(house.depot, "depot", event, fail)
    assert house.applied() == []
    assert process_once(house.depot, "depot", event, note)
    assert house.applied() == [str(event.id)]


def test_eight_workers_with_the_same_event_at_the_same_instant(house):
    event = an_event()
    done = at_once(*[lambda: process_once(house.depot, "depot", event, note)] * 8)
    assert sorted(done) == [False] * 7 + [True]
    assert house.applied() == [str(event.id)]


def test_a_batch_is_kept_whole_or_not_at_all(house):
    def fail(event, session):
        raise RuntimeError

    events = [an_event() for _ in range(5)]
    with pytest.raises(RuntimeError):
        process_batch(house.depot, "depot", [*((event, note) for event in events), (an_event(), fail)])
    assert house.applied() == []
    assert process_batch(house.depot, "depot", [(event, note) for event in [*events, events[0]]]) == 5
    assert house.applied() == [str(event.id) for event in events]


def test_what_a_handler_sends_is_caused_by_what_it_heard(house):
    seen = []
    event = an_event(correlationid="story", traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01")
    process_once(house.depot, "depot", event, lambda *_: seen.append(current()))
    (context,) = seen
    assert (context.correlation_id, context.causation_id) == ("story", str(event.id))
    assert context.traceparent[:35] == event.traceparent[:35]
    assert context.traceparent != event.traceparent
    assert context.actor.kind == "system"


def test_deliver_to_handles_what_the_worker_hears(house):
    assert deliver_to(DepotWorker, house.depot, an_event())
    assert not deliver_to(DepotWorker, house.depot, an_event(type="thing.lost"))
    assert not deliver_to(DepotWorker, house.depot, an_event(source="/mill"))
    with pytest.raises(Malformed, match="version 2 is not known here"):
        deliver_to(DepotWorker, house.depot, an_event(version=2))
    assert len(house.applied()) == 1


def test_one_replica_ticks_at_a_time(house):
    with psycopg.connect(house.depot.url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('every:depot:tidy', 0))")
        assert not tick(house.depot, DepotWorker, "tidy")
        other.execute("SELECT pg_advisory_unlock_all()")
        assert tick(house.depot, DepotWorker, "tidy")


class Listener:
    @hears("shop", "thing.made", "thing.painted")
    def first(self, event, session):
        session.append(f"first {event.type}")

    @hears("shop", "thing.*")
    @hears("mill", "#")
    def pattern(self, event, session):
        session.append(f"pattern {event.wire_type}")

    @hears("shop", "thing.made", version=2)
    def newer(self, event, session):
        session.append("newer")


@pytest.mark.parametrize(
    ("changes", "called"),
    [
        ({}, ["first thing.made", "pattern thing.made"]),
        ({"type": "thing.painted"}, ["first thing.painted", "pattern thing.painted"]),
        ({"type": "thing.lost"}, ["pattern thing.lost"]),
        ({"version": 2}, ["newer"]),
        ({"source": "/mill", "type": "grain", "version": 4}, ["pattern grain.v4"]),
        ({"source": "/mill", "type": "grain.ground.fine"}, ["pattern grain.ground.fine"]),
    ],
)
def test_who_hears_what(changes, called):
    calls = []
    event = an_event(**changes)
    Subscriptions(Listener).handler(event)(event, calls)
    assert calls == called


def test_what_a_worker_is_bound_to():
    assert set(Subscriptions(Listener).bindings) == {
        ("shop", "thing.made"),
        ("shop", "thing.painted"),
        ("shop", "thing.*"),
        ("shop", "thing.made.v2"),
        ("mill", "#"),
    }


DELAYS = (1.0, 10.0)


@pytest.mark.parametrize(
    ("failure", "attempts", "age", "delay"),
    [
        (Failure.MALFORMED, 1, 0, None),
        (Failure.FAULT, 1, 0, 1.0),
        (Failure.FAULT, 2, 0, 10.0),
        (Failure.FAULT, 3, 0, None),
        (Failure.TRANSIENT, 3, 60, 10.0),
        (Failure.TRANSIENT, 99, PATIENCE, None),
    ],
)
def test_when_an_event_is_tried_again(failure, attempts, age, delay):
    assert delay_for(failure, attempts, age, DELAYS) == delay


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (Malformed("x"), Failure.MALFORMED),
        (TryAgain("x"), Failure.TRANSIENT),
        (ConnectionRefusedError(), Failure.TRANSIENT),
        (KeyError("colour"), Failure.FAULT),
        (Conflict("x", "y"), Failure.FAULT),
    ],
)
def test_what_a_failure_is(error, failure):
    assert classify(error) is failure


@pytest.mark.parametrize(
    ("statement", "failure"),
    [
        ("SELECT pg_terminate_backend(pg_backend_pid())", Failure.UNREACHABLE),
        ("SET statement_timeout = 10; SELECT pg_sleep(1)", Failure.TRANSIENT),
        ("INSERT INTO copies (thing_id) VALUES (NULL)", Failure.FAULT),
    ],
)
def test_what_a_failure_of_the_database_is(house, statement, failure):
    with pytest.raises(Exception) as raised, house.depot.transaction() as session:
        session.connection().exec_driver_sql(statement)
    assert classify(raised.value) is failure


def test_a_database_that_is_not_there(house):
    from chassis.db import Database

    nowhere = Database(house.depot.service, "postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(OperationalError) as raised, nowhere.transaction() as session:
        session.execute(text("SELECT 1"))
    assert classify(raised.value) is Failure.UNREACHABLE


def test_why_it_failed_is_told_without_the_row(house):
    with house.shop.transaction() as session:
        session.add(Thing(id=uuid7(), name="Ann", colour="red"))
    double = text("INSERT INTO things SELECT * FROM things")
    with pytest.raises(IntegrityError) as raised, house.shop.transaction() as session:
        session.connection().execute(double)
    assert "Key (id)" in str(raised.value)
    why = describe(raised.value)
    assert why.startswith("IntegrityError 23505 at test_inbox.py:")
    assert "Key" not in why
    assert describe(Malformed("no colour")) == "Malformed: no colour"
