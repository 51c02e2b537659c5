"""Imported before any test: the distributions whose folder has their package's own name.

pytest names the modules of tests by their path (`chassis.tests...`) and would otherwise take the folder `chassis/` for
the package `chassis`.

And which tests one process runs when several share them (pytest-xdist): those of a file, and those of folders that
start servers or a platform once for all of their tests.
"""

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

import chassis
import gateway
import launcher

# How fast examples are drawn says something of the machine only.
settings.register_profile("quintet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quintet")

TOGETHER = ("tests/e2e/", "chassis/tests/backbone/", "gateway/tests/process/")


class ByFileOrFolder(LoadScopeScheduling):
    """Hands out files, and folders whose tests share what they start, in the order of `testpaths`: longest first."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if path.startswith(folder)), path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    config.option.loadscopereorder = False  # by the number of tests, which says nothing of how long they take
    return ByFileOrFolder(config, log)


__all__ = ["chassis", "gateway", "launcher"]
