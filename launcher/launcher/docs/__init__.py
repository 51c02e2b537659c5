"""`./quintet docs`: writes what is made from the contracts: `docs/events.md` and every service's `asyncapi.yaml`.

With `--check` it writes nothing and says what is stale.
"""

from __future__ import annotations

import warnings
from pathlib import Path

from launcher.paths import ROOT


def pages() -> dict[Path, str]:
    """Every page that is made, by where it belongs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # eventlet, imported with the workers, says at length that it is old
        from launcher.docs.asyncapi import asyncapi
        from launcher.docs.catalogue import catalogue
        from launcher.docs.markdown import events_page

    events = catalogue()
    services = {told.service.name: told.service for told in events}.values()
    made = {ROOT / "docs" / "events.md": events_page(events)}
    return made | {service.root / "contracts" / "asyncapi.yaml": asyncapi(service, events) for service in services}


def stale(made: dict[Path, str]) -> list[Path]:
    """The pages that are not on disk as they should be."""
    return [file for file, text in made.items() if not file.exists() or file.read_text("utf-8") != text]


def run(arguments: list[str]) -> int:
    """The command; 1 where `--check` finds a stale page."""
    made, only_check = pages(), "--check" in arguments
    old = stale(made)
    for file in old:
        if not only_check:
            file.write_text(made[file], "utf-8")
        print(f"quintet: {'stale' if only_check else 'wrote'} {file.relative_to(ROOT)}")
    return 1 if old and only_check else 0
