"""A client of one service's API, for tests."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from chassis.testing.tokens import Caller


class ApiClient:
    """Calls a service's routes with paths relative to `/api/v1/<service>` (or absolute from `/api/`).

    `as_` is who calls (None: no token); `if_match` a version, or what the header is to say; `key` an Idempotency-Key.
    What comes back is Werkzeug's response: `.status_code`, `.json`, `.headers`, `.text`.
    """

    def __init__(self, app: Flask, prefix: str, default: Caller) -> None:
        self._app, self._prefix, self.default = app, prefix, default

    def request(
        self, method: str, path: str, *, as_: Caller | str | None = "default", if_match: int | str | None = None,
        key: str | None = None, headers: dict[str, str] | None = None, **options: Any
    ) -> TestResponse:  # fmt: skip
        """One request; further options are those of Werkzeug's test client (`json`, `data`, `query_string`)."""
        caller = self.default if as_ == "default" else as_
        sent = dict(headers or {})
        if isinstance(caller, Caller):
            sent["Authorization"] = f"Bearer {caller.token}"
        if if_match is not None:
            sent["If-Match"] = f'"{if_match}"' if isinstance(if_match, int) else if_match
        if key is not None:
            sent["Idempotency-Key"] = key
        url = path if path.startswith(("/api/", "/.", "/livez", "/readyz", "/metrics")) else self._prefix + path
        return self._app.test_client().open(url, method=method, headers=sent, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        """POST."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> TestResponse:
        """PUT."""
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> TestResponse:
        """PATCH."""
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        """DELETE."""
        return self.request("DELETE", path, **options)
