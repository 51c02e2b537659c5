"""A file that somebody sends in a form: what it is, stored, and what the row says that speaks of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import IO, Any

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from chassis.errors import Invalid
from chassis.storage.choosing import storage
from chassis.storage.content import keep, measure
from chassis.storage.names import clean_name
from chassis.storage.types import media_type


def form_with(**beside: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a form with a file, and properties beside it."""
    file = {"type": "string", "format": "binary"}
    return {"type": "object", "required": ["file"], "properties": {"file": file} | beside}


def sent_file() -> FileStorage:
    """The file in the field `file` of the request's form. Invalid where there is none."""
    file = request.files.get("file")
    if file is None:
        raise Invalid("file", "required", "Send the file in the form field named file.")
    return file


def take_in(session: Session, stream: IO[bytes], name: str, *, at_most: int, types: Collection[str]) -> dict[str, Any]:
    """Store a file of at most so many bytes that is one of these types (extensions) by its content: the `name`,
    `media_type`, `size` and `sha256` of the row that the caller writes in the same transaction. TooLarge and Invalid
    for what is no good file, Unavailable without a storage."""
    name = clean_name(name)
    content = measure(stream, at_most=at_most)
    media = media_type(stream, name, types)
    keep(session, storage(session), content)
    return {"name": name, "media_type": media, "size": content.size, "sha256": content.sha256}
