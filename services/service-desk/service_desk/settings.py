"""What can be set about the service desk, beside what every service has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Self

from marshmallow import validate

from chassis.settings import Env, load_settings, positive

STRATEGIES = ("round_robin", "least_busy", "manual")


@dataclass(frozen=True)
class DeskSettings:
    """`assignment`: who gets a new ticket (`round_robin`, `least_busy`, or `manual`: nobody until a person decides).
    `survey_url`: the link that a customer is sent, with `{token}` in it. `survey_valid`: how long it can be answered.
    `reopen_at`: a score of at most this reopens the ticket; 0 never does. `close_after`: a resolved ticket of which
    nothing more is heard is closed after it. `entitlement_days`: how long a won deal entitles to service."""

    assignment: str
    survey_url: str
    survey_valid: timedelta
    reopen_at: int
    close_after: timedelta
    entitlement_days: int

    @classmethod
    def read(cls, env: Env) -> Self:
        """From the variables with the prefix `SERVICE_DESK_`; the README lists them."""
        link = "/api/v1/service-desk/public/surveys/{token}"
        survey_days = env.int("SERVICE_DESK_SURVEY_DAYS", 14, validate=positive)
        close_days = env.int("SERVICE_DESK_CLOSE_AFTER_DAYS", 7, validate=positive)
        return cls(
            assignment=env.str("SERVICE_DESK_ASSIGNMENT", STRATEGIES[0], validate=validate.OneOf(STRATEGIES)),
            survey_url=env.str("SERVICE_DESK_SURVEY_URL", link, validate=validate.Regexp(r".*\{token\}")),
            survey_valid=timedelta(days=survey_days or 0),
            reopen_at=env.int("SERVICE_DESK_REOPEN_AT_SCORE", 2, validate=validate.Range(0, 5)),
            close_after=timedelta(days=close_days or 0),
            entitlement_days=env.int("SERVICE_DESK_ENTITLEMENT_DAYS", 365, validate=positive),
        )


@lru_cache
def settings() -> DeskSettings:
    """The settings of this process, read once."""
    return load_settings(DeskSettings)
