"""Rules of assignment that go by how likely a lead is to become a deal, and by the grade of its person."""

from __future__ import annotations

import pytest


@pytest.fixture
def rule(api):
    def make(name, pool="everyone", strategy="round_robin", **data):
        response = api.post("/assignment-rules", json={"name": name, "pool": pool, "strategy": strategy} | data)
        assert response.status_code == 201, response.text
        return response.json

    return make


def seats(*rep_ids):
    return [{"rep_id": str(rep_id)} for rep_id in rep_ids]


def test_a_rule_goes_by_the_chance_of_a_lead_and_the_grade_of_its_person(api, deliver, tick, rep, rule, new_lead):
    for _ in range(10):
        for source, end in (("fair", "convert"), ("web", "lose")):
            closed = new_lead(source=source)
            assert (
                api.post(f"/leads/{closed['id']}/{end}", json={"reason": "x"} if end == "lose" else {}).status_code
                < 300
            )
    tick("scores_follow")
    best, good, rest = rep("Best"), rep("Good"), rep("Rest")
    rule("Graded", "members", when={"field": "grade", "op": "in", "value": ["A"]}, members=seats(good))
    rule("Likely", "members", when={"field": "chance", "op": "gte", "value": 60}, members=seats(best))
    rule("All", "members", members=seats(rest))
    likely, other = new_lead(source="fair"), new_lead(source="web")
    assert (likely["owner_id"], likely["assignment"]["reason"]) == (
        str(best), "Rule Likely (chance is at least 60), by turns.",
    )  # fmt: skip
    assert other["owner_id"] == str(rest)
    assert other["assignment"]["passed"][1] == {"rule": "Likely", "territory": None, "why": "conditions"}
    graded = {"person_id": other["person_id"], "grade": "A", "score": 90, "previous_grade": None}
    deliver("contacts", "contact.graded", graded, subject=f"people/{other['person_id']}")
    again = api.post(f"/leads/{other['id']}/assign", json={}).json
    assert (again["owner_id"], again["assignment"]["reason"]) == (str(good), "Rule Graded (grade is A), by turns.")
    refused = api.post("/assignment-rules", json={"name": "X", "pool": "everyone", "strategy": "round_robin",
                       "when": {"field": "chance", "op": "in", "value": ["60"]}})  # fmt: skip
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/when/op")
