"""What a process logs names nobody, whatever comes in by its doors and whatever goes wrong behind them."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from chassis.bus.deliveries import Deliveries, State
from chassis.logs import configure_logs
from chassis.testing.events import make_event
from contacts.identity import actions as identity
from contacts.imports import job as importing
from contacts.people import actions as people
from contacts.worker import ContactsWorker

NAME, MAIL, PHONE, NOTE = "Zebulon Quack", "zebulon.quack@example.com", "13912345678", "owes money to his aunt"
MARKS = ("Zebulon", "zebulon", "Quack", "13912345678", "aunt")


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """All that this process logs as a process of contacts would, at the level that says the most."""
    stream, root, hooks = io.StringIO(), logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level = root.handlers, root.level
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("QUINTET_LOG_LEVEL", "DEBUG")
    configure_logs("contacts-test")
    yield stream.getvalue
    root.handlers, (sys.excepthook, threading.excepthook) = handlers, hooks
    root.setLevel(level)


def _broken(session: Any, *_: Any, **__: Any) -> Any:
    """Fails as a library does that quotes what it was given, on top of a database that does."""
    try:
        session.execute(text("SELECT CAST(:given AS uuid)"), {"given": NAME})
    except Exception as error:
        raise RuntimeError(f"no place for {MAIL}") from error


def _clean(said: str, *wanted: str) -> None:
    assert [mark for mark in MARKS if mark in said] == []
    for word in wanted:
        assert word in said, f"{word!r} is not in what was logged"
    assert all(json.loads(line) for line in said.splitlines())


def test_requests(api: Any, logged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = api.post("/people", json={"name": NAME, "email": MAIL, "phone": PHONE, "note": NOTE}).json
    path = f"/people/{made['id']}"
    assert api.patch(path, json={"note": NOTE + "!"}, if_match=made["version"]).status_code == 200
    assert api.post("/people/identify", json={"name": NAME, "email": MAIL}).status_code == 200
    assert api.post("/people", json={"name": NAME, "email": MAIL}).status_code == 409
    assert api.post("/people", json={"name": NAME, "phone": f"{PHONE}{PHONE}"}).status_code == 422
    assert api.get("/people", query_string={"q": NAME}).status_code == 200
    assert api.get("/people", query_string={"nonsense": MAIL}).status_code == 400
    assert api.post("/people", json={"name": NAME}, as_=None).status_code == 401
    assert api.post("/people", data=f'{{"name": "{NAME}', content_type="application/json").status_code == 400
    monkeypatch.setattr(people, "find_or_make", _broken)
    assert api.post("/people", json={"name": NAME, "email": MAIL}).status_code == 500
    _clean(logged(), "request failed", "builtins.RuntimeError", "sqlalchemy.exc.DataError 22P02", "in _broken")


def test_imports(imported: Any, upload: Any, run_jobs: Any, logged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = f"name,email,phone\n{NAME},{MAIL},{PHONE}\n{NAME},not-{MAIL}-at-all@,1\n,{MAIL},{PHONE}\n"
    assert imported(rows)["failed"] >= 1
    for name, value in vars(importing).items():
        if callable(value) and getattr(value, "__module__", "") == importing.__name__ and name.startswith("_"):
            monkeypatch.setattr(importing, name, lambda *_, **__: _raise())
    upload(rows)
    run_jobs()
    _clean(logged(), "job done", "job failed")


def _raise() -> None:
    raise ValueError(f"{NAME} <{MAIL}> {PHONE}")


def test_events(database: Any, form: Any, logged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    deliveries = Deliveries(ContactsWorker, database, "amqp://nowhere", (), State())
    parked: list[Any] = []
    monkeypatch.setattr(deliveries, "_parking", SimpleNamespace(put=lambda *letter: parked.append(letter)))

    def hear() -> None:
        data, personal = form(name=NAME, email=MAIL, phone=PHONE, message=NOTE)
        event = make_event("marketing", "form.submitted", data, personal=personal)
        channel = SimpleNamespace(connection=True, basic_ack=lambda *_, **__: None)
        message = SimpleNamespace(body=event.to_json(), errors=(), channel=channel, headers={}, properties={})
        message.delivery_tag = 1
        deliveries._settle(message)

    hear()
    assert parked == []
    monkeypatch.setattr(identity.people, "find_or_make", _broken)
    hear()
    ((queue, _, properties),) = parked
    assert queue == "contacts.inbox.dead"
    _clean(logged() + json.dumps(properties["application_headers"]) + "\n", "an event could not be handled")


def test_what_nobody_caught(logged: Any) -> None:
    thread = threading.Thread(target=_raise)
    thread.start()
    thread.join()
    _clean(logged(), "not caught", "builtins.ValueError")
