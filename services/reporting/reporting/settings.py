"""What can be set about reporting, beside what every service has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from chassis.settings import Env, load_settings, positive


@dataclass(frozen=True)
class ReportingSettings:
    """`gap_seconds`: how long a missing position may stay away before it is reported; retries are over sooner.
    `rebuild_batch`: events that a rebuild folds in one transaction."""

    gap_seconds: int
    rebuild_batch: int

    @classmethod
    def read(cls, env: Env) -> Self:
        """From `REPORTING_GAP_SECONDS` and `REPORTING_REBUILD_BATCH`."""
        return cls(
            gap_seconds=env.int("REPORTING_GAP_SECONDS", 30, validate=positive),
            rebuild_batch=env.int("REPORTING_REBUILD_BATCH", 20_000, validate=positive),
        )


@lru_cache
def settings() -> ReportingSettings:
    """The settings of this process, read once."""
    return load_settings(ReportingSettings)
