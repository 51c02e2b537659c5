"""Blobs in a folder. Several replicas, and the worker that sweeps, must share the volume."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from chassis.storage.base import BLOCK, lost, out_of_order

log = logging.getLogger("chassis.storage")
_BEGUN = "begun"
_ABANDONED = 24 * 3600  # seconds after which an upload that is not whole never will be


class Disk:
    """A folder with 256 folders in it, one for each first two digits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, key: str, stream: IO[bytes], size: int) -> None:
        path = self._path(key)
        try:
            if path.is_file() and path.stat().st_size == size:
                return
            begun = self.folder / _BEGUN / uuid4().hex
            for folder in (begun.parent, path.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                self._write(begun, stream)
                begun.replace(path)
            finally:
                begun.unlink(missing_ok=True)
            _settle(path.parent)
            _settle(self.folder)
        except OSError as error:
            log.error("a blob could not be written", extra={"error": os.strerror(error.errno or 0)})
            raise out_of_order() from error

    def open(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        try:
            file = self._path(key).open("rb")
        except FileNotFoundError:
            raise lost() from None
        except OSError as error:
            raise out_of_order() from error
        file.seek(start)
        return _pieces(file, stop - start)

    def delete(self, key: str) -> None:
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise out_of_order() from error

    def keys(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        folder = self.folder / prefix
        for path in folder.iterdir() if folder.is_dir() else ():
            yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def tidy(self) -> None:
        folder = self.folder / _BEGUN
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.stat().st_mtime < time.time() - _ABANDONED:
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key

    @staticmethod
    def _write(path: Path, stream: IO[bytes]) -> None:
        stream.seek(0)
        with path.open("xb") as file:
            while piece := stream.read(BLOCK):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Make what was renamed into `folder` outlive a power cut, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _pieces(file: IO[bytes], left: int) -> Iterator[bytes]:
    with file:
        while left > 0 and (piece := file.read(min(BLOCK, left))):
            left -= len(piece)
            yield piece
