import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from chassis.errors import Malformed
from chassis.events import Event
from chassis.events.envelope import split_type, wire_type

WHOLE = {
    "specversion": "1.0",
    "id": "01920f6e-0000-7000-8000-000000000001",
    "source": "/shop",
    "type": "thing.made",
    "subject": "things/01920f6e-0000-7000-8000-000000000002",
    "time": "2026-03-01T10:00:00.5Z",
    "datacontenttype": "application/json",
    "dataschema": "urn:quintet:contract:shop:thing.made.v1",
    "sequence": 3,
    "position": 17,
    "correlationid": "c",
    "causationid": "d",
    "actorid": "01920f6e-0000-7000-8000-000000000003",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "data": {"colour": "红", "personal": {"name": "王"}},
}


def test_there_and_back():
    event = Event.from_json(json.dumps(WHOLE))
    assert Event.from_json(event.to_json()) == event
    assert event.to_dict() == WHOLE | {"time": "2026-03-01T10:00:00.500000Z"}
    assert event.time == datetime(2026, 3, 1, 10, 0, 0, 500_000, UTC)
    assert event.entity_id == UUID("01920f6e-0000-7000-8000-000000000002")
    assert event.personal == {"name": "王"}
    assert event.without_personal().data == {"colour": "红"}


def test_an_instant_with_an_offset_is_told_in_utc():
    east = datetime(2026, 3, 1, 18, tzinfo=timezone(timedelta(hours=8)))
    event = Event.from_dict(WHOLE | {"time": east.isoformat()})
    assert event.to_dict()["time"] == "2026-03-01T10:00:00Z"


@pytest.mark.parametrize(
    ("type_", "version", "wire"), [("a.b", 1, "a.b"), ("a.b", 2, "a.b.v2"), ("a.b", 11, "a.b.v11")]
)
def test_the_version_stands_in_the_type_from_two_on(type_, version, wire):
    assert wire_type(type_, version) == wire
    assert split_type(wire) == (type_, version)
    event = Event.from_dict(WHOLE | {"type": wire, "dataschema": f"urn:x:{type_}.v{version}"})
    assert (event.type, event.version, event.wire_type) == (type_, version, wire)


@pytest.mark.parametrize("name", ["id", "source", "type", "time", "data", "specversion"])
def test_what_must_be_there(name):
    with pytest.raises(Malformed, match=name):
        Event.from_dict({key: value for key, value in WHOLE.items() if key != name})


@pytest.mark.parametrize(
    "wrong",
    [
        {"specversion": "0.3"},
        {"id": "7"},
        {"id": 7},
        {"source": ""},
        {"type": None},
        {"subject": 1},
        {"time": "yesterday"},
        {"time": "2026-03-01T10:00:00"},
        {"sequence": "many"},
        {"sequence": 1.5},
        {"position": True},
        {"correlationid": []},
        {"data": []},
        {"data": {"personal": "Ann"}},
    ],
)
def test_what_makes_no_sense(wrong):
    with pytest.raises(Malformed, match=next(iter(wrong))):
        Event.from_dict(WHOLE | wrong)


def test_what_is_not_known_is_passed_over():
    assert Event.from_dict(WHOLE | {"partitionkey": "x"}) == Event.from_dict(WHOLE)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"null", b'"x"', b"[" * 100_000])
def test_what_is_no_event(body):
    with pytest.raises(Malformed):
        Event.from_json(body)


def test_a_subject_without_an_id():
    with pytest.raises(Malformed, match="carries no id"):
        _ = Event.from_dict(WHOLE | {"subject": "things/new"}).entity_id


def test_what_a_bundle_tells_of_each_is_an_event_of_its_own():
    people = {"people": [{"person_id": "a", "sequence": 9}], "personal": {"a": {"name": "王"}}}
    bundle = Event.from_dict(WHOLE | {"data": people})
    (one,) = bundle.each("people", "person_id")
    data = {"person_id": "a", "sequence": 9, "personal": {"name": "王"}}
    assert one == replace(bundle, subject="people/a", sequence=9, data=data)


def test_what_tells_of_many_is_as_many_events_each_with_its_own_id_and_sequence():
    one, other = "01920f6e-0000-7000-8000-00000000000a", "01920f6e-0000-7000-8000-00000000000b"
    things = [{"thing_id": one, "colour": "red", "sequence": 4}, {"thing_id": other, "colour": "blue", "sequence": 7}]
    data = {"things": things, "personal": {one: {"name": "王"}}}
    many = Event.from_dict(WHOLE | {"type": "things.painted", "data": data})
    first, second = many.each("things", "thing_id", "thing.painted")
    assert (first.type, first.subject, first.sequence, first.time) == ("thing.painted", f"things/{one}", 4, many.time)
    assert (first.data["colour"], first.personal, second.personal) == ("red", {"name": "王"}, {})
    assert len({many.id, first.id, second.id}) == 3
    assert many.each("things", "thing_id", "thing.painted") == [first, second]  # delivered again it is the same news
    assert [told.type for told in many.each("things", "thing_id")] == ["things.painted"] * 2
    for broken in ({}, {"things": "red"}, {"things": [{"thing_id": one}]}, {"things": [{"sequence": 1}]}):
        with pytest.raises(Malformed):
            Event.from_dict(WHOLE | {"data": broken}).each("things", "thing_id")
