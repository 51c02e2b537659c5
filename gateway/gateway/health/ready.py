"""`/readyz`: the platform is ready when the gateway and every service are. `/readyz/self`: the gateway alone.

A load balancer asks the second: one service that is down must not take away the door to the four others.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gateway.docs.collect import get
from gateway.edge.upstream import Upstream

TIMEOUT = 2.0
KEEP = 0.5
State = dict[str, Any]


class Readiness:
    """Asks every service, all at once. Many who ask at the same time get one answer."""

    def __init__(self, own: Callable[[], State], upstreams: Mapping[str, Upstream]) -> None:
        self._own, self._upstreams = own, upstreams
        self._lock = threading.Lock()
        self._until = 0.0
        self._state: State = {}

    def state(self) -> State:
        """`{"ready": bool, "checks": {...}, "services": {name: "ok" | what is wrong}}`."""
        with self._lock:
            if self._until <= time.monotonic():
                self._state = self._ask()
                self._until = time.monotonic() + KEEP
            return self._state

    def _ask(self) -> State:
        with ThreadPoolExecutor(max(1, len(self._upstreams))) as pool:
            states = pool.map(readiness_of, self._upstreams.values())
            services = dict(zip(self._upstreams, states, strict=True))
        own = self._own()
        ready = own["ready"] and all(state == "ok" for state in services.values())
        return {"ready": ready, "checks": own["checks"], "services": services}


def readiness_of(upstream: Upstream) -> Any:
    """`ok`, or what is wrong with one service, in its own words where it has any."""
    answer = get(upstream, "/readyz", TIMEOUT)
    if answer is None:
        return "not reachable"
    if answer[0] == 200:
        return "ok"
    try:
        return json.loads(answer[1]).get("checks", "not ready")
    except (ValueError, AttributeError):
        return f"answers {answer[0]}"
