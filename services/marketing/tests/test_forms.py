import pytest

from chassis.testing import at_once
from marketing.forms.model import ConsentText


def problems(answer) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in answer.json["errors"]]


def test_a_form_is_made_with_its_definition_in_full(api, form, outbox) -> None:
    made = form(fields=["email", {"name": "size", "type": "select", "options": ["S", "L"], "required": True}])
    assert made["fields"] == [
        {"name": "email", "label": "Email", "type": "email", "required": False, "options": []},
        {"name": "size", "label": "Size", "type": "choice", "required": True, "options": ["S", "L"]},
    ]
    assert (made["consent_version"], made["consent_required"], made["active"], made["dropped"]) == (
        1,
        True,
        True,
        0,
    )
    assert api.get(f"/forms/{made['id']}").json == made
    assert outbox.types() == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"key": "Not a slug"}, ("/key", "slug")),
        ({"key": None}, ("/key", "null")),
        ({"name": ""}, ("/name", "too_short")),
        ({"fields": []}, ("/fields", "length")),
        ({"fields": "email"}, ("/fields", "not_valid")),
        ({"fields": [{"label": "x"}]}, ("/fields/0/name", "required")),
        ({"fields": [{"name": "x", "colour": "red"}]}, ("/fields/0/colour", "unknown_field")),
        ({"fields": [{"name": "x", "type": "colour"}]}, ("/fields/0/type", "type")),
        ({"campaign_id": "01935f2e-7a40-7c11-9d5e-2f0b8c4a1e77"}, ("/campaign_id", "unknown")),
        ({"surprise": 1}, ("/surprise", "unknown_field")),
    ],
)
def test_a_broken_form_is_refused_by_name(api, change, problem) -> None:
    good = {"name": "F", "key": "f", "fields": ["email"], "consent_text": "Yes?"}
    answer = api.post("/forms", json=good | change)
    assert (answer.status_code, problems(answer)) == (422, [problem])
    assert api.get("/forms").json["data"] == []


def test_a_key_is_taken_once_also_by_two_at_the_same_time(api, form) -> None:
    new = {"name": "F", "key": "show", "fields": ["email"], "consent_text": "Yes?"}
    answers = at_once(*[lambda: api.post("/forms", json=new)] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert problems(refused) == [("/key", "taken")]
    assert len(api.get("/forms").json["data"]) == 1


def test_another_consent_text_is_a_new_version_and_the_old_one_is_kept(api, form, session) -> None:
    made = form()
    url = f"/forms/{made['id']}"
    changed = api.patch(url, json={"consent_text": "A new text."}, if_match=made["version"])
    assert (changed.status_code, changed.json["consent_version"]) == (200, 2)
    same = api.patch(url, json={"consent_text": "A new text."}, if_match=changed.json["version"])
    assert same.json["consent_version"] == 2
    kept = session.query(ConsentText.version, ConsentText.text).order_by(ConsentText.version).all()
    assert kept == [(1, made["consent_text"]), (2, "A new text.")]


def test_the_public_sees_the_definition_and_nothing_else(api, form) -> None:
    made = form()
    shown = api.get("/public/forms/show", as_=None)
    assert shown.status_code == 200
    assert shown.json == {
        "key": "show",
        "name": "Trade show",
        "fields": made["fields"],
        "consent": {"text": made["consent_text"], "version": 1, "required": True},
        "honeypot": "website",
    }
    assert api.patch(f"/forms/{made['id']}", json={"active": False}, if_match=made["version"]).status_code == 200
    assert api.get("/public/forms/show", as_=None).status_code == 404
    for other in ("nothing", "No%20key", "%00", "春"):
        assert api.get(f"/public/forms/{other}", as_=None).status_code == 404


def test_forms_need_the_scope_and_partners_see_none(api, form, user) -> None:
    form()
    assert api.get("/forms", as_=None).status_code == 401
    assert api.get("/forms", as_=user(scopes="sales:read")).status_code == 403
    assert api.post("/forms", json={}, as_=user(scopes="marketing:read")).status_code == 403
    assert api.get("/forms", as_=user(reach="partner")).json["data"] == []


def test_forms_are_found_by_name_and_key(api, form) -> None:
    form(name="春季展会", key="spring")
    form(name="Webinar", key="web")
    assert [found["key"] for found in api.get("/forms", query_string={"q": "展会"}).json["data"]] == ["spring"]
    assert [found["key"] for found in api.get("/forms?sort=name&key__ne=spring").json["data"]] == ["web"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_sites_pages_may_use_the_public_endpoints(api, form, method) -> None:
    form()
    headers = {"Origin": "https://shop.example", "Access-Control-Request-Method": method}
    path = "/public/forms/show" + ("/submissions" if method == "POST" else "")
    asked = api.request("OPTIONS", path, headers=headers, as_=None)
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert method in asked.headers["Access-Control-Allow-Methods"]
    got = api.get("/public/forms/show", headers={"Origin": "https://shop.example"}, as_=None)
    assert got.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in api.get("/forms", headers=headers).headers


def test_the_origins_can_be_narrowed(api, form, monkeypatch) -> None:
    from marketing.settings import settings

    monkeypatch.setenv("MARKETING_CORS_ORIGINS", "https://shop.example,https://www.example")
    settings.cache_clear()
    try:
        form()
        path = "/public/forms/show"
        let_in = api.get(path, headers={"Origin": "https://shop.example"}, as_=None)
        assert let_in.headers["Access-Control-Allow-Origin"] == "https://shop.example"
        other = api.get(path, headers={"Origin": "https://evil.example"}, as_=None)
        assert "Access-Control-Allow-Origin" not in other.headers
    finally:
        settings.cache_clear()
