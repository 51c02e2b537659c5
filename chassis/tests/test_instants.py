"""An instant is written in one way, wherever it stands in an answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import orjson

from chassis.encoding import to_json
from chassis.files.cells import as_text
from chassis.http.render import dumper
from chassis.instants import instant_text
from chassis.schema import Schema, fields

INSTANTS = {
    datetime(2026, 3, 2, 9, tzinfo=UTC): "2026-03-02T09:00:00Z",
    datetime(2026, 3, 2, 9, 0, 0, 1200, tzinfo=UTC): "2026-03-02T09:00:00.001200Z",
    datetime(2026, 3, 2, 17, tzinfo=timezone(timedelta(hours=8))): "2026-03-02T09:00:00Z",
}


class Part(Schema):
    at = fields.Instant()


class Whole(Part):
    many = fields.List(fields.Instant())
    part = fields.Nested(Part)
    parts = fields.Nested(Part, many=True)
    listed = fields.List(fields.Nested(Part))
    other = fields.Dict()


def test_as_text() -> None:
    assert [instant_text(instant) for instant in INSTANTS] == list(INSTANTS.values())
    assert [as_text(instant) for instant in INSTANTS] == list(INSTANTS.values())


def test_in_lists_and_whatever_else_stands_in_an_answer() -> None:
    schema = Whole()
    for instant, text in INSTANTS.items():
        utc = instant.astimezone(UTC)
        part = {"at": utc}
        whole = {"at": utc, "part": part, "parts": [part], "listed": [part]}
        whole |= {"many": [utc, None], "other": {"at": [utc]}}
        written = {"at": text}
        assert orjson.loads(to_json(dumper(schema)(whole))) == {
            "at": text, "many": [text, None], "part": written, "parts": [written], "listed": [written],
            "other": {"at": [text]},
        }  # fmt: skip
