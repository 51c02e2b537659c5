"""What a platform needs once before its processes start: migrated databases, signing keys, the first users.

Each step is safe to repeat. For the embedded databases, what was done is noted, so that a warm start skips it.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from launcher.errors import Refusal
from launcher.files import write_private
from launcher.home import Home
from launcher.paths import ROOT
from launcher.settings import prefix, services


def migrate(environment: dict[str, str], home: Home, embedded: bool, force: bool = False) -> list[str]:
    """Brings every database to the newest migration, all at once; returns the services that had something to do."""
    todo = [s for s in ["gateway", *services()] if force or not embedded or not _done(home, s, environment)]
    with ThreadPoolExecutor(max_workers=3) as pool:
        failures = [
            text for text in pool.map(lambda service: _migrate(service, environment, home), todo) if text
        ]
    if failures:
        raise Refusal("; ".join(failures))
    return todo


def _migrate(service: str, environment: dict[str, str], home: Home) -> str | None:
    failure = run_tool(["chassis", "migrate", service], environment, home.logs / f"{service}-migrate.log")
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
    files = sorted([*folder.glob("migrations/versions/*.py"), *ROOT.glob("chassis/chassis/db/*.py")])
    digest = hashlib.sha256(environment[f"{prefix(service)}_DATABASE_URL"].rpartition("@")[0].encode())
    for file in files:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def signing_keys(environment: dict[str, str], home: Home) -> None:
    """Makes the gateway's first signing key."""
    if list((home.folder / "keys").glob("*.pem")):
        return
    if failure := run_tool(["gateway", "keys", "new"], environment, home.logs / "gateway-keys.log"):
        raise Refusal(f"no signing key could be made: {failure}")


def first_users(environment: dict[str, str], home: Home) -> str:
    """Makes the administrator and the demo users, once; returns what the gateway told of them."""
    note = home.secret("users")
    who = f"{environment['QUINTET_ADMIN_EMAIL']} {environment['QUINTET_ADMIN_PASSWORD']}"
    who = hashlib.sha256(
        f"{who} {environment['GATEWAY_DATABASE_URL'].rpartition('@')[0]}".encode()
    ).hexdigest()
    known = note.read_text().partition("\n") if note.exists() else ("", "", "")
    if known[0] == who:
        return known[2]
    log = home.logs / "gateway-bootstrap.log"
    if failure := run_tool(["gateway", "bootstrap", "--demo"], environment, log):
        raise Refusal(f"the first users could not be made: {failure}")
    write_private(note, f"{who}\n{log.read_text()}")
    return log.read_text()


def run_tool(words: list[str], environment: dict[str, str], log: Path) -> str | None:
    """Runs `python -m …`; returns None, or in one line why it failed."""
    write_private(log, "")
    with log.open("wb") as output:
        done = subprocess.run(
            [sys.executable, "-m", *words],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    if done.returncode == 0:
        return None
    last = (log.read_text(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
    return f"{last[-300:]} (all of it in {log})"
