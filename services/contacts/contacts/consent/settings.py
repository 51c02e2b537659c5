"""What can be set about consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Self

from chassis.settings import Env, load_settings, positive


@dataclass(frozen=True)
class ConsentSettings:
    """`link_kept`: how long a link works by which somebody takes consent back."""

    link_kept: timedelta

    @classmethod
    def read(cls, env: Env) -> Self:
        """From `CONTACTS_CONSENT_LINK_DAYS`."""
        return cls(link_kept=timedelta(days=env.int("CONTACTS_CONSENT_LINK_DAYS", 90, validate=positive) or 0))


@lru_cache
def settings() -> ConsentSettings:
    """The settings of this process, read once."""
    return load_settings(ConsentSettings)
