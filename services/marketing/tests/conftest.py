from collections.abc import Callable
from typing import Any

import pytest

from chassis.service import Service
from chassis.testing.client import ApiClient
from chassis.testing.fixtures import *  # noqa: F403
from marketing.base import SERVICE

FIELDS = [
    {"name": "name", "required": True},
    {"name": "email", "required": True},
    {"name": "phone"},
    {"name": "company"},
    {"name": "size", "type": "choice", "options": ["1-50", "51+"]},
    {"name": "message"},
]
CONSENT = "I agree to be contacted about products and events."


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture
def form(api: ApiClient) -> Callable[..., dict[str, Any]]:
    """Makes a form; `form(key="x", campaign_id=...)`."""

    def make(**changes: Any) -> dict[str, Any]:
        given = {"name": "Trade show", "key": "show", "fields": FIELDS, "consent_text": CONSENT} | changes
        answer = api.post("/forms", json=given)
        assert answer.status_code == 201, answer.text
        return dict(answer.json or {})

    return make


@pytest.fixture
def campaign(api: ApiClient) -> Callable[..., dict[str, Any]]:
    """Makes a campaign; `campaign(budget="100.00")`."""

    def make(**changes: Any) -> dict[str, Any]:
        answer = api.post("/campaigns", json={"name": "Spring", "budget": "1000.00"} | changes)
        assert answer.status_code == 201, answer.text
        return dict(answer.json or {})

    return make


@pytest.fixture
def submit(api: ApiClient) -> Callable[..., Any]:
    """Posts to a form as the public does; `submit(email="...")` changes the answers, `_key` an
    Idempotency-Key.
    """

    def post(_form: str = "show", _key: str | None = None, **changes: Any) -> Any:
        answers = {
            "name": "Ann Lee",
            "email": "Ann@Example.com",
            "phone": "138 0013 8000",
            "consent": True,
        } | changes
        answers = {name: value for name, value in answers.items() if value is not None}
        return api.post(f"/public/forms/{_form}/submissions", json=answers, as_=None, key=_key)

    return post
