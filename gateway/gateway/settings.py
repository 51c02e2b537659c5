"""What the environment tells the gateway."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from limits import RateLimitItem
from marshmallow import ValidationError, validate

from chassis.settings import Env, positive
from gateway.edge.body import Caps
from gateway.edge.rate import parse_limit
from gateway.edge.upstream import Limits, Upstream

MIB = 1024 * 1024
not_negative = validate.Range(min=0)

# Where each service answers on one machine, unless `<SERVICE>_URL` says otherwise.
PORTS = {"contacts": 8001, "sales": 8002, "service-desk": 8003, "marketing": 8004, "reporting": 8005}


@dataclass(frozen=True)
class GatewaySettings:
    """Times are in seconds, sizes in bytes. README.md has the table of variables."""

    signing_keys: Path
    access_ttl: int
    refresh_ttl: int
    session_ttl: int
    free_attempts: int
    longest_lock: int
    password_min: int
    caps: Caps
    trusted_proxies: int
    rates: Mapping[str, RateLimitItem | None]
    rate_storage: str
    upstreams: Mapping[str, Upstream]
    audit_spool: Path
    audit_keep_days: int
    docs_cache: float

    @classmethod
    def read(cls, env: Env) -> Self:
        limits = Limits(
            connect_timeout=env.float("GATEWAY_CONNECT_TIMEOUT", 2.0, validate=positive),
            timeout=env.float("GATEWAY_TIMEOUT", 30.0, validate=positive),
            concurrent=env.int("GATEWAY_UPSTREAM_CONCURRENT", 256, validate=positive),
        )
        return cls(
            signing_keys=env.path("QUINTET_SIGNING_KEYS"),
            access_ttl=env.int("GATEWAY_ACCESS_TTL", 600, validate=positive),
            refresh_ttl=env.int("GATEWAY_REFRESH_TTL", 14 * 86400, validate=positive),
            session_ttl=env.int("GATEWAY_SESSION_TTL", 30 * 86400, validate=positive),
            free_attempts=env.int("GATEWAY_LOGIN_FREE_ATTEMPTS", 5, validate=positive),
            longest_lock=env.int("GATEWAY_LOGIN_LONGEST_LOCK", 900, validate=positive),
            password_min=env.int("GATEWAY_PASSWORD_MIN", 10, validate=validate.Range(min=8)),
            caps=Caps(
                max_bytes=env.int("GATEWAY_MAX_BODY", 256 * MIB, validate=positive),
                seconds=env.float("GATEWAY_CLIENT_TIMEOUT", 30.0, validate=positive),
            ),
            trusted_proxies=env.int("GATEWAY_TRUSTED_PROXIES", 0, validate=not_negative),
            rates=_rates(env),
            rate_storage=env.str("GATEWAY_RATE_STORAGE", "memory://"),
            upstreams=_upstreams(env, limits),
            audit_spool=Path(env.str("GATEWAY_AUDIT_SPOOL", "") or _spool_folder()),
            audit_keep_days=env.int("GATEWAY_AUDIT_KEEP_DAYS", 730, validate=not_negative),
            docs_cache=env.float("GATEWAY_DOCS_CACHE", 15.0, validate=not_negative),
        )


# Generous for people and machines that work, tight where guessing would pay.
RATES = {
    "user": "6000/minute",
    "client": "12000/minute",
    "anonymous": "600/minute",
    "public": "120/minute",
    "login": "60/minute",
}


def _rates(env: Env) -> dict[str, RateLimitItem | None]:
    texts = {
        bucket: env.str(f"GATEWAY_RATE_{bucket.upper()}", usual, validate=_is_limit) for bucket, usual in RATES.items()
    }
    return {bucket: parse_limit(text) for bucket, text in texts.items() if text}


def _is_limit(text: str) -> None:
    try:
        parse_limit(text)
    except ValueError as error:
        raise ValidationError("Write a limit as 600/minute or 10/second, or off.") from error


def _upstreams(env: Env, limits: Limits) -> dict[str, Upstream]:
    urls = {
        name: env.str(_url_variable(name), f"http://127.0.0.1:{port}", validate=_is_address)
        for name, port in PORTS.items()
    }
    return {name: Upstream(name, url, limits) for name, url in urls.items() if url}


def _url_variable(service: str) -> str:
    return f"{service.replace('-', '_').upper()}_URL"


def _is_address(url: str) -> None:
    try:
        Upstream("service", url)
    except ValueError as error:
        raise ValidationError("Write an address as http://host:port.") from error


def _spool_folder() -> str:
    """Where nothing is said: with the platform's data, else a temporary folder of this database's own."""
    if data := os.environ.get("QUINTET_DATA"):
        return str(Path(data) / "gateway" / "audit")
    database = hashlib.sha256(os.environ.get("GATEWAY_DATABASE_URL", "").encode()).hexdigest()[:12]
    return str(Path(tempfile.gettempdir()) / f"quintet-audit-{os.geteuid()}-{database}")
