import json
from contextlib import suppress
from uuid import UUID

import psycopg
import pytest
from shop.base import Thing

from chassis import clock
from chassis.context import running
from chassis.events import Event, emit, emit_together
from chassis.events.contracts import ContractError
from chassis.events.outbox import MAX_BYTES, pending
from chassis.ids import uuid7

ANY = "01920f6e-0000-7000-8000-000000000000"


def say(session, colour, **options):
    options = {"subject": "things/x", "sequence": 1} | options
    return emit(session, "thing.made", None, {"thing_id": ANY, "colour": colour}, **options)


def colours(house):
    bodies = house._column("shop", "SELECT body FROM outbox ORDER BY id")
    return [json.loads(body)["data"]["colour"] for body in bodies]


def test_an_event_is_written_with_its_change(house):
    with house.shop.transaction() as session:
        thing = Thing(name="Ann's", colour="red")
        session.add(thing)
        first = emit(session, "thing.made", thing, {"thing_id": ANY, "colour": "red"}, personal={"name": "Ann"})
        thing.colour = "blue"
        second = emit(session, "thing.painted", thing, {"thing_id": ANY, "colour": "blue"})
    assert (first.subject, first.sequence, second.sequence) == (f"things/{thing.id}", 1, 2)
    written = [Event.from_json(body) for body in house._column("shop", "SELECT body FROM outbox ORDER BY id")]
    assert written == [first, second]
    assert written[0].personal == {"name": "Ann"}


def test_a_change_that_is_rolled_back_has_no_event(house):
    with suppress(ZeroDivisionError), house.shop.transaction() as session:
        say(session, "red")
        raise ZeroDivisionError
    with house.shop.session() as session:
        say(session, "red")
        session.rollback()
        assert pending(session) == []
        say(session, "green")
        session.commit()
        session.commit()
    assert colours(house) == ["green"]


def test_a_session_that_was_closed_forgets_its_events(house):
    session = house.shop.session()
    say(session, "red")
    session.flush()
    session.connection()
    session.close()
    session.commit()
    assert colours(house) == []


def test_savepoints_keep_and_drop_their_own_events(house):
    with house.shop.transaction() as session:
        say(session, "before")
        with session.begin_nested():
            say(session, "kept")
            with session.begin_nested():
                say(session, "kept deeper")
            dropped = session.begin_nested()
            say(session, "dropped")
            with session.begin_nested():
                say(session, "dropped with what it stands in")
            dropped.rollback()
        say(session, "after")
    assert colours(house) == ["before", "kept", "kept deeper", "after"]


def test_one_transaction_notifies_once(house):
    with psycopg.connect(house.shop.url.replace("+psycopg", ""), autocommit=True) as listener:
        listener.execute("LISTEN outbox")
        with house.shop.transaction() as session:
            say(session, "red")
            say(session, "green")
        with house.shop.transaction():
            pass
        assert len(list(listener.notifies(timeout=0.3))) == 1


def test_an_event_knows_its_cause(house):
    actor_free = running(
        correlation_id="story", causation_id="cause", traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    )
    with house.shop.transaction() as session, actor_free:
        caused = say(session, "red")
    with house.shop.transaction() as session:
        first = say(session, "red")
    assert (caused.correlationid, caused.causationid, caused.traceparent[3:35]) == (
        "story",
        "cause",
        "a" * 32,
    )
    assert (first.correlationid, first.causationid) == (str(first.id), None)


def test_what_the_contract_does_not_allow_is_not_written(house):
    with house.shop.transaction() as session:
        with pytest.raises(ContractError, match="colour"):
            say(session, None)
        with pytest.raises(ContractError, match="no contract"):
            emit(session, "thing.lost", None, {}, subject="things/x")
        with pytest.raises(ContractError, match="an event is state"):
            say(session, "x" * MAX_BYTES)
        with pytest.raises(TypeError):
            emit(
                session,
                "thing.made",
                None,
                {"thing_id": ANY, "colour": "red", "at": clock.now()},
                subject="things/x",
            )
    assert colours(house) == []


def test_text_of_all_kinds_arrives_as_it_was(house):
    odd = ['"quoted"', "\\back", "{brace,}", "line\nbreak\x1e\x00\x1f", "汉字 🦊", "NULL", ""]
    with house.shop.transaction() as session:
        for text in odd:
            say(session, text)
    assert colours(house) == odd
    assert all(isinstance(id_, UUID) for id_ in house._column("shop", "SELECT event_id FROM outbox"))


def test_many_are_told_of_by_the_hundred(house):
    painted = [{"thing_id": str(uuid7()), "colour": "red", "sequence": n} for n in range(1, 251)]
    with house.shop.transaction() as session:
        emit_together(session, "things.painted", "things", painted)
        emit_together(session, "things.painted", "things", [])
    told = [Event.from_json(body) for body in house._column("shop", "SELECT body FROM outbox ORDER BY id")]
    assert [(len(event.data["things"]), event.sequence) for event in told] == [(100, 1), (100, 2), (50, 3)]
    assert {event.subject for event in told} == {f"batches/{told[0].data['batch_id']}"}
    assert [one.data["thing_id"] for event in told for one in event.each("things", "thing_id")] == [
        one["thing_id"] for one in painted
    ]
