"""The launcher's small parts, without a server."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from chassis.testing import eventually
from launcher import procfile
from launcher.child import Child
from launcher.commands import _duration
from launcher.errors import Refusal
from launcher.files import kept_secret, last_words, write_private
from launcher.forge import Forge
from launcher.home import Home
from launcher.processes import belonging_to, end_belonging_to, free_ports, is_free, marked
from launcher.settings import services


def test_the_procfile_has_every_process_of_every_service() -> None:
    entries = procfile.entries()
    assert {(entry.service, entry.kind) for entry in entries} == {
        ("gateway", "api"),
        ("gateway", "relay"),
        *((service, kind) for service in services() for kind in ("api", "worker", "relay")),
        ("contacts", "jobs"),
        ("sales", "jobs"),
        ("reporting", "jobs"),
    }
    assert len({entry.name for entry in entries}) == len(entries)
    assert {entry.name for entry in entries if entry.forged_as is None} == {"gateway"}


def test_only_what_carries_our_mark_is_ended(tmp_path: Path) -> None:
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    ours = subprocess.Popen(sleep, env=marked(tmp_path / "copy"))
    other = subprocess.Popen(sleep, env=marked(tmp_path / "copy-two"), cwd=tmp_path)
    try:
        eventually(lambda: [process.pid for process in belonging_to(tmp_path / "copy")] == [ours.pid])
        assert end_belonging_to(tmp_path / "copy") == 1
        assert ours.poll() is not None
        assert other.poll() is None
    finally:
        ours.kill()
        other.kill()
        other.wait()


def test_a_free_port_is_not_given_to_who_connects_before_it_is_bound() -> None:
    ports = free_ports(40)
    assert len(set(ports)) == 40
    assert all(is_free(port) for port in ports)
    first, last = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert first <= client.getsockname()[1] <= last
    assert not any(first <= port <= last for port in ports)


def test_what_a_process_said_last_is_why_it_ended(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    assert last_words(log) == "it said nothing"
    gunicorn = "[2026-11-27 23:17:45 +0000] [14532] [ERROR] "
    log.write_text(f"{gunicorn}Can't connect to ('127.0.0.1', 8001)\n")
    assert last_words(log) == f"{gunicorn}Can't connect to ('127.0.0.1', 8001)"
    log.write_text(f"KeyError: 'X'\n{gunicorn}Worker (pid:7) exited with code 3.\n{gunicorn}Shutting down: Master\n")
    assert last_words(log) == "KeyError: 'X'"


def test_a_folder_has_one_supervisor_until_it_lets_go(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.prepare()
    assert home.supervisor() is None
    with home.held():
        assert home.supervisor() is not None
        with pytest.raises(Refusal, match="already running"), Home(tmp_path).held():
            pass
    assert home.supervisor() is None


def test_a_child_that_ends_is_started_again_after_growing_pauses(tmp_path: Path) -> None:
    child = Child("toy", f"{sys.executable} -c 'print(\"no luck\"); exit(7)'", {}, tmp_path / "toy.log")
    child.start()
    news = []
    for _ in range(2):
        news.append(eventually(child.look))
        eventually(lambda: child.look() or child.pid is not None)
    assert news == [
        "toy ended (exit code 7), again in 0.5 s: no luck",
        "toy ended (exit code 7), again in 1.0 s: no luck",
    ]
    assert child.restarts == 2
    child.end_by(time.monotonic() + 5)


def test_a_child_that_does_not_end_in_time_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    child = Child("deaf", f"{sys.executable} -c '{deaf}'", {}, tmp_path / "deaf.log")
    child.start()
    eventually(lambda: (tmp_path / "deaf.log").read_text() == "1\n")
    child.ask_to_end()
    assert child.end_by(time.monotonic() + 0.2) is False
    assert child.pid is None


def test_the_forge_makes_ordinary_processes(tmp_path: Path) -> None:
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "__main__.py").write_text(
        "import os, sys; print(sys.argv[1:], os.environ['TOY'], os.getsid(0) == os.getpid()); sys.exit(3)"
    )
    home = marked(tmp_path, PYTHONPATH=str(tmp_path))
    forge = Forge("plain", home, tmp_path / "forge.log")
    try:
        made = forge.start(["toy", "api", "sales"], {**home, "TOY": "car"}, tmp_path / "toy.log")
        assert made is not None
        assert made.wait(10) == 3
        assert (tmp_path / "toy.log").read_text() == "['api', 'sales'] car True\n"
    finally:
        forge.close()
    assert forge.start(["toy"], home, tmp_path / "toy.log") is None


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    secret = kept_secret(tmp_path / "deep" / "secret")
    assert len(secret) >= 24
    assert kept_secret(tmp_path / "deep" / "secret") == secret
    write_private(tmp_path / "deep" / "secret", "other")
    assert kept_secret(tmp_path / "deep" / "secret") == "other"
    assert (tmp_path / "deep" / "secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("text", "duration"),
    [("30d", timedelta(days=30)), ("3d12h", timedelta(days=3, hours=12)), ("90m", timedelta(minutes=90))],
)
def test_durations(text: str, duration: timedelta) -> None:
    assert _duration(text) == duration


@pytest.mark.parametrize("text", ["", "3", "d", "12x", "-3d"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(Refusal):
        _duration(text)
