"""A user at the gateway: what the demo and the end-to-end tests drive the platform with."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import requests

from launcher.errors import Refusal

T = TypeVar("T")


class Client:
    """Calls the gateway at `url`; with a token once somebody has logged in. Paths are relative to `/api/v1`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()

    def log_in(self, email: str, password: str) -> Client:
        """Log in and stay so; returns itself."""
        tokens = self.post("/auth/login", {"email": email, "password": password})
        self.session.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        return self

    def get(self, path: str, **query: Any) -> Any:
        """GET; the answer's JSON. Refusal with what the platform said where it refuses."""
        return self.call("GET", path, params=query)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """POST JSON; the answer's JSON."""
        return self.call("POST", path, json={} if body is None else body, **options)

    def call(self, method: str, path: str, **options: Any) -> Any:
        """One request; a 429 is waited out as its Retry-After says."""
        response = self.send(method, path, **options)
        if response.status_code >= 400:
            raise Refusal(f"{method} {path}: {response.status_code} {response.text[:600]}")
        return response.json() if response.content else None

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request; the response, whatever its status."""
        for _ in range(5):
            response = self.session.request(method, f"{self.url}/api/v1{path}", timeout=60, **options)
            if response.status_code != 429:
                break
            time.sleep(min(float(response.headers.get("Retry-After", 1)), 10))
        return response


def until(condition: Callable[[], T | None], what: str, within: float = 30) -> T:
    """The first true result of `condition`. Refusal that says what did not come about within so many seconds."""
    deadline = time.monotonic() + within
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise Refusal(f"{what}: not so within {within:g} s")
        time.sleep(0.1)
