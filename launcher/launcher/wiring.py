"""The environment that makes processes one platform: who listens where, who finds whom, with what secrets."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from launcher.errors import Refusal
from launcher.files import kept_key
from launcher.home import Home
from launcher.processes import MARK, free_ports, is_free
from launcher.procfile import Entry
from launcher.settings import Settings, prefix, services


def common_environment(settings: Settings, home: Home) -> dict[str, str]:
    """What every process of ours is told beside what the user's environment says, databases and broker excepted.

    Chooses the services' ports.
    """
    own = {
        MARK: str(home.folder),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "QUINTET_DATA": str(home.folder),
        "QUINTET_CLOCK_FILE": str(home.clock),
        "QUINTET_SIGNING_KEYS": str(home.folder / "keys"),
        "QUINTET_JWKS": f"{settings.url}/.well-known/jwks.json",
        "GATEWAY_BIND": f"127.0.0.1:{settings.port}",
    }
    if not os.environ.get("CONTACTS_ENCRYPTION_KEYS"):
        own["CONTACTS_ENCRYPTION_KEYS"] = f"first:{kept_key(home.secret('contacts-encryption-key'))}"
    if not os.environ.get("CONTACTS_INDEX_KEY"):
        own["CONTACTS_INDEX_KEY"] = kept_key(home.secret("contacts-index-key"))
    for service, port in _service_ports(settings.port).items():
        own[f"{prefix(service)}_BIND"] = f"127.0.0.1:{port}"
        own[f"{prefix(service)}_URL"] = f"http://127.0.0.1:{port}"
    return own


def _service_ports(first: int) -> dict[str, int]:
    """The ports after the gateway's where they are free, so that they are easy to remember; else any."""
    if not is_free(first):
        if first < 1024 and os.geteuid():
            raise Refusal(f"port {first} is for root: set QUINTET_PORT to 1024 or more")
        raise Refusal(f"port {first} is taken: stop what listens there, or set QUINTET_PORT to another port")
    names = services()
    return dict(zip(names, _near(first + 1, len(names)), strict=True))


def _near(first: int, count: int) -> list[int]:
    """So many ports from `first` on where they are free, else any."""
    spare = iter(free_ports(count))
    return [port if port <= 65535 and is_free(port) else next(spare) for port in range(first, first + count)]


def health_addresses(entries: list[Entry], environment: dict[str, str], first: int) -> dict[str, str]:
    """`host:port` by process where its /readyz answers: an API's own door, for the others one that is for that, from
    the port `first` on where they are free."""
    doors = iter(_near(first, len(entries)))
    return {
        entry.name: environment[f"{prefix(entry.service)}_BIND"] if entry.kind == "api" else f"127.0.0.1:{next(doors)}"
        for entry in entries
    }


def environment_of(entry: Entry, common: dict[str, str], health: str) -> dict[str, str]:
    """The environment of one process: without the other services' databases, and secrets that it has no use for."""
    own = {} if entry.kind == "api" else {f"{prefix(entry.service)}_HEALTH_BIND": health}
    told = {name: value for name, value in common.items() if _concerns(name, entry.service)}
    return {**os.environ, **told, **own}


_SECRETS = {
    "QUINTET_SIGNING_KEYS": "gateway",
    "CONTACTS_ENCRYPTION_KEYS": "contacts",
    "CONTACTS_INDEX_KEY": "contacts",
}


def _concerns(variable: str, service: str) -> bool:
    if variable.endswith("_DATABASE_URL"):
        return variable == f"{prefix(service)}_DATABASE_URL"
    if variable in _SECRETS:
        return service == _SECRETS[variable]
    return not variable.startswith("QUINTET_ADMIN_")
