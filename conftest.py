"""Imported before any test: the distributions whose folder has their package's own name.

pytest names the modules of tests by their path (`chassis.tests...`) and would otherwise take the folder `chassis/` for
the package `chassis`.
"""

from hypothesis import HealthCheck, settings

import chassis
import gateway
import launcher

# How fast examples are drawn says something of the machine only.
settings.register_profile("quintet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quintet")

__all__ = ["chassis", "gateway", "launcher"]
