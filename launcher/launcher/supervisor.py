"""`./quintet up`: starts everything, waits until it is ready, keeps it alive, ends it in order."""

from __future__ import annotations

import http.client
import os
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import FrameType

from launcher import logs, preparation, procfile, wiring
from launcher.child import Child
from launcher.errors import Refusal
from launcher.files import last_words
from launcher.forge import Forge
from launcher.home import Home, State
from launcher.processes import end_belonging_to
from launcher.servers import Servers
from launcher.settings import Settings, services

READY_WITHIN = 240.0
END_WITHIN = 12.0  # seconds that the processes have to finish what is under way
FORGES = ("plain", "worker") if sys.platform == "linux" else ()  # macOS does not like forks of loaded processes
GIVE_UP_AFTER = 4  # times in a row that a process may end while the platform starts


class Supervisor:
    """One platform in one data folder. `run()` returns once it has been told to end and nothing of it is left."""

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self.settings, self.say = settings, say
        self.home = Home(settings.data)
        self.children: dict[str, Child] = {}
        self._health: dict[str, str] = {}
        self._state = State(settings.url)
        self._servers: Servers | None = None
        self._forges: dict[str, Forge] = {}
        self._users: list[dict[str, object]] = []

    def run(self) -> None:
        self.home.prepare()
        with self.home.held():
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, _interrupt)
            try:
                self._start()
                self._watch()
            except KeyboardInterrupt:
                self.say("stopping (once more ends it at once)")
            finally:
                self._end()

    def _start(self) -> None:
        began = time.monotonic()
        if left := end_belonging_to(self.home.folder):
            self.say(f"ended {left} processes that an earlier run left behind")
        logs.rotate(self.home)
        environment = wiring.common_environment(self.settings, self.home)
        servers = Servers(self.settings, self.home, self.say)
        servers.check()
        self._servers = servers
        with ThreadPoolExecutor() as pool:
            try:
                self._start_all(servers, environment, pool)
            except BaseException:
                servers.give_up_starting()  # or the pool would wait for it
                raise
        self._state.ready, self._state.environment = True, environment
        self._note()
        self.say(f"ready after {time.monotonic() - began:.1f} s")
        print(self._welcome(), flush=True)

    def _start_all(self, servers: Servers, environment: dict[str, str], pool: ThreadPoolExecutor) -> None:
        """The broker takes longest to start: what can do without it goes on meanwhile."""
        environment["AMQP_URL"] = servers.amqp_url()
        broker = pool.submit(servers.start_broker)
        for kind in FORGES:
            own = {**os.environ, **environment}
            self._forges[kind] = Forge(kind, own, self.home.logs / f"forge-{kind}.log")
        forge, home = self._forges.get("plain"), self.home
        environment |= servers.start_postgres() | self._credentials()
        self.say("PostgreSQL is up" if servers.postgres else "using the databases that the environment names")
        if migrated := preparation.migrate(environment, home, not self.settings.database_urls, forge):
            self.say(f"migrated the databases of {', '.join(migrated)}")
        preparation.signing_keys(environment, home, forge)
        users = pool.submit(preparation.first_users, environment, home, forge)
        self._start_children(environment, "api", "jobs")
        broker.result()
        self.say("RabbitMQ is up" if servers.broker else "using the RabbitMQ that AMQP_URL names")
        preparation.topology(environment, home, servers.broker is not None, forge)
        self._start_children(environment, "worker", "relay")
        self._wait_until_ready()
        self._users = users.result()

    def _credentials(self) -> dict[str, str]:
        admin = preparation.administrator(self.settings, self.home)
        return {"QUINTET_ADMIN_EMAIL": admin.email, "QUINTET_ADMIN_PASSWORD": admin.password}

    def _start_children(self, environment: dict[str, str], *kinds: str) -> None:
        entries = [entry for entry in procfile.entries() if entry.kind in kinds]
        first = self.settings.port + 1 + len(services()) + len(self._health)  # behind the doors of the APIs
        addresses = wiring.health_addresses(entries, environment, first)
        for entry in entries:
            own = wiring.environment_of(entry, environment, addresses[entry.name])
            forge = self._forges.get(entry.forged_as or "")
            log = self.home.logs / f"{entry.name}.log"
            self.children[entry.name] = child = Child(entry.name, entry.command, own, log, forge)
            child.start()
        self._health |= addresses

    def _wait_until_ready(self) -> None:
        """Until every process says so itself; says every few seconds what it waits for."""
        waiting, deadline, told = set(self._health), time.monotonic() + READY_WITHIN, time.monotonic()
        while waiting:
            self._look_after_children()
            if failing := [c for c in self.children.values() if c.failures >= GIVE_UP_AFTER]:
                raise Refusal(f"{failing[0].name} does not start: {last_words(failing[0].log)} (log: {failing[0].log})")
            waiting = {name for name in waiting if not is_ready(self._health[name])}
            if time.monotonic() > deadline:
                raise Refusal(f"not ready after {READY_WITHIN:.0f} s: {', '.join(sorted(waiting))} (./quintet logs)")
            if waiting and time.monotonic() - told > 3:
                told = time.monotonic()
                self.say(f"{len(self._health) - len(waiting)} of {len(self._health)} processes are ready")
            time.sleep(0.1)

    def _watch(self) -> None:
        rounds = 0
        while True:
            time.sleep(0.25)
            rounds += 1
            if self._look_after_children():
                self._note()
            if rounds % 240 == 0:
                logs.rotate(self.home)

    def _look_after_children(self) -> bool:
        """Starts again what has ended; returns whether anything changed."""
        before = [child.pid for child in self.children.values()]
        for child in self.children.values():
            if news := child.look():
                self.say(news)
        return before != [child.pid for child in self.children.values()]

    def _note(self) -> None:
        """Writes down how things are, for the other commands."""
        self._state.processes = {
            name: {
                "pid": child.pid,
                "started_at": child.started_at,
                "restarts": child.restarts,
                "health": self._health[name],
            }
            for name, child in self.children.items()
        }
        self.home.write(self._state)

    def _end(self) -> None:
        """Those that take work first, then the servers; whatever happens, nothing of ours outlives this."""
        try:
            for child in self.children.values():
                child.ask_to_end()
            deadline = time.monotonic() + END_WITHIN
            for child in self.children.values():
                if not child.end_by(deadline):
                    self.say(f"killed {child.name}: it did not end within {END_WITHIN:.0f} s")
            for forge in self._forges.values():
                forge.close()
            if self._servers:
                self._servers.stop()
        except KeyboardInterrupt:
            self.say("ending at once")
        finally:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            end_belonging_to(self.home.folder, within=1)

    def _welcome(self) -> str:
        admin = preparation.administrator(self.settings, self.home)
        password = "the password that you set" if admin.given else admin.password
        demo = [f"{user['email']} ({user['role']})" for user in self._users if user["email"] != admin.email]
        return f"""
Quintet is at {self.settings.url}

  log in as   {admin.email} with {password}
  or as       {f"{chr(10)}              ".join(demo)}
              all with {preparation.demo_password(self.home)}
  API         {self.settings.url}/docs
  data        {self.home.folder}

  next        ./quintet demo            plays the main journey
              ./quintet status | logs sales-api -f | dead list
              ./quintet down            (or Ctrl-C here)
"""


def is_ready(address: str) -> bool:
    """Whether /readyz at `host:port` answers 200."""
    connection = http.client.HTTPConnection(address, timeout=3)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    return False


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
