"""Pipelines and their boards."""

from __future__ import annotations

from sqlalchemy import event

STAGES = [
    {"name": "Talk", "probability": 20},
    {"name": "Offer", "probability": 50},
    {"name": "Won", "kind": "won"},
    {"name": "Lost", "kind": "lost"},
]


def test_there_is_a_default_pipeline_from_the_start(api) -> None:
    (pipeline,) = api.get("/pipelines").json["data"]
    assert (pipeline["name"], pipeline["is_default"]) == ("Sales", True)
    assert [(stage["name"], stage["kind"], stage["probability"]) for stage in pipeline["stages"]] == [
        ("Qualified", "open", 10),
        ("Needs analysed", "open", 25),
        ("Proposal", "open", 50),
        ("Negotiation", "open", 75),
        ("Won", "won", 100),
        ("Lost", "lost", 0),
    ]


def test_a_pipeline_is_made_changed_and_made_the_default(api, new_deal) -> None:
    made = api.post("/pipelines", json={"name": "Renewals", "is_default": True, "stages": STAGES}).json
    assert [pipeline["name"] for pipeline in api.get("/pipelines?is_default=true").json["data"]] == ["Renewals"]
    deal = new_deal()
    assert (deal["pipeline_id"], deal["stage"]) == (made["id"], "Talk")
    talk, _, won, lost = made["stages"]
    wanted = [talk | {"name": "First talk"}, {"name": "Visit", "probability": 30}, won, lost]
    wanted = [{name: value for name, value in stage.items() if name != "position"} for stage in wanted]
    changed = api.patch(f"/pipelines/{made['id']}", json={"stages": wanted}, if_match=made["version"]).json
    assert [stage["name"] for stage in changed["stages"]] == ["First talk", "Visit", "Won", "Lost"]
    assert (changed["stages"][0]["id"], changed["version"]) == (talk["id"], made["version"] + 1)
    assert api.get(f"/deals/{deal['id']}").json["stage"] == "First talk"
    gone = api.patch(f"/pipelines/{made['id']}", json={"stages": wanted[1:]}, if_match=changed["version"])
    assert (gone.status_code, gone.json["code"]) == (409, "in_use")
    assert api.get(f"/pipelines/{made['id']}").json == changed


def test_bad_pipelines_are_refused_by_field(api) -> None:
    cases = (
        ({"stages": STAGES}, 422, "/name"),
        ({"name": "Sales", "stages": STAGES}, 409, "/name"),
        ({"name": "A", "stages": STAGES[:2]}, 422, "/stages"),
        ({"name": "A", "stages": STAGES[1:] + STAGES[1:2]}, 422, "/stages/3/name"),
        (
            {"name": "A", "stages": [STAGES[0] | {"probability": 101}, *STAGES[1:]]},
            422,
            "/stages/0/probability",
        ),
        ({"name": "A", "stages": [STAGES[0] | {"kind": "maybe"}, *STAGES[1:]]}, 422, "/stages/0/kind"),
    )
    for body, status, pointer in cases:
        refused = api.post("/pipelines", json=body)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (status, pointer), body
    assert len(api.get("/pipelines").json["data"]) == 1


def test_the_default_pipeline_stays(api) -> None:
    (default,) = api.get("/pipelines").json["data"]
    path = f"/pipelines/{default['id']}"
    assert api.delete(path, if_match=default["version"]).json["code"] == "default_pipeline"
    assert api.patch(path, json={"is_default": False}, if_match=default["version"]).status_code == 422
    other = api.post("/pipelines", json={"name": "Other", "stages": STAGES}).json
    assert api.delete(f"/pipelines/{other['id']}", if_match=other["version"]).status_code == 204


def test_a_board_shows_open_deals_by_stage_with_sums(api, database, user, new_deal, stages) -> None:
    for amount, currency in (("10.00", "CNY"), ("0.10", "CNY"), ("0.20", "CNY"), ("5.00", "EUR")):
        last = new_deal(amount=amount, currency=currency)
    new_deal(amount="100.00", stage_id=stages["Proposal"])
    closed = new_deal()
    api.post(f"/deals/{closed['id']}/win", json={})
    statements = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    board = api.get(f"/pipelines/{last['pipeline_id']}/board?cards=2").json
    assert len(statements) == 4  # the pipeline, its stages, sums, cards
    first, _, proposal, _ = board["stages"]
    assert (first["name"], first["count"], len(first["deals"])) == ("Qualified", 4, 2)
    assert first["deals"][0]["id"] == last["id"]
    assert first["sums"] == [
        {"currency": "CNY", "amount": "10.30", "weighted": "1.03"},
        {"currency": "EUR", "amount": "5.00", "weighted": "0.50"},
    ]
    assert proposal["sums"] == [{"currency": "CNY", "amount": "100.00", "weighted": "50.00"}]
    unseen = api.get(f"/pipelines/{last['pipeline_id']}/board", as_=user(reach="own")).json
    assert [stage["count"] for stage in unseen["stages"]] == [0, 0, 0, 0]
