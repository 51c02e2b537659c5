"""The board: an order that many drag at once."""

from __future__ import annotations

from functools import partial
from random import Random

from sqlalchemy import func, select

from chassis.ids import uuid7
from chassis.testing import at_once
from sales.deals.model import Deal


def test_a_card_is_put_beside_another(api, outbox, new_deal, stages) -> None:
    a, b, c, d = (new_deal(name=name) for name in "abcd")
    first = stages["Qualified"]
    assert _column(api) == "dcba"
    placed = api.post(f"/deals/{d['id']}/place", json={"stage_id": first, "after_id": b["id"]}).json
    assert (_column(api), placed) == ("cbda", d)  # the same version: nobody's edit is refused for it
    api.post(f"/deals/{a['id']}/place", json={"stage_id": first, "before_id": d["id"]})
    assert _column(api) == "cbad"
    api.post(f"/deals/{a['id']}/place", json={"stage_id": first, "after_id": d["id"]})
    api.post(f"/deals/{b['id']}/place", json={"stage_id": first})
    assert _column(api) == "bcda"
    assert outbox.types() == ["deal.created"] * 4
    moved = api.post(f"/deals/{c['id']}/place", json={"stage_id": stages["Proposal"]}).json
    assert (moved["stage"], moved["version"]) == ("Proposal", c["version"] + 1)
    assert outbox.one("deal.stage_changed").sequence == moved["version"]
    api.post(f"/deals/{d['id']}/place", json={"stage_id": stages["Proposal"], "after_id": c["id"]})
    assert (_column(api), _column(api, 2)) == ("ba", "cd")
    new_deal(name="e")
    assert _column(api) == "eba"


def test_a_place_that_is_not_there_is_refused(api, outbox, user, rep, new_deal, stages) -> None:
    mine, other, won = (new_deal() for _ in range(3))
    api.post(f"/deals/{won['id']}/win", json={})
    path, first = f"/deals/{mine['id']}/place", stages["Qualified"]
    before = outbox.types()
    for body, status, code in (
        ({"stage_id": first, "after_id": str(uuid7())}, 422, "unknown_deal"),
        ({"stage_id": first, "after_id": mine["id"]}, 422, "itself"),
        ({"stage_id": first, "after_id": other["id"], "before_id": other["id"]}, 422, "one_only"),
        ({"stage_id": stages["Won"]}, 422, "closed_stage"),
        ({"stage_id": str(uuid7())}, 422, "unknown_stage"),
        ({"stage_id": first, "after_id": won["id"]}, 409, "card_moved"),
        ({"stage_id": stages["Proposal"], "before_id": other["id"]}, 409, "card_moved"),
    ):
        refused = api.post(path, json=body)
        codes = [error["code"] for error in refused.json.get("errors", [])] or [refused.json["code"]]
        assert (refused.status_code, codes) == (status, [code]), body
    closed = api.post(f"/deals/{won['id']}/place", json={"stage_id": first})
    assert (closed.status_code, closed.json["code"]) == (409, "already_won")
    stranger = user(reach="own", id=rep("Ann"))
    assert api.post(path, json={"stage_id": first}, as_=stranger).status_code == 404
    assert (outbox.types(), api.get(f"/deals/{mine['id']}").json) == (before, mine)


def test_drags_at_once_end_in_one_order(api, database, new_deal, stages) -> None:
    cards = [new_deal(name=name)["id"] for name in "abcdef"]
    dice = Random(1)
    for _ in range(4):
        dragged = dice.sample(cards, 4)
        still = [card for card in cards if card not in dragged]
        calls = [_drag(api, card, stages["Qualified"], dice.choice(still)) for card in dragged]
        assert [answer.status_code for answer in at_once(*calls)] == [200] * 4
        assert sorted(_column(api)) == list("abcdef")
        with database.reading() as session:
            assert session.scalar(select(func.count(func.distinct(Deal.rank)))) == 6


def test_there_is_always_room_between_two_cards(api, clock, new_deal, stages) -> None:
    a, b, c, d = (new_deal(name=name)["id"] for name in "abcd")  # the clock stands still: all of one rank
    for _ in range(30):
        for card, other in ((a, b), (c, b)):
            answer = api.post(f"/deals/{card}/place", json={"stage_id": stages["Qualified"], "after_id": other})
            assert answer.status_code == 200
    order = _column(api)
    assert order.index("b") + 1 == order.index("c") == order.index("a") - 1
    clock.advance(seconds=1)
    new_deal(name="e")
    assert _column(api) == "e" + order
    assert d


def _drag(api, card, stage, after):
    return partial(api.post, f"/deals/{card}/place", json={"stage_id": stage, "after_id": after})


def _column(api, number=0) -> str:
    (pipeline,) = api.get("/pipelines?is_default=true").json["data"]
    board = api.get(f"/pipelines/{pipeline['id']}/board").json
    return "".join(card["name"] for card in board["stages"][number]["deals"])
