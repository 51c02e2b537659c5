"""How one clock runs, rests and stops. No session, no events: what is told of it is the business of `sla.actions`.

A promise is kept up to and including its due instant; it is broken the moment after.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from service_desk.sla.model import SlaClock, SlaPolicy
from service_desk.sla.rules import between, due

METRICS = ("first_response", "resolution")
News = Literal["at_risk", "breached"]


def target_of(policy: SlaPolicy, metric: str) -> timedelta | None:
    """What the policy promises; None where it promises nothing."""
    minutes = getattr(policy, f"{metric}_minutes")
    return timedelta(minutes=minutes) if minutes else None


def begin(policy: SlaPolicy, metric: str, target: timedelta, now: datetime) -> SlaClock:
    """A clock that starts now."""
    clock = SlaClock(
        metric=metric,
        calendar_id=policy.calendar_id,
        calendar=policy.calendar,
        target=target,
        risk_percent=policy.risk_percent,
        left=target,
    )
    _run(clock, now)
    return clock


def rest(clock: SlaClock, now: datetime) -> None:
    """Stand still, remembering what is left. A clock that has stopped or was breached does not care."""
    if clock.stopped_at is None and clock.breached_at is None and clock.due_at is not None:
        clock.left = between(clock.business_time, now, clock.due_at)
        clock.due_at = clock.risk_at = clock.look_at = None


def resume(clock: SlaClock, now: datetime) -> None:
    """Go on after a rest, or after a stop that came too early; the time between has not counted."""
    if clock.breached_at is None:
        clock.stopped_at = clock.met = None
        _run(clock, now)


def stop(clock: SlaClock, now: datetime) -> None:
    """What was promised is done. To be called after `catch_up`, which knows whether it is too late."""
    if clock.stopped_at is not None:
        return
    if clock.breached_at is None:
        if clock.due_at is None:  # it rests: show when it would have been due
            _run(clock, now)
        elif clock.due_at > now:
            clock.left = between(clock.business_time, now, clock.due_at)
        clock.met = True
    clock.stopped_at, clock.look_at = now, None


def catch_up(clock: SlaClock, now: datetime) -> list[News]:
    """What has become true of a running clock since it was last looked at: each thing is news once."""
    news: list[News] = []
    if clock.look_at is None or clock.risk_at is None or clock.due_at is None:
        return news
    if clock.warned_at is None and clock.risk_at < now:
        clock.warned_at = now
        news.append("at_risk")
    if clock.due_at < now:
        clock.breached_at, clock.met = now, False
        news.append("breached")
    clock.look_at = _next_look(clock)
    return news


def retarget(clock: SlaClock, policy: SlaPolicy, target: timedelta, now: datetime) -> None:
    """Another promise on the same ticket: the business time used so far counts against it."""
    if clock.stopped_at is not None or clock.breached_at is not None:
        return
    resting = clock.due_at is None
    rest(clock, now)
    clock.left += target - clock.target
    clock.target, clock.risk_percent = target, policy.risk_percent
    clock.calendar_id, clock.calendar = policy.calendar_id, policy.calendar
    if not resting:
        _run(clock, now)


def _run(clock: SlaClock, now: datetime) -> None:
    if clock.left <= timedelta():
        clock.due_at = clock.risk_at = now
    else:
        spare = clock.target * (100 - clock.risk_percent) / 100
        calendar = clock.business_time
        clock.due_at = due(calendar, now, clock.left)
        clock.risk_at = due(calendar, now, clock.left - spare) if clock.left > spare else now
    clock.look_at = _next_look(clock)


def _next_look(clock: SlaClock) -> datetime | None:
    if clock.breached_at is not None:
        return None
    return clock.risk_at if clock.warned_at is None else clock.due_at
