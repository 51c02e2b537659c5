"""`./quintet bench`: a table of what the platform does on this machine, beside its budget.

It starts a platform of its own, so that yours stays as it is. All figures of a table come from one run: machines differ
and are noisy, so read them as ratios to the bare SQL beside them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from platform_figures import Bench

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Parse the arguments, start, measure, print, end."""
    parser = argparse.ArgumentParser(prog="./quintet bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000, help="people to import and to read among (20000)")
    parser.add_argument("--requests", type=int, default=1500, help="requests per figure (1500)")
    options = parser.parse_args()
    with own_platform() as state:
        bench = Bench(state, rows=options.rows, requests=options.requests)
        sys.stdout.write(bench.run() + "\n")
    return 0


@contextlib.contextmanager
def own_platform() -> Iterator[dict[str, object]]:
    """A platform in a temporary folder; what the launcher knows of it."""
    with tempfile.TemporaryDirectory(prefix="quintet-bench-") as folder, socket.socket() as free:
        Path(folder).chmod(0o711)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        kept = {k: v for k, v in os.environ.items() if k != "AMQP_URL" and not k.endswith("_DATABASE_URL")}
        environment = kept | {"QUINTET_PORT": str(port), "QUINTET_DATA": folder}
        environment |= {"GATEWAY_RATE_USER": ""}
        quintet = str(ROOT / "quintet")
        started = subprocess.run([quintet, "up", "--detach"], env=environment, capture_output=True, text=True)
        if started.returncode != 0:
            raise SystemExit(f"the platform did not start:\n{started.stdout}{started.stderr}")
        try:
            yield json.loads((Path(folder) / "state.json").read_text())
        finally:
            subprocess.run([quintet, "down"], env=environment, check=False, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
