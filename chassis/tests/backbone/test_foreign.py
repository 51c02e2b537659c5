"""Others listen the ordinary way: a foreign nameko service, and a reader of the stream."""

import subprocess
import sys

import pytest
from house import PARTS, eventually

pytestmark = pytest.mark.fault  # not that it breaks anything, but it wants a broker of its own


def test_a_foreign_nameko_service_hears_events(house, tmp_path):
    house.declare()
    heard = tmp_path / "heard"
    command = [sys.executable, "-W", "ignore", str(PARTS / "foreign.py"), str(heard)]
    with subprocess.Popen(command, env=house.environment, stdout=subprocess.PIPE) as foreign:
        house.processes.append(foreign)
        assert foreign.stdout.readline() == b"started\n"
        house.start("relay", "shop")
        events = house.emit(3)
        eventually(lambda: heard.exists() and len(heard.read_text().split()) == 3)
        foreign.kill()
    assert heard.read_text().split() == [str(event.id) for event in events]


def test_the_stream_can_be_read_from_its_beginning_by_many(house):
    house.declare()
    house.start("relay", "shop")
    house.emit(100)
    assert house.stream(100) == list(range(1, 101))
    assert house.stream(100) == list(range(1, 101))
