"""The platform as users start it, once for all of these tests: `./quintet up` in a folder and on ports of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from launcher.demo.client import Client
from launcher.demo.feed import Feed
from launcher.processes import free_ports

ROOT = Path(__file__).resolve().parents[2]
ADMIN = ("admin@quintet.example", "correct horse battery staple")


@dataclass
class Platform:
    """A running platform: `url`, `folder`, and clients that are logged in."""

    url: str
    folder: Path
    environment: dict[str, str]

    @property
    def state(self) -> dict:
        """What the launcher knows of it: environment and processes."""
        return json.loads((self.folder / "state.json").read_text())

    def admin(self) -> Client:
        """The first administrator."""
        return Client(self.url).log_in(*ADMIN)

    def public(self) -> Client:
        """Somebody without a token."""
        return Client(self.url)

    def direct(self, service: str) -> str:
        """The address of a service's own port, past the gateway."""
        return "http://" + self.state["environment"][f"{service.upper().replace('-', '_')}_BIND"]

    def pid(self, process: str) -> int:
        """The process number of `sales-worker` and the like; 0 while it is being started again."""
        return int(self.state["processes"][process]["pid"] or 0)

    def quintet(self, *words: str, timeout: float = 180) -> subprocess.CompletedProcess[str]:
        """Run `./quintet` against this platform."""
        command = [str(ROOT / "quintet"), *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=timeout)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Generated requests come last: an administrator's change whatever can be set, and others would live by it."""
    items.sort(key=lambda item: item.path.name == "test_api_description.py")


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("platform")
    folder.chmod(0o711)
    port = free_ports(1)[0]
    kept = {k: v for k, v in os.environ.items() if k != "AMQP_URL" and not k.endswith("_DATABASE_URL")}
    environment = kept | {
        "QUINTET_PORT": str(port),
        "QUINTET_DATA": str(folder),
        "QUINTET_ADMIN_EMAIL": ADMIN[0],
        "QUINTET_ADMIN_PASSWORD": ADMIN[1],
        "GATEWAY_ACCESS_TTL": "7200",
    }
    environment |= {f"GATEWAY_RATE_{bucket}": "" for bucket in ("USER", "ANONYMOUS", "PUBLIC", "LOGIN")}
    made = Platform(f"http://127.0.0.1:{port}", folder, environment)
    started = made.quintet("up", "--detach")
    assert started.returncode == 0, started.stdout + started.stderr
    try:
        yield made
    finally:
        ended = made.quintet("down")
        assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.fixture
def admin(platform: Platform) -> Client:
    return platform.admin()


@pytest.fixture
def feed(platform: Platform) -> Callable[[], Feed]:
    """A follower of the event feed, from now on."""
    return lambda: Feed(platform.admin())
