"""Fields that an administrator defines, on people and companies."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text

from chassis.custom.columns import columns
from chassis.ids import uuid7
from chassis.jobs.run import registry
from chassis.process.jobs import know_jobs
from chassis.testing import at_once
from contacts.base import SERVICE
from contacts.people.model import Person

Json = dict[str, Any]


CHOICES = [{"value": "a", "label": {"en": "Large", "zh": "大客户"}}, {"value": "b", "label": {"en": "Small"}}]


def test_values_are_kept_in_normal_form_shown_and_told(api: Any, person: Any, field: Any, outbox: Any) -> None:
    field("nickname", required=True, personal=True, max_length=20)
    field("score", "number", min=0, max=100)
    field("budget", "money", currency="EUR")
    field("renewal", "date")
    field("vip", "boolean", default=False)
    field("segment", "choice", choices=CHOICES, default="b")
    field("interests", "multi_choice", choices=CHOICES)
    field("boss", "reference", target="person")
    boss = person(name="Boss", custom={"nickname": "B"})
    given = {
        "nickname": " Nana ", "score": 7.50, "budget": "1200", "renewal": "2026-05-31", "interests": ["b", "a", "b"],
        "boss": boss["id"],
    }  # fmt: skip
    made = person(name="Li Na", custom=given)
    expected = {
        "nickname": "Nana", "score": 7.5, "budget": "1200.00", "renewal": "2026-05-31", "vip": False, "segment": "b",
        "interests": ["a", "b"], "boss": boss["id"],
    }  # fmt: skip
    assert made["custom"] == expected
    assert api.get(f"/people/{made['id']}").json["custom"] == expected
    event = outbox.events("contact.created")[-1]
    assert event.data["custom"] == {key: value for key, value in expected.items() if key != "nickname"}
    assert event.personal["custom"] == {"nickname": "Nana"}
    changed = api.patch(f"/people/{made['id']}", json={"custom": {"score": None, "vip": True}}, if_match=1)
    assert changed.json["custom"] == {key: v for key, v in expected.items() if key != "score"} | {"vip": True}
    same = api.patch(f"/people/{made['id']}", json={"custom": {"vip": True}}, if_match=2)
    assert (same.status_code, same.json["version"]) == (200, 2)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"other": 1}, "unknown_field"),
        ({"score": "7"}, "not_valid"),
        ({"score": 101}, "out_of_range"),
        ({"score": 0.1234567}, "too_precise"),
        ({"score": True}, "not_valid"),
        ({"code": "ABC"}, "pattern"),
        ({"must": None}, "required"),
        ({"day": "31.5.2026"}, "not_valid"),
        ({"segment": "z"}, "not_a_choice"),
        ({"segment": ["a"]}, "not_a_choice"),
        ({"interests": "a"}, "not_valid"),
        ({"interests": ["a", "z"]}, "not_a_choice"),
        ({"money": "1.001"}, "decimals"),
        ({"money": "much"}, "not_valid"),
        ({"company": "019aa0c2-7f3e-7c11-8a55-3d2f0e9b1a01"}, "unknown_reference"),
        ({"company": "x"}, "not_valid"),
    ],
)
def test_bad_values_name_field_and_rule(api: Any, field: Any, person: Any, outbox: Any, value: Json, code: str) -> None:
    field("score", "number", min=0, max=100)
    field("code", pattern="[A-Z]{2}-[0-9]+")
    field("day", "date")
    field("segment", "choice", choices=CHOICES)
    field("interests", "multi_choice", choices=CHOICES)
    field("money", "money", currency="CNY")
    field("company", "reference", target="company")
    field("must", required=True)
    (key,) = value
    response = api.post("/people", json={"name": "Li Na", "custom": {"must": "x"} | value})
    assert response.status_code == 422, response.text
    error = response.json["errors"][0]
    assert (error["pointer"], error["code"]) == (f"/custom/{key}", code)
    assert outbox.types() == []
    assert api.get("/people").json["data"] == []


def test_lists_are_filtered_and_sorted_by_custom_fields(api: Any, person: Any, field: Any) -> None:
    field("budget", "number")
    field("day", "date")
    field("segment", "choice", choices=CHOICES)
    field("interests", "multi_choice", choices=CHOICES)
    field("vip", "boolean")
    field("price", "money", currency="EUR")
    for number in (None, 9, 100, 20.5, 20.5, -3):
        custom = {} if number is None else {
            "budget": number, "price": str(number), "segment": "a" if number > 20 else "b", "vip": number == 9,
            "interests": ["a", "b"] if number == 100 else ["b"], "day": f"2026-01-{int(abs(number)) % 28 + 1:02}",
        }  # fmt: skip
        person(name=f"N {number}", custom=custom)

    def names(query: str) -> list[str]:
        response = api.get(f"/people?{query}")
        assert response.status_code == 200, response.text
        return [row["name"].removeprefix("N ") for row in response.json["data"]]

    assert names("sort=custom.budget&custom.budget__gte=9") == ["9", "20.5", "20.5", "100"]
    assert names("sort=-custom.budget") == ["100", "20.5", "20.5", "9", "-3", "None"]
    assert names("sort=custom.price&custom.price__lt=20") == ["-3", "9"]
    assert names("custom.budget=20.50&sort=name") == ["20.5", "20.5"]
    assert names("custom.budget=&sort=name") == ["None"]
    assert sorted(names("custom.budget__ne=20.5")) == ["-3", "100", "9", "None"]
    assert sorted(names("custom.segment=a")) == ["100", "20.5", "20.5"]
    assert sorted(names("custom.segment__in=a,b")) == ["-3", "100", "20.5", "20.5", "9"]
    assert names("custom.interests=a") == ["100"]
    assert names("custom.vip=true") == ["9"]
    assert names("custom.day__lte=2026-01-10&sort=custom.day") == ["-3", "9"]
    pages, cursor = [], ""
    while True:
        page = api.get(f"/people?sort=-custom.budget,name&limit=2{cursor}").json
        pages += [row["name"].removeprefix("N ") for row in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert pages == ["100", "20.5", "20.5", "9", "-3", "None"]
    for query in (
        "custom.none=1",
        "custom.budget__gte=x",
        "sort=custom.interests",
        "custom.segment__gte=a",
        "custom.=",
    ):
        assert api.get(f"/people?{query}").status_code == 400, query


def test_a_unique_value_has_one_holder_whoever_comes_at_once(api: Any, person: Any, field: Any, outbox: Any) -> None:
    field("member_no", unique=True)
    made = person(name="A", custom={"member_no": "M-1"})
    before = len(outbox.types())
    answers = at_once(
        *[lambda i=i: api.post("/people", json={"name": f"P{i}", "custom": {"member_no": "M-2"}}) for i in range(12)]
    )
    assert sorted({r.status_code for r in answers}) == [201, 409]
    assert [r.status_code for r in answers].count(201) == 1
    refused = next(r for r in answers if r.status_code == 409).json
    assert refused["errors"][0] == {"pointer": "/custom/member_no", "code": "taken", "message": "This value is taken."}
    assert len(outbox.types()) == before + 1
    two = api.get("/people?custom.member_no=M-2").json["data"][0]
    clash = api.patch(f"/people/{two['id']}", json={"custom": {"member_no": "M-1"}}, if_match=1)
    assert clash.status_code == 409
    assert api.delete(f"/people/{made['id']}", if_match=1).status_code == 204
    assert api.patch(f"/people/{two['id']}", json={"custom": {"member_no": "M-1"}}, if_match=1).status_code == 200


def test_only_an_administrator_defines_fields_and_a_key_once(api: Any, user: Any, admin: Any) -> None:
    body = {"entity": "people", "key": "budget", "type": "number", "label": {"en": "Budget"}}
    assert api.post("/custom-fields", json=body).status_code == 403
    answers = at_once(*[lambda: api.post("/custom-fields", json=body, as_=admin) for _ in range(6)])
    assert sorted(r.status_code for r in answers) == [201, 409, 409, 409, 409, 409]
    assert next(r for r in answers if r.status_code == 409).json["errors"][0]["pointer"] == "/key"
    assert [f["key"] for f in api.get("/custom-fields").json["data"]] == ["budget"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"entity": "pets"}, "/entity"),
        ({"key": "Two Words"}, "/key"),
        ({"key": "a__b"}, "/key"),
        ({"label": {}}, "/label"),
        ({"label": {"fr": "Budget"}}, "/label/fr/key"),
        ({"type": "colour"}, "/type"),
        ({"type": "money"}, "/currency"),
        ({"type": "reference"}, "/target"),
        ({"type": "reference", "target": "deal"}, "/target"),
        ({"type": "choice"}, "/choices"),
        ({"type": "choice", "choices": [*CHOICES, CHOICES[0]]}, "/choices/2/value"),
        ({"type": "number", "min": "x"}, "/min"),
        ({"type": "number", "min": 5, "max": 1}, "/min"),
        ({"type": "number", "max": 1, "default": 2}, "/default"),
        ({"pattern": "(a+"}, "/pattern"),
        ({"pattern": r"(a)\1"}, "/pattern"),
        ({"min": 5}, "/min"),
        ({"unique": True, "default": "x"}, "/default"),
        ({"unique": True, "max_length": 5000}, "/max_length"),
        ({"type": "boolean", "unique": True}, "/unique"),
    ],
)
def test_definitions_that_make_no_sense_are_refused(api: Any, admin: Any, change: Json, pointer: str) -> None:
    body = {"entity": "people", "key": "budget", "type": "text", "label": {"en": "Budget"}} | change
    response = api.post("/custom-fields", json=body, as_=admin)
    assert response.status_code == 422, response.text
    assert response.json["errors"][0]["pointer"] == pointer
    assert api.get("/custom-fields").json["data"] == []


def test_partners_see_and_set_only_what_is_theirs_to_see(api: Any, person: Any, field: Any, user: Any) -> None:
    field("shoe", "number", partner_visible=True)
    field("margin", "number")
    partner_id = uuid7()
    partner = user(reach="partner", partner_id=partner_id)
    made = person(name="A", partner_id=str(partner_id), custom={"shoe": 42, "margin": 7})
    assert api.get(f"/people/{made['id']}", as_=partner).json["custom"] == {"shoe": 42}
    assert api.get("/people", as_=partner).json["data"][0]["custom"] == {"shoe": 42}
    for query in ("custom.margin=7", "sort=custom.margin"):
        assert api.get(f"/people?{query}", as_=partner).status_code == 400
    hidden = api.patch(f"/people/{made['id']}", json={"custom": {"margin": 1}}, if_match=1, as_=partner)
    assert (hidden.status_code, hidden.json["errors"][0]["code"]) == (422, "unknown_field")
    mine = api.patch(f"/people/{made['id']}", json={"custom": {"shoe": 43}}, if_match=1, as_=partner)
    assert mine.json["custom"] == {"shoe": 43}
    assert api.get(f"/people/{made['id']}").json["custom"] == {"shoe": 43, "margin": 7}


def test_a_definition_is_changed_as_far_as_the_values_allow(
    api: Any, person: Any, field: Any, admin: Any, run_jobs: Any, outbox: Any
) -> None:
    segment = field("segment", "choice", choices=CHOICES)
    url = f"/custom-fields/{segment['id']}"
    made = person(name="A", custom={"segment": "a"})
    assert api.patch(url, json={"type": "text"}, if_match=1, as_=admin).json["code"] == "in_use"
    fewer = {"choices": CHOICES[1:]}
    refused = api.patch(url, json=fewer, if_match=1, as_=admin)
    assert (refused.status_code, refused.json["code"], refused.json["choices"]) == (409, "choice_in_use", ["a"])
    done = api.patch(url, json=fewer | {"replace": {"a": "b"}}, if_match=1, as_=admin)
    assert (done.status_code, [c["value"] for c in done.json["choices"]]) == (200, ["b"])
    run_jobs()
    after = api.get(f"/people/{made['id']}").json
    assert (after["custom"], after["version"]) == ({"segment": "b"}, 2)
    assert outbox.events("contact.updated")[-1].data["custom"] == {"segment": "b"}


def test_a_field_becomes_unique_only_where_its_values_are(api: Any, person: Any, field: Any, admin: Any) -> None:
    number = field("number")
    url = f"/custom-fields/{number['id']}"
    _, two = (person(name=name, custom={"number": "7"}) for name in "AB")
    refused = api.patch(url, json={"unique": True}, if_match=1, as_=admin)
    assert (refused.status_code, refused.json["code"]) == (409, "not_unique")
    api.patch(f"/people/{two['id']}", json={"custom": {"number": "8"}}, if_match=1)
    assert api.patch(url, json={"unique": True}, if_match=1, as_=admin).json["unique"] is True
    clash = api.post("/people", json={"name": "C", "custom": {"number": "8"}})
    assert clash.status_code == 409
    assert api.patch(url, json={"unique": False}, if_match=2, as_=admin).status_code == 200
    assert api.post("/people", json={"name": "C", "custom": {"number": "8"}}).status_code == 201


def test_an_index_is_built_used_and_dropped(
    api: Any, field: Any, admin: Any, run_jobs: Any, session: Any, person: Any
) -> None:
    budget = field("budget", "number", indexed=True)
    person(name="A", custom={"budget": 5})
    valid = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('cx_people_budget')")
    assert session.scalar(valid) is None
    run_jobs()
    assert session.scalar(valid) is True
    session.execute(text("SET enable_seqscan = off"))
    session.execute(text("SET enable_bitmapscan = off"))
    ordered = columns(session, Person, {"custom.budget__gte": "1"})["custom.budget"]
    wanted = select(Person.id).where(ordered.condition("gte", "p", "1")).order_by(ordered.key, Person.id).limit(5)
    sql = str(wanted.compile(session.connection(), compile_kwargs={"literal_binds": True}))
    assert "cx_people_budget" in "".join(session.scalars(text("EXPLAIN " + sql.replace(":", r"\:"))))
    session.rollback()
    api.patch(f"/custom-fields/{budget['id']}", json={"indexed": False}, if_match=1, as_=admin)
    run_jobs()
    assert session.scalar(valid) is None


def test_a_field_goes_with_its_values(api: Any, field: Any, admin: Any, run_jobs: Any, person: Any) -> None:
    number = field("number", unique=True)
    made = person(name="A", custom={"number": "7"})
    answer = api.delete(f"/custom-fields/{number['id']}", if_match=1, as_=admin)
    assert answer.status_code == 202, answer.text
    assert api.get(f"/people/{made['id']}").json["custom"] == {}
    assert api.get("/people?custom.number=7").status_code == 400
    assert api.post("/people", json={"name": "B", "custom": {"number": "8"}}).status_code == 422
    run_jobs()
    assert api.get(f"/jobs/{answer.json['id']}").json["result"] == {"records": 1}
    assert api.get("/custom-fields").json["data"] == []
    field("number", "date")
    assert api.get(f"/people/{made['id']}").json["custom"] == {}


def test_the_description_shows_the_fields_of_the_moment(api: Any, field: Any) -> None:
    field("segment", "choice", choices=CHOICES)
    document = api.get("/openapi.json").json
    shown = document["components"]["schemas"]["PersonIn"]["properties"]["custom"]
    assert shown["properties"]["segment"]["enum"] == ["a", "b", None]
    names = [p["name"] for p in document["paths"]["/api/v1/contacts/people"]["get"]["parameters"]]
    assert {"custom.segment", "custom.segment__in"} <= set(names)
    assert "segment" not in document["components"]["schemas"]["CompanyIn"]["properties"]["custom"]["properties"]


def test_companies_have_fields_of_their_own(api: Any, admin: Any, outbox: Any) -> None:
    body = {"entity": "companies", "key": "tier", "type": "choice", "label": {"en": "Tier"}, "choices": CHOICES}
    made = api.post("/custom-fields", json=body | {"required": True, "personal": True}, as_=admin)
    assert made.status_code == 201
    refused = api.post("/companies", json={"name": "Acme"})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/custom/tier")
    assert outbox.types() == []
    acme = api.post("/companies", json={"name": "Acme", "custom": {"tier": "a"}}).json
    assert acme["custom"] == {"tier": "a"}
    event = outbox.one("company.created")
    assert (event.data["custom"], event.personal) == ({}, {"custom": {"tier": "a"}})
    assert [c["name"] for c in api.get("/companies?custom.tier=a&sort=-custom.tier").json["data"]] == ["Acme"]
    cleared = api.patch(f"/companies/{acme['id']}", json={"custom": {"tier": None}}, if_match=1)
    assert (cleared.status_code, cleared.json["errors"][0]["code"]) == (422, "required")


def test_a_form_makes_a_person_with_defaults_whatever_is_required(
    api: Any, field: Any, deliver: Any, form: Any
) -> None:
    field("segment", "choice", choices=CHOICES, default="b")
    field("nickname", required=True)
    data, personal = form()
    deliver("marketing", "form.submitted", data, personal=personal)
    assert api.get(f"/people/{data['person_id']}").json["custom"] == {"segment": "b"}


def test_the_process_of_jobs_knows_the_job_without_an_application(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(registry, "contacts.custom_field", raising=False)
    know_jobs(SERVICE)
    assert "contacts.custom_field" in registry


@pytest.mark.parametrize(
    ("currency", "said", "kept", "too_fine"), [("JPY", "1500.00", "1500", "0.5"), ("KWD", 1.25, "1.250", "0.0001")]
)
def test_money_has_the_decimals_of_the_fields_currency(field, person, api, currency, said, kept, too_fine) -> None:
    field("worth", "money", currency=currency, min=said)
    assert person(custom={"worth": said})["custom"]["worth"] == kept
    refused = api.post("/people", json={"name": "Li Na", "custom": {"worth": too_fine}})
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json["errors"]] == [("/custom/worth", "decimals")]
