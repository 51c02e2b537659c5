"""`./quintet bench`."""

from __future__ import annotations

import subprocess
import sys

from launcher.paths import ROOT


def bench(arguments: list[str]) -> int:
    """[contacts|sales|platform ...] [--rows N] [--requests N]: measure one started for that."""
    return subprocess.run([sys.executable, str(ROOT / "tests" / "load"), *arguments], check=False).returncode
