"""`./quintet bench`: a table of what the platform does on this machine, beside its budget.

It starts a platform of its own, so that yours stays as it is. All figures of a table come from one run: machines differ
and are noisy, so read them as ratios to the bare SQL beside them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import contacts_figures
import sales_figures
import table
from handled import commit_to_handled
from measured import Measured
from requests_per_second import Request

from launcher.temporary import temporary_platform


def main() -> int:
    """Parse the arguments, start, measure, print, end."""
    parser = argparse.ArgumentParser(prog="./quintet bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what is measured: {', '.join(PARTS)} (all)")
    parser.add_argument("--rows", type=int, default=20_000, help="people, or deals, to put in and read among (20000)")
    parser.add_argument("--requests", type=int, default=1500, help="requests per figure (1500)")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    with own_platform() as state:
        measured = Measured(state, options.requests)
        _say(table.HEADING, "-" * len(table.HEADING))
        for part in options.parts or PARTS:
            for line in PARTS[part](measured, options.rows):
                _say(table.row(line))
    return 0


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def platform_figures(measured: Measured, _rows: int) -> Iterator[table.Line]:
    """What crosses services: the dashboard, and from a commit until all have handled it."""
    dashboard = Request("GET", "/api/v1/reporting/dashboards/overview")
    yield from measured.one_by_one("dashboard overview", lambda _: dashboard, None, "p99 <= 30 ms", "reporting")
    yield commit_to_handled(measured.environment)


PARTS = {"contacts": contacts_figures.figures, "sales": sales_figures.figures, "platform": platform_figures}


@contextlib.contextmanager
def own_platform() -> Iterator[dict[str, object]]:
    """A platform in a temporary folder; what the launcher knows of it."""
    with tempfile.TemporaryDirectory(prefix="quintet-bench-") as name:
        with temporary_platform(Path(name), GATEWAY_RATE_USER="", GATEWAY_ACCESS_TTL="86400"):
            yield json.loads((Path(name) / "state.json").read_text())


if __name__ == "__main__":
    sys.exit(main())
