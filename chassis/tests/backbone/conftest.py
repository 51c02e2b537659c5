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


@pytest.fixture(scope="session")
def quiet_house(servers, tmp_path_factory):
    house = House(servers, tmp_path_factory.mktemp("house"))
    yield house
    house.end()


@pytest.fixture
def house(request, servers, tmp_path):
    """A house of its own for a test that kills things; else one that all share, emptied for each."""
    if request.node.get_closest_marker("fault"):
        house = House(servers, tmp_path)
        yield house
        house.end()
    else:
        house = request.getfixturevalue("quiet_house")
        servers.all_up()
        house.empty()
        yield house
