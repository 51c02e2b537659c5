"""The platform as a user handles it: started, bothered, killed in every way, ended. Two starts for all of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from chassis.testing import eventually
from launcher.home import Home
from launcher.paths import ROOT
from launcher.processes import belonging_to, free_ports

pytestmark = [pytest.mark.e2e, pytest.mark.fault]


@dataclass
class Copy:
    """A copy of the platform with a port and a data folder of its own."""

    port: int
    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        foreign = ("AMQP_URL", "_DATABASE_URL")
        kept = {name: value for name, value in os.environ.items() if not name.endswith(foreign)}
        return kept | {"QUINTET_PORT": str(self.port), "QUINTET_DATA": str(self.folder)} | more

    def quintet(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [ROOT / "quintet", *words]
        return subprocess.run(command, env=self.environment(**more), capture_output=True, text=True, timeout=240)

    def started_in_the_foreground(self) -> subprocess.Popen[bytes]:
        log = (self.folder / "foreground.log").open("wb")
        return subprocess.Popen([ROOT / "quintet", "up"], env=self.environment(), stdout=log, stderr=log)

    def process(self, name: str) -> int:
        """Its process number, 0 while it is being started again."""
        state = json.loads((self.folder / "state.json").read_text())
        return int(state["processes"][name]["pid"] or 0)

    def server(self, name: str) -> int:
        """The process number of `beam.smp` or of the first `postgres`, 0 while there is none."""
        found = []
        for process in belonging_to(self.folder):
            with suppress(psutil.NoSuchProcess):
                if process.name() == name:
                    found.append((process.create_time(), process.pid))
        return min(found)[1] if found else 0

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def answers_to_status(self) -> bool:
        return self.quintet("status").returncode == 0


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy that is never up."""
    return Copy(free_ports(1)[0], tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A copy that is up; the tests below kill what they like of it and leave it up."""
    made = Copy(free_ports(1)[0], tmp_path_factory.mktemp("copy"))
    started = made.quintet("up", "--detach")
    assert started.returncode == 0, started.stdout + started.stderr
    yield made
    made.quintet("down")
    assert belonging_to(made.folder) == []


def test_all_that_is_wrong_with_the_settings_is_said_at_once(empty: Copy) -> None:
    refused = empty.quintet("up", QUINTET_PORT="80800", AMQP_URL="http://broker", SALES_DATABASE_URL="mysql://x/y")
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        "quintet: QUINTET_PORT must be a number from 1 to 65535, not '80800'; "
        "AMQP_URL must begin with amqp:// or amqps://; "
        "SALES_DATABASE_URL must begin with postgresql:// or postgres://"
    ]


def test_a_broker_that_does_not_answer_is_named_and_nothing_is_left(empty: Copy) -> None:
    nobody = free_ports(1)[0]
    refused = empty.quintet("up", AMQP_URL=f"amqp://guest:guest@127.0.0.1:{nobody}/")
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        f"quintet: no RabbitMQ answers at 127.0.0.1:{nobody}: correct AMQP_URL, or unset it for a private one"
    ]
    assert belonging_to(empty.folder) == []


def test_nothing_runs_where_nothing_was_started(empty: Copy) -> None:
    assert empty.quintet("status").returncode == 3
    assert empty.quintet("down").stdout == "quintet: was not running\n"
    assert "is not running" in empty.quintet("dead", "list").stderr


def test_an_old_python_is_one_line(tmp_path: Path) -> None:
    for name in ("quintet", "requirements/dev.lock"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "cat", "cmp", "ls", "dirname"):
        (tools / tool).symlink_to(f"/bin/{tool}" if Path(f"/bin/{tool}").exists() else f"/usr/bin/{tool}")
    (tools / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tools / "python3").chmod(0o755)
    refused = subprocess.run(
        ["/bin/sh", tmp_path / "quintet", "up"], env={"PATH": str(tools)}, capture_output=True, text=True
    )
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert refused.stderr.startswith("quintet: needs Python 3.11 or newer")


def test_a_second_up_says_where_the_first_is(copy: Copy) -> None:
    again = copy.quintet("up")
    assert again.returncode == 0
    assert again.stdout == f"quintet: already running at http://127.0.0.1:{copy.port}; ./quintet down ends it\n"
    assert copy.answers_to_status()


def test_a_port_that_is_taken_is_one_line(copy: Copy, empty: Copy) -> None:
    refused = empty.quintet("up", QUINTET_PORT=str(copy.port))
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        f"quintet: port {copy.port} is taken: stop what listens there, or set QUINTET_PORT to another port"
    ]
    assert belonging_to(empty.folder) == []


def test_secrets_are_for_their_owner_alone(copy: Copy) -> None:
    files = [
        copy.folder / "state.json",
        *(copy.folder / "secrets").iterdir(),
        *(copy.folder / "keys").iterdir(),
    ]
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}


def test_a_killed_process_is_started_again(copy: Copy) -> None:
    killed = copy.process("sales-worker")
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: copy.process("sales-worker") not in (0, killed), within=20)
    eventually(copy.answers_to_status, within=60)


@pytest.mark.parametrize("name", ["postgres", "beam.smp"])
def test_a_killed_server_is_started_again_and_all_find_back(copy: Copy, name: str) -> None:
    killed = copy.server(name)
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: copy.server(name) not in (0, killed), within=60)
    eventually(copy.answers_to_status, within=90)


def test_after_a_killed_supervisor_up_takes_over_and_ctrl_c_leaves_nothing(copy: Copy) -> None:
    supervisor = Home(copy.folder).supervisor()
    assert supervisor is not None
    os.kill(supervisor, signal.SIGKILL)
    orphans = belonging_to(copy.folder)
    assert len(orphans) > 19
    assert copy.quintet("status").stdout == "quintet: not running\n"

    foreground = copy.started_in_the_foreground()
    eventually(copy.answers_to_status, within=180)
    assert not set(orphans) & set(belonging_to(copy.folder))
    foreground.send_signal(signal.SIGINT)
    assert foreground.wait(60) == 0
    assert belonging_to(copy.folder) == []
    assert not copy.ready()
