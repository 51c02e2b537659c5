"""The timer in real worker processes: several at once, killed in the middle, started again."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from chassis.testing import eventually

PATIENCE = 120  # seconds: the machine may be busy, and how long processes take to start is not what is tested
TICKETS = 30
TOLD = ("sla.at_risk", "sla.breached", "ticket.escalated")


@pytest.fixture
def workers(database):
    """Starts worker processes on the test's database; ends what is left of them."""
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    started = []

    def start(count):
        for _ in range(count):
            command = [sys.executable, "-m", "chassis", "worker", "service-desk"]
            env = os.environ | {"SERVICE_DESK_DATABASE_URL": url}
            started.append(subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return started[-count:]

    yield start
    for process in started:
        process.kill()
        process.wait()


def blocked(database):
    with database.reading() as session:
        return session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'outbox'::regclass"))


@pytest.mark.fault
def test_workers_killed_in_the_middle_of_a_sweep_tell_nothing_and_others_tell_all_once(
    clock, database, ticket, tick, outbox, workers
):
    clock.set(datetime.now(UTC) - timedelta(days=20))
    opened = {ticket(priority="urgent")["id"] for _ in range(TICKETS)}
    with database.transaction() as session:
        session.execute(text("LOCK TABLE outbox IN EXCLUSIVE MODE"))
        doomed = workers(2)
        eventually(lambda: blocked(database), within=PATIENCE)
        for process in doomed:
            process.kill()
            process.wait()
    assert [event for event in outbox.events() if event.type in TOLD] == []
    workers(2)
    eventually(lambda: len([e for e in outbox.events() if e.type in TOLD]) >= TICKETS * 6, within=PATIENCE)
    clock.set(datetime.now(UTC))
    tick("watch_service_levels")
    told = [(e.data["ticket_id"], e.type, e.data.get("metric") or e.data["reason"]) for e in outbox.events(None)
            if e.type in TOLD]  # fmt: skip
    assert len(told) == len(set(told)) == TICKETS * 6
    assert {ticket_id for ticket_id, _, _ in told} == opened
