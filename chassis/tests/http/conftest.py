"""A tiny service, declared as any other is, to drive the chassis' HTTP door on a real database."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.service import Service
from chassis.testing.fixtures import *  # noqa: F403

sys.path.insert(0, str(Path(__file__).parent / "service"))


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    from notebook.base import SERVICE

    return SERVICE
