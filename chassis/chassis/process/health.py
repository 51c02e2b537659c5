"""The HTTP door of a process that has no other: /livez, /readyz and /metrics for worker, relay and jobs."""

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Check = Callable[[], str | None]


class Health(ThreadingHTTPServer):
    """Serves in the background until `close()`. A check returns None when all is well, else what is wrong."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, bind: str, ready: Mapping[str, Check], alive: Mapping[str, Check] | None = None) -> None:
        host, _, port = bind.rpartition(":")
        self.checks = {"/readyz": ready, "/livez": alive or {}}
        super().__init__((host.strip("[]"), int(port)), _Handler)
        threading.Thread(target=self.serve_forever, name="health", daemon=True).start()

    @property
    def port(self) -> int:
        """The port it listens on, for a bind to port 0."""
        return self.server_address[1]

    def close(self) -> None:
        """Stop serving."""
        self.shutdown()
        self.server_close()


def serve_health(bind: str, ready: Mapping[str, Check], alive: Mapping[str, Check] | None = None) -> Health | None:
    """Start serving on `bind` ("host:port"); nothing where it is empty."""
    return Health(bind, ready, alive) if bind else None


class _Handler(BaseHTTPRequestHandler):
    server: Health

    def do_GET(self) -> None:
        if self.path == "/metrics":
            self._answer(200, CONTENT_TYPE_LATEST, generate_latest())
        elif (checks := self.server.checks.get(self.path)) is not None:
            found = {name: check() for name, check in checks.items()}
            wrong = any(found.values())
            body = {
                "status": "unavailable" if wrong else "ok",
                "checks": {n: f or "ok" for n, f in found.items()},
            }
            self._answer(503 if wrong else 200, "application/json", json.dumps(body).encode())
        else:
            self._answer(404, "text/plain", b"not found\n")

    def _answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Probes come every few seconds; they are not worth a line."""
