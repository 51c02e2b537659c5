"""Starting an import, and looking at a file before."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import IO, Any

from sqlalchemy.orm import Session

from chassis.access import actor
from chassis.errors import Invalid
from chassis.jobs import Job, start_job
from contacts.imports import profiles
from contacts.imports.cells import RowError
from contacts.imports.company_rows import reader_of
from contacts.imports.custom import CustomColumns
from contacts.imports.faults import faults
from contacts.imports.fields import MODELS, match_choices, targets_of
from contacts.imports.kind import KIND
from contacts.imports.plan import Refused, params
from contacts.imports.reading import SAMPLE, Format, look, rows
from contacts.imports.rows import RowReader
from contacts.imports.rules import Listed, check_headers, check_match, check_once, match_keys
from contacts.imports.workbook import check, is_workbook, look_into
from contacts.staff.actions import ownership

HOW = ("entity", "mapping", "profile", "match", "encoding", "delimiter", "sheet")  # what says how a file is to be read
PREVIEW = 10
_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Understood:
    """A file as it is going to be read. `lines`: about how many rows there are, for the progress."""

    entity: Listed
    form: Format
    columns: dict[str, str]
    match: list[str]
    lines: int


def start(session: Session, file: IO[bytes], *, tags: str, **said: Any) -> Job:
    """A job that imports `file`. Invalid, before anything is stored, for a file that cannot be read or has no column
    that tells people apart, and for a mapping that does not fit it."""
    read = understand(session, file, **{name: said.pop(name) for name in HOW if name in said})
    owned = ownership(session, {"owner_id": said.pop("owner_id")} if "owner_id" in said else _default_owner())
    told = params(
        actor(),
        owned,
        read.form,
        entity=read.entity,
        mapping=read.columns,
        match=read.match,
        tags=_tags(tags),
        lines=read.lines,
        **said,
    )
    file.seek(0)
    return start_job(session, KIND, params=told, file=file)  # type: ignore[arg-type]


def understand(
    session: Session,
    file: IO[bytes],
    *,
    mapping: dict[str, str | None],
    profile: str | None = None,
    match: str = "",
    entity: Listed = "people",
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Understood:
    """How to read `file`: its columns as guessed, then as the profile has them, then as `mapping` does."""
    file.seek(0)
    sample = file.read(SAMPLE)
    if not sample.strip():
        raise Invalid("file", "empty", "The file is empty.")
    targets, by = targets_of(session, entity), match_keys(match)
    understood = partial(targets.understood, said=mapping)
    if is_workbook(sample):
        form, lines = _look_into(file, sheet, understood)
    elif sheet is not None:
        raise Invalid("sheet", "no_workbook", "Only a workbook has sheets; this file is read as CSV.")
    else:
        form, lines = look(sample, encoding, delimiter, understood), _lines(sample, file)
    check_headers(form.headers)
    guessed = targets.guess(form.headers)
    if profile is not None:
        guessed = targets.corrected(guessed, profiles.fitting(session, entity, profile, form.headers), form.headers)
    columns = targets.corrected(guessed, mapping, form.headers)
    check_once(form.headers, columns)
    check_match(entity, by, columns, match_choices(session, entity, by), form.headers)
    return Understood(entity, form, columns, by, lines)


def preview(session: Session, file: IO[bytes], **said: Any) -> dict[str, Any]:
    """How a file would be read, and its first rows as they would become; nothing is looked up and nothing written."""
    read = understand(session, file, **said)
    reader = reader_of(read.entity)(read.form.headers, read.columns, "import", (), pointless=bool(read.match))
    custom = CustomColumns(session, actor(), read.form.headers, read.columns, MODELS[read.entity])
    file.seek(0)
    # Of a large file no more is taken apart than its beginning.
    begun: Any = file if read.form.sheet is not None else io.BytesIO(file.read(SAMPLE))
    first = islice(rows(begun, read.form), PREVIEW)
    shown = [_shown(read.entity, reader, custom, number, cells) for number, cells in first]
    return {
        "headers": read.form.headers,
        "header_row": read.form.above + 1,
        "mapping": read.columns,
        "columns_left_out": [header for header in read.form.headers if header and header not in read.columns],
        "encoding": read.form.encoding or None,
        "delimiter": read.form.delimiter or None,
        "sheet": read.form.sheet,
        "rows": shown,
    }


def _shown(entity: Listed, reader: RowReader, custom: CustomColumns, number: int, cells: list[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {"person": None, "company": None, "error": None}
    try:
        draft = reader.read(number, cells)
        draft.custom, errors = custom.read(draft.cells)
    except RowError:
        row = Refused(number, cells, faults(reader, number, cells))
        errors = [*row.errors, *custom.besides(row)]
    if errors:
        return shown | {"error": {"row": number, **Refused(number, cells, errors).told()}}
    return shown | {"company" if entity == "companies" else "person": draft.shown()}


def _look_into(file: IO[bytes], name: str | None, understood: Callable[[Sequence[str]], int]) -> tuple[Format, int]:
    check(file)
    sheet, headers, above, lines = look_into(file, name, understood)
    return Format("", "", headers, sheet, above), lines


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
