"""Who a registered customer is, and how long they are protected."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.company_names import company_words
from chassis.errors import Conflict, Invalid
from sales.registrations import rules

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_customer_is_known_by_name_domains_and_ways() -> None:
    known = rules.customer("ACME Precision, Inc.", "https://www.Acme.com/de", "li@acme.cn", "+8613800138000")
    assert (known.key, known.domains) == ("acmeprecision", ("acme.com", "acme.cn"))
    assert known.locks == [
        "registration:name:acmeprecision", "registration:domain:acme.com", "registration:domain:acme.cn",
        "registration:email:li@acme.cn", "registration:phone:+8613800138000",
    ]  # fmt: skip
    assert rules.customer("华为技术有限公司", None, None, "+8613800138000").key == "华为技术"


def test_an_address_at_anybodys_mail_says_nothing_of_the_company() -> None:
    assert rules.customer("Acme", None, "li@qq.com", None).domains == ()
    assert rules.customer("Acme", "qq.com", "li@acme.com", None).domains == ("acme.com",)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ((" ./", None, "a@b.cn", None), ("company_name", "no_name")),
        (("Acme", None, None, None), ("contact_email", "required")),
        (("Acme", "acme", "a@b.cn", None), ("domain", "invalid_domain")),
        (("Acme", "acme com.cn x", "a@b.cn", None), ("domain", "invalid_domain")),
    ],
)
def test_who_cannot_be_known_is_refused_by_field(given, fault) -> None:
    with pytest.raises(Invalid) as refused:
        rules.customer(*given)
    assert [(error.field, error.code) for error in refused.value.errors] == [fault]


def test_spellings_are_found_by_words() -> None:
    assert company_words("Foo & Sons GmbH") == ["foo", "sons"]
    assert company_words("深圳市照明有限公司") == ["深圳市照明"]
    assert company_words(" ..") == []


def test_a_protection_is_warned_of_within_its_days() -> None:
    assert rules.protection(NOW, 90, 14) == (NOW + timedelta(days=90), NOW + timedelta(days=76))
    assert rules.protection(NOW, 7, 14) == (NOW + timedelta(days=7), NOW)
    assert rules.protection(NOW, 7, 0) == (NOW + timedelta(days=7), None)
    with pytest.raises(Invalid):
        rules.check_terms(14, 14)
    with pytest.raises(Invalid):
        rules.check_close(date(2026, 3, 1), NOW.date())


@pytest.mark.parametrize(
    ("now", "renewed", "code"),
    [
        (NOW - timedelta(days=14, seconds=1), 0, "too_early"),
        (NOW - timedelta(days=14), 0, None),
        (NOW - timedelta(days=1), 1, "no_renewal_left"),
        (NOW, 0, "registration_expired"),
    ],
)
def test_a_protection_is_renewed_in_its_last_days(now, renewed, code) -> None:
    if code is None:
        rules.check_renewal(NOW, now, 14, renewed, 1)
        return
    with pytest.raises(Conflict) as refused:
        rules.check_renewal(NOW, now, 14, renewed, 1)
    assert refused.value.code == code
