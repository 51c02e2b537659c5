"""How common each n-gram of a searched table is, as PostgreSQL's own statistics tell; remembered for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_KEEP = 600.0  # seconds; ANALYZE renews them no more often than the table changes
_STATISTICS = text(
    "SELECT CAST(CAST(most_common_elems AS text) AS text[]), most_common_elem_freqs FROM pg_stats"
    " WHERE schemaname = current_schema() AND tablename = :table AND attname = 'search_grams'"
)
_lock = threading.Lock()
_known: dict[tuple[str, str], tuple[float, Mapping[str, float]]] = {}


def gram_frequencies(session: Session, model: type[Any]) -> Mapping[str, float]:
    """The share of rows (0 to 1) that hold each of the most common n-grams of `model`; one that is not there is rarer
    than all of these. Empty where PostgreSQL has no statistics yet."""
    table = str((getattr(model, "__grams__", None) or model).__tablename__)
    key, now = (str(session.get_bind().engine.url), table), time.monotonic()
    with _lock:
        until, found = _known.get(key, (0.0, {}))
    if now < until:
        return found
    row = session.execute(_STATISTICS, {"table": table}).one_or_none()
    # The last three figures are the least, the greatest, and the share of NULLs: of no element.
    found = dict(zip(row[0], row[1], strict=False)) if row and row[0] else {}
    with _lock:
        _known[key] = (now + (_KEEP if found else 10), found)
    return found
