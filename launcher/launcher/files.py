"""Small files in the data folder: secrets and what was chosen once and must stay."""

from __future__ import annotations

import os
import re
import secrets
from base64 import b64encode
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner can read; whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)


def kept_key(path: Path) -> str:
    """The key of 32 bytes kept in the file, in Base64; made at the first call."""
    if not path.exists():
        write_private(path, b64encode(secrets.token_bytes(32)).decode())
    return path.read_text().strip()


def kept_secret(path: Path, length: int = 24) -> str:
    """The secret kept in the file; made at the first call."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(length))
    return path.read_text().strip()


def tail(path: Path, lines: int = 5) -> str:
    """The last lines of a log in one line, for an error message."""
    if not path.exists():
        return ""
    return " | ".join(path.read_text(errors="replace").strip().splitlines()[-lines:])


_OF_ITS_END = re.compile(r"\[[^\]]*\] \[\d+\] \[[A-Z]+\] (Worker|Shutting down|Reason|Handling signal)")


def last_words(path: Path) -> str:
    """What a process said last, gunicorn's remarks about its own end left out."""
    lines = path.read_text(errors="replace").strip().splitlines() if path.exists() else []
    return next((line for line in reversed(lines) if not _OF_ITS_END.match(line)), "it said nothing")[-300:]
