"""The time of the business: every rule, timer and timestamp asks here, so that tests and demos can set it.

`QUINTET_CLOCK_FILE` names a file that holds an offset in seconds; every process of a platform that is started with it
lives at the real time plus that offset. Production leaves it unset. Tokens and certificates never ask this clock.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

_fixed: datetime | None = None
_file = Path(os.environ["QUINTET_CLOCK_FILE"]) if os.environ.get("QUINTET_CLOCK_FILE") else None
_read: tuple[int, timedelta] = (0, timedelta())


def now() -> datetime:
    """The current instant, aware, in UTC."""
    if _fixed is not None:
        return _fixed
    if _file is None:
        return datetime.now(UTC)
    return datetime.now(UTC) + _offset(_file)


def set_fixed(instant: datetime | None) -> None:
    """Stop this process's clock at `instant`; None lets it run again. For tests."""
    global _fixed
    _fixed = instant.astimezone(UTC) if instant is not None else None


def write_offset(file: Path, offset: timedelta) -> None:
    """Move the clock of every process that reads `file`, atomically."""
    draft = file.with_suffix(".new")
    draft.write_text(str(offset.total_seconds()))
    draft.replace(file)


def _offset(file: Path) -> timedelta:
    """The offset in `file`, read again only when the file has changed; none where there is no file."""
    global _read
    try:
        changed = file.stat().st_mtime_ns
    except FileNotFoundError:
        return timedelta()
    if changed != _read[0]:
        _read = (changed, timedelta(seconds=float(file.read_text() or 0)))
    return _read[1]
