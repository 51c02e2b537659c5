"""Which storage there is, as the environment says."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

from sqlalchemy.orm import Session

from chassis.errors import Unavailable
from chassis.settings import Env, load_settings
from chassis.storage.base import Storage
from chassis.storage.disk import Disk


@dataclass(frozen=True)
class StorageSettings:
    """A `bucket` of S3-compatible storage, or a `folder`. `endpoint` is for what is not AWS."""

    folder: str
    bucket: str
    endpoint: str
    region: str
    access_key: str
    secret: str

    @classmethod
    def read(cls, env: Env) -> Self:
        """From `QUINTET_FILES_FOLDER` (default `files` in `QUINTET_DATA`), or `QUINTET_FILES_BUCKET` with
        `QUINTET_FILES_ENDPOINT`, `QUINTET_FILES_REGION`, `QUINTET_FILES_ACCESS_KEY` and `QUINTET_FILES_SECRET_KEY`."""
        data = os.environ.get("QUINTET_DATA")
        return cls(
            folder=env.str("QUINTET_FILES_FOLDER", str(Path(data) / "files") if data else ""),
            bucket=env.str("QUINTET_FILES_BUCKET", ""),
            endpoint=env.str("QUINTET_FILES_ENDPOINT", ""),
            region=env.str("QUINTET_FILES_REGION", ""),
            access_key=env.str("QUINTET_FILES_ACCESS_KEY", ""),
            secret=env.str("QUINTET_FILES_SECRET_KEY", ""),
        )


def storage(session: Session) -> Storage:
    """The storage of the session's service. Each has a part of its own: what one sweeps away is nobody else's.
    Unavailable where none is set up."""
    return _storage(session.info["service"].name)


@lru_cache
def is_set_up() -> bool:
    """Whether the environment names a storage."""
    said = load_settings(StorageSettings)
    return bool(said.bucket or said.folder)


@lru_cache
def _storage(service: str) -> Storage:
    said = load_settings(StorageSettings)
    if said.bucket:
        from chassis.storage.s3 import S3  # boto3 takes 30 MB: who uses a folder saves them

        return S3(
            said.bucket, service, endpoint=said.endpoint, region=said.region, access_key=said.access_key,
            secret=said.secret,
        )  # fmt: skip
    if not is_set_up():
        raise Unavailable("No storage for files is set up here.")
    return Disk(Path(said.folder) / service)
