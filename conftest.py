"""Imported before any test: the distributions whose folder has their package's own name.

pytest names the modules of tests by their path (`chassis.tests...`) and would otherwise take the folder `chassis/` for
the package `chassis`.
"""

import chassis
import gateway
import launcher

__all__ = ["chassis", "gateway", "launcher"]
