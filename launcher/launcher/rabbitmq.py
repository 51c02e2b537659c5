"""A RabbitMQ node of our own, apart from any other broker on the machine."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import IO
from urllib.parse import quote

from launcher.errors import Refusal
from launcher.files import kept_secret, tail, write_private
from launcher.processes import end_belonging_to, free_ports, is_free, marked
from launcher.rabbitmq_programs import Programs, find_or_install

USER = "quintet"


class PrivateBroker:
    """One RabbitMQ node with its own name, cookie, ports, port mapper (epmd) and data, all kept in `home`.

    It listens on the loopback address only. `kill()` and `start()` keep its address and all that is durable.

    >>> broker = PrivateBroker(Path("/somewhere/rabbitmq"))
    >>> broker.start(); broker.url(); broker.add_vhost("test-1"); broker.restart(); broker.stop()
    """

    def __init__(self, home: Path, *, programs: Programs | None = None) -> None:
        self.home = home.resolve()
        self.log = self.home / "rabbitmq.log"
        self._output = self.home / "startup.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None
        self._programs = programs
        self._ports_file = self.home / "ports.json"

    @property
    def programs(self) -> Programs:
        """RabbitMQ's and Erlang's programs; found, or installed, when first needed."""
        self._programs = self._programs or find_or_install()
        return self._programs

    @property
    def port(self) -> int:
        return int(self._ports()["amqp"])

    @property
    def node(self) -> str:
        return f"{(self.home / 'node').read_text().strip()}@localhost"

    def url(self, vhost: str = "/") -> str:
        """`amqp://user:password@127.0.0.1:port/vhost`, the vhost quoted (`%2F` for the first one)."""
        secret = kept_secret(self.home / "password")
        return f"amqp://{USER}:{secret}@127.0.0.1:{self.port}/{quote(vhost, safe='')}"

    def start(self, within: float = 60.0) -> None:
        """Starts it and returns once it takes connections.

        Keeps its ports from start to start while they are free; ends what an earlier run left here.
        """
        end_belonging_to(self.home)
        self.prepare()
        with self._output.open("wb") as log:
            self._epmd = self._popen([self.programs.epmd, "-port", str(self._ports()["epmd"])], log)
            self.process = self._popen([self.programs.server], log)
        self._wait_until_it_answers(within)

    def prepare(self) -> None:
        """Makes its folder, chooses its ports: from here on `url()` is known. Part of `start()`."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._choose_ports()
        self._write_settings()

    def stop(self, within: float = 15.0) -> None:
        """Shuts down; past the deadline it is killed."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._end_the_rest()

    def kill(self) -> None:
        """Ends the node at once, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self._end_the_rest()

    def restart(self) -> None:
        """Shuts down and starts again at the same address."""
        self.stop()
        self.start()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def add_vhost(self, name: str) -> str:
        """Makes an empty virtual host, such as one per test, and returns its URL."""
        user, all_names = f'<<"{USER}">>', '<<".*">>'
        self.erlang(
            f'rabbit_vhost:add(<<"{name}">>, {user}),'
            f'rabbit_auth_backend_internal:set_permissions({user}, <<"{name}">>, '
            f"{all_names}, {all_names}, {all_names}, {user})"
        )
        return self.url(name)

    def settle(self) -> None:
        """Has the names of quorum queues declared a moment ago written to disk.

        RabbitMQ itself does so within half a second (seen in 3.10.8: ra's directory is a dets table with
        auto_save); killed before that, it comes back with a queue that has neither its messages nor a leader.
        """
        self.erlang("[dets:sync(Table) || Table <- dets:all()]")

    def delete_vhost(self, name: str) -> None:
        self.erlang(f'rabbit_vhost:delete(<<"{name}">>, <<"{USER}">>)')

    def erlang(self, expression: str) -> str:
        """Evaluates an Erlang expression in the node (100 times quicker than rabbitmqctl does)."""
        name = ["-sname", self.node, "-timeout", "30", "-e"]
        done = subprocess.run(
            [self.programs.erl_call, *name],
            input=f"{expression}.\n", capture_output=True, text=True, env=self._environment(),
        )  # fmt: skip
        if done.returncode or "{ok," not in done.stdout:
            raise RuntimeError(f"RabbitMQ refused {expression}: {done.stdout}{done.stderr}")
        return done.stdout

    def _end_the_rest(self) -> None:
        for process in (self.process, self._epmd):
            if process is not None:
                process.terminate()
                process.wait(10)
        end_belonging_to(self.home)
        self.process = self._epmd = None

    def _ports(self) -> dict[str, int]:
        return dict(json.loads(self._ports_file.read_text()))

    def _choose_ports(self) -> None:
        if not self._ports_file.exists() or not all(is_free(port) for port in self._ports().values()):
            amqp, distribution, epmd = free_ports(3)
            chosen = {"amqp": amqp, "distribution": distribution, "epmd": epmd}
            write_private(self._ports_file, json.dumps(chosen))

    def _write_settings(self) -> None:
        if not (self.home / "node").exists():
            write_private(self.home / "node", f"quintet-{secrets.token_hex(4)}")
        cookie = self.home / ".erlang.cookie"
        kept_secret(cookie)
        cookie.chmod(0o400)
        write_private(self.home / "rabbitmq.config", _settings(self.port, kept_secret(self.home / "password")))
        (self.home / "enabled_plugins").write_text("[].\n")
        (self.home / "rabbitmq-env.conf").write_text("")

    def _environment(self) -> dict[str, str]:
        """Its own settings only: a broker's settings from the user's environment or /etc do not reach it."""
        ports, home = self._ports(), str(self.home)
        own = {
            "HOME": home,  # Erlang's cookie lies here
            "PATH": f"{self.programs.erlang_folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "LC_ALL": "C.UTF-8",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(ports["epmd"]),
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_DIST_PORT": str(ports["distribution"]),
            "RABBITMQ_MNESIA_BASE": f"{home}/mnesia",
            "RABBITMQ_LOG_BASE": home,
            "RABBITMQ_PID_FILE": f"{home}/pid",
            "RABBITMQ_CONFIG_FILE": f"{home}/rabbitmq.config",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{home}/advanced.config",
            "RABBITMQ_CONF_ENV_FILE": f"{home}/rabbitmq-env.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{home}/enabled_plugins",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{home}/generated",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            # No shell stays between us and the node, so that its process is the one we signal and wait for.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_START_ARGS": "-noinput",
        }
        foreign = ("RABBITMQ_", "ERL_", "NOTIFY_SOCKET")
        base = {name: value for name, value in marked(self.home).items() if not name.startswith(foreign)}
        return base | self.programs.environment | own

    def _popen(self, command: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.home,
            env=self._environment(), start_new_session=True,
        )  # fmt: skip

    def _wait_until_it_answers(self, within: float) -> None:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline and self.alive():
            if answers("127.0.0.1", self.port):
                return
            time.sleep(0.05)
        what = f"did not answer within {within:.0f} s" if self.alive() else "did not start"
        self.kill()
        raise Refusal(f"RabbitMQ {what}: {tail(self._output)} (its log: {self.log})")


def _settings(port: int, password: str) -> str:
    """In Erlang's own notation, which the node reads a second quicker than rabbitmq.conf."""
    return f"""
[{{rabbit, [
    {{tcp_listeners, [{{"127.0.0.1", {port}}}]}},
    {{default_user, <<"{USER}">>}},
    {{default_pass, <<"{password}">>}},
    {{disk_free_limit, 100000000}},
    {{log, [{{file, [
        {{file, "rabbitmq.log"}}, {{level, warning}}, {{size, 10485760}}, {{count, 2}}
    ]}}]}}
]}}].
"""


def answers(host: str, port: int) -> bool:
    """Whether an AMQP 0-9-1 broker greets us there (a `connection.start` frame after our protocol header)."""
    try:
        with socket.create_connection((host, port), timeout=2) as link:
            link.sendall(b"AMQP\x00\x00\x09\x01")
            return link.recv(11)[7:11] == b"\x00\x0a\x00\x0a"
    except OSError:
        return False
