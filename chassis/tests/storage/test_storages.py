"""Both storages do the same: a folder, and moto's S3 server on a port of this machine."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from chassis.errors import Gone, Unavailable
from chassis.storage.base import Storage
from chassis.storage.disk import Disk
from chassis.storage.s3 import S3
from chassis.testing import at_once

CONTENT = bytes(range(256)) * 1024
KEY = hashlib.sha256(CONTENT).hexdigest()
KEYS = {"access_key": "test", "secret": "test", "region": "eu-central-1"}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client: Any = boto3.session.Session().client(
        "s3", endpoint_url=f"http://{host}:{port}", aws_access_key_id="test", aws_secret_access_key="test",
        region_name="us-east-1",
    )  # fmt: skip
    client.create_bucket(Bucket="files")
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "disk":
        return Disk(tmp_path / "contacts")
    return S3("files", tmp_path.name, endpoint=request.getfixturevalue("endpoint"), **KEYS)


def put(store: Storage, content: bytes = CONTENT) -> str:
    key = hashlib.sha256(content).hexdigest()
    store.put(key, io.BytesIO(content), len(content))
    return key


def test_what_is_put_is_read_whole_and_in_part(store: Storage) -> None:
    put(store)
    put(store)
    assert b"".join(store.open(KEY, 0, len(CONTENT))) == CONTENT
    assert b"".join(store.open(KEY, 70_000, 200_001)) == CONTENT[70_000:200_001]
    assert max(len(piece) for piece in store.open(KEY, 0, len(CONTENT))) <= 64 * 1024


def test_keys_are_listed_by_their_first_digits_with_their_time(store: Storage) -> None:
    put(store)
    ((key, since),) = store.keys(KEY[:2])
    assert key == KEY
    assert abs(datetime.now(UTC) - since) < timedelta(minutes=1)
    assert list(store.keys(f"{(int(KEY[:2], 16) + 1) % 256:02x}")) == []


def test_what_is_deleted_is_gone_and_once_more_is_no_mistake(store: Storage) -> None:
    put(store)
    for _ in range(2):
        store.delete(KEY)
    with pytest.raises(Gone) as refused:
        store.open(KEY, 0, 1)
    assert refused.value.code == "content_lost"


def test_put_at_once_is_there_once(store: Storage) -> None:
    at_once(*[lambda: put(store)] * 5)
    assert [key for key, _ in store.keys(KEY[:2])] == [KEY]
    assert b"".join(store.open(KEY, 0, len(CONTENT))) == CONTENT


def test_another_service_has_a_part_of_its_own(endpoint: str) -> None:
    sales, contacts = (S3("files", name, endpoint=endpoint, **KEYS) for name in ("sales", "contacts"))
    put(sales)
    assert list(contacts.keys(KEY[:2])) == []


def test_an_upload_that_breaks_off_leaves_no_blob(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError(28, "No space left on device")
            return super().read(size)

    store = Disk(tmp_path)
    with pytest.raises(Unavailable):
        store.put(KEY, Broken(CONTENT), len(CONTENT))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_a_dead_process_had_begun_goes_after_a_day(tmp_path: Path) -> None:
    (tmp_path / "begun").mkdir()
    old, new = tmp_path / "begun" / "old", tmp_path / "begun" / "new"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    Disk(tmp_path).tidy()
    assert [path.name for path in (tmp_path / "begun").iterdir()] == ["new"]


def test_a_storage_out_of_reach_is_said_to_be() -> None:
    store = S3("files", "contacts", endpoint="http://127.0.0.1:9", **KEYS)
    with pytest.raises(Unavailable):
        put(store)


def test_a_bucket_that_is_not_there_is_no_lost_file(endpoint: str) -> None:
    with pytest.raises(Unavailable):
        S3("nowhere", "contacts", endpoint=endpoint, **KEYS).open(KEY, 0, 1)
