"""The platform keeps to its own description, whatever it is sent: no 5xx, no status, type or shape beside it.

Schemathesis makes requests from the merged OpenAPI document, good ones and bad ones, and sends them to the gateway of
the running platform with an administrator's token.
"""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
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


def broken_promises(operation, bearer) -> list[str]:
    """What the answers to a dozen generated requests break of the operation's description."""

    @given(case=operation.as_strategy())
    @settings(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def check(case):
        case.call_and_validate(headers=bearer, checks=CHECKS, timeout=30)

    try:
        check()
    except (Exception, BaseExceptionGroup) as error:
        return [f"{operation.label}: {error}"]
    return []


def test_every_answer_is_as_described(document, bearer):
    operations = [result.ok() for result in document.get_all_operations()]
    assert len(operations) > 150
    broken = [promise for operation in operations for promise in broken_promises(operation, bearer)]
    assert broken == [], "\n\n".join(broken)
