"""What the gateway and the services refuse, whichever way one comes."""

from __future__ import annotations

import pytest
import requests

pytestmark = pytest.mark.e2e
READS = {
    "contacts": "/people",
    "sales": "/deals",
    "service-desk": "/tickets",
    "marketing": "/campaigns",
    "reporting": "/dashboards/overview",
}


@pytest.mark.parametrize(("service", "path"), READS.items())
def test_a_service_trusts_no_identity_header_and_no_forged_token(platform, admin, service, path):
    url = f"{platform.direct(service)}/api/v1/{service}{path}"
    token = admin.session.headers["Authorization"]
    assert requests.get(url, timeout=10).status_code == 401
    claims = {"X-User-Id": "1", "X-Roles": "admin", "X-Forwarded-User": "admin"}
    assert requests.get(url, headers=claims, timeout=10).status_code == 401
    assert requests.get(url, headers={"Authorization": token[:-6] + "AAAAAA"}, timeout=10).status_code == 401
    assert requests.get(url, headers={"Authorization": token}, timeout=10).status_code == 200


@pytest.mark.parametrize(("service", "path"), READS.items())
def test_the_gateway_asks_for_a_token(platform, service, path):
    answer = platform.public().send("GET", f"/{service}{path}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")


def test_a_stranger_gets_no_further_than_the_public_routes(platform):
    answer = platform.public().send("GET", "/marketing/public/forms/no-such-form")
    assert answer.status_code == 404
    assert platform.public().send("GET", "/nonsense/x").status_code in (401, 404)


def test_the_platform_is_ready_and_described(platform, admin):
    ready = requests.get(f"{platform.url}/readyz", timeout=10)
    assert ready.status_code == 200, ready.text
    document = requests.get(f"{platform.url}/api/v1/openapi.json", timeout=20).json()
    for service, path in READS.items():
        assert f"/api/v1/{service}{path}" in document["paths"]
    page = requests.get(f"{platform.url}/docs", timeout=10)
    assert page.status_code == 200
    assert "text/html" in page.headers["Content-Type"]
