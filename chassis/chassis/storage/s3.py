"""Blobs in S3-compatible storage: AWS, MinIO, Ceph, and what else speaks the protocol."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import wraps
from typing import IO, Any, ParamSpec, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chassis.storage.base import BLOCK, lost, out_of_order

log = logging.getLogger("chassis.storage")
_MISSING = ("404", "NoSuchKey", "NotFound")
P = ParamSpec("P")
T = TypeVar("T")


def _reached(method: Callable[P, T]) -> Callable[P, T]:
    @wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except (BotoCoreError, ClientError) as error:
            log.error("the storage refuses", extra={"error": type(error).__name__, "code": _code(error)})
            raise out_of_order() from error

    return call


class S3:
    """A bucket, or the part of one under `prefix`. Without keys boto3 finds them as it does everywhere: in the
    environment, or from the machine's or the pod's own role."""

    def __init__(
        self, bucket: str, prefix: str, *, endpoint: str = "", region: str = "", access_key: str = "", secret: str = ""
    ) -> None:
        self.bucket, self.prefix = bucket, prefix
        path_style = {"addressing_style": "path"} if endpoint else {}
        config = Config(
            s3=path_style, connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 3},
            request_checksum_calculation="when_required", response_checksum_validation="when_required",
        )  # fmt: skip
        self._client: Any = boto3.session.Session().client(
            "s3", endpoint_url=endpoint or None, region_name=region or "us-east-1", config=config,
            aws_access_key_id=access_key or None, aws_secret_access_key=secret or None,
        )  # fmt: skip

    @_reached
    def put(self, key: str, stream: IO[bytes], size: int) -> None:
        if self._size(key) == size:
            return
        stream.seek(0)
        self._client.put_object(Bucket=self.bucket, Key=self._name(key), Body=stream, ContentLength=size)

    @_reached
    def open(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        wanted = {"Range": f"bytes={start}-{stop - 1}"} if stop > start else {}
        try:
            found = self._client.get_object(Bucket=self.bucket, Key=self._name(key), **wanted)
        except ClientError as error:
            if _code(error) in _MISSING:
                raise lost() from None
            raise
        return _pieces(found["Body"])

    @_reached
    def delete(self, key: str) -> None:
        self._client.delete_object(Bucket=self.bucket, Key=self._name(key))

    @_reached
    def keys(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=f"{self.prefix}/{prefix}/"
        )
        return iter(
            [(one["Key"].rsplit("/", 1)[1], one["LastModified"]) for p in pages for one in p.get("Contents", ())]
        )

    def tidy(self) -> None:
        """Nothing to do: a PUT that breaks off leaves nothing."""

    def _name(self, key: str) -> str:
        return f"{self.prefix}/{key[:2]}/{key}"

    def _size(self, key: str) -> int | None:
        try:
            return int(self._client.head_object(Bucket=self.bucket, Key=self._name(key))["ContentLength"])
        except ClientError as error:
            if _code(error) in _MISSING:
                return None
            raise


def _code(error: Exception) -> str:
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))


def _pieces(body: Any) -> Iterator[bytes]:
    try:
        yield from body.iter_chunks(BLOCK)
    finally:
        body.close()
