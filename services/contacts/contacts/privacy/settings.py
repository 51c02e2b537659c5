"""What can be set about requests of people and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Self

from chassis.settings import Env, load_settings, positive


@dataclass(frozen=True)
class PrivacySettings:
    """`deadlines`: by law, the days in which a person's request is to be answered (`15w`: working days).
    `answer_within`: when a service that has not answered one is late. `archive_kept`: how long an export can be
    fetched. `suppress_erased`: whether an import passes over the e-mails and phones of people who were erased."""

    deadlines: dict[str, str]
    answer_within: timedelta
    archive_kept: timedelta
    suppress_erased: bool

    @classmethod
    def read(cls, env: Env) -> Self:
        """From `CONTACTS_PRIVACY_DEADLINES` (`gdpr=30,pipl=15w,ccpa=45`), `CONTACTS_PRIVACY_LATE_HOURS`,
        `CONTACTS_ARCHIVE_DAYS` and `CONTACTS_SUPPRESS_ERASED`."""
        deadlines = {"gdpr": "30", "pipl": "15w", "ccpa": "45"}
        return cls(
            deadlines=deadlines | (env.dict("CONTACTS_PRIVACY_DEADLINES", {}) or {}),
            answer_within=timedelta(hours=env.int("CONTACTS_PRIVACY_LATE_HOURS", 24, validate=positive) or 0),
            archive_kept=timedelta(days=env.int("CONTACTS_ARCHIVE_DAYS", 7, validate=positive) or 0),
            suppress_erased=env.bool("CONTACTS_SUPPRESS_ERASED", True) or False,
        )


@lru_cache
def settings() -> PrivacySettings:
    """The settings of this process, read once."""
    return load_settings(PrivacySettings)
