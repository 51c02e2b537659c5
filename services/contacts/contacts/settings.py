"""What can be set about contacts, beside what every service has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Self

from chassis.settings import Env, load_settings, positive
from contacts.quality.rules import WEIGHTS, Of, check_weights


@dataclass(frozen=True)
class ContactsSettings:
    """`region`: the country of phone numbers typed without one. `colleague_window`: how long a colleague's contact with
    the same customer is worth a warning. `rates`: the worth of a currency's unit in the currency that grades are
    reckoned in (for grading only, never for invoices). `import_chunk`: rows per transaction of an import, at most;
    `undo_window`: how long one can be undone after its end. `tell_per_second`: how many people and companies are told
    of where all are told of again. `weights`: what each field counts for when the completeness
    of `people` and `companies` is reckoned. `check_mx`: whether the domain of every new e-mail address must take mail;
    `name_server` (`host:port`) says so in place of the machine's."""

    region: str
    colleague_window: timedelta
    rates: dict[str, Decimal]
    import_chunk: int
    tell_per_second: int
    undo_window: timedelta
    weights: dict[Of, dict[str, int]]
    check_mx: bool
    name_server: str

    @classmethod
    def read(cls, env: Env) -> Self:
        """From `CONTACTS_REGION`, `CONTACTS_COLLEAGUE_HOURS`, `CONTACTS_GRADE_RATES` (`USD=7.2,EUR=7.8`),
        `CONTACTS_IMPORT_CHUNK`, `CONTACTS_IMPORT_UNDO_DAYS`, `CONTACTS_TELL_PER_SECOND`, `CONTACTS_WEIGHTS_PEOPLE`,
        `CONTACTS_WEIGHTS_COMPANIES` (`email=20,phone=20`), `CONTACTS_CHECK_MX` and `CONTACTS_NAME_SERVER`."""
        hours = env.int("CONTACTS_COLLEAGUE_HOURS", 24, validate=positive)
        undo_days = env.int("CONTACTS_IMPORT_UNDO_DAYS", 30, validate=positive)
        rates = env.dict(
            "CONTACTS_GRADE_RATES",
            {"CNY": "1", "USD": "7.2", "EUR": "7.8", "GBP": "9.2", "JPY": "0.048", "HKD": "0.92"},
        )
        return cls(
            region=env.str("CONTACTS_REGION", "CN"),
            colleague_window=timedelta(hours=hours or 0),
            rates={code: Decimal(rate) for code, rate in (rates or {}).items()},
            check_mx=env.bool("CONTACTS_CHECK_MX", False) or False,
            name_server=env.str("CONTACTS_NAME_SERVER", ""),
            weights={of: _weights(env, of) for of in WEIGHTS},
            undo_window=timedelta(days=undo_days or 0),
            import_chunk=env.int("CONTACTS_IMPORT_CHUNK", 20_000, validate=positive) or 0,
            tell_per_second=env.int("CONTACTS_TELL_PER_SECOND", 5000, validate=positive) or 1,
        )


def _weights(env: Env, of: Of) -> dict[str, int]:
    said = env.dict(f"CONTACTS_WEIGHTS_{of.upper()}", {k: str(v) for k, v in WEIGHTS[of].items()})
    return check_weights(of, {field: int(weight) for field, weight in (said or {}).items()})


@lru_cache
def settings() -> ContactsSettings:
    """The settings of this process, read once."""
    return load_settings(ContactsSettings)
