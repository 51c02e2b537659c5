"""The playbook: written by managers, read by all who sell, suggested for a deal."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once


@pytest.fixture
def new_play(api):
    """Makes a play, published unless told otherwise."""

    def make(title="Ask who signs", *, published=True, **data):
        answer = api.post("/playbook", json={"kind": "tip", "language": "en", "title": title, "body": "Early."} | data)
        assert answer.status_code == 201, answer.text
        if not published:
            return answer.json
        return api.post(f"/playbook/{answer.json['id']}/publish").json

    return make


@pytest.fixture
def seller(user):
    """Somebody who reaches own records only."""
    return user(reach="own")


def _found(api, query, caller):
    return [one["title"] for one in api.get(f"/playbook?sort=title&{query}", as_=caller).json["data"]]


def test_a_play_is_a_draft_until_it_is_published_and_again_when_withdrawn(api, new_play, seller) -> None:
    play = new_play(published=False)
    path = f"/playbook/{play['id']}"
    assert (play["status"], play["edition"], play["published_at"]) == ("draft", 1, None)
    assert api.get(path, as_=seller).status_code == 404
    assert api.put(f"{path}/vote", json={"useful": True}, as_=seller).status_code == 404
    assert (_found(api, "", seller), _found(api, "", api.default)) == ([], ["Ask who signs"])
    shown = api.post(f"{path}/publish").json
    assert shown["status"] == "published"
    assert api.post(f"{path}/publish").json == shown
    assert api.get(path, as_=seller).json == shown
    assert api.post(f"{path}/withdraw").json["published_at"] is None
    assert api.get(path, as_=seller).status_code == 404


def test_nothing_empty_is_shown(api, new_play) -> None:
    path = f"/playbook/{new_play(published=False, body=None)['id']}"
    assert api.post(f"{path}/publish").json["code"] == "empty"
    assert api.get(path).json["status"] == "draft"
    linked = _change(api, path, {"url": "https://quintet.example/deck.pdf"})
    assert linked.status_code == 200, linked.text
    assert api.post(f"{path}/publish").status_code == 200
    refused = _change(api, path, {"url": None})
    assert (refused.status_code, refused.json["code"]) == (409, "empty")
    assert api.get(path).json["url"] == "https://quintet.example/deck.pdf"


def test_managers_write_and_others_read(api, new_play, seller) -> None:
    play = new_play()
    path = f"/playbook/{play['id']}"
    for answer in (
        api.post("/playbook", json={"kind": "tip", "language": "en", "title": "Mine"}, as_=seller),
        api.patch(path, json={"title": "Mine"}, if_match=play["version"], as_=seller),
        api.delete(path, if_match=play["version"], as_=seller),
        api.post(f"{path}/withdraw", as_=seller),
        api.get(f"{path}/editions", as_=seller),
    ):
        assert (answer.status_code, answer.json["code"]) == (403, "not_a_manager")
    assert _found(api, "", seller) == ["Ask who signs"]
    api.put(f"{path}/vote", json={"useful": True}, as_=seller)
    api.post(f"{path}/use", json={}, as_=seller)
    assert api.delete(path, if_match=play["version"]).status_code == 204
    assert api.get(path).status_code == 404


def test_bad_plays_are_refused(api, stages) -> None:
    good = {"kind": "tip", "language": "en", "title": "Ask"}
    stage, nobody = stages["Qualified"], str(uuid7())
    for bad, pointer in (
        ({"kind": "joke"}, "/kind"),
        ({"language": "fr"}, "/language"),
        ({"title": " "}, "/title"),
        ({"url": "javascript:alert(1)"}, "/url"),
        ({"body": "x" * 20_001}, "/body"),
        ({"stage_ids": [stage, nobody]}, "/stage_ids/1"),
        ({"product_ids": [nobody]}, "/product_ids/0"),
        ({"competitor_ids": [nobody]}, "/competitor_ids/0"),
        ({"industries": [""]}, "/industries/0"),
    ):
        refused = api.post("/playbook", json=good | bad)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer), bad
    assert api.get("/playbook").json["data"] == []
    assert api.get("/playbook?stage_id=x").status_code == 400


def test_each_change_of_the_text_is_an_edition(api, new_play, stages) -> None:
    path = f"/playbook/{new_play(industries=['Retail', 'retail', 'Hotels'])['id']}"
    assert api.get(path).json["industries"] == ["retail", "hotels"]
    stage = stages["Qualified"]
    same = _change(api, path, {"kind": "script", "stage_ids": [stage], "body": "Early."}).json
    assert (same["edition"], same["stage_ids"], same["industries"]) == (1, [stage], ["retail", "hotels"])
    stale = api.patch(path, json={"body": "Late."}, if_match=same["version"] - 1)
    assert stale.status_code == 412
    changed = _change(api, path, {"body": "At the first call.", "industries": ["hotels"]}).json
    assert (changed["edition"], changed["status"], changed["industries"]) == (2, "published", ["hotels"])
    kept = api.get(f"{path}/editions").json["data"]
    assert [(one["edition"], one["body"]) for one in kept] == [(2, "At the first call."), (1, "Early.")]


def test_it_is_found_by_title_and_whole_text_in_both_languages(api, new_play, seller) -> None:
    new_play("Price", body="Never " * 500 + "before the demonstration.")
    new_play("价格谈判", language="zh", body="先谈交货期，再谈价格，最后才让折扣。")
    new_play("Draft about the demonstration", published=False)
    assert _found(api, "q=demonstration", seller) == ["Price"]
    assert _found(api, "q=交货期", seller) == ["价格谈判"]
    assert _found(api, "q=价格&language=en", seller) == []
    path = f"/playbook/{api.get('/playbook?q=demonstration&status=published').json['data'][0]['id']}"
    _change(api, path, {"body": "Ask for the budget."})
    assert (_found(api, "q=demonstration", seller), _found(api, "q=budget", seller)) == ([], ["Price"])


def test_a_user_has_one_vote_and_may_change_it(api, new_play, user) -> None:
    play = new_play()
    path = f"/playbook/{play['id']}"
    ann, bob = user(reach="own"), user(reach="own")
    at_once(*[partial(api.put, f"{path}/vote", json={"useful": True}, as_=ann) for _ in range(4)])
    api.put(f"{path}/vote", json={"useful": True}, as_=bob)
    assert _votes(api, path) == (2, 0)
    changed = api.put(f"{path}/vote", json={"useful": False}, as_=bob).json
    assert (changed["useful"], changed["not_useful"], changed["version"]) == (1, 1, play["version"])
    assert changed["own_vote"] is False
    assert [api.get("/playbook", as_=who).json["data"][0]["own_vote"] for who in (ann, bob)] == [True, False]
    assert api.get(path).json["own_vote"] is None
    assert [api.delete(f"{path}/vote", as_=bob).status_code for _ in range(2)] == [204, 204]
    assert _votes(api, path) == (1, 0)
    assert api.put(f"{path}/vote", json={}, as_=bob).status_code == 422


def test_uses_are_counted_each(api, new_play, new_deal, seller) -> None:
    path, deal = f"/playbook/{new_play()['id']}", new_deal()
    at_once(*[partial(api.post, f"{path}/use", json={"deal_id": deal["id"]}) for _ in range(5)])
    assert api.post(f"{path}/use", json={}, as_=seller).json["uses"] == 6
    assert api.post(f"{path}/use", json={"deal_id": deal["id"]}, as_=seller).status_code == 404
    assert api.post(f"{path}/use", json={}, key="once", as_=seller).json["uses"] == 7
    assert api.post(f"{path}/use", json={}, key="once", as_=seller).json["uses"] == 7
    assert api.get(path).json["uses"] == 7


def test_a_deal_is_suggested_what_fits_it_best_first(api, new_play, new_deal, stages, seller) -> None:
    lux = api.post("/competitors", json={"name": "Lux"}).json["id"]
    product = api.post("/products", json={"code": "L1", "name": "Lamp", "unit": "piece"})
    assert product.status_code == 201, product.text
    lamp = product.json["id"]
    deal = new_deal()
    path = f"/deals/{deal['id']}"
    api.put(f"{path}/competitors", json={"competitors": [{"competitor_id": lux}]})
    lines = {"lines": [{"product_id": lamp, "quantity": "1", "unit_price": "9.00"}]}
    assert api.put(f"{path}/lines", json=lines).status_code == 200
    stage = deal["stage_id"]
    other = next(one for one in stages.values() if one != stage)
    new_play("Both", stage_ids=[stage], competitor_ids=[lux])
    new_play("Lamp", product_ids=[lamp])
    liked = new_play("Stage", stage_ids=[stage, other])
    new_play("Chinese", language="zh", stage_ids=[stage])
    new_play("Elsewhere", stage_ids=[other])
    new_play("General")
    new_play("Draft", published=False, stage_ids=[stage])
    api.put(f"/playbook/{liked['id']}/vote", json={"useful": True})
    found = [(one["play"]["title"], one["because"]) for one in api.get(f"{path}/playbook?language=en").json["data"]]
    assert found == [("Both", ["stage", "competitor"]), ("Stage", ["stage"]), ("Lamp", ["product"])]
    assert len(api.get(f"{path}/playbook?limit=2").json["data"]) == 2
    assert api.get(f"{path}/playbook?language=fr").status_code == 400
    assert api.get(f"{path}/playbook", as_=seller).status_code == 404
    assert _found(api, f"competitor_id={lux}", seller) == ["Both"]
    assert _found(api, f"product_id={lamp}", seller) == ["Lamp"]


def test_the_industry_of_the_company_counts(api, deliver, new_play, new_deal) -> None:
    new_play("Hotels", industries=["HOTELS"])
    deal = new_deal(company_id=_company(deliver, industry="Hotels"))
    found = api.get(f"/deals/{deal['id']}/playbook").json["data"]
    assert [(one["play"]["title"], one["because"]) for one in found] == [("Hotels", ["industry"])]


def test_partners_see_nothing_of_it(api, user, new_play) -> None:
    path, partner = f"/playbook/{new_play()['id']}", user(reach="partner", partner_id=uuid7())
    deal = api.post("/deals", json={"name": "Ours"}, as_=partner).json
    for answer in (
        api.get("/playbook", as_=partner),
        api.get(path, as_=partner),
        api.get(f"/deals/{deal['id']}/playbook", as_=partner),
        api.get(f"{path}/editions", as_=partner),
        api.put(f"{path}/vote", json={"useful": True}, as_=partner),
        api.delete(f"{path}/vote", as_=partner),
        api.post(f"{path}/use", json={}, as_=partner),
        api.post("/playbook", json={"kind": "tip", "language": "en", "title": "x"}, as_=partner),
    ):
        assert answer.status_code == 403
    assert _votes(api, path) == (0, 0)


def _votes(api, path):
    play = api.get(path).json
    return play["useful"], play["not_useful"]


def _change(api, path, changes):
    return api.patch(path, json=changes, if_match=api.get(path).json["version"])


def _company(deliver, industry):
    company_id = str(uuid7())
    told = {
        "company_id": company_id, "name": "Grand", "country": "CN", "region": None, "postcode": None,
        "industry": industry, "employees": None,
    }  # fmt: skip
    deliver("contacts", "company.created", told, subject=f"companies/{company_id}")
    return company_id
