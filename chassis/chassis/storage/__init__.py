"""Where the content of files lies: in a folder or in S3-compatible storage, under the SHA-256 of what it is.

    content = measure(stream, at_most=25 * MIB)      # what it is, before anything is stored
    store = storage(session)
    keep(session, store, content)                    # the blob first, then the row, in one transaction
    session.add(Receipt(sha256=content.sha256, ...))

A blob that no row speaks of, because the process died between the two or the row was deleted, is removed by `sweep`.
"""

from chassis.storage.base import Storage
from chassis.storage.choosing import StorageSettings, is_set_up, storage
from chassis.storage.content import Content, keep, measure
from chassis.storage.names import clean_name
from chassis.storage.serving import serve
from chassis.storage.sweeping import sweep
from chassis.storage.types import EXTENSIONS, media_type

__all__ = [
    "EXTENSIONS",
    "Content",
    "Storage",
    "StorageSettings",
    "clean_name",
    "is_set_up",
    "keep",
    "measure",
    "media_type",
    "serve",
    "storage",
    "sweep",
]
