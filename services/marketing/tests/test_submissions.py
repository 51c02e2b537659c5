from datetime import timedelta
from uuid import UUID

import pytest

from chassis.testing import at_once
from marketing.submissions.model import Salt, Submission

NOBODY = "01935f2e-7a40-7c11-9d5e-2f0b8c4a1e77"


def problems(answer) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in answer.json["errors"]]


def test_a_submission_is_taken_and_told(api, form, submit, outbox, clock) -> None:
    made = form()
    answer = submit(company="Acme", message="A quote, please.", utm_source="mail", utm_campaign="spring")
    assert answer.status_code == 201
    assert answer.json["status"] == "accepted"
    (event,) = outbox.events()
    assert (event.type, event.subject) == ("form.submitted", f"submissions/{answer.json['submission_id']}")
    person_id = event.data["person_id"]
    assert UUID(person_id).version == 7
    assert event.data == {
        "submission_id": answer.json["submission_id"],
        "form_id": made["id"],
        "form_key": "show",
        "campaign_id": None,
        "person_id": person_id,
        "consent": {
            "given": True,
            "purpose": "marketing",
            "text": made["consent_text"],
            "at": "2026-03-02T09:00:00+00:00",
        },
        "source": "web_form",
        "utm": {"source": "mail", "campaign": "spring"},
        "country": None,
        "postcode": None,
        "company_name": "Acme",
        "product": None,
        "language": None,
        "personal": {
            "name": "Ann Lee",
            "email": "ann@example.com",
            "phone": "+8613800138000",
            "message": "A quote, please.",
            "fields": {
                "name": "Ann Lee",
                "email": "ann@example.com",
                "phone": "+8613800138000",
                "company": "Acme",
                "message": "A quote, please.",
            },
        },
    }


def test_a_plain_html_form_may_post_it(api, form, outbox) -> None:
    form()
    sent = {
        "name": "王小明",
        "email": "w@example.com",
        "phone": "",
        "size": "51+",
        "consent": "on",
        "website": "",
    }
    answer = api.post("/public/forms/show/submissions", data=sent, as_=None)
    assert answer.status_code == 201
    personal = outbox.one("form.submitted").data["personal"]
    assert personal["fields"] == {"name": "王小明", "email": "w@example.com", "size": "51+"}
    assert personal["phone"] is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": None}, ("/name", "required")),
        ({"name": "   "}, ("/name", "required")),
        ({"name": 7}, ("/name", "not_valid")),
        ({"name": "x" * 501}, ("/name", "too_long")),
        ({"email": "nobody"}, ("/email", "not_valid")),
        ({"phone": "12"}, ("/phone", "not_valid")),
        ({"size": "huge"}, ("/size", "not_a_choice")),
        ({"message": "x" * 5001}, ("/message", "too_long")),
        ({"consent": None}, ("/consent", "required")),
        ({"consent": False}, ("/consent", "required")),
        ({"consent": "perhaps"}, ("/consent", "not_valid")),
        ({"consent_version": 9}, ("/consent_version", "unknown")),
        ({"campaign": "nothing"}, ("/campaign", "unknown")),
        ({"campaign": NOBODY}, ("/campaign", "unknown")),
        ({"colour": "red"}, ("/colour", "unknown_field")),
    ],
)
def test_a_broken_submission_is_refused_by_name_and_leaves_nothing(api, form, submit, outbox, change, problem) -> None:
    form()
    answer = submit(**change)
    assert (answer.status_code, problems(answer)) == (422, [problem])
    assert api.get("/submissions").json["data"] == []
    assert outbox.types() == []


def test_every_mistake_is_named_at_once(form, submit) -> None:
    form()
    answer = submit(name=None, email="x", consent=None)
    assert sorted(problems(answer)) == [
        ("/consent", "required"),
        ("/email", "not_valid"),
        ("/name", "required"),
    ]


def test_an_unknown_form_or_a_body_that_is_none(api, form, submit, outbox) -> None:
    form()
    assert submit("nothing").status_code == 404
    url = "/public/forms/show/submissions"
    assert api.post(url, data="{", content_type="application/json", as_=None).status_code == 400
    assert api.post(url, data="x", content_type="text/plain", as_=None).status_code == 415
    assert api.post(url, json=[1], as_=None).status_code == 422
    assert api.post(url, json={"name": "x" * 70_000}, as_=None).status_code == 413
    assert outbox.types() == []


def test_consent_can_be_left_to_the_sender(form, submit, outbox) -> None:
    form(consent_required=False)
    assert submit(consent=None).status_code == 201
    assert outbox.one("form.submitted").data["consent"]["given"] is False


def test_consent_is_recorded_with_the_text_that_was_shown(api, form, submit, outbox) -> None:
    made = form()
    api.patch(f"/forms/{made['id']}", json={"consent_text": "A new text."}, if_match=made["version"])
    assert submit(consent_version=1).status_code == 201
    assert submit(email="b@example.com").status_code == 201
    texts = [event.data["consent"]["text"] for event in outbox.events()]
    assert texts == [made["consent_text"], "A new text."]


def test_the_honeypot_is_answered_like_any_other_and_only_counted(api, form, submit, outbox) -> None:
    made = form()
    answer = submit(website="https://spam.example", email="not even an address")
    assert (answer.status_code, answer.json["status"]) == (201, "accepted")
    assert api.get("/submissions").json["data"] == []
    assert outbox.types() == []
    shown = api.get(f"/forms/{made['id']}").json
    assert (shown["dropped"], shown["version"]) == (1, made["version"])


def test_the_same_content_within_minutes_is_the_same_submission(api, form, submit, outbox, clock) -> None:
    form()
    first = submit().json["submission_id"]
    clock.advance(minutes=9)
    again = submit(email="ANN@example.com", phone="+86 138-0013-8000", name=" Ann Lee ")
    assert (again.status_code, again.json["submission_id"]) == (201, first)
    assert submit(message="And something else.").json["submission_id"] != first
    assert outbox.types() == ["form.submitted"] * 2
    clock.advance(minutes=2)
    assert submit().json["submission_id"] != first
    assert outbox.types() == ["form.submitted"] * 3


def test_the_same_content_posted_at_the_same_instant_makes_one(api, form, submit, campaign, outbox) -> None:
    planned = campaign()
    form(campaign_id=planned["id"])
    ids = {answer.json["submission_id"] for answer in at_once(*[submit] * 6)}
    assert len(ids) == 1
    assert outbox.types() == ["form.submitted"]
    assert api.get(f"/campaigns/{planned['id']}").json["responses"] == 1


def test_an_idempotency_key_is_honoured(form, submit, outbox, clock) -> None:
    form()
    first = submit(_key="k1")
    clock.advance(days=1)
    again = submit(_key="k1")
    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")
    assert submit(_key="k1", name="Bob").status_code == 422
    assert outbox.types() == ["form.submitted"]


@pytest.mark.parametrize("how", ["id", "code", "utm", "form"])
def test_a_campaign_is_known_by_id_code_link_or_form(api, form, submit, campaign, outbox, how) -> None:
    ours, other = campaign(code="spring-27"), campaign(code="autumn-27")
    form(campaign_id=ours["id"] if how == "form" else other["id"])
    given = {
        "id": {"campaign": ours["id"]},
        "code": {"campaign": "spring-27"},
        "utm": {"utm_campaign": "spring-27"},
    }
    assert submit(**given.get(how, {"utm_campaign": "no campaign of ours"})).status_code == 201
    assert outbox.one("form.submitted").data["campaign_id"] == ours["id"]
    assert api.get(f"/campaigns/{ours['id']}").json["responses"] == 1
    assert api.get(f"/campaigns/{other['id']}").json["responses"] == 0


def test_responses_that_come_together_all_count(api, form, submit, campaign) -> None:
    planned = campaign()
    form(campaign_id=planned["id"])
    at_once(*[lambda n=n: submit(email=f"p{n}@example.com") for n in range(8)])
    shown = api.get(f"/campaigns/{planned['id']}").json
    assert (shown["responses"], shown["version"]) == (8, planned["version"])


def test_the_senders_address_is_kept_as_a_hash_whose_salt_is_forgotten(form, submit, session, clock, tick) -> None:
    form()
    submit()
    submit(email="b@example.com")
    clock.advance(days=1)
    submit(email="c@example.com")
    hashes = session.query(Submission.ip_hash).order_by(Submission.created_at, Submission.id).all()
    assert hashes[0] == hashes[1] != hashes[2]
    assert "127.0.0.1" not in str(hashes)
    clock.advance(days=1)
    tick("forget_salts")
    session.commit()
    assert [salt.day for salt in session.query(Salt)] == [(clock.instant - timedelta(days=1)).date()]


def test_staff_list_filter_and_find_submissions(api, form, submit, user) -> None:
    form()
    form(key="other")
    submit(name="王小明", email="w@example.com")
    submit("other")
    assert [s["form_key"] for s in api.get("/submissions").json["data"]] == ["other", "show"]
    assert [s["email"] for s in api.get("/submissions?form_key=show").json["data"]] == ["w@example.com"]
    assert [s["name"] for s in api.get("/submissions", query_string={"q": "小明"}).json["data"]] == ["王小明"]
    assert [s["name"] for s in api.get("/submissions?q=13800138000&form_key=other").json["data"]] == ["Ann Lee"]
    (found,) = api.get("/submissions?q=ann@example").json["data"]
    assert found["answers"] == {"name": "Ann Lee", "email": "ann@example.com", "phone": "+8613800138000"}
    assert "ip_hash" not in found
    assert api.get(f"/submissions/{found['id']}").json == found
    assert api.get("/submissions", as_=None).status_code == 401
    assert api.get("/submissions", as_=user(scopes="contacts:read")).status_code == 403
    assert api.get("/submissions?colour=red").status_code == 400


@pytest.mark.parametrize("name", ["fields", "load", "opts", "context", "validate", "get"])
def test_a_field_may_have_any_name(form, submit, outbox, name) -> None:
    form(fields=["email", {"name": name, "required": True}])
    answer = submit(name=None, phone=None)
    assert problems(answer) == [(f"/{name}", "required")]
    assert submit(name=None, phone=None, **{name: "yes"}).status_code == 201
    assert outbox.one("form.submitted").data["personal"]["fields"] == {
        "email": "ann@example.com",
        name: "yes",
    }


def test_every_type_of_field_is_checked_and_normalised(form, submit, outbox) -> None:
    types = {"n": "number", "land": "country", "plz": "postcode", "t": "textarea", "tel": "phone"}
    form(fields=[{"name": name, "type": type_} for name, type_ in types.items()])
    gone = {"name": None, "email": None, "phone": None}
    answer = submit(**gone, n="many", land="XX", plz="x" * 21, t="x" * 5001, tel="1")
    assert [pointer for pointer, _ in sorted(problems(answer))] == ["/land", "/n", "/plz", "/t", "/tel"]
    assert submit(**gone, n="1.50", land="de", plz="10115", t="Hallo", tel="+49 30 901820").status_code == 201
    data = outbox.one("form.submitted").data
    assert data["personal"]["fields"] == {
        "n": "1.50",
        "land": "DE",
        "plz": "10115",
        "t": "Hallo",
        "tel": "+4930901820",
    }
    assert (data["country"], data["postcode"]) == ("DE", "10115")
