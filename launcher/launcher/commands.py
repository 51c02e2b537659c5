"""The commands about a platform: up, down, status, logs, migrate, dead, clock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import psutil

from launcher import logs, preparation
from launcher.errors import Refusal
from launcher.home import Home
from launcher.paths import ROOT
from launcher.processes import end_belonging_to
from launcher.settings import Settings, services
from launcher.supervisor import END_WITHIN, READY_WITHIN, Supervisor, is_ready

UNROUTED = "unrouted"  # where events lie that nobody listened to
FIRST_TIME = 600.0  # the longest that fetching RabbitMQ over a slow line may take


def up(arguments: list[str]) -> int:
    settings = Settings.read()
    home = Home(settings.data)
    if home.supervisor() is not None:
        state = home.state()
        print(f"quintet: already running{f' at {state.url}' if state else ' (still starting)'}; ./quintet down ends it")
        return 0
    if "--detach" in arguments or "-d" in arguments:
        return _detach(home)
    Supervisor(settings, say).run()
    return 0


def say(text: str) -> None:
    print(f"quintet: {time.strftime('%H:%M:%S')} {text}", flush=True)


def _detach(home: Home) -> int:
    """Starts the supervisor in the background and shows what it says until it is ready or has given up."""
    home.prepare()
    log = home.logs / "supervisor.log"
    with log.open("ab") as output:
        position = output.tell()
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "launcher", "up"], cwd=ROOT,
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    deadline = time.monotonic() + READY_WITHIN + FIRST_TIME
    while time.monotonic() < deadline:
        ended = supervisor.poll() is not None
        state = home.state()
        with log.open() as text:
            text.seek(position)
            sys.stdout.write(text.read())
            sys.stdout.flush()
            position = text.tell()
        if ended:
            return supervisor.returncode or 1
        if state and state.ready:
            return 0
        time.sleep(0.1)
    raise Refusal(f"not ready yet: see {log}")


def down(_arguments: list[str]) -> int:
    """Ends the platform of this data folder, or what a killed one left."""
    home = Home(Settings.read().data)
    supervisor = home.supervisor()
    if supervisor is not None:
        os.kill(supervisor, signal.SIGTERM)
        if not _gone(home, END_WITHIN + 30):
            psutil.Process(supervisor).kill()
    left = end_belonging_to(home.folder)
    print("quintet: stopped" if supervisor else f"quintet: was not running{f'; ended {left} leftovers' * bool(left)}")
    return 0


def _gone(home: Home, within: float) -> bool:
    deadline = time.monotonic() + within
    while home.supervisor() is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def status(_arguments: list[str]) -> int:
    """Prints every process; exit code 0 when all are ready, 3 when one is not or nothing runs."""
    home = Home(Settings.read().data)
    state = home.state()
    if state is None or not state.ready:
        print("quintet: starting" if home.supervisor() else "quintet: not running")
        return 3
    print(f"Quintet at {state.url}, data in {home.folder}\n")
    ready = [_print_process(name, about) for name, about in state.processes.items()]
    return 0 if all(ready) else 3


def _print_process(name: str, about: dict[str, object]) -> bool:
    ready = about["pid"] is not None and is_ready(str(about["health"]))
    verdict = "ready" if ready else "NOT READY"
    age = timedelta(seconds=int(time.time() - float(str(about["started_at"]))))
    print(
        f"  {name:<21} {verdict:<10} pid {about['pid'] or '-':<8} up {age}  restarts {about['restarts']}  http://{about['health']}"
    )
    return ready


def show_logs(arguments: list[str]) -> int:
    return logs.show(Home(Settings.read().data), arguments)


def migrate(_arguments: list[str]) -> int:
    """Migrates the databases of the running platform."""
    home = Home(Settings.read().data)
    done = preparation.migrate(home.running().environment, home, embedded=False)
    print(f"quintet: {', '.join(done)}: at the newest migration")
    return 0


def dead(arguments: list[str]) -> int:
    """`dead list [service]`, `dead show|replay service [id]`: the events that a service could not take."""
    environment = {**os.environ, **Home(Settings.read().data).running().environment}
    verb, *rest = arguments or ["list"]
    known = [*services(), UNROUTED]
    if (rest and rest[0] not in known) or (verb != "list" and not rest):
        raise Refusal(f"./quintet dead {verb} needs one of {', '.join(known)}")
    wanted = [[verb, *rest]] if rest else [[verb, name] for name in known]
    done = [_dead(words, environment) for words in wanted]
    if verb == "list" and not any(tool.stdout for tool in done):
        print("quintet: no dead letters")
    return max(tool.returncode for tool in done)


def _dead(words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chassis", "dead", *words]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    print(done.stdout, end="")
    return done


def keys(arguments: list[str]) -> int:
    """`keys rotate`: encrypt everything anew with the first of CONTACTS_ENCRYPTION_KEYS; asked again it goes on."""
    if arguments != ["rotate"]:
        raise Refusal("./quintet keys takes one word: rotate")
    return job(["contacts", "rotate-keys"])


def job(arguments: list[str]) -> int:
    """`job SERVICE JOB`: start a job of the running platform, or follow the one that is under way, to its end."""
    if len(arguments) != 2:
        raise Refusal("./quintet job takes a service and one of its jobs: ./quintet job contacts tell-again")
    environment = {**os.environ, **Home(Settings.read().data).running().environment}
    return subprocess.run([sys.executable, "-m", "chassis", "job", *arguments], env=environment).returncode


def clock(arguments: list[str]) -> int:
    """`clock [set INSTANT | advance 3d12h | reset]`: the time that the running platform lives in."""
    from chassis.clock import write_offset

    file = Home(Settings.read().data).clock
    offset = timedelta(seconds=float(file.read_text() or 0)) if file.exists() else timedelta()
    match arguments:
        case []:
            pass
        case ["set", instant]:
            offset = _instant(instant) - datetime.now(UTC)
        case ["advance", duration]:
            offset += _duration(duration)
        case ["reset"]:
            offset = timedelta()
        case _:
            raise Refusal("./quintet clock [set 2026-03-01T09:00 | advance 3d12h | reset]")
    if arguments:
        write_offset(file, offset)
    print(f"{(datetime.now(UTC) + offset).isoformat(timespec='seconds')} (the real time plus {offset})")
    return 0


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(f"{text} is no ISO 8601 instant such as 2026-03-01T09:00") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _duration(text: str) -> timedelta:
    import re

    parts = re.fullmatch(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text)
    if not text or parts is None:
        raise Refusal(f"{text} is no duration such as 30d, 3d12h or 90m")
    days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
