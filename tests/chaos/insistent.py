"""A user who asks again, with the same Idempotency-Key, until the platform has answered: with each thing they wanted
done once, they know what is to be true in the end."""

from __future__ import annotations

import threading
import time
from typing import Any
from uuid import uuid4

import requests

from launcher.errors import Refusal

_PATIENCE = 180.0  # seconds for which one thing is asked for
_AGAIN = frozenset({429, 502, 503, 504})


class Insistent:
    """Requests at the gateway. `faults` gathers answers that no client should ever get; it is shared by all users."""

    def __init__(self, url: str, token: str | None, faults: list[str]) -> None:
        self._url, self._faults = url, faults
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._own = threading.local()
        self.asked_again = 0

    def get(self, path: str, **query: Any) -> Any:
        """GET; the answer's JSON."""
        return self.ask("GET", path, params=query).json()

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """POST, as often as it takes, with one key; the answer's JSON."""
        if not options:
            options = {"json": {} if body is None else body}
        return self.ask("POST", path, headers={"Idempotency-Key": str(uuid4())}, **options).json()

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        taken: tuple[int, ...] = (),
        **options: Any,
    ) -> requests.Response:
        """Until there is an answer; Refusal where that is a refusal, other than those that are `taken`."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            response = self._once(method, path, headers=self._headers | (headers or {}), **options)
            if response is not None and (response.status_code < 400 or response.status_code in taken):
                return response
            if response is not None and not _passing(response):
                if response.status_code >= 500:
                    self._faults.append(f"{method} {path}: {response.status_code} {response.text[:300]}")
                raise Refusal(f"{method} {path}: {response.status_code} {response.text[:300]}")
            if time.monotonic() > deadline:
                raise Refusal(f"{method} {path}: no answer within {_PATIENCE:g} s")
            self.asked_again += 1
            time.sleep(0.2)

    def _once(self, method: str, path: str, **options: Any) -> requests.Response | None:
        """One request; None where the connection broke."""
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
        try:
            answer: requests.Response = self._own.session.request(
                method, f"{self._url}/api/v1{path}", timeout=30, **options
            )
        except requests.RequestException:
            return None
        return answer


def _passing(response: requests.Response) -> bool:
    """Whether asking again is what the answer says, or means."""
    if response.status_code == 409:
        return bool(response.json().get("code") == "in_progress")
    return response.status_code in _AGAIN
