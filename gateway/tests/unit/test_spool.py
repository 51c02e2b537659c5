from __future__ import annotations

import os

import pytest

from gateway.audit import spool as module
from gateway.audit.spool import Spool


def taken(spool):
    batch = spool.take()
    return [record["n"] for record in batch.records] if batch else []


def test_what_is_appended_is_taken_once(tmp_path):
    spool = Spool(tmp_path)
    spool.append({"n": 1})
    spool.append({"n": 2})
    batch = spool.take()
    assert [r["n"] for r in batch.records] == [1, 2]
    spool.append({"n": 3})
    assert taken(spool) == [1, 2, 3]
    spool.done(batch)
    assert taken(spool) == [3]
    assert spool.backlog() > 0


def test_a_line_that_is_not_finished_waits(tmp_path):
    spool = Spool(tmp_path)
    spool.append({"n": 1})
    os.write(spool._file, b'{"n": 2')
    assert taken(spool) == [1]


def test_after_a_full_disk_the_next_record_is_whole(tmp_path, monkeypatch):
    spool = Spool(tmp_path)
    real = os.write
    monkeypatch.setattr(module.os, "write", lambda file, data: real(file, data[:4]))
    with pytest.raises(OSError, match="full"):
        spool.append({"n": 1})
    monkeypatch.setattr(module.os, "write", real)
    spool.append({"n": 2})
    assert taken(spool) == [2]
    spool.done(spool.take())
    assert spool.backlog() == 0


def test_a_long_file_is_left_for_a_fresh_one(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "ROTATE_AT", 10)
    spool = Spool(tmp_path)
    spool.append({"n": 1})
    spool.done(spool.take())
    spool.append({"n": 2})
    assert len(list(tmp_path.glob("*.audit"))) == 1
    assert taken(spool) == [2]


def test_the_file_of_a_living_process_is_left_alone_and_that_of_a_dead_one_taken(tmp_path):
    living, dead, heir = Spool(tmp_path), Spool(tmp_path), Spool(tmp_path)
    living.append({"n": 1})
    dead.append({"n": 2})
    os.close(dead._file)
    assert [[r["n"] for r in batch.records] for batch in heir.orphans()] == [[2]]
    assert list(heir.orphans()) == []
    assert taken(living) == [1]
    assert len(list(tmp_path.glob("*.audit"))) == 2


def test_what_could_not_be_stored_stays_for_the_next_heir(tmp_path):
    dead, heir = Spool(tmp_path), Spool(tmp_path)
    dead.append({"n": 1})
    os.close(dead._file)
    orphans = heir.orphans()
    next(orphans)
    orphans.close()  # as when the database refuses
    assert [[r["n"] for r in batch.records] for batch in heir.orphans()] == [[1]]


def test_a_process_that_ends_in_good_order_leaves_nothing(tmp_path):
    spool = Spool(tmp_path)
    spool.append({"n": 1})
    spool.done(spool.take())
    spool.close()
    assert list(tmp_path.iterdir()) == []
