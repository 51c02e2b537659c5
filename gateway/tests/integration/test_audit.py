from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.audit.drain import Drain
from gateway.audit.model import AuditEntry
from gateway.audit.spool import Spool

NEW = {"email": "lin@example.com", "name": "Lin Yue", "roles": ["agent"]}


@pytest.fixture
def trail(runtime, api):
    """The entries so far, the latest first, as the API shows them."""

    def read(query="") -> list[dict]:
        runtime.drain.run_once()
        return api.get(f"/audit{query}").json["data"]

    return read


def test_a_change_is_kept_with_all_that_matters(api, trail, user, service):
    who = user(scopes="gateway:admin", name="Root")
    made = api.post("/users", json=NEW, as_=who, headers={"User-Agent": "tests/1"})
    (entry,) = trail()
    assert entry["actor_id"] == str(who.id)
    assert (entry["actor_kind"], entry["actor_name"]) == ("user", "Root")
    assert (entry["method"], entry["path"], entry["status"]) == ("POST", "/api/v1/users", 201)
    assert (entry["service"], entry["entity"], entry["entity_id"]) == ("gateway", "users", made.json["id"])
    assert (entry["address"], entry["user_agent"]) == ("127.0.0.1", "tests/1")
    assert entry["trace_id"] == made.headers["X-Trace-Id"]
    assert entry["duration_ms"] >= 0


def test_what_was_done_to_what_is_told_from_the_path(api, trail, person):
    user = person("agent")
    api.post(f"/users/{user.id}/activate")
    (entry,) = trail()
    assert (entry["entity"], entry["entity_id"], entry["action"]) == ("users", str(user.id), "activate")


def test_reading_leaves_no_trace_and_being_refused_does(api, trail, user, outbox):
    api.get("/users")
    api.get("/users", as_=None)
    who = user(scopes="sales:read")
    api.get("/users", as_=who)
    (entry,) = trail()
    assert (entry["method"], entry["status"], entry["actor_id"]) == ("GET", 403, str(who.id))
    (event,) = outbox.events("access.denied")
    assert event.data == {"actor_id": str(who.id), "method": "GET", "path": "/api/v1/users", "status": 403}
    assert event.actorid == str(who.id)


def test_a_failed_login_is_kept_without_what_was_sent(api, trail, runtime, outbox):
    answer = api.post("/auth/login", json={"email": "x@example.com", "password": "guess-guess"}, as_=None)
    assert answer.status_code == 401
    (entry,) = trail()
    assert (entry["path"], entry["status"], entry["actor_kind"]) == ("/api/v1/auth/login", 401, "anonymous")
    assert "guess-guess" not in json.dumps(entry)
    assert "x@example.com" not in json.dumps(entry)
    assert [e.data["status"] for e in outbox.events("access.denied")] == [401]


def test_a_login_names_the_user(api, trail, person, log_in):
    user = person("agent")
    log_in("agent@example.com")
    assert [(e["actor_id"], e["actor_kind"], e["status"]) for e in trail()] == [(str(user.id), "user", 200)]


def test_a_burst_of_the_same_refusal_is_told_once(api, trail, user, outbox):
    who = user(scopes="sales:read")
    for _ in range(5):
        api.get("/users", as_=who)
    assert len(trail()) == 5
    assert len(outbox.events("access.denied")) == 1


def test_it_is_filtered_paged_and_for_administrators_alone(api, trail, user):
    for number in range(3):
        api.post("/teams", json={"name": f"Team {number}"})
    api.post("/partners", json={"name": "Nordlicht"})
    assert len(trail("?entity=teams")) == 3
    assert [e["entity"] for e in trail("?limit=1")] == ["partners"]
    page = api.get("/audit?limit=3").json
    rest = api.get(f"/audit?limit=3&cursor={page['next_cursor']}").json
    assert [e["entity"] for e in page["data"] + rest["data"]] == ["partners", "teams", "teams", "teams"]
    assert len(trail("?status=201&created_at__gte=2026-01-01T00:00:00Z")) == 4
    assert api.get("/audit?color=red").status_code == 400
    assert api.get("/audit", as_=user(scopes="gateway:read sales:read")).status_code == 403


def test_nobody_writes_it(api, runtime):
    for method in ("POST", "PATCH", "DELETE"):
        assert api.request(method, "/audit", json={}).status_code in (404, 405)


def test_it_is_exported_as_ndjson_and_csv(api, trail):
    for number in range(3):
        api.post("/teams", json={"name": f"Team {number}"})
    api.post("/teams", json={"name": "=1+1"}, headers={"User-Agent": "=cmd()"})
    trail()
    lines = api.get("/audit/export?entity=teams&format=ndjson")
    assert lines.mimetype == "application/x-ndjson"
    assert len([json.loads(line) for line in lines.text.splitlines()]) == 4
    table = api.get("/audit/export?entity=teams&format=csv")
    assert table.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert len(rows) == 4
    assert rows[0]["user_agent"] == "'=cmd()"
    assert api.get("/audit/export?color=red").status_code == 400
    assert api.get("/audit/export?format=pdf").status_code == 400


def test_what_a_killed_gateway_left_is_taken_over(api, runtime, rows, tmp_path: Path):
    """A change was recorded, the gateway died before it saw the outcome: the entry stands, with none."""
    dead = Spool(tmp_path)
    record = {
        "id": "01a20340-7017-777a-9fbc-1b54d5a0eb83",
        "at": "2026-03-02T09:00:00+00:00",
        "actor_id": None,
    }
    record |= {"actor_kind": "anonymous", "actor_name": None, "method": "POST", "path": "/api/v1/sales/leads"}
    record |= {
        "service": "sales",
        "entity": "leads",
        "entity_id": None,
        "action": None,
        "address": "10.0.0.1",
    }
    record |= {"user_agent": None, "trace_id": None}
    dead.append(record)
    import os

    os.close(dead._file)  # as the kernel does for a killed process: the lock goes, the file stays
    heir = Drain(Spool(tmp_path), runtime.database)
    heir.adopt_orphans()
    (entry,) = rows(select(AuditEntry))
    assert (entry.path, entry.status) == ("/api/v1/sales/leads", None)
    assert len(list(tmp_path.glob("*.audit"))) == 1  # the heir's own


def test_storing_twice_changes_nothing(api, runtime, rows, outbox, user):
    api.get("/users", as_=user(scopes="sales:read"))
    api.post("/teams", json={"name": "East"})
    batch = runtime.spool.take()
    runtime.drain.run_once()
    from gateway.audit.drain import store

    store(runtime.database, batch)
    assert len(rows(select(AuditEntry))) == 2
    assert len(outbox.events("access.denied")) == 1


def test_an_outcome_that_comes_in_a_later_batch_completes_the_entry(runtime, rows, outbox, tmp_path):
    spool = Spool(tmp_path)
    drain = Drain(spool, runtime.database)
    record = {
        "id": "01a20340-7017-777a-9fbc-1b54d5a0eb84",
        "at": "2026-03-02T09:00:00+00:00",
        "actor_id": None,
    }
    record |= {"actor_kind": "anonymous", "actor_name": None, "method": "POST", "path": "/api/v1/sales/leads"}
    record |= {
        "service": "sales",
        "entity": "leads",
        "entity_id": None,
        "action": None,
        "address": "10.0.0.1",
    }
    spool.append(record | {"user_agent": None, "trace_id": None})
    drain.run_once()
    assert rows(select(AuditEntry.status)) == [None]
    spool.append({"id": record["id"], "status": 403, "duration_ms": 7})
    drain.run_once()
    assert [(e.status, e.duration_ms, e.version) for e in rows(select(AuditEntry))] == [(403, 7, 1)]
    assert len(outbox.events("access.denied")) == 1


def test_with_the_database_down_the_spool_keeps_and_with_it_back_nothing_is_missing(runtime, api, rows, monkeypatch):
    api.post("/teams", json={"name": "East"})

    def down():
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(runtime.database, "transaction", down)
        with pytest.raises(ConnectionError):
            runtime.drain.run_once()
    assert runtime.spool.backlog() > 0
    runtime.drain.run_once()
    assert len(rows(select(AuditEntry))) == 1
    assert runtime.spool.backlog() == 0


def test_a_change_that_cannot_be_recorded_is_not_made(api, runtime, rows, monkeypatch):
    from gateway.teams.model import Team

    def full(_record):
        raise OSError("no space left on device")

    monkeypatch.setattr(runtime.spool, "append", full)
    assert api.post("/teams", json={"name": "East"}).status_code == 503
    assert rows(select(Team)) == []
    assert api.get("/teams").status_code == 200


def test_a_change_that_is_made_is_answered_though_its_outcome_cannot_be_recorded(api, runtime, rows, monkeypatch):
    from gateway.teams.model import Team

    append, taken = runtime.spool.append, []

    def full_after_one(record):
        if taken:
            raise OSError("no space left on device")
        taken.append(record)
        append(record)

    monkeypatch.setattr(runtime.spool, "append", full_after_one)
    assert api.post("/teams", json={"name": "West"}).status_code == 201
    assert [team.name for team in rows(select(Team))] == ["West"]
    assert len(taken) == 1


def test_a_record_that_postgresql_refuses_does_not_hold_up_the_rest(runtime, rows, tmp_path):
    spool = Spool(tmp_path)
    base = {
        "at": "2026-03-02T09:00:00+00:00",
        "actor_id": None,
        "actor_kind": "anonymous",
        "actor_name": None,
    }
    base |= {"method": "POST", "service": "sales", "entity": None, "entity_id": None, "action": None}
    base |= {"address": "10.0.0.1", "user_agent": None, "trace_id": None}
    spool.append(base | {"id": "01a20340-7017-777a-9fbc-1b54d5a0eb85", "path": "/nul/\x00"})
    spool.append(base | {"id": "01a20340-7017-777a-9fbc-1b54d5a0eb86", "path": "/fine"})
    Drain(spool, runtime.database).run_once()
    assert rows(select(AuditEntry.path)) == ["/fine"]
    assert spool.backlog() == 0
