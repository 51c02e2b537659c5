"""Where the content of files lies: in a folder or in S3-compatible storage, under the SHA-256 of what it is.

    sent = sent_file()
    kept = take_in(session, sent.stream, sent.filename or "", at_most=25 * MIB, types=("pdf", "png"))
    session.add(Receipt(**kept))                     # the blob first, then the row, in one transaction

A blob that no row speaks of, because the process died between the two or the row was deleted, is removed by `sweep`.
"""

from chassis.storage.base import Storage
from chassis.storage.choosing import StorageSettings, is_set_up, storage
from chassis.storage.content import Content, keep, measure
from chassis.storage.names import clean_name
from chassis.storage.receiving import form_with, sent_file, take_in
from chassis.storage.serving import serve
from chassis.storage.sweeping import sweep
from chassis.storage.types import EXTENSIONS, media_type

__all__ = [
    "EXTENSIONS",
    "Content",
    "Storage",
    "StorageSettings",
    "clean_name",
    "form_with",
    "is_set_up",
    "keep",
    "measure",
    "media_type",
    "sent_file",
    "serve",
    "storage",
    "sweep",
    "take_in",
]
