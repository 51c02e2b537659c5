"""`./quintet bench` and `./quintet chaos`, which stand with the tests."""

from __future__ import annotations

import subprocess
import sys

from launcher.paths import ROOT


def bench(arguments: list[str]) -> int:
    """[contacts|sales|platform ...] [--rows N] [--requests N]: measure one started for that."""
    return _run("load", arguments)


def chaos(arguments: list[str]) -> int:
    """[--seconds N] [--users N] [--seed N]: kill what runs while users work, and hold the end against the promises."""
    return _run("chaos", arguments)


def _run(folder: str, arguments: list[str]) -> int:
    return subprocess.run([sys.executable, str(ROOT / "tests" / folder), *arguments], check=False).returncode
