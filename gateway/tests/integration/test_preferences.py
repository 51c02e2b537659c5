"""What users say of themselves: their time zone and their locale."""

from __future__ import annotations

import pytest


@pytest.fixture
def lin(person, log_in):
    """The head of Lin's requests."""
    person("sales_rep", email="lin@example.com", name="Lin Yue")
    return {"Authorization": f"Bearer {log_in('lin@example.com')['access_token']}"}


def me(api, headers, **body):
    return api.patch("/auth/me", json=body, as_=None, headers=headers)


def test_users_say_where_they_are_and_everybody_hears_it(api, lin, outbox):
    assert api.get("/auth/me", as_=None, headers=lin).json["time_zone"] is None
    answer = me(api, lin, time_zone="Europe/Berlin", locale="de-DE")
    assert (answer.status_code, answer.json["time_zone"], answer.json["locale"]) == (200, "Europe/Berlin", "de-DE")
    told = outbox.events("user.updated")[-1].data
    assert (told["time_zone"], told["locale"], told["personal"]["name"]) == ("Europe/Berlin", "de-DE", "Lin Yue")
    count = outbox.types().count("user.updated")
    assert me(api, lin, time_zone="Europe/Berlin").status_code == 200, "the token counts on"
    assert outbox.types().count("user.updated") == count, "nothing has changed"
    assert me(api, lin, time_zone=None).json["time_zone"] is None
    (shown,) = api.get("/users?email=lin@example.com").json["data"]
    assert (shown["time_zone"], shown["locale"]) == (None, "de-DE")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"time_zone": "Mars/Olympus"}, "/time_zone", "not_valid"),
        ({"time_zone": "../UTC"}, "/time_zone", "not_valid"),
        ({"time_zone": 8}, "/time_zone", "not_valid"),
        ({"locale": "Deutsch"}, "/locale", "not_valid"),
        ({"roles": ["admin"]}, "/roles", "unknown_field"),
    ],
)
def test_what_is_none_is_refused_and_changes_nothing(api, lin, outbox, body, pointer, code):
    before = outbox.types()
    answer = me(api, lin, **body)
    assert answer.status_code == 422, answer.text
    assert [(one["pointer"], one["code"]) for one in answer.json["errors"]] == [(pointer, code)]
    assert outbox.types() == before


def test_administrators_say_it_for_others_and_machines_have_no_day(api, person, runtime, user):
    person("admin", email="root@example.com", name="Root")
    person("sales_rep", email="lin@example.com")
    (lin,) = api.get("/users?email=lin@example.com").json["data"]
    changed = api.patch(f"/users/{lin['id']}", json={"time_zone": "America/New_York"}, if_match=lin["version"])
    assert (changed.status_code, changed.json["time_zone"]) == (200, "America/New_York")
    assert api.patch("/auth/me", json={}, as_=user(kind="client")).status_code == 403
