import os
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent / "parts")]

from house import House, Servers  # noqa: E402


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    folder = os.environ.get("QUINTET_TEST_FOLDER")
    servers = Servers(Path(folder) if folder else tmp_path_factory.mktemp("backbone"))
    yield servers
    servers.end()


@pytest.fixture
def house(servers, tmp_path):
    house = House(servers, tmp_path)
    yield house
    house.end()
