"""What can be set about marketing, beside what every service has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Self

from chassis.settings import Env, load_settings, positive


@dataclass(frozen=True)
class MarketingSettings:
    """`cors_origins`: web sites whose pages may post to the public endpoints (`*`: any, the default, since
    a form is made to be embedded and the endpoints know no cookie). `duplicate_window`: the same
    content posted to the same form again within it is the same submission.
    """

    cors_origins: tuple[str, ...]
    duplicate_window: timedelta

    @classmethod
    def read(cls, env: Env) -> Self:
        """From `MARKETING_CORS_ORIGINS` (comma-separated) and `MARKETING_DUPLICATE_MINUTES`."""
        minutes = env.int("MARKETING_DUPLICATE_MINUTES", 10, validate=positive)
        return cls(
            cors_origins=tuple(env.list("MARKETING_CORS_ORIGINS", ["*"])),
            duplicate_window=timedelta(minutes=minutes or 0),
        )


@lru_cache
def settings() -> MarketingSettings:
    """The settings of this process, read once."""
    return load_settings(MarketingSettings)
