"""Who has to say yes to a quote: limits by seller, product, price book and line, the line of managers, deputies."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import uuid7
from chassis.testing import at_once, code_of
from sales.quotes import limits

TEAM = uuid7()
pytestmark = pytest.mark.usefixtures("clock")
LINES = st.lists(
    st.builds(
        lambda full, kept: limits.Line(Decimal(full).scaleb(-2), Decimal(full * kept // 100).scaleb(-2)),
        st.integers(0, 10**9), st.integers(0, 100),
    ), min_size=1, max_size=8,
)  # fmt: skip
PERCENT = st.integers(0, 100).map(Decimal)


@given(LINES, PERCENT)
def test_without_a_line_over_the_limit_the_whole_is_not_over_it(lines: list[limits.Line], percent: Decimal) -> None:
    each = limits.needed([limits.Limit(1, "boss", percent, per_line=True)], lines, None, (), ())
    whole = limits.needed([limits.Limit(1, "boss", percent)], lines, None, (), ())
    assert each or not whole
    assert whole if sum(x.full - x.net for x in lines) * 100 > percent * sum(x.full for x in lines) else not whole


def test_each_is_asked_once_with_all_reasons_in_the_order_of_steps() -> None:
    line, (first, second) = limits.Line(Decimal(100), Decimal(70)), (uuid7(), uuid7())
    found = limits.needed(
        [
            limits.Limit(3, "admin", over_amount=Decimal(50)), limits.Limit(1, "boss", Decimal(10), manager_level=1),
            limits.Limit(2, "boss", Decimal(20), manager_level=2), limits.Limit(4, "admin", Decimal(30)),
            limits.Limit(5, "boss", Decimal(25), manager_level=5),
            limits.Limit(6, "x", Decimal(1), seller_role="junior"),
        ],
        [line], Decimal(70), ("sales_rep",), [first, second],
    )  # fmt: skip
    assert [(step.approver_id, step.role, step.reason) for step in found] == [
        (first, "manager", "discount over 10 %"), (second, "manager", "discount over 20 %; discount over 25 %"),
        (None, "admin", "amount over 50"),
    ]  # fmt: skip
    (alone,) = limits.needed([limits.Limit(1, "boss", Decimal(10), manager_level=1)], [line], None, (), ())
    assert (alone.approver_id, alone.role) == (None, "boss")


@pytest.fixture
def seller(user, rep):
    return user(id=rep("Ren", team_id=TEAM), reach="own", roles=("sales_rep",), team_id=TEAM)


@pytest.fixture
def boss(user, rep):
    made = rep("Boss", roles=("sales_manager",), team_id=TEAM)
    return user(id=made, reach="team", roles=("sales_manager",), team_id=TEAM)


@pytest.fixture
def chief(user, rep):
    return user(id=rep("Chief", roles=("director",)), reach="own", roles=("director",))


@pytest.fixture
def quote(api, seller):
    """Makes a quote of the seller's; its path."""

    def make(*lines, as_=seller, **more) -> str:
        deal = api.post("/deals", json={"name": "Lamps", "amount": "1.00"}, as_=as_).json
        wanted = [{"description": "Lamp", "quantity": "10", "unit_price": "100.00"} | line for line in lines or ({},)]
        body = {"deal_id": deal["id"], "valid_until": "2026-03-31", "lines": wanted} | more
        answer = api.post("/quotes", json=body, as_=as_)
        assert answer.status_code == 201, answer.text
        return f"/quotes/{answer.json['id']}"

    return make


@pytest.fixture
def limit(api):
    def make(**rule) -> None:
        assert api.post("/approval-rules", json={"step": 1, "role": "sales_manager"} | rule).status_code == 201

    return make


@pytest.fixture
def own_limits(api) -> None:
    """Only the limits that a test makes hold."""
    for rule in api.get("/approval-rules").json["data"]:
        assert api.delete(f"/approval-rules/{rule['id']}", if_match=1).status_code == 204


def test_a_price_below_the_book_is_a_discount_like_any_other(api, own_limits, seller, quote, limit) -> None:
    lamp = api.post("/products", json={"code": "L", "name": "Lamp"}).json["id"]
    red = {"code": "LR", "name": "Red lamp", "variant_of": lamp, "options": {"colour": "red"}}
    red_id = api.post("/products", json=red).json["id"]
    entries = [{"product_id": lamp, "unit_price": "100.00"}]
    book = {"name": "List", "currency": "CNY", "valid_from": "2026-01-01", "entries": entries}
    book_id = api.post("/price-books", json=book).json["id"]
    limit(over_percent="12", book_id=book_id)
    limit(over_percent="5", product_id=lamp, role="product_manager")
    limit(over_percent="20", per_line=True, role="admin")

    def asked(*lines, **more) -> list[tuple[str, str]]:
        made = api.post(f"{quote(*lines, **more)}/submit", as_=seller).json
        return [(one["role"], one["reason"]) for one in made["approvals"]]

    assert asked({"product_id": red_id, "unit_price": "95.00"}) == []
    product = ("product_manager", "discount over 5.00 % on a product")
    assert asked({"product_id": red_id, "unit_price": "94.99"}) == [product]
    on_book = ("sales_manager", "discount over 12.00 % on a price book")
    assert asked({"product_id": lamp, "unit_price": "92.00", "discount_percent": "5"}) == [on_book, product]
    other = {"description": "Work", "discount_percent": "20"}
    assert asked(other) == []
    assert asked({}, other, discount_percent="0.01") == [("admin", "discount over 20.00 % in line 2")]


def test_a_limit_is_one_of_sellers_with_a_role(api, own_limits, user, quote, limit) -> None:
    limit(over_percent="5", seller_role="junior")
    junior, senior = user(reach="own", roles=("sales_rep", "junior")), user(reach="own", roles=("sales_rep",))
    states = [
        api.post(f"{quote(as_=one, discount_percent='6')}/submit", as_=one).json["status"] for one in (junior, senior)
    ]
    assert states == ["pending", "approved"]


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        ({}, "/over_percent"), ({"over_amount": "1.00", "per_line": True}, "/over_percent"),
        ({"over_percent": "1", "product_id": str(uuid7())}, "/product_id"), ({"over_percent": "101"}, "/over_percent"),
        ({"over_percent": "1", "book_id": str(uuid7())}, "/book_id"),
        ({"over_percent": "1", "manager_level": 0}, "/manager_level"),
    ],
)  # fmt: skip
def test_a_bad_limit_is_refused_by_field(api, own_limits, user, rule, pointer) -> None:
    refused = api.post("/approval-rules", json={"step": 1, "role": "x"} | rule)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert api.get("/approval-rules").json["data"] == []
    assert api.post("/approval-rules", json={"step": 1, "role": "x"}, as_=user(reach="own")).status_code in (403, 422)


def test_the_line_of_managers_says_yes_in_turn(api, outbox, own_limits, seller, boss, chief, quote, limit) -> None:
    api.put(f"/reps/{boss.id}/manager", json={"manager_id": str(chief.id)})
    limit(step=2, over_percent="20", manager_level=2)
    limit(step=1, over_percent="10", manager_level=1)
    path = quote(discount_percent="30")
    asked = api.post(f"{path}/submit", as_=seller).json["approvals"]
    assert [one["approver_id"] for one in asked] == [str(boss.id), str(chief.id)]
    assert code_of(api.post(f"{path}/approve", json={}, as_=chief)) == (409, "not_yet")
    assert api.get("/quote-approvals", as_=chief).json["data"] == []
    assert code_of(api.post(f"{path}/approve", json={}, as_=seller)) == (403, "own_quote")
    (mine,) = api.get("/quote-approvals", as_=boss).json["data"]
    assert mine["id"] == path.removeprefix("/quotes/")
    yes = [partial(api.post, f"{path}/approve", json={"step": 1}, as_=boss)] * 2
    no = partial(api.post, f"{path}/reject", json={"comment": "no"}, as_=chief)
    assert sorted(answer.status_code for answer in at_once(*yes)) == [200, 409]
    assert code_of(api.post(f"{path}/approve", json={"step": 1}, as_=chief)) == (409, "step_decided")
    assert [one["id"] for one in api.get("/quote-approvals", as_=chief).json["data"]] == [mine["id"]]
    answers = at_once(partial(api.post, f"{path}/approve", json={}, as_=chief), no)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(outbox.events("quote.approved") + outbox.events("quote.rejected")) == 1
    turns = [event.data["approval"] for event in outbox.events("quote.approval_due")]
    assert [(one["step"], one["approver_id"]) for one in turns] == [(1, str(boss.id)), (2, str(chief.id))]


def test_each_step_is_decided_by_somebody_else_whatever_roles_they_have(api, outbox, user, seller, quote) -> None:
    both, other = (user(reach="all", roles=("admin", "sales_manager")) for _ in range(2))
    path = quote(discount_percent="30")
    assert len(api.post(f"{path}/submit", as_=seller).json["approvals"]) == 2
    assert api.post(f"{path}/approve", json={}, as_=both).json["status"] == "pending"
    assert code_of(api.post(f"{path}/approve", json={"step": 2}, as_=both)) == (409, "step_decided")
    assert outbox.events("quote.approved") == []
    assert api.post(f"{path}/approve", json={}, as_=other).json["status"] == "approved"


def test_who_decided_for_a_role_lets_another_decide_on_the_step_that_names_them(
    api, outbox, own_limits, seller, boss, chief, quote, limit
) -> None:
    limit(step=1, over_percent="10")
    limit(step=2, over_percent="10", manager_level=1)
    path = quote(discount_percent="30")
    asked = api.post(f"{path}/submit", as_=seller).json["approvals"]
    assert [one["approver_id"] for one in asked] == [None, str(boss.id)]
    assert api.post(f"{path}/approve", json={}, as_=boss).json["status"] == "pending"
    assert code_of(api.post(f"{path}/approve", json={}, as_=boss)) == (409, "step_decided")
    assert code_of(api.post(f"{path}/delegate", json={"user_id": str(boss.id)}, as_=boss)) == (409, "step_decided")
    assert code_of(api.post(f"{path}/delegate", json={"user_id": str(seller.id)}, as_=boss)) == (409, "own_quote")
    assert outbox.events("quote.approved") == []
    assert api.post(f"{path}/delegate", json={"user_id": str(chief.id)}, as_=boss).status_code == 200
    assert api.post(f"{path}/approve", json={"step": 2}, as_=chief).json["status"] == "approved"


def test_nobody_hands_on_the_second_step_of_a_role_after_the_first(api, outbox, user, seller, chief, quote) -> None:
    both = user(reach="all", roles=("admin", "sales_manager"))
    path = quote(discount_percent="30")
    api.post(f"{path}/submit", as_=seller)
    api.post(f"{path}/approve", json={}, as_=both)
    assert code_of(api.post(f"{path}/delegate", json={"user_id": str(chief.id)}, as_=both)) == (409, "step_decided")


def test_a_manager_s_own_quote_goes_one_level_up(api, own_limits, boss, chief, quote, limit) -> None:
    limit(over_percent="10", manager_level=1, role="admin")
    (step,) = api.post(f"{quote(as_=boss, discount_percent='11')}/submit", as_=boss).json["approvals"]
    assert (step["approver_id"], step["role"]) == (None, "admin")
    api.put(f"/reps/{boss.id}/manager", json={"manager_id": str(chief.id)})
    (step,) = api.post(f"{quote(as_=boss, discount_percent='11')}/submit", as_=boss).json["approvals"]
    assert step["approver_id"] == str(chief.id)


@pytest.mark.parametrize("by_role", [False, True])
def test_a_deputy_decides_while_the_manager_is_away(
    api, clock, user, rep, own_limits, seller, boss, quote, limit, by_role
) -> None:
    limit(over_percent="10", **({} if by_role else {"manager_level": 1}))
    deputy = user(id=rep("Deputy"), reach="own")
    path = quote(discount_percent="11")
    api.post(f"{path}/submit", as_=seller)
    away = {"absences": [{"from": "2026-03-05", "until": "2026-03-06"}], "deputy_id": str(deputy.id)}
    assert api.put(f"/reps/{boss.id}/availability", json=away, if_match=0, as_=boss).status_code == 200
    assert code_of(api.post(f"{path}/approve", json={}, as_=deputy)) == (404, "not_found")
    assert api.get("/quote-approvals", as_=deputy).json["data"] == []
    clock.advance(days=3)
    assert len(api.get("/quote-approvals", as_=deputy).json["data"]) == 1
    answers = at_once(*[partial(api.post, f"{path}/approve", json={}, as_=one) for one in (deputy, boss)])
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert api.get(path, as_=seller).json["status"] == "approved"


def test_a_deputy_is_named_by_oneself_or_by_who_reaches_all(api, user, rep, seller, boss) -> None:
    path = f"/reps/{boss.id}/availability"
    own = {"deputy_id": str(boss.id)}
    assert api.put(path, json=own, if_match=0, as_=boss).json["errors"][0]["code"] == "own_deputy"
    unknown = api.put(path, json={"deputy_id": str(uuid7())}, if_match=0, as_=boss)
    assert unknown.json["errors"][0]["pointer"] == "/deputy_id"
    other = user(reach="team", roles=("sales_manager",), team_id=TEAM)
    named = {"deputy_id": str(seller.id)}
    assert code_of(api.put(path, json=named, if_match=0, as_=other)) == (403, "not_for_all")
    assert api.put(path, json=named, if_match=0).json["deputy_id"] == str(seller.id)


def test_nobody_reports_in_a_circle(api, user, seller, boss, chief) -> None:
    assert api.get(f"/reps/{seller.id}/manager").json["line"] == [str(boss.id)]
    up = partial(api.put, f"/reps/{boss.id}/manager", json={"manager_id": str(chief.id)})
    down = partial(api.put, f"/reps/{chief.id}/manager", json={"manager_id": str(seller.id)})
    answers = at_once(up, down)
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    for wrong, code in ((seller.id, "circle"), (uuid7(), "unknown_rep")):
        refused = api.put(f"/reps/{seller.id}/manager", json={"manager_id": str(wrong)})
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, code)
    assert code_of(api.put(f"/reps/{seller.id}/manager", json={"manager_id": None}, as_=boss)) == (403, "not_for_all")
    assert api.get(f"/reps/{uuid7()}/manager").status_code == 404
    assert api.get(f"/reps/{seller.id}/manager", as_=user(reach="partner", partner_id=uuid7())).status_code == 403
