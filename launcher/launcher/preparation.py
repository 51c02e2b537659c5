"""What a platform needs once before its processes start: migrated databases, signing keys, the first users.

Each step is safe to repeat. For the embedded databases, what was done is noted, so that a warm start skips it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from launcher import procfile
from launcher.errors import Refusal
from launcher.files import kept_secret, last_words, write_private
from launcher.forge import Forge
from launcher.home import Home
from launcher.paths import ROOT
from launcher.settings import Settings, prefix, services


def migrate(environment: dict[str, str], home: Home, embedded: bool, forge: Forge | None = None) -> list[str]:
    """Brings every database to the newest migration, all at once; returns the services that had something to do."""
    todo = [s for s in ["gateway", *services()] if not embedded or not _done(home, s, environment)]
    with ThreadPoolExecutor(max_workers=3) as pool:
        failures = [
            text for text in pool.map(lambda service: _migrate(service, environment, home, forge), todo) if text
        ]
    if failures:
        raise Refusal("; ".join(failures))
    return todo


def _migrate(service: str, environment: dict[str, str], home: Home, forge: Forge | None) -> str | None:
    failure = run_tool(forge, ["chassis", "migrate", service], environment, home.logs / f"{service}-migrate.log")
    if failure:
        return f"the database of {service} could not be migrated: {failure}"
    write_private(home.folder / "migrated" / service, _fingerprint(service, environment))
    return None


def _done(home: Home, service: str, environment: dict[str, str]) -> bool:
    note = home.folder / "migrated" / service
    return note.exists() and note.read_text() == _fingerprint(service, environment)


def _fingerprint(service: str, environment: dict[str, str]) -> str:
    """Changes with the service's migrations, the chassis' tables and the database's cluster."""
    folder = ROOT / "gateway" if service == "gateway" else ROOT / "services" / service
    files = [*folder.glob("migrations/versions/*.py"), *ROOT.glob("chassis/chassis/db/*.py")]
    return _digest(environment[f"{prefix(service)}_DATABASE_URL"], files)


def _digest(url: str, files: list[Path]) -> str:
    """Of the files and of the server's URL but for its port, which may change: its password says which server."""
    digest = hashlib.sha256(url.rpartition("@")[0].encode())
    for file in sorted(files):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def topology(environment: dict[str, str], home: Home, embedded: bool, forge: Forge | None) -> None:
    """Declares every inbox before the first relay publishes: an event reaches only the queues that are there."""
    names = [entry.service for entry in procfile.entries() if entry.kind == "worker"]
    code = [file for name in names for file in (ROOT / "services" / name).glob("*/worker.py")]
    wanted = _digest(environment["AMQP_URL"], [*code, *ROOT.glob("chassis/chassis/events/topology.py")])
    note = home.folder / "topology"
    if embedded and note.exists() and note.read_text() == wanted:
        return
    if failure := run_tool(forge, ["chassis", "topology", *names], environment, home.logs / "topology.log"):
        raise Refusal(f"the queues could not be declared: {failure}")
    write_private(note, wanted)


def signing_keys(environment: dict[str, str], home: Home, forge: Forge | None) -> None:
    """Makes the gateway's first signing key."""
    if list((home.folder / "keys").glob("*.pem")):
        return
    if failure := run_tool(forge, ["gateway", "keys", "new"], environment, home.logs / "gateway-keys.log"):
        raise Refusal(f"no signing key could be made: {failure}")


def first_users(environment: dict[str, str], home: Home, forge: Forge | None) -> list[dict[str, object]]:
    """Makes the administrator and the demo users at the first start; returns `{email, role, …}` of each.

    The demo users share a password, which is made up and kept: `demo_password()`.
    """
    note = home.secret("users.json")
    if not note.exists():
        log = home.logs / "gateway-bootstrap.log"
        # In one word: a password may begin with a hyphen.
        words = ["gateway", "bootstrap", "--demo", f"--password={demo_password(home)}"]
        if failure := run_tool(forge, words, environment, log):
            raise Refusal(f"the first users could not be made: {failure}")
        lines = log.read_text().splitlines()
        write_private(note, "\n".join(line for line in lines if line.startswith('{"email"')))
    return [json.loads(line) for line in note.read_text().splitlines()]


def demo_password(home: Home) -> str:
    return kept_secret(home.secret("demo"), 12)


@dataclass(frozen=True)
class Administrator:
    """The one made at the first start: later settings do not change it."""

    email: str
    password: str
    given: bool  # by QUINTET_ADMIN_PASSWORD, rather than made up


def administrator(settings: Settings, home: Home) -> Administrator:
    """As the settings say at the first start, and as it was then ever after."""
    note = home.secret("administrator.json")
    if not note.exists():
        password = settings.admin_password or secrets.token_urlsafe(12)
        made = Administrator(settings.admin_email, password, given=settings.admin_password is not None)
        write_private(note, json.dumps(asdict(made)))
    return Administrator(**json.loads(note.read_text()))


def run_tool(forge: Forge | None, words: list[str], environment: dict[str, str], log: Path) -> str | None:
    """Runs `python -m …` with its output in `log`; returns None, or in one line why it failed."""
    write_private(log, "")
    own = {**os.environ, **environment}
    forked = forge.start(words, own, log) if forge else None
    if (forked.wait() if forked else _run(words, own, log)) == 0:
        return None
    return f"{last_words(log)} (all of it in {log})"


def _run(words: list[str], environment: dict[str, str], log: Path) -> int:
    with log.open("wb") as output:
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    return done.returncode
