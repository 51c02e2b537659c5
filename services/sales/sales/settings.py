"""What can be set about sales, beside what every service has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from marshmallow.validate import Range

from chassis.settings import Env, load_settings, positive


@dataclass(frozen=True)
class SalesSettings:
    """`follow_up_days`: the cadence, days from the last step to each next one (3 days to the first contact, a
    week to the second). `dormant_days`: silence after which an open lead falls asleep. `sweep_batch`: leads
    that a clock handles in one transaction. `currency`: ISO 4217, of a deal whose currency nobody names, and
    the base that others are converted to. `escalate_days`: days overdue after which a follow-up goes to the manager (0:
    never). `language`: en or zh, of the titles of tasks. `recycle_days`: after how many a sleeping lead comes back into
    the queue (0: never), at most `recycle_times`. `qualification`: the score (0 to 100) that a lead needs to become a
    deal. `stock_adapter`: `module:Class` that knows what is on hand; `stock_url`, `stock_token` and `stock_timeout`
    (seconds) are for one that is asked over HTTP. `fiscal_month`: the
    month (1-12) with which the fiscal year begins. `protection_days`: for how long a registered deal is the partner's
    alone, where no programme says otherwise; the partner is warned `protection_warn_days` before, and may renew it
    `protection_renewals` times. What a partner registers is decided on within `registration_decision_days`, and what it
    is asked answered within `registration_answer_days`, where no programme says otherwise. `approval_days`: by when who
    is asked for a yes is to say it."""

    follow_up_days: tuple[int, ...]
    dormant_days: int
    sweep_batch: int
    currency: str
    escalate_days: int
    language: str
    recycle_days: int
    recycle_times: int
    qualification: int
    stock_adapter: str
    stock_url: str
    stock_token: str
    stock_timeout: float
    fiscal_month: int
    protection_days: int
    protection_warn_days: int
    protection_renewals: int
    approval_days: int
    registration_decision_days: int
    registration_answer_days: int

    @classmethod
    def read(cls, env: Env) -> Self:
        """From `SALES_FOLLOW_UP_DAYS` (comma-separated), `SALES_DORMANT_DAYS`, `SALES_SWEEP_BATCH`,
        `SALES_CURRENCY`, `SALES_ESCALATE_DAYS`, `SALES_LANGUAGE`, `SALES_RECYCLE_DAYS`, `SALES_RECYCLE_TIMES`,
        `SALES_QUALIFICATION`, `SALES_STOCK_ADAPTER`, `SALES_STOCK_URL`, `SALES_STOCK_TOKEN`,
        `SALES_STOCK_TIMEOUT`, `SALES_FISCAL_MONTH`, `SALES_PROTECTION_DAYS`,
        `SALES_PROTECTION_WARN_DAYS`, `SALES_PROTECTION_RENEWALS`, `SALES_APPROVAL_DAYS`,
        `SALES_REGISTRATION_DECISION_DAYS`, `SALES_REGISTRATION_ANSWER_DAYS`."""
        return cls(
            follow_up_days=tuple(env.list("SALES_FOLLOW_UP_DAYS", [3, 7], subcast=int)),
            dormant_days=env.int("SALES_DORMANT_DAYS", 30, validate=positive),
            sweep_batch=env.int("SALES_SWEEP_BATCH", 500, validate=positive),
            currency=env.str("SALES_CURRENCY", "CNY"),
            escalate_days=env.int("SALES_ESCALATE_DAYS", 2),
            language=env.str("SALES_LANGUAGE", "en"),
            recycle_days=env.int("SALES_RECYCLE_DAYS", 0),
            recycle_times=env.int("SALES_RECYCLE_TIMES", 1),
            qualification=env.int("SALES_QUALIFICATION", 0),
            stock_adapter=env.str("SALES_STOCK_ADAPTER", "sales.products.stock:OwnStock"),
            stock_url=env.str("SALES_STOCK_URL", ""),
            stock_token=env.str("SALES_STOCK_TOKEN", ""),
            stock_timeout=env.float("SALES_STOCK_TIMEOUT", 2.0, validate=positive),
            fiscal_month=env.int("SALES_FISCAL_MONTH", 1, validate=Range(min=1, max=12)),
            protection_days=env.int("SALES_PROTECTION_DAYS", 90, validate=Range(min=1, max=3650)),
            protection_warn_days=env.int("SALES_PROTECTION_WARN_DAYS", 14, validate=Range(min=0, max=3650)),
            protection_renewals=env.int("SALES_PROTECTION_RENEWALS", 1, validate=Range(min=0, max=100)),
            approval_days=env.int("SALES_APPROVAL_DAYS", 2, validate=Range(min=0, max=365)),
            registration_decision_days=env.int("SALES_REGISTRATION_DECISION_DAYS", 5, validate=Range(min=1, max=365)),
            registration_answer_days=env.int("SALES_REGISTRATION_ANSWER_DAYS", 14, validate=Range(min=1, max=365)),
        )


@lru_cache
def settings() -> SalesSettings:
    """The settings of this process, read once."""
    return load_settings(SalesSettings)
