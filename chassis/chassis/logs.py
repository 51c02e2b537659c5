"""JSON logs, one object a line on stderr: when, level, logger, message, trace and event ids. Never a payload."""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime

from chassis.context import current
from chassis.trace import trace_id

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON; what is given as `extra=` stands beside the message."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

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
    for noisy in ("pika", "amqp", "kombu", "alembic.runtime.plugins"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if not process.endswith("-migrate"):
        # Every look at /readyz asks alembic for the database's revision, and alembic tells of each.
        logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)
