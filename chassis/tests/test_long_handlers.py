"""What takes a handler long keeps neither the broker nor a probe waiting, and is not done twice."""

from __future__ import annotations

import re
from typing import Any

import eventlet

from chassis.bus.deliveries import in_turn
from chassis.privacy import ERASED, Scrubber


def test_heartbeats_have_a_turn_between_the_events_of_a_batch() -> None:
    order: list[Any] = []
    eventlet.spawn(order.append, "heartbeat")
    handle = in_turn(lambda event, _session: order.append(event))
    handle("first", None)  # type: ignore[arg-type]
    handle("second", None)  # type: ignore[arg-type]
    assert order == ["first", "heartbeat", "second"]


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
