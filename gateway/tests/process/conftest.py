"""The gateway as it runs, a process of its own, with services behind it that behave as badly as is asked."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from chassis.db import Database
from chassis.ids import uuid7
from chassis.testing import eventually
from gateway.tokens.issue import Bearer, issue
from gateway.tokens.keys import FolderKeys, new_key
from launcher.processes import free_ports


class BadService:
    """A service that answers by path; it speaks on raw sockets, so that it can say what no server would."""

    def __init__(self) -> None:
        self.connections = 0
        self.requests: list[bytes] = []
        self.scripts: dict[str, Callable[[socket.socket, bytes], bool]] = {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def on(self, path: str, script: Callable[[socket.socket, bytes], bool] | bytes) -> None:
        """What to do on a request for `path`: bytes to send, or a function that says whether to go on."""
        self.scripts[path] = script if callable(script) else lambda sock, _: sock.sendall(script) or True

    def head(self, number: int = -1) -> dict[str, str]:
        """The header fields of a request that came, and its request line under the empty name."""
        first, *lines = self.requests[number].partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        return {"": first} | {
            name.strip().lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        buffer = b""
        try:
            while True:
                while b"\r\n\r\n" not in buffer:
                    more = sock.recv(65536)
                    if not more:
                        return
                    buffer += more
                head, _, buffer = buffer.partition(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode("latin-1").partition("?")[0]
                script = self.scripts.get(path)
                if script is None:
                    buffer = self._echo(sock, head, buffer)
                elif not script(sock, head + b"\r\n\r\n" + buffer):
                    return
                else:
                    self.requests.append(head + b"\r\n\r\n")
                    buffer = b""
        except OSError:
            pass
        finally:
            sock.close()

    def _echo(self, sock: socket.socket, head: bytes, buffer: bytes) -> bytes:
        """Answer 200 with the body that came, by Content-Length or in chunks."""
        lower = head.lower()
        if b"transfer-encoding: chunked" in lower:
            while not buffer.endswith(b"0\r\n\r\n"):
                more = sock.recv(65536)
                if not more:
                    raise OSError("the request broke off")
                buffer += more
            body, buffer = unchunked(buffer), b""
        else:
            length = int(lower.partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
            while len(buffer) < length:
                more = sock.recv(65536)
                if not more:
                    raise OSError("the request broke off")
                buffer += more
            body, buffer = buffer[:length], buffer[length:]
        self.requests.append(head + b"\r\n\r\n" + body)
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return buffer


def unchunked(data: bytes) -> bytes:
    """The body that chunks make up."""
    body = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        body, data = body + data[: int(size, 16)], data[int(size, 16) + 2 :]
    return body


class RunningGateway:
    """`python -m gateway api` with settings of a test's own."""

    def __init__(self, environment: dict[str, str], log: Path, module: tuple[str, ...] = ("gateway", "api")) -> None:
        self.command = [sys.executable, "-m", *module]
        self.port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | environment | {"GATEWAY_BIND": f"127.0.0.1:{self.port}"}
        self.log = log
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stderr=log, start_new_session=True)
        eventually(self.answers, within=60, every=0.1)

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return requests.get(f"{self.url}/livez", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture(scope="session")
def services() -> dict[str, BadService]:
    return {name: BadService() for name in ("sales", "contacts")}


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gateway")
    new_key(folder / "keys")
    return folder


@pytest.fixture(scope="session")
def settings(services: dict[str, BadService], folders: Path, migrated: tuple[Database, Any]) -> dict[str, str]:
    """What the processes under test have in common."""
    url = migrated[0].engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return {
        "GATEWAY_DATABASE_URL": url,
        "QUINTET_SIGNING_KEYS": str(folders / "keys"),
        "GATEWAY_AUDIT_SPOOL": str(folders / "spool"),
        "SALES_URL": services["sales"].url,
        "CONTACTS_URL": services["contacts"].url,
        "SERVICE_DESK_URL": "http://127.0.0.1:1",
        "MARKETING_URL": "http://127.0.0.1:1",
        "REPORTING_URL": "http://127.0.0.1:1",
        "GATEWAY_TIMEOUT": "1",
        "GATEWAY_CONNECT_TIMEOUT": "1",
        "GATEWAY_MAX_BODY": "300000",
        "GATEWAY_CLIENT_TIMEOUT": "1",
        "GATEWAY_UPSTREAM_CONCURRENT": "4",
        **{f"GATEWAY_RATE_{bucket}": "off" for bucket in ("USER", "CLIENT", "ANONYMOUS", "PUBLIC", "LOGIN")},
    }


@pytest.fixture(scope="session")
def start_gateway(settings: dict[str, str], folders: Path) -> Iterator[Callable[..., RunningGateway]]:
    """Starts a gateway with some settings of its own: `start_gateway(GATEWAY_TIMEOUT="5")`."""
    started: list[RunningGateway] = []

    def start(*, module: tuple[str, ...] = ("gateway", "api"), **changes: str) -> RunningGateway:
        started.append(RunningGateway(settings | changes, folders / f"log-{len(started)}", module))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.stop()


@pytest.fixture(scope="session")
def gateway(start_gateway: Callable[..., RunningGateway]) -> RunningGateway:
    """One gateway for all tests that do not stop it."""
    return start_gateway()


@pytest.fixture(scope="session")
def keys(folders: Path) -> FolderKeys:
    return FolderKeys(folders / "keys")


@pytest.fixture(scope="session")
def new_token(keys: FolderKeys) -> Callable[..., str]:
    """Makes tokens that the gateway under test takes: `new_token(rate="3/minute")`."""

    def make(ttl: int = 600, **changes: Any) -> str:
        bearer = {
            "id": uuid7(),
            "kind": "user",
            "name": "Lin",
            "scopes": ["sales:read"],
            "reach": {"default": "all"},
        }
        return issue(keys, Bearer(**(bearer | changes)), ttl)

    return make


@pytest.fixture(scope="session")
def token(new_token: Callable[..., str]) -> str:
    return new_token()


@pytest.fixture
def sales(services: dict[str, BadService]) -> Iterator[BadService]:
    """The sales service, which has forgotten what earlier tests told it."""
    service = services["sales"]
    service.scripts.clear()
    service.requests.clear()
    yield service
    service.scripts.clear()
