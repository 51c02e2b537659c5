"""Who a registered customer is, what may become of a registration, and how long it protects."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chassis.company_names import company_key, domain_key
from chassis.errors import Conflict, Invalid

UNDECIDED = ("submitted", "returned")
HOLDING = (*UNDECIDED, "approved")
STATUSES = (*HOLDING, "rejected", "withdrawn", "expired", "won", "lost", "lapsed")

# Whose address is at one of these has nothing else in common: the largest providers of mailboxes for anybody.
_ANYBODYS_MAIL = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com yahoo.co.jp yahoo.co.uk ymail.com"
    " icloud.com me.com mac.com aol.com proton.me protonmail.com zoho.com yandex.ru yandex.com mail.ru gmx.de gmx.net"
    " gmx.com web.de t-online.de freenet.de orange.fr free.fr laposte.net wanadoo.fr libero.it qq.com foxmail.com"
    " 163.com 126.com yeah.net sina.com sina.cn sohu.com aliyun.com 139.com 189.cn wo.cn 21cn.com tom.com"
    " naver.com daum.net hanmail.net rediffmail.com bigpond.com comcast.net".split()
)


@dataclass(frozen=True)
class Customer:
    """What a customer is known by; two that agree in one of them are one."""

    key: str
    domains: tuple[str, ...]
    email: str | None
    phone: str | None

    @property
    def locks(self) -> list[str]:
        """What nobody else may register meanwhile."""
        found = [("name", self.key), *(("domain", one) for one in self.domains)]
        found += [("email", self.email or ""), ("phone", self.phone or "")]
        return [f"registration:{kind}:{value}" for kind, value in found if value]


def customer(company_name: str, domain: str | None, email: str | None, phone: str | None) -> Customer:
    """What the customer is known by: the domains are the web's and, unless anybody may have one there, the mail's.
    Invalid for a name without a letter or digit, a domain that is none, or without a way to reach anybody."""
    if not (key := company_key(company_name)):
        raise Invalid("company_name", "no_name", "A company's name has letters or digits.")
    if not (email or phone):
        raise Invalid("contact_email", "required", "Give the contact's e-mail address or phone number.")
    web = domain_key(domain) if domain else None
    if web is not None and ("." not in web or any(sign.isspace() for sign in web)):
        raise Invalid("domain", "invalid_domain", "A domain looks like acme.com.")
    mail = email.rpartition("@")[2] if email else ""
    known = [one for one in (web, mail) if one and one not in _ANYBODYS_MAIL]
    return Customer(key, tuple(dict.fromkeys(known)), email, phone)


def check_close(expected_close: date | None, today: date) -> None:
    """Invalid where a deal is expected to have been closed already."""
    if expected_close and expected_close < today:
        raise Invalid("expected_close", "past", "What is registered is closed today at the soonest.")


def check_status(status: str, allowed: Collection[str]) -> None:
    """Conflict unless a registration is in one of the states."""
    if status not in allowed:
        names = " or ".join(allowed)
        raise Conflict(f"registration_{status}", f"The registration is {status}; this needs one that is {names}.")


def protection(since: datetime, days: int, warn_days: int) -> tuple[datetime, datetime | None]:
    """Until when a customer is protected, and when to warn of that: a protection that is not longer than the warning
    is warned of at once; None: not at all."""
    until = since + timedelta(days=days)
    return until, max(since, until - timedelta(days=warn_days)) if warn_days else None


def deadline(since: datetime, days: int, *, remind: bool = False) -> tuple[datetime, datetime | None]:
    """By when something is to be done, and when to remind of it: halfway, or not at all."""
    return since + timedelta(days=days), since + timedelta(days=days) / 2 if remind else None


def protected_again(
    now: datetime, until: datetime, ended_at: datetime, warn_days: int
) -> tuple[datetime, datetime | None] | None:
    """The protection of a deal that is opened again: for the days that were left when it was closed; None: there were
    none. It is warned of as before."""
    left = until - ended_at
    if left <= timedelta(0):
        return None
    return now + left, max(now, now + left - timedelta(days=warn_days)) if warn_days else None


def check_renewal(until: datetime, now: datetime, warn_days: int, renewed: int, renewals: int) -> None:
    """Conflict unless a protection may be renewed: once it is in its last days (`warn_days`, at least one), before its
    end, and not more often than the terms allow."""
    if now >= until:
        raise Conflict("registration_expired", "The protection is over.")
    if renewed >= renewals:
        raise Conflict("no_renewal_left", f"A protection is renewed {renewals} times at most.")
    opens = until - timedelta(days=max(warn_days, 1))
    if now < opens:
        raise Conflict("too_early", "It is too early to renew the protection.", renewable_from=opens)


def check_terms(protection_days: int, warn_days: int) -> None:
    """Invalid where somebody would be warned before the protection begins."""
    if warn_days >= protection_days:
        raise Invalid("warn_days", "too_long", "The warning comes within the days of protection.")


def number(year: int, count: int) -> str:
    """The number that people call a registration by: DR-2026-000042."""
    return f"DR-{year}-{count:06d}"
