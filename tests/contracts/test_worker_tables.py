"""A worker, which imports less than an application, knows every table that its tables refer to."""

from __future__ import annotations

import subprocess
import sys

import pytest

_LOOK = """
import importlib, sys
package = sys.argv[1]
importlib.import_module(package + ".worker")
tables = importlib.import_module(package + ".base").Base.metadata.tables
keys = [key.target_fullname.split(".")[0] for table in tables.values() for key in table.foreign_keys]
print(*sorted(set(keys) - tables.keys()))
"""


@pytest.mark.parametrize("package", ["contacts", "sales", "service_desk", "marketing", "reporting"])
def test_a_worker_by_itself_knows_the_tables_that_are_referred_to(package: str) -> None:
    looked = subprocess.run([sys.executable, "-c", _LOOK, package], capture_output=True, text=True, check=True)
    assert looked.stdout.split() == []
