"""What Prometheus is told of the edge."""

from __future__ import annotations

from functools import lru_cache

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("gateway_requests_total", "Answered requests", ["service", "method", "status"])
SECONDS = Histogram(
    "gateway_request_seconds",
    "From the request's head to its answer's head",
    ["service"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
LIMITED = Counter("gateway_rate_limited_total", "Requests refused by a rate limit", ["bucket"])
AUDIT_BACKLOG = Gauge("gateway_audit_backlog_bytes", "Audit records that are not in the database yet")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_services: set[str] = set()


def know(services: set[str]) -> None:
    """Name the services that get a label of their own; all else counts as the gateway's, for labels must be few."""
    _services.update(services)


def answered(service: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    counter, histogram = _series(service if service in _services else "gateway", method, status)
    counter.inc()
    histogram.observe(seconds)


@lru_cache(maxsize=2048)
def _series(service: str, method: str, status: int) -> tuple[Counter, Histogram]:
    known = method if method in METHODS else "other"
    return REQUESTS.labels(service, known, str(status)), SECONDS.labels(service)
