"""The Procfile: the one list of the platform's processes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from launcher.paths import ROOT


@dataclass(frozen=True)
class Entry:
    """A line `sales-worker: python -m chassis worker sales`."""

    name: str
    command: str

    @property
    def service(self) -> str:
        return self.command.split()[-1]

    @property
    def kind(self) -> str:
        """`api`, `worker`, `relay` or `jobs`."""
        return self.command.split()[-2]


def entries() -> list[Entry]:
    lines = re.findall(r"^([\w-]+):\s*(.+?)\s*$", (ROOT / "Procfile").read_text(), re.MULTILINE)
    return [Entry(name, command) for name, command in lines]
