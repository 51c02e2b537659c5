"""`/docs`: Swagger UI from its PyPI package, with a log-in of its own; nothing comes from elsewhere."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from flask import Flask, Response, send_from_directory
from werkzeug.exceptions import NotFound

OWN = Path(__file__).parent / "assets"
# Swagger UI sets styles on elements; scripts come from files only.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ASSETS = frozenset({"swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"})


def swagger_ui() -> Path:
    """The folder of Swagger UI's files. The package is only looked at, not run: it would set up a Flask blueprint."""
    spec = find_spec("flask_swagger_ui")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("flask-swagger-ui is not installed")
    return Path(spec.origin).parent / "dist"


def install_page(app: Flask) -> None:
    """Add `/docs` and its files."""
    packaged = swagger_ui()

    def docs() -> Response:
        return protected(send_from_directory(OWN, "docs.html"))

    def asset(name: str) -> Response:
        if name in ASSETS:
            return protected(send_from_directory(packaged, name, max_age=86400))
        if name in ("docs.js", "docs.css"):
            return protected(send_from_directory(OWN, name, max_age=60))
        raise NotFound()

    app.add_url_rule("/docs", "docs", docs)
    app.add_url_rule("/docs/<name>", "docs_asset", asset)


def protected(response: Response) -> Response:
    """With the headers that keep the page to itself."""
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
