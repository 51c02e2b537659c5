"""The rules of contacts, by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from chassis.company_names import company_key, domain_key
from chassis.errors import Conflict, Invalid
from contacts.consent.rules import check_time, holds
from contacts.grades.rules import Purchases, Rfm, Scheme, due, grade, scores, stage_by_age, worth
from contacts.people.rules import check_name, is_promoter, merged_tags, stage_after
from contacts.points.normal import NotNormal, normal_email, normal_phone, phone_point
from contacts.points.rules import Point, keys_of, name_key
from contacts.staff.rules import check_assignable
from contacts.tasks.rules import check_open, is_overdue
from contacts.timeline.rules import kept, read_as, title

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SCHEME = Scheme(
    {"recency": (365, 180, 90, 30), "frequency": (2, 3, 5, 10), "monetary": (1_000, 10_000, 30_000, 100_000)},
    ({"monetary": 4}, {"frequency": 2, "monetary": 3}),
)


@pytest.mark.parametrize(
    "same",
    [
        ["Acme Corp.", "ACME, Inc", "acme", "Acme  Co., Ltd."],
        ["华为技术有限公司", "华为技术（有限公司）", "華為技术股份有限公司".replace("華為", "华为")],
        ["Müller GmbH & Co. KG", "MÜLLER GmbH"],
        ["ＡＢＣ株式会社", "株式会社ABC", "abc"],
        ["AT&T Inc.", "AT & T", "AT and T"],
        ["Foo S.p.A.", "Foo SpA", "foo"],
    ],
)
def test_one_company_in_all_its_spellings(same: list[str]) -> None:
    assert len({company_key(name) for name in same}) == 1


def test_different_companies_stay_different() -> None:
    names = ["飞利浦（中国）有限公司", "飞利浦（新加坡）有限公司", "小米集团", "小米有限公司", "小米北京分公司"]
    names += ["有限公司", "Co"]
    assert len({company_key(name) for name in names}) == len(names)
    assert company_key(" .. ") == ""
    assert domain_key("https://www.Acme.com/de?x=1") == "acme.com"


@pytest.mark.parametrize(
    ("typed", "value", "label", "shared"),
    [
        ("138 0013 8000", "+8613800138000", "mobile", False),
        ("+86-138-0013-8000", "+8613800138000", "mobile", False),
        ("008613800138000", "+8613800138000", "mobile", False),
        ("１３８００１３８０００", "+8613800138000", "mobile", False),
        ("010-6552 9988", "+861065529988", "work", True),
        ("010-65529988 ext. 12", "+861065529988;ext=12", "other", False),
        ("400-810-8888", "+864008108888", "work", True),
        ("+1 (212) 555-0100", "+12125550100", "other", False),
        ("+44 7911 123456", "+447911123456", "mobile", False),
    ],
)
def test_phones_in_all_spellings(typed: str, value: str, label: str, shared: bool) -> None:
    point = phone_point(typed)
    assert (point.value, point.label, point.shared, point.typed) == (value, label, shared, typed)


@pytest.mark.parametrize("typed", ["1380013800", "12345", "phone", "", "+86 12800138000", "138001380001"])
def test_what_is_no_phone(typed: str) -> None:
    with pytest.raises(NotNormal):
        normal_phone(typed)


def test_e_mails_in_normal_form() -> None:
    assert normal_email(" Ming.Li+x@Example.COM ") == "ming.li+x@example.com"
    assert normal_email("张三@example.com") == "张三@example.com"
    for wrong in ("a..b@example.com", ".a@example.com", "a.@example.com", "a@b", "a b@x.cn", "@example.com", "a@-b.cn"):
        with pytest.raises(NotNormal):
            normal_email(wrong)


def test_a_shared_point_is_keyed_with_the_name() -> None:
    line = Point("phone", "+861065529988", "010-65529988", shared=True)
    mail = Point("email", "li@example.com", "li@example.com")
    assert name_key("ZHANG  Wei") == name_key("Zhang-wei") == "zhangwei"
    assert keys_of([line, mail, mail], "Zhang Wei") == ["email:li@example.com", "phone:+861065529988;name=zhangwei"]


def test_the_life_cycle_only_rises() -> None:
    assert stage_after("lead.created", "contact") == "lead"
    assert stage_after("deal.won", "lead") == "customer"
    assert stage_after("lead.created", "customer") == "customer"
    assert stage_after("lead.created", "former") == "former"
    assert stage_after("order.placed", "former") == "customer"
    assert stage_after("ticket.created", "lead") == "lead"


@pytest.mark.parametrize(
    ("days", "count", "total", "expected", "letter"),
    [
        (30, 1, "999.99", Rfm(5, 1, 1), "C"),
        (31, 2, "1000", Rfm(4, 2, 2), "C"),
        (90, 2, "10000", Rfm(4, 2, 3), "A"),
        (180, 1, "10000", Rfm(3, 1, 3), "C"),
        (365, 3, "30000", Rfm(2, 3, 4), "A"),
        (366, 1, "100000", Rfm(1, 1, 5), "A"),
    ],
)
def test_scores_and_grade(days: int, count: int, total: str, expected: Rfm, letter: str) -> None:
    rfm = scores(Purchases(count, Decimal(total), NOW - timedelta(days=days)), NOW, SCHEME)
    assert rfm == expected
    assert grade(rfm, "customer", SCHEME) == letter


def test_who_has_not_bought_is_b_or_nothing() -> None:
    assert scores(Purchases(0, Decimal(0), None), NOW, SCHEME) is None
    assert [grade(None, stage, SCHEME) for stage in ("contact", "lead", "opportunity", "customer")] == [
        None,
        "B",
        "B",
        None,
    ]
    assert worth(Decimal(100), "USD", {"USD": Decimal("7.2")}) == Decimal("720.00")
    assert worth(Decimal(100), "XAF", {}) == 0


def test_the_latest_decision_holds_and_in_doubt_the_stricter() -> None:
    earlier, later = NOW - timedelta(days=1), NOW
    assert holds("marketing", later, True, earlier, False)
    assert not holds("marketing", earlier, True, later, False)
    assert holds("marketing", NOW, False, NOW, True)
    assert not holds("marketing", NOW, True, NOW, False)
    assert not holds("marketing", NOW, True, NOW, True)
    assert holds("do_not_sell", NOW, True, NOW, False)  # an objection is the stricter
    assert not holds("do_not_sell", NOW, False, NOW, True)
    with pytest.raises(Invalid):
        check_time(NOW + timedelta(minutes=6), NOW)


def test_small_rules() -> None:
    assert check_name("  Li   Na ") == "Li Na"
    with pytest.raises(Invalid):
        check_name("   ")
    assert merged_tags(["a", "b"], ["b", "c"]) == ["a", "b", "c"]
    assert (is_promoter(5), is_promoter(4)) == (True, False)
    assert is_overdue("open", NOW, NOW + timedelta(seconds=1))
    assert not is_overdue("done", NOW, NOW + timedelta(days=1))
    with pytest.raises(Conflict):
        check_open("cancelled")
    with pytest.raises(Invalid):
        check_assignable("own", None, UUID(int=1))


def test_timeline_lines() -> None:
    assert title("deal.won", {"name": "Lamps", "amount": "5.00", "currency": "CNY"}) == "Deal won: Lamps, 5.00 CNY"
    assert title("deal.lost", {"name": "Lamps", "reason": None}) == "Deal lost: Lamps (-)"
    assert kept({"deal_id": "x", "amount": "5.00", "personal": {"name": "Li"}, "stage": None}) == {
        "deal_id": "x", "amount": "5.00",
    }  # fmt: skip
    won = {"name": "Lamps", "amount": "5.00", "currency": "CNY"}
    line = title("deal.won", won)
    assert read_as("deal.won", line, kept(won), "zh-CN") == "赢得商机：Lamps，5.00 CNY"
    assert read_as("deal.won", line, kept(won), "en-GB") == read_as("deal.won", line, kept(won), None) == line
    assert read_as("deal.won", line, {"amount": "5.00"}, "zh-CN") == line, "written before its name was kept"
    assert read_as("task.created", "Call Li", {}, "zh-CN") == "Call Li", "what people wrote stays as it is"


def test_by_quintiles_a_score_is_the_fifth_that_somebody_is_in() -> None:
    last = NOW - timedelta(days=40)
    at = Decimal(str(last.timestamp()))
    cuts = {"recency": (at - 9, at - 1, at, at + 5), "frequency": (1, 1, 2, 4), "monetary": (10, 20, 30, 40)}
    scheme = Scheme(SCHEME.thresholds, SCHEME.a, cuts)
    assert scores(Purchases(2, Decimal("30.01"), last), NOW, scheme) == Rfm(recency=3, frequency=3, monetary=4)
    assert scores(Purchases(1, Decimal("10"), last), NOW, scheme) == Rfm(recency=3, frequency=1, monetary=1)


def test_what_time_alone_changes_is_due_when_it_does() -> None:
    bought = Purchases(1, Decimal(10), NOW - timedelta(days=100))
    scheme = Scheme(SCHEME.thresholds, SCHEME.a, former_days=150)
    instant = timedelta(microseconds=1)
    assert due(bought, "customer", NOW, scheme, None) == NOW + timedelta(days=50) + instant
    assert due(bought, "lead", NOW, scheme, None) == NOW + timedelta(days=80) + instant
    assert due(bought, "lead", NOW, scheme, NOW + timedelta(days=3)) == NOW + timedelta(days=3)
    assert due(Purchases(1, Decimal(10), NOW - timedelta(days=999)), "customer", NOW, scheme, None) is None
    assert stage_by_age("customer", bought, NOW + timedelta(days=50), scheme) == "customer"
    assert stage_by_age("customer", bought, NOW + timedelta(days=50) + instant, scheme) == "former"
