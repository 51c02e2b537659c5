"""The platform's own event feed, followed while the journey goes on."""

from __future__ import annotations

from typing import Any

from launcher.demo.client import Client, until


class Feed:
    """Reads `GET /reporting/events` from where it stands; each event once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.position: int = client.get("/reporting/log/status")["position"]

    def new(self) -> list[dict[str, Any]]:
        """The events that came since the last look, in the order of the log."""
        events: list[dict[str, Any]] = []
        while True:
            page = self._client.get("/reporting/events", after=self.position, limit=200)["data"]
            events += page
            if not page:
                return events
            self.position = page[-1]["position"]

    def until(self, *types: str, within: float = 30) -> list[dict[str, Any]]:
        """What came until each of `types` was among it. Refusal when one does not come."""
        events: list[dict[str, Any]] = []

        def complete() -> bool:
            events.extend(self.new())
            return set(types) <= {event["type"] for event in events}

        until(complete, f"waiting for {', '.join(types)}", within)
        return events
