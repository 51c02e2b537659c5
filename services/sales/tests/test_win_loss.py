"""Why deals are won and lost, against whom, and whose they are."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once


@pytest.fixture
def reason(api):
    """Makes a reason to choose from; its id."""

    def make(kind, name):
        answer = api.post("/close-reasons", json={"kind": kind, "name": name})
        assert answer.status_code == 201, answer.text
        return answer.json["id"]

    return make


@pytest.fixture
def competitor(api):
    """Makes a competitor; its id."""

    def make(name):
        return api.post("/competitors", json={"name": name, "strengths": "Price", "weaknesses": "Service"}).json["id"]

    return make


def test_a_reason_is_chosen_from_the_list_once_there_is_one(api, outbox, new_deal, reason) -> None:
    price, won = reason("lost", "Price"), reason("won", "Service")
    deal = new_deal()
    path = f"/deals/{deal['id']}"
    for action, body, pointer in (
        ("lose", {}, "/reason"),
        ("lose", {"reason": "Because"}, "/reason"),
        ("lose", {"reason_id": won}, "/reason_id"),
        ("lose", {"reason_id": str(uuid7())}, "/reason_id"),
        ("lose", {"reason": "Price", "competitor_id": str(uuid7())}, "/competitor_id"),
        ("win", {"reason_id": price}, "/reason_id"),
    ):
        refused = api.post(f"{path}/{action}", json=body)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer), body
    assert (api.get(path).json, outbox.types()) == (deal, ["deal.created"])
    lost = api.post(f"{path}/lose", json={"reason": "price", "detail": "A third cheaper"}).json
    assert (lost["lost_reason"], lost["reason_id"], lost["reason_detail"]) == ("Price", price, "A third cheaper")
    told = outbox.one("deal.lost").data
    assert (told["reason"], told["reason_id"], told["competitor_id"]) == ("Price", price, None)
    assert "cheaper" not in str(told)
    reopened = api.post(f"{path}/reopen", json={}).json
    assert (reopened["lost_reason"], reopened["reason_id"], reopened["reason_detail"]) == (None, None, None)
    assert api.post(f"{path}/win", json={"reason_id": won}).json["won_reason"] == "Service"
    assert outbox.one("deal.won").data["reason"] == "Service"


def test_the_list_of_reasons_is_kept_by_managers(api, user, new_deal, reason) -> None:
    price = reason("lost", "Price")
    assert api.post("/close-reasons", json={"kind": "lost", "name": "PRICE"}).status_code == 409
    assert api.post("/close-reasons", json={"kind": "maybe", "name": "x"}).status_code == 422
    assert api.post("/close-reasons", json={"kind": "lost", "name": "x"}, as_=user(reach="own")).status_code == 403
    path = f"/close-reasons/{price}"
    deal = new_deal()
    api.post(f"/deals/{deal['id']}/lose", json={"reason_id": price})
    assert api.delete(path, if_match=1).json["code"] == "in_use"
    assert api.patch(path, json={"active": False}, if_match=1).json["active"] is False
    assert api.post(f"/deals/{new_deal()['id']}/lose", json={"reason_id": price}).status_code == 422
    assert api.get(f"/deals?reason_id={price}").json["data"][0]["id"] == deal["id"]


def test_competitors_in_a_deal_win_and_lose_with_it(api, outbox, new_deal, competitor) -> None:
    lux, glow, late = competitor("Lux"), competitor("Glow"), competitor("Late")
    path = f"/deals/{new_deal()['id']}"
    wanted = [{"competitor_id": lux, "threat": "high"}, {"competitor_id": glow, "outcome": "withdrew"}]
    assert api.put(f"{path}/competitors", json={"competitors": wanted}).status_code == 200
    for competitors, pointer in (
        ([wanted[0], wanted[0]], "/competitors/1/competitor_id"),
        ([{"competitor_id": str(uuid7())}], "/competitors/0/competitor_id"),
        ([wanted[0] | {"threat": "mortal"}], "/competitors/0/threat"),
    ):
        refused = api.put(f"{path}/competitors", json={"competitors": competitors})
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert _outcomes(api, path) == {"Lux": None, "Glow": "withdrew"}
    api.post(f"{path}/win", json={})
    assert _outcomes(api, path) == {"Lux": "beaten", "Glow": "withdrew"}
    api.post(f"{path}/reopen", json={})
    assert _outcomes(api, path) == {"Lux": None, "Glow": "withdrew"}
    api.post(f"{path}/lose", json={"reason": "price", "competitor_id": late})
    assert _outcomes(api, path) == {"Lux": None, "Glow": "withdrew", "Late": "lost_to"}
    assert outbox.one("deal.lost").data["competitor_id"] == late
    assert api.delete(f"/competitors/{lux}", if_match=1).json["code"] == "in_use"


def test_partners_learn_nothing_of_competitors_and_figures(api, user, new_deal, competitor) -> None:
    lux, partner = competitor("Lux"), user(reach="partner", partner_id=uuid7())
    deal = api.post("/deals", json={"name": "Ours"}, as_=partner).json
    paths = "/competitors", f"/competitors/{lux}"
    for path in (*paths, f"/deals/{deal['id']}/competitors", f"/deals/{deal['id']}/credits", "/deals/study"):
        assert api.get(path, as_=partner).status_code == 403
    assert api.post("/competitors", json={"name": "x"}, as_=partner).status_code == 403


def test_the_credit_is_split_to_the_whole(api, outbox, user, rep, new_deal) -> None:
    ann, bob = str(rep("Ann")), str(rep("Bob"))
    deal = new_deal(owner_id=ann)
    path = f"/deals/{deal['id']}/credits"
    assert api.get(path).json["data"] == [{"rep_id": ann, "kind": "revenue", "percent": "100.00"}]
    thirds = [_credit(ann, "66.67"), _credit(bob, "33.33"), _credit(bob, "50.00", "overlay")]
    assert api.put(path, json={"credits": thirds}).json["data"] == thirds
    for credits, pointer in (
        ([_credit(ann, "66.67"), _credit(bob, "33.34")], "/credits"),
        ([_credit(ann, "50"), _credit(ann, "50")], "/credits/1/rep_id"),
        ([_credit(str(uuid7()), "100")], "/credits/0/rep_id"),
        ([_credit(ann, "-100")], "/credits/0/percent"),
        ([_credit(ann, "100", "overlay")], "/credits"),
    ):
        refused = api.put(path, json={"credits": credits})
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer), credits
    assert api.get(path).json["data"] == thirds
    api.post(f"/deals/{deal['id']}/win", json={})
    assert outbox.one("deal.won").data["credits"] == thirds
    mine = user(reach="own", id=ann)
    assert api.put(path, json={"credits": []}, as_=mine).status_code == 403
    assert api.put(path, json={"credits": []}).json["data"][0]["percent"] == "100.00"


def test_two_splits_at_once_leave_one_whole(api, rep, new_deal) -> None:
    ann, bob = str(rep("Ann")), str(rep("Bob"))
    path = f"/deals/{new_deal()['id']}/credits"
    splits = [[_credit(ann, "100.00")], [_credit(bob, "60.00"), _credit(ann, "40.00")]]
    for _ in range(3):
        answers = at_once(*[partial(api.put, path, json={"credits": credits}) for credits in splits * 2])
        assert [answer.status_code for answer in answers] == [200] * 4
        assert api.get(path).json["data"] in splits


def test_a_study_counts_by_what_is_asked(api, clock, user, rep, new_deal, stages, competitor) -> None:
    lux, ann = competitor("Lux"), rep("Ann")
    price, twice = (new_deal(amount=amount, source="fair", owner_id=str(ann)) for amount in ("10.00", "20.00"))
    won = new_deal(amount="0.10", currency="CNY")
    new_deal()
    api.put(f"/deals/{won['id']}/competitors", json={"competitors": [{"competitor_id": lux}]})
    api.post(f"/deals/{twice['id']}/move", json={"stage_id": stages["Proposal"]})
    clock.advance(days=2)
    api.post(f"/deals/{price['id']}/lose", json={"reason": "Price", "competitor_id": lux})
    api.post(f"/deals/{won['id']}/win", json={})
    clock.advance(days=40)
    api.post(f"/deals/{twice['id']}/lose", json={"reason": "Price"})
    study = api.get("/deals/study").json
    lost = {"won": 0, "lost": 2, "won_amount": "0.00", "lost_amount": "30.00", "win_rate": "0.00", "unvalued": 0}
    assert study["groups"][0] == {"key": "Price", "name": "Price", "median_days": "22.00"} | lost
    assert (study["total"]["won"], study["total"]["lost"], study["total"]["win_rate"]) == (1, 2, "33.33")
    assert (study["by"], study["from"], study["to"], study["currency"]) == ("reason", "2025-04-13", "2026-04-13", "CNY")
    (against,) = _study(api, "by=competitor")
    assert (against["name"], against["won"], against["lost"], against["win_rate"]) == ("Lux", 1, 1, "50.00")
    left_in = [(one["name"], one["lost"], one["won"]) for one in _study(api, "by=stage")]
    assert left_in == [("Qualified", 1, 1), ("Proposal", 1, 0)]
    assert [(one["name"], one["lost"]) for one in _study(api, "by=month")] == [("2026-03", 1), ("2026-04", 1)]
    assert [(one["key"], one["lost"]) for one in _study(api, f"by=source&owner_id={ann}")] == [("fair", 2)]
    assert _study(api, "by=rep")[0]["name"] == "Ann"
    assert _study(api, f"by=pipeline&pipeline_id={uuid7()}") == []
    assert len(_study(api, "from=2026-04-01&to=2026-04-30")) == 1
    own = api.get("/deals/study", as_=user(reach="own", id=ann)).json["total"]
    assert (own["lost"], own["won"]) == (2, 0)
    for query, status in (("by=weather", 400), ("from=2026-05-01&to=2026-04-01", 422), ("to=soon", 400)):
        assert api.get(f"/deals/study?{query}").status_code == status


def test_a_study_tells_what_it_has_no_rate_for(api, new_deal) -> None:
    for amount, currency in (("10.00", "CNY"), ("20.00", "JPY"), ("30.00", "JPY")):
        api.post(f"/deals/{new_deal(amount=amount, currency=currency)['id']}/win", json={})
    total = api.get("/deals/study").json["total"]
    assert (total["won"], total["won_amount"], total["unvalued"]) == (3, "10.00", 2)


def _study(api, query):
    answer = api.get(f"/deals/study?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json["groups"]


def _outcomes(api, path):
    return {one["name"]: one["outcome"] for one in api.get(f"{path}/competitors").json["data"]}


def _credit(rep_id, percent, kind="revenue"):
    return {"rep_id": rep_id, "kind": kind, "percent": percent}
