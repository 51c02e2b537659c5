"""What has had its day is cleared away by the worker's clocks."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import amqp
import pytest
from kombu.connection import Connection
from sqlalchemy import text

from chassis import clock as the_clock
from chassis.events.dead import DeadLetters
from chassis.testing.events import make_event


def _count(session: Any, table: str) -> int:
    return session.scalar(text(f"SELECT count(*) FROM {table}"))


def test_files_and_errors_of_jobs_go_after_thirty_days(imported: Any, session: Any, clock: Any, tick: Any) -> None:
    clock.set(the_clock.now())
    imported("name,email\nAnn Lee,ann@example.com\n,nobody\n")
    clock.advance(days=29)
    tick("clear_rows")
    assert (_count(session, "job_files"), _count(session, "job_errors")) == (1, 1)
    clock.advance(days=2)
    tick("clear_rows")
    tick("clear_rows")
    assert (_count(session, "job_files"), _count(session, "job_errors"), _count(session, "jobs")) == (0, 0, 1)


def test_files_of_a_job_under_way_stay(upload: Any, session: Any, clock: Any, tick: Any) -> None:
    upload("name,email\nAnn Lee,ann@example.com\n")
    clock.advance(days=400)
    tick("clear_rows")
    assert _count(session, "job_files") == 1


def test_kept_answers_go_after_a_week(api: Any, session: Any, clock: Any, tick: Any) -> None:
    api.post("/people", json={"name": "Ann Lee"}, key="once")
    clock.set(session.scalar(text("SELECT created_at FROM idempotency_keys")) + timedelta(days=6))
    tick("clear_rows")
    assert _count(session, "idempotency_keys") == 1
    clock.advance(days=2)
    tick("clear_rows")
    assert _count(session, "idempotency_keys") == 0


@pytest.fixture
def letters() -> Any:
    """A queue of dead letters on the broker of the tests, with nothing in it."""
    url = os.environ.get("AMQP_URL", "")
    if not url:
        pytest.skip("no broker")
    return DeadLetters(url, "retention-test")


def test_dead_letters_go_when_nobody_has_replayed_them(letters: Any) -> None:
    now = the_clock.now()
    with Connection(letters._url) as connection:
        channel = connection.channel()
        channel.queue_declare("retention-test.inbox.dead", durable=True, auto_delete=False)
        try:
            for days in (100, 91, 89, 0):
                event = make_event("marketing", "form.submitted", {}, time=now - timedelta(days=days))
                failed = {"quintet-failed": (now - timedelta(days=days)).isoformat()}
                message = amqp.Message(event.to_json(), application_headers=failed)
                channel.basic_publish(message, routing_key="retention-test.inbox.dead")
            assert letters.drop(now - timedelta(days=90)) == 2
            assert letters.drop(now - timedelta(days=90)) == 0
            assert len(letters.list()) == 2
        finally:
            channel.queue_delete("retention-test.inbox.dead")
