"""The process `python -m gateway api`: gunicorn with gevent workers: half the cost of threads a request."""

from __future__ import annotations

import os
from typing import Any

from chassis.process import api
from gateway.base import SERVICE
from gateway.runtime import Runtime

RUNTIME = "gateway"


def serve() -> None:
    """Serve until SIGTERM: stop taking, finish what is under way, store the rest of the audit trail."""
    api.run(SERVICE, options())


def options() -> dict[str, Any]:
    """gunicorn's settings. `GATEWAY_WORKERS` (1) processes; rate limits count in each unless a storage is shared.

    A client's idle connection is closed after 20 s, so that none holds up the end of the process for long.
    """
    workers = int(os.environ.get("GATEWAY_WORKERS", "1"))
    return {"worker_class": "gevent", "workers": workers, "worker_connections": 2000, "keepalive": 20} | any_engine()


def any_engine() -> dict[str, Any]:
    """What the gateway needs of gunicorn also under `python -m chassis api gateway`, which serves with threads.

    Whether a client came by https is believed of the proxies before us, and of nobody where there are none.
    """
    behind_proxies = os.environ.get("GATEWAY_TRUSTED_PROXIES", "0") not in ("", "0")
    allowed = "*" if behind_proxies else ""
    return {"post_worker_init": started, "worker_exit": stopped, "forwarded_allow_ips": allowed}


def started(worker: Any) -> None:
    """gunicorn's hook once a worker has its application."""
    runtime_of(worker).start()


def stopped(_server: Any, worker: Any) -> None:
    """gunicorn's hook when a worker ends in good order."""
    if getattr(worker, "wsgi", None) is not None:
        runtime_of(worker).stop()


def runtime_of(worker: Any) -> Runtime:
    """The runtime of the worker's application."""
    runtime: Runtime = worker.wsgi.extensions[RUNTIME]
    return runtime
