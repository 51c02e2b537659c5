from __future__ import annotations

import pytest
import requests

from chassis.testing import at_once


@pytest.fixture(scope="module")
def limited(start_gateway):
    """A gateway that lets little through."""
    few = {
        "USER": "3/minute",
        "CLIENT": "5/minute",
        "ANONYMOUS": "4/minute",
        "PUBLIC": "2/minute",
        "LOGIN": "2/minute",
    }
    rates = {f"GATEWAY_RATE_{bucket}": limit for bucket, limit in few.items()}
    running = start_gateway(**rates, GATEWAY_TRUSTED_PROXIES="1")
    yield running
    running.stop()


@pytest.fixture
def statuses(limited, sales):
    """The statuses of so many requests in a row."""

    def ask(count, path="/api/v1/sales/deals", method="GET", token=None, address="10.0.0.1"):
        headers = {"X-Forwarded-For": address} | ({"Authorization": f"Bearer {token}"} if token else {})
        one = lambda: requests.request(method, limited.url + path, headers=headers, timeout=10)  # noqa: E731
        return [one().status_code for _ in range(count)]

    return ask


def test_each_user_has_a_limit_of_its_own(statuses, new_token):
    lin, max_ = new_token(), new_token()
    assert statuses(4, token=lin) == [200] * 3 + [429]
    assert statuses(1, token=max_) == [200]


def test_a_client_has_another_and_may_have_its_own(statuses, new_token):
    assert statuses(6, token=new_token(kind="client")) == [200] * 5 + [429]
    assert statuses(3, token=new_token(kind="client", rate="2/minute")) == [200] * 2 + [429]
    assert statuses(12, token=new_token(kind="client", rate="off")) == [200] * 12


def test_strangers_are_counted_by_address(statuses):
    assert statuses(5, address="10.0.1.1") == [200] * 4 + [429]
    assert statuses(1, address="10.0.1.2") == [200]
    assert statuses(4, address="2001:db8:1:2::1") == [200] * 4
    assert statuses(1, address="2001:db8:1:2:ffff::9") == [429]
    assert statuses(1, address="2001:db8:1:3::1") == [200]


def test_an_invalid_token_is_counted_as_its_address(statuses):
    assert statuses(5, token="forged", address="10.0.2.1") == [401] * 4 + [429]


def test_log_ins_and_public_forms_have_tighter_ones(statuses):
    assert statuses(3, "/api/v1/auth/login", "POST", address="10.0.3.1") == [422] * 2 + [429]
    assert statuses(1, "/api/v1/auth/refresh", "POST", address="10.0.3.1") == [429]
    path = "/api/v1/sales/public/forms/contact/submissions"
    assert statuses(3, path, "POST", address="10.0.3.1") == [200] * 2 + [429]
    assert statuses(1, address="10.0.3.1") == [200]


def test_the_answer_says_how_much_is_left_and_when_to_come_again(limited, sales, new_token):
    headers = {"Authorization": f"Bearer {new_token()}"}
    url = f"{limited.url}/api/v1/sales/deals"
    answers = [requests.get(url, headers=headers, timeout=10) for _ in range(4)]
    assert [a.headers["RateLimit-Limit"] for a in answers] == ["3"] * 4
    assert [a.headers["RateLimit-Remaining"] for a in answers] == ["2", "1", "0", "0"]
    assert all(0 < int(a.headers["RateLimit-Reset"]) <= 60 for a in answers)
    assert "Retry-After" not in answers[2].headers
    assert 0 < int(answers[3].headers["Retry-After"]) <= 60
    assert (answers[3].status_code, answers[3].json()["code"]) == (429, "rate_limited")
    assert answers[3].headers["Content-Type"] == "application/problem+json"


def test_at_once_no_more_get_through_than_in_a_row(limited, sales, new_token):
    headers = {"Authorization": f"Bearer {new_token()}"}
    url = f"{limited.url}/api/v1/sales/deals"
    answers = at_once(*[lambda: requests.get(url, headers=headers, timeout=10)] * 8)
    assert sorted(a.status_code for a in answers) == [200] * 3 + [429] * 5


def test_probes_are_never_limited(limited):
    assert [requests.get(f"{limited.url}/livez", timeout=5).status_code for _ in range(10)] == [200] * 10
