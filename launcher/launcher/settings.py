"""What a user can set, all from the environment; everything that is wrong is said at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import Refusal
from launcher.paths import ROOT


def services() -> list[str]:
    """The five services by their folders, such as `service-desk`; the gateway is not among them."""
    return sorted(folder.parent.name for folder in (ROOT / "services").glob("*/pyproject.toml"))


def prefix(service: str) -> str:
    """How the variables of a service begin: `SERVICE_DESK` for `service-desk`."""
    return service.upper().replace("-", "_")


@dataclass(frozen=True)
class Settings:
    """
    QUINTET_PORT                               where the gateway answers on the loopback address (8000)
    QUINTET_DATA                               the folder of everything that is kept (.quintet in the checkout)
    QUINTET_ADMIN_EMAIL, QUINTET_ADMIN_PASSWORD  the first administrator (admin@example.com, a password is made)
    AMQP_URL                                   a RabbitMQ to use instead of a private one
    GATEWAY_DATABASE_URL, SALES_DATABASE_URL … a PostgreSQL database to use instead of the embedded one
    """

    port: int
    data: Path
    admin_email: str
    admin_password: str | None
    amqp_url: str | None
    database_urls: Mapping[str, str]  # by service, the gateway included; only those that are set

    @classmethod
    def read(cls) -> Settings:
        wrong: list[str] = []
        urls = {name: os.environ.get(f"{prefix(name)}_DATABASE_URL", "") for name in ["gateway", *services()]}
        settings = cls(
            port=_port(os.environ.get("QUINTET_PORT") or "8000", wrong),
            data=Path(os.environ.get("QUINTET_DATA") or ROOT / ".quintet").expanduser().resolve(),
            admin_email=_email(os.environ.get("QUINTET_ADMIN_EMAIL") or "admin@example.com", wrong),
            admin_password=_password(os.environ.get("QUINTET_ADMIN_PASSWORD") or None, wrong),
            amqp_url=_url("AMQP_URL", os.environ.get("AMQP_URL", ""), ("amqp://", "amqps://"), wrong) or None,
            database_urls={
                name: _url(f"{prefix(name)}_DATABASE_URL", url, ("postgresql://", "postgres://"), wrong)
                for name, url in urls.items()
                if url
            },
        )
        if wrong:
            raise Refusal("; ".join(wrong))
        return settings

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def _port(text: str, wrong: list[str]) -> int:
    if text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    wrong.append(f"QUINTET_PORT must be a number from 1 to 65535, not {text!r}")
    return 0


def _email(text: str, wrong: list[str]) -> str:
    name, _, domain = text.rpartition("@")
    if not name or "." not in domain:
        wrong.append(f"QUINTET_ADMIN_EMAIL must be an e-mail address, not {text!r}")
    return text


def _password(text: str | None, wrong: list[str]) -> str | None:
    if text is not None and len(text) < 10:
        wrong.append("QUINTET_ADMIN_PASSWORD must have at least 10 characters")
    return text


def _url(name: str, text: str, schemes: tuple[str, ...], wrong: list[str]) -> str:
    if text and not text.startswith(schemes):
        wrong.append(f"{name} must begin with {' or '.join(schemes)}")
    return text
