"""The Procfile: the one list of the platform's processes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from launcher.paths import ROOT


@dataclass(frozen=True)
class Entry:
    """A line `sales-worker: python -m chassis worker sales`; the gateway's api is its own module's."""

    name: str
    command: str
    kind: str  # api, worker, relay or jobs
    service: str

    @property
    def forged_as(self) -> str | None:
        """Which forge can make it (see launcher.forge), if any."""
        if not self.command.startswith("python -m chassis "):
            return None
        return "worker" if self.kind == "worker" else "plain"


def entries() -> list[Entry]:
    """Every process, in the order of the file."""
    line = re.compile(r"^([\w-]+):\s*(python -m (?:chassis (\w+) ([\w-]+)|(\w+) (\w+)))\s*$", re.MULTILINE)
    found = line.findall((ROOT / "Procfile").read_text())
    return [
        Entry(name, command, kind or own_kind, service or own) for name, command, kind, service, own, own_kind in found
    ]
