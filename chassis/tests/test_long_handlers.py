"""What takes a handler long keeps neither the broker nor a probe waiting, and is not done twice."""

from __future__ import annotations

import re
from collections import deque
from types import SimpleNamespace
from typing import Any, ClassVar

import eventlet
import pytest

from chassis.bus import Worker, deliveries, hears
from chassis.bus.deliveries import Deliveries, State, in_turn
from chassis.events.envelope import Event
from chassis.privacy import ERASED, Scrubber
from chassis.testing.events import make_event


def test_heartbeats_have_a_turn_between_the_events_of_a_batch() -> None:
    order: list[Any] = []
    eventlet.spawn(order.append, "heartbeat")
    handle = in_turn(lambda event, _session: order.append(event))
    handle("first", None)  # type: ignore[arg-type]
    handle("second", None)  # type: ignore[arg-type]
    assert order == ["first", "heartbeat", "second"]


class Forgetful(Worker):
    """Hears all, and forgets people one event at a time."""

    service: ClassVar[Any] = SimpleNamespace(name="forgetful", inbox="forgetful.inbox")
    batch = 3

    @hears("contacts", "#")
    def put_down(self, event: Event, session: Any) -> None:
        session.append(event.type)

    @hears("contacts", "people.deleted", alone=True)
    def forgotten(self, event: Event, session: Any) -> None:
        session.append("forgotten")


@pytest.mark.parametrize(
    ("types", "together"),
    [
        (["a.b", "a.b", "a.b", "a.b"], [["a.b"] * 3, ["a.b"]]),
        (["people.deleted", "people.deleted"], [["people.deleted", "forgotten"]] * 2),
        (["a.b", "people.deleted", "a.b", "a.b"], [["a.b"], ["people.deleted", "forgotten"], ["a.b"], ["a.b"]]),
    ],
)
def test_what_goes_alone_has_a_transaction_of_its_own(
    types: list[str], together: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    transactions: list[list[str]] = []

    def process(_database: Any, _consumer: str, batch: Any) -> int:
        transactions.append([])
        for event, handler in batch:
            handler(event, transactions[-1])
        return len(batch)

    monkeypatch.setattr(deliveries, "process_batch", process)
    acknowledged: list[int] = []
    channel = SimpleNamespace(connection=True, basic_ack=lambda tag, **_: acknowledged.append(tag))
    line: deque[Any] = deque()
    for tag, type_ in enumerate(types):
        event = make_event("contacts", type_, {})
        line.append(SimpleNamespace(body=event.to_json(), errors=(), channel=channel, headers={}, delivery_tag=tag))
    state = State()
    Deliveries(Forgetful, SimpleNamespace(service=Forgetful.service), "amqp://nowhere", (), state).work_off(line)  # type: ignore[arg-type]
    assert (transactions, acknowledged[-1]) == (together, len(types) - 1)


def test_what_is_said_of_many_is_searched_once() -> None:
    scrubber, searched = Scrubber(["Li Na", "li@example.cn"]), []
    pattern = scrubber._pattern
    assert pattern is not None

    class Counting:
        def sub(self, by: str, text: str) -> str:
            searched.append(text)
            return re.sub(pattern, by, text)

    scrubber._pattern = Counting()  # type: ignore[assignment]
    long = "Li Na " * 40
    told = {"people": [{"city": "Berlin", "by": "for Li Na"}] * 100, "note": long}
    left = scrubber.value(told)
    assert left["people"] == [{"city": "Berlin", "by": f"for {ERASED}"}] * 100
    assert (left["note"], searched) == (long.replace("Li Na", ERASED), ["Berlin", "for Li Na", long])
