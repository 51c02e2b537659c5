"""What a view knows of its request that the edge cannot see: who logged in, what was created."""

from __future__ import annotations

from typing import Any

from flask import request

KEY = "gateway.audit"


def annotate(**columns: Any) -> None:
    """Complete the current request's audit record; `columns` are those of `AuditEntry`."""
    request.environ.setdefault(KEY, {}).update(columns)
