"""`./quintet bench`."""

from __future__ import annotations

import subprocess
import sys

from launcher.paths import ROOT


def bench(arguments: list[str]) -> int:
    """[--rows N] [--requests N]: measure a platform started for that, and print a table."""
    return subprocess.run([sys.executable, str(ROOT / "tests" / "load"), *arguments], check=False).returncode
