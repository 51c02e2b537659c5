"""Starting an import."""

from __future__ import annotations

import re
from typing import IO, Any

from sqlalchemy.orm import Session

from chassis.access import actor
from chassis.errors import Invalid
from chassis.jobs import Job, start_job
from contacts.imports import job
from contacts.imports.plan import params
from contacts.imports.reading import SAMPLE, look
from contacts.imports.rules import check_headers, check_usable, corrected, guess
from contacts.staff.actions import ownership

_BLOCK = 1024 * 1024


def start(
    session: Session,
    file: IO[bytes],
    *,
    mapping: dict[str, str | None],
    tags: str,
    encoding: str | None = None,
    delimiter: str | None = None,
    **said: Any,
) -> Job:
    """A job that imports `file`. Invalid, before anything is stored, for a file that cannot be read or has no column
    that tells people apart, and for a mapping that does not fit it."""
    sample = file.read(SAMPLE)
    if not sample.strip():
        raise Invalid("file", "empty", "The file is empty.")
    form = look(sample, encoding, delimiter)
    check_headers(form.headers)
    columns = corrected(guess(form.headers), mapping, form.headers)
    check_usable(columns)
    owned = ownership(session, {"owner_id": said.pop("owner_id")} if "owner_id" in said else _default_owner())
    told = params(
        actor(), owned, form, mapping=columns, tags=_tags(tags), lines=_lines(sample, file), **said
    )  # fmt: skip
    file.seek(0)
    return start_job(session, job.KIND, params=told, file=file)  # type: ignore[arg-type]


def _default_owner() -> dict[str, Any]:
    """Who sees everything does not come to own what they import; anybody else does, or would not see it."""
    return {"owner_id": None} if actor().reach == "all" else {}


def _tags(text: str) -> list[str]:
    return list(dict.fromkeys(tag.strip()[:50] for tag in re.split(r"[;,；，、|]", text) if tag.strip()))


def _lines(sample: bytes, file: IO[bytes]) -> int:
    """About how many rows there are, for the progress: lines without the header."""
    count, last = sample.count(b"\n"), sample
    while block := file.read(_BLOCK):
        count, last = count + block.count(b"\n"), block
    return max(count - (1 if last.endswith(b"\n") else 0), 0)
