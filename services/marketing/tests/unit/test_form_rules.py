import pytest

from chassis.errors import Invalid
from marketing.forms import rules


def broken(fields: list[dict]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        rules.define(fields)
    return [(error.field, error.code) for error in refused.value.errors]


def test_a_field_is_defined_in_full_and_its_name_decides_its_type() -> None:
    assert rules.define([{"name": "email", "required": True}, {"name": "first_name"}]) == [
        {"name": "email", "label": "Email", "type": "email", "required": True, "options": []},
        {"name": "first_name", "label": "First name", "type": "text", "required": False, "options": []},
    ]


@pytest.mark.parametrize(("html", "type_"), [("tel", "phone"), ("select", "choice")])
def test_the_names_html_uses_are_understood(html: str, type_: str) -> None:
    assert rules.define([{"name": "x", "type": html, "options": ["a"] if html == "select" else []}])[0]["type"] == type_


@pytest.mark.parametrize(
    ("field", "error"),
    [
        ({"name": "1st"}, ("fields.0.name", "name")),
        ({"name": ""}, ("fields.0.name", "name")),
        ({"name": "consent"}, ("fields.0.name", "reserved")),
        ({"name": "utm_source"}, ("fields.0.name", "reserved")),
        ({"name": "x", "type": "colour"}, ("fields.0.type", "type")),
        ({"name": "x", "type": "choice"}, ("fields.0.options", "required")),
        ({"name": "x", "options": ["a"]}, ("fields.0.options", "not_a_choice")),
        ({"name": "x", "type": "choice", "options": ["a", "a"]}, ("fields.0.options", "duplicate")),
    ],
)
def test_a_broken_field_is_named_with_its_rule(field: dict, error: tuple[str, str]) -> None:
    assert broken([field]) == [error]


def test_all_that_is_broken_is_named_at_once() -> None:
    fields = [{"name": "x"}, {"name": "x"}, {"name": "y", "type": "z"}]
    assert broken(fields) == [("fields.2.type", "type"), ("fields.1.name", "duplicate")]


@pytest.mark.parametrize("count", [0, rules.MAX_FIELDS + 1])
def test_a_form_has_one_to_fifty_fields(count: int) -> None:
    assert broken([{"name": f"f{n}"} for n in range(count)]) == [("fields", "length")]


@pytest.mark.parametrize("key", ["a", "7", "spring-2027", "x" * 64])
def test_a_key_that_fits_a_url_is_taken(key: str) -> None:
    assert rules.check_key(key) == key


@pytest.mark.parametrize("key", ["", "-a", "a-", "A", "a_b", "a b", "a/b", "x" * 65, "春", "a\n"])
def test_another_key_is_refused(key: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_key(key)
    assert [(e.field, e.code) for e in refused.value.errors] == [("key", "slug")]


def test_the_honeypot_never_has_the_name_of_a_field() -> None:
    assert rules.honeypot([{"name": "email"}]) == "website"
    assert rules.honeypot([{"name": "website"}]) == "homepage"
    assert rules.honeypot([{"name": n} for n in ("website", "homepage", "fax")]) == "leave_empty"
