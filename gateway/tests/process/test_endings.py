"""What becomes of the audit trail and of requests under way when a gateway ends, in good order or not."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from sqlalchemy import select

from chassis.ids import uuid7
from chassis.settings import SettingsError, load_settings
from chassis.testing import eventually
from gateway.audit.model import AuditEntry
from gateway.auth.revocations import revoke
from gateway.settings import GatewaySettings
from gateway.tokens.keys import FolderKeys, new_key


@pytest.fixture
def own(start_gateway, tmp_path, database):
    """A gateway that a test may kill."""
    running = start_gateway(GATEWAY_AUDIT_SPOOL=str(tmp_path / "spool"))
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture
def entries(database):
    """Path and status of what the trail holds in the database."""

    def read():
        with database.session() as session:
            return [tuple(row) for row in session.execute(select(AuditEntry.path, AuditEntry.status))]

    return read


def test_changes_reach_the_trail_while_it_runs(own, token, sales, entries):
    headers = {"Authorization": f"Bearer {token}"}
    requests.post(f"{own.url}/api/v1/sales/deals", json={}, headers=headers, timeout=5)
    assert eventually(entries) == [("/api/v1/sales/deals", 200)]


def test_it_serves_with_threads_too(start_gateway, token, sales, entries, database, tmp_path):
    """`python -m chassis api gateway`: slower, and the same otherwise."""
    threaded = start_gateway(module=("chassis", "api", "gateway"), GATEWAY_AUDIT_SPOOL=str(tmp_path))
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.post(f"{threaded.url}/api/v1/sales/deals", json={}, headers=headers, timeout=5).status_code == 200
    threaded.process.terminate()
    assert threaded.process.wait(40) == 0
    assert entries() == [("/api/v1/sales/deals", 200)]


def test_nothing_of_the_trail_is_lost_by_kill_9(own, token, sales, entries, tmp_path):
    """Twenty changes, and one whose outcome nobody lives to see; then every process of it is shot."""
    headers = {"Authorization": f"Bearer {token}"}
    under_way = threading.Event()
    sales.on("/api/v1/sales/slow", lambda *_: under_way.set() or (threading.Event().wait(20) and False))
    with ThreadPoolExecutor(1) as pool:
        for number in range(20):
            requests.post(f"{own.url}/api/v1/sales/deals/{number}", headers=headers, timeout=5)
        lost = pool.submit(requests.post, f"{own.url}/api/v1/sales/slow", headers=headers, timeout=30)
        assert under_way.wait(5)
        os.killpg(own.process.pid, signal.SIGKILL)
        own.process.wait()
        with pytest.raises(requests.ConnectionError):
            lost.result()
    own.start()
    expected = {(f"/api/v1/sales/deals/{number}", 200) for number in range(20)} | {("/api/v1/sales/slow", None)}
    eventually(lambda: set(entries()) == expected)
    assert len(entries()) == 21
    eventually(lambda: len(list((tmp_path / "spool").glob("*.audit"))) == 1)


def test_a_request_under_way_is_finished_when_it_is_told_to_end(own, token, sales, entries, tmp_path):
    headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
    go_on, under_way = threading.Event(), threading.Event()

    def slowly(sock, _):
        under_way.set()
        go_on.wait(5)
        sock.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}")
        return True

    sales.on("/api/v1/sales/slow", slowly)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(requests.post, f"{own.url}/api/v1/sales/slow", headers=headers, timeout=30)
        assert under_way.wait(5)
        own.process.terminate()
        go_on.set()
        assert asked.result().status_code == 201
    assert own.process.wait(30) == 0
    assert entries() == [("/api/v1/sales/slow", 201)]
    assert list((tmp_path / "spool").glob("*.audit")) == []


def test_a_deactivated_users_token_ends_within_moments(own, new_token, sales, database):
    """The token is valid still; the gateway knows better."""
    user = uuid7()
    headers = {"Authorization": f"Bearer {new_token(id=user)}"}
    url = f"{own.url}/api/v1/sales/deals"
    assert requests.get(url, headers=headers, timeout=5).status_code == 200
    with database.transaction() as session:
        revoke(session, [user])
    eventually(lambda: requests.get(url, headers=headers, timeout=5).status_code == 401)


def test_a_new_key_signs_without_a_restart(own, settings, folders, sales, new_token, keys):
    before = requests.get(f"{own.url}/.well-known/jwks.json", timeout=5).json()["keys"]
    path = new_key(folders / "keys")
    try:
        after = requests.get(f"{own.url}/.well-known/jwks.json", timeout=5).json()["keys"]
        assert [k["kid"] for k in after[:-1]] == [k["kid"] for k in before]
        assert after[-1]["kid"] == FolderKeys(folders / "keys").signing().kid
    finally:
        path.unlink()


@pytest.mark.parametrize(
    ("changes", "mistakes"),
    [
        ({"GATEWAY_TIMEOUT": "soon", "GATEWAY_RATE_USER": "a lot"}, ["GATEWAY_TIMEOUT", "GATEWAY_RATE_USER"]),
        ({"SALES_URL": "ftp://x"}, ["SALES_URL"]),
    ],
)
def test_wrong_settings_are_all_named_at_once(settings, folders, changes, mistakes, monkeypatch):
    for name, value in (settings | changes).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        load_settings(GatewaySettings)
    assert [line.partition(":")[0] for line in str(raised.value).splitlines()] == mistakes
