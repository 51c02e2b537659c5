"""The processes' logs: one file each in the data folder, JSON lines as the processes write them."""

from __future__ import annotations

import shutil
import sys
import time
from collections import deque
from pathlib import Path

from launcher.errors import Refusal
from launcher.home import Home

LARGEST = 50 * 1024 * 1024


def rotate(home: Home) -> None:
    """Copies a log that has grown too large to `<name>.log.1` and empties it; its writer appends, so it goes on."""
    for log in [*home.logs.glob("*.log"), *home.folder.glob("postgres/*.log")]:
        if log.stat().st_size > LARGEST:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            with log.open("r+b") as file:
                file.truncate()


def show(home: Home, arguments: list[str]) -> int:
    """`logs [service or process …] [-f] [-n LINES]`: the last lines, then with -f what comes, each with its process."""
    names = [word for word in arguments if not word.startswith("-") and not word.isdecimal()]
    count = next((int(word) for word in arguments if word.isdecimal()), 20)
    files = _files(home, names)
    width = max(len(file.stem) for file in files)
    ends = {file: _print_last(file, count, width) for file in files}
    while "-f" in arguments or "--follow" in arguments:
        time.sleep(0.3)
        for file, end in ends.items():
            ends[file] = _print_from(file, end, width)
    return 0


def _files(home: Home, names: list[str]) -> list[Path]:
    logs = sorted([*home.logs.glob("*.log"), *home.folder.glob("*/postgres.log"), *home.folder.glob("*/rabbitmq.log")])
    chosen = [log for log in logs if not names or any(f"{log.stem}-".startswith(f"{name}-") for name in names)]
    if not chosen:
        known = ", ".join(log.stem for log in logs) or "none yet: ./quintet up"
        raise Refusal(f"no log of {' '.join(names) or 'anything'}; there are: {known}")
    return chosen


def _print_last(file: Path, count: int, width: int) -> int:
    with file.open("r", errors="replace") as log:
        for line in deque(log, maxlen=count):
            _print(file, line, width)
        return log.tell()


def _print_from(file: Path, position: int, width: int) -> int:
    if file.stat().st_size < position:  # emptied by rotate()
        position = 0
    with file.open("rb") as log:
        log.seek(position)
        while (line := log.readline()).endswith(b"\n"):
            _print(file, line.decode(errors="replace"), width)
            position = log.tell()
    return position


def _print(file: Path, line: str, width: int) -> None:
    sys.stdout.write(f"{file.stem:<{width}} | {line.rstrip()}\n")
    sys.stdout.flush()
