"""The process `python -m chassis api <service>`: the service's Flask application on gunicorn."""

from __future__ import annotations

import os
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from chassis.process.threads import Worker
from chassis.service import Service
from chassis.settings import service_settings


class Server(BaseApplication):
    """gunicorn with its configuration from us; each worker makes an application, and so a pool, of its own."""

    def __init__(self, service: Service, options: dict[str, Any]) -> None:
        self._service, self._options = service, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        create_app = self._service.part("app", "create_app")
        app: Flask = create_app()
        return app


def run(service: Service, options: dict[str, Any] | None = None) -> None:
    """Serve until SIGTERM: stop taking, finish what is under way, close.

    `QUINTET_API_WORKERS` (1) processes of `QUINTET_API_THREADS` (8) threads each. `options` are gunicorn settings that
    take precedence.
    """
    settings = service_settings(service)
    defaults: dict[str, Any] = {
        "bind": settings.bind,
        "worker_class": Worker,
        "workers": int(os.environ.get("QUINTET_API_WORKERS", "1")),
        "threads": int(os.environ.get("QUINTET_API_THREADS", "8")),
        "limit_request_line": 8190,  # a filter may name two hundred ids
        "keepalive": 75,
        "timeout": 60,
        "graceful_timeout": 25,
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108, PTH112
        "proc_name": f"quintet-{service.name}-api",
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    Server(service, defaults | (options or {})).run()
