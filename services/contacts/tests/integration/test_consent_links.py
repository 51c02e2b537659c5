"""Taking consent back by a link, without a login."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from sqlalchemy import text

from chassis.testing import at_once

Json = dict[str, Any]
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def link(api: Any, person: Any) -> Any:
    """A person who agreed to marketing and profiling, and a link of theirs: the person, the link."""

    def make(**body: Any) -> tuple[Json, Json]:
        made = person(name="Ann Lee", email="ann@example.com")
        for purpose in ("marketing", "profiling"):
            api.post(f"/people/{made['id']}/consents", json={"purpose": purpose, "text": "Yes."})
        sent = api.post(f"/people/{made['id']}/consent-links", json={"purposes": ["marketing", "profiling"]} | body)
        assert sent.status_code == 201, sent.text
        return made, sent.json

    return make


def _post(api: Any, path: str, **options: Any) -> Any:
    return api.post(path, as_=None, **options)


def test_only_the_hash_of_a_token_is_kept(link: Any, session: Any) -> None:
    _, made = link()
    (kept,) = session.execute(text("SELECT token_hash, expires_at - created_at FROM consent_links")).all()
    assert bytes(kept[0]) == hashlib.sha256(made["token"].encode()).digest()
    assert kept[1].days == 90
    assert made["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert made["headers"]["List-Unsubscribe"] == f"<{made['path']}>"


def test_looking_changes_nothing(api: Any, link: Any, outbox: Any) -> None:
    _, made = link()
    before = outbox.types()
    shown = api.get(made["path"], as_=None).json
    assert [(p["purpose"], p["withdrawn"]) for p in shown["purposes"]] == [("marketing", False), ("profiling", False)]
    page = api.get(made["path"], as_=None, headers=HTML | {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    assert page.content_type == "text/html; charset=utf-8"
    assert 'lang="zh-Hans"' in page.text
    assert "全部撤回" in page.text
    assert "Withdraw all" in api.get(made["path"], as_=None, headers=HTML | {"Accept-Language": "fr"}).text
    assert "Ann" not in page.text
    assert "ann@" not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert outbox.types() == before


@pytest.mark.parametrize(
    "body",
    [{"data": {"List-Unsubscribe": "One-Click"}}, {"json": {}}, {}],
    ids=["one click (RFC 8058)", "JSON", "nothing"],
)
def test_one_click_takes_all_back_once(api: Any, link: Any, outbox: Any, body: Json) -> None:
    ann, made = link()
    for _ in range(2):
        done = _post(api, made["path"], **body)
        assert done.status_code == 200, done.text
        assert done.json["withdrawn"] == ["marketing", "profiling"]
        assert [p["withdrawn"] for p in done.json["purposes"]] == [True, True]
    told = [(e.data["purpose"], e.data["source"]) for e in outbox.events("consent.withdrawn")]
    assert told == [("marketing", "link"), ("profiling", "link")]
    decided = api.get(f"/people/{ann['id']}/consents").json["data"]
    assert {c["evidence"] for c in decided} == {f"consent link {made['id']}"}


def test_a_button_takes_one_back_and_the_page_says_which(api: Any, link: Any, outbox: Any) -> None:
    _, made = link()
    page = _post(api, made["path"], data={"purpose": "profiling"}, headers=HTML)
    assert page.status_code == 200
    assert "Done: Personalised content" in page.text
    assert [e.data["purpose"] for e in outbox.events("consent.withdrawn")] == ["profiling"]


def test_who_agrees_again_can_take_it_back_again(api: Any, link: Any, outbox: Any, clock: Any) -> None:
    ann, made = link()
    _post(api, made["path"], json={"purpose": "marketing"})
    clock.advance(days=1)
    api.post(f"/people/{ann['id']}/consents", json={"purpose": "marketing", "text": "Again."})
    clock.advance(days=1)
    _post(api, made["path"], json={"purpose": "marketing"})
    assert len(outbox.events("consent.withdrawn")) == 2


def test_an_objection_is_noted_by_link(api: Any, link: Any, outbox: Any) -> None:
    ann, made = link(purposes=["do_not_sell"])
    assert _post(api, made["path"]).json["purposes"][0]["withdrawn"] is True
    (objection,) = [e for e in outbox.events("consent.granted") if e.data["purpose"] == "do_not_sell"]
    assert objection.data["person_id"] == ann["id"]


def test_links_that_do_not_work_say_no_more(api: Any, link: Any, outbox: Any, clock: Any) -> None:
    _, made = link(days=1)
    before = outbox.types()
    for method in ("GET", "POST"):
        wrong = api.request(method, "/public/consents/not-a-token", as_=None)
        assert (wrong.status_code, wrong.json["code"]) == (404, "not_found")
        page = api.request(method, "/public/consents/not-a-token", as_=None, headers=HTML)
        assert (page.status_code, "This page does not exist." in page.text) == (404, True)
    clock.advance(days=1)
    assert _post(api, made["path"]).status_code == 410
    assert _post(api, made["path"], headers=HTML).status_code == 410
    assert outbox.types() == before


def test_what_the_link_is_not_for_is_refused(api: Any, link: Any, outbox: Any) -> None:
    ann, made = link(purposes=["marketing"])
    before = outbox.types()
    refused = _post(api, made["path"], json={"purpose": "profiling"})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/purpose")
    assert _post(api, made["path"], data={"List-Unsubscribe": "Twice"}).status_code == 422
    assert outbox.types() == before
    assert all(c["granted"] for c in api.get(f"/people/{ann['id']}/consents").json["data"])


def test_a_link_follows_a_merge_and_goes_with_the_person(api: Any, link: Any, person: Any, outbox: Any) -> None:
    ann, made = link()
    other = person(name="Anna")
    merged = api.post(f"/people/{other['id']}/merge", json={"loser_ids": [ann["id"]]})
    assert merged.status_code == 200, merged.text
    _post(api, made["path"], json={"purpose": "marketing"})
    assert outbox.events("consent.withdrawn")[-1].data["person_id"] == other["id"]
    api.delete(f"/people/{other['id']}", if_match=api.get(f"/people/{other['id']}").json["version"])
    assert api.get(made["path"], as_=None).status_code == 404


def test_taken_back_while_two_were_one_it_stays_so_for_both(api: Any, link: Any, person: Any, outbox: Any) -> None:
    ann, made = link()
    other = person(name="Ann L.")
    api.post(f"/people/{other['id']}/consents/profiling/withdraw", json={})
    merged = api.post(f"/people/{other['id']}/merge", json={"loser_ids": [ann["id"]]}).json["merges"][0]
    before = len(outbox.events("consent.withdrawn"))
    assert _post(api, made["path"]).status_code == 200
    api.post(f"/merges/{merged['id']}/unmerge")
    for one in (ann, other):
        held = {c["purpose"]: c for c in api.get(f"/people/{one['id']}/consents").json["data"]}
        assert [(p, held[p]["in_force"], held[p]["source"]) for p in sorted(held)] == [
            ("marketing", False, "link"), ("profiling", False, "link"),
        ]  # fmt: skip
    told = [(e.type, e.data.get("person_id"), e.data.get("purpose")) for e in outbox.events()[before:]]
    parted = [kind for kind, *_ in told].index("contact.unmerged")
    mine = [entry for entry in told[parted:] if entry[0] == "consent.withdrawn"]
    assert mine == [("consent.withdrawn", ann["id"], "marketing"), ("consent.withdrawn", ann["id"], "profiling")]


def test_given_while_two_were_one_it_is_the_survivors_alone(api: Any, person: Any) -> None:
    ann, other = person(name="Ann Lee"), person(name="Ann L.")
    merged = api.post(f"/people/{other['id']}/merge", json={"loser_ids": [ann["id"]]}).json["merges"][0]
    api.post(f"/people/{other['id']}/consents", json={"purpose": "marketing", "text": "Yes."})
    api.post(f"/merges/{merged['id']}/unmerge")
    held = [api.get(f"/people/{one['id']}/consents").json["data"] for one in (ann, other)]
    assert [[(c["purpose"], c["in_force"]) for c in one] for one in held] == [[], [("marketing", True)]]


def test_ten_clicks_at_once_are_one_withdrawal(api: Any, link: Any, outbox: Any) -> None:
    _, made = link()
    at_once(*[lambda: _post(api, made["path"])] * 10)
    assert len(outbox.events("consent.withdrawn")) == 2
