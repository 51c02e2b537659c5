"""A clock that has left something to do goes on at once; one that has not, or failed, waits for its next turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from chassis import clock
from chassis.bus import timer


@pytest.mark.parametrize(("left", "runs"), [([True, True, False], 3), ([None], 1), ([RuntimeError("no")], 1)])
def test_what_is_left_is_done_at_once(monkeypatch, left, runs) -> None:
    began, calls, looks = datetime(2026, 3, 2, tzinfo=UTC), [], []
    every = timer.Every(seconds=3600)
    every.method_name = "sweep"
    config = {"database": SimpleNamespace(service=SimpleNamespace(name="depot"))}
    every.container = SimpleNamespace(config=config, service_cls=None)

    def once(*_asked):
        calls.append(clock.now())
        answer = left[len(calls) - 1]
        if isinstance(answer, RuntimeError):
            raise answer
        return answer

    def stopped_within(seconds: float) -> bool:
        looks.append(seconds)
        return len(looks) > len(left) + 5

    monkeypatch.setattr(clock, "now", lambda: began + timedelta(seconds=2 * bool(looks)))
    monkeypatch.setattr(timer, "_once", once)
    monkeypatch.setattr(every, "_stopped_within", stopped_within)
    every._run()
    assert len(calls) == runs
    assert looks[: runs + 1] == [timer.LOOK, *[timer.AGAIN] * (runs - 1), timer.LOOK]
