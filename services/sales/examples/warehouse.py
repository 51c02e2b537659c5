"""A warehouse system in small: answers how many of each product are on hand, as sales asks (`SALES_STOCK_ADAPTER`).

    python examples/warehouse.py stock.csv --port 9000 --token secret

The file has a line per product, `code,on_hand`, and is read anew for every question. It needs Python alone.
"""

from __future__ import annotations

import argparse
import csv
import hmac
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


def serve(stock: Path, port: int, token: str) -> ThreadingHTTPServer:
    """A server of the levels in the file; port 0: any."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given = self.headers.get("Authorization", "")
            if token and not hmac.compare_digest(given, f"Bearer {token}"):
                self._answer(401, {"error": "This needs the token."})
                return
            asked = parse_qs(urlsplit(self.path).query).get("code", [])
            with stock.open(encoding="utf-8", newline="") as file:
                known = {row[0]: row[1] for row in csv.reader(file) if row}
            levels = [{"code": code, "on_hand": known[code]} for code in asked if code in known]
            self._answer(200, {"levels": levels})

        def _answer(self, status: int, body: dict[str, object]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description="A warehouse system in small.")
    parser.add_argument("stock", type=Path, help="a CSV file: code,on_hand")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--token", default="")
    options = parser.parse_args()
    server = serve(options.stock, options.port, options.token)
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}/\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
