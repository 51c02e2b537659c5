"""The platform keeps to its own description, whatever it is sent: no 5xx, no status, type or shape beside it.

Schemathesis makes requests from the merged OpenAPI document, good ones and bad ones, and sends them to the gateway of
the running platform with an administrator's token.
"""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.e2e
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# These would end the caller's own session, so that all others would answer 401.
NOT_CALLED = r"/auth/(logout|password|refresh)"


@pytest.fixture(scope="session")
def document(platform):
    schema = schemathesis.openapi.from_url(f"{platform.url}/api/v1/openapi.json")
    return schema.exclude(path_regex=NOT_CALLED)


@pytest.fixture(scope="session")
def bearer(platform) -> dict[str, str]:
    return {"Authorization": platform.admin().session.headers["Authorization"]}


schema = schemathesis.pytest.from_fixture("document")


@schema.parametrize()
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_answer_is_as_described(case, bearer):
    case.call_and_validate(headers=bearer, checks=CHECKS, timeout=30)
