"""A platform of one's own for a while: what measures or torments it leaves the user's alone."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from launcher.errors import Refusal
from launcher.paths import ROOT
from launcher.processes import free_ports


@contextlib.contextmanager
def temporary_platform(folder: Path, **settings: str) -> Iterator[dict[str, str]]:
    """Start a platform in `folder`, on a free port and servers of its own, with these settings; end it afterwards.
    Yields the environment in which `./quintet` means it. Refusal with what it said where it does not start."""
    folder.chmod(0o711)
    port = free_ports(1)[0]
    kept = {k: v for k, v in os.environ.items() if k != "AMQP_URL" and not k.endswith("_DATABASE_URL")}
    environment = kept | {"QUINTET_PORT": str(port), "QUINTET_DATA": str(folder)} | settings
    quintet = str(ROOT / "quintet")
    started = subprocess.run([quintet, "up", "--detach"], env=environment, capture_output=True, text=True)
    if started.returncode != 0:
        raise Refusal(f"the platform did not start:\n{started.stdout}{started.stderr}")
    try:
        yield environment
    finally:
        subprocess.run([quintet, "down"], env=environment, check=False, stdout=subprocess.DEVNULL)
