"""JSON logs, one object a line on stderr: when, level, logger, message, trace and event ids. Never a payload,
never the message of a foreign exception."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from chassis.context import current
from chassis.trace import trace_id

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON; what is given as `extra=` stands beside the message."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def formatException(self, ei: Any) -> str:
        """What was raised, from what, and where: never a message, in which a database or a library quotes a row."""
        error, lines = ei[1], []
        while error is not None:
            state = getattr(getattr(error, "orig", None), "sqlstate", None)
            frames = traceback.extract_tb(error.__traceback__)
            lines += [f"{type(error).__module__}.{type(error).__qualname__}" + (f" {state}" if state else "")]
            lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)

    def format(self, record: logging.LogRecord) -> str:
        context = current()
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
            "trace_id": trace_id(context.traceparent),
            "event_id": context.causation_id,
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps({key: value for key, value in line.items() if value is not None}, default=str)


def configure_logs(process: str) -> None:
    """Send this process's logs to stderr as JSON. `QUINTET_LOG_LEVEL` (default INFO) sets the level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(process))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(os.environ.get("QUINTET_LOG_LEVEL", "INFO").upper())
    sys.excepthook = _ended
    threading.excepthook = lambda told: _ended(told.exc_type, told.exc_value, told.exc_traceback)
    # sqlalchemy and psycopg would tell, at DEBUG, what is in the rows.
    for noisy in ("pika", "amqp", "kombu", "alembic.runtime.plugins", "sqlalchemy", "psycopg"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if not process.endswith("-migrate"):
        # Every look at /readyz asks alembic for the database's revision, and alembic tells of each.
        logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)


def _ended(kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None) -> None:
    """What Python would print of an exception that nobody caught, as a line like the others."""
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    logging.getLogger("chassis").critical("not caught", exc_info=(kind, error or kind(), traceback))
