"""Settings: frozen, typed, from the environment, with ALL that is wrong reported at once.

A service declares a frozen dataclass with `read(cls, env)`:

    @dataclass(frozen=True)
    class SalesSettings:
        dormant_after_days: int

        @classmethod
        def read(cls, env: Env) -> Self:
            return cls(dormant_after_days=env.int("SALES_DORMANT_AFTER_DAYS", 30, validate=positive))

    settings = load_settings(SalesSettings)
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, Self, TypeVar

from environs import Env, EnvValidationError
from marshmallow import ValidationError, validate

from chassis.service import Service
from chassis.zones import SETTING, zones

__all__ = ["BrokerSettings", "Env", "ServiceSettings", "SettingsError", "load_settings", "positive", "service_settings"]

positive = validate.Range(min=0, min_inclusive=False)


class SettingsError(Exception):
    """One or more settings are missing or wrong; the message has a line for each."""


class FromEnvironment(Protocol):
    """A settings class that reads itself from the environment."""

    @classmethod
    def read(cls, env: Env) -> Self: ...


S = TypeVar("S", bound=FromEnvironment)


def load_settings(settings: type[S]) -> S:
    """The settings as the environment gives them. SettingsError lists every variable that is missing or wrong."""
    env = Env(eager=False)
    loaded: S | None = None
    mistakes: list[str] = []
    try:
        loaded = settings.read(env)
    except Exception as error:  # a default's computation may trip over a value that was refused
        mistakes = [str(error)]
    try:
        env.seal()
    except EnvValidationError as error:
        found: Any = error.error_messages
        mistakes = [f"{name}: {' '.join(texts)}" for name, texts in found.items()]
    if mistakes or loaded is None:
        raise SettingsError("\n".join(mistakes))
    return loaded


@dataclass(frozen=True)
class BrokerSettings:
    """Where the broker is, and what the queues in it are like."""

    amqp_url: str
    retry_delays: tuple[float, ...]
    stream_max_age: str

    @classmethod
    def read(cls, env: Env) -> BrokerSettings:
        """From `AMQP_URL`, `QUINTET_RETRY_DELAYS` (seconds) and `QUINTET_STREAM_MAX_AGE`."""
        return BrokerSettings(
            amqp_url=env.str("AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/"),
            retry_delays=tuple(env.list("QUINTET_RETRY_DELAYS", [1, 10, 60, 600], subcast=float)),
            stream_max_age=env.str("QUINTET_STREAM_MAX_AGE", "30D"),
        )


@dataclass(frozen=True)
class ServiceSettings(BrokerSettings):
    """What every process of a service needs, whatever the service."""

    database_url: str
    bind: str
    health_bind: str
    pool_size: int
    time_zone: str


def service_settings(service: Service) -> ServiceSettings:
    """The settings of `service`, from variables with its prefix and the shared ones."""
    return _service_settings(service)


@lru_cache
def _service_settings(service: Service) -> ServiceSettings:
    prefix = service.env_prefix

    @dataclass(frozen=True)
    class Read(ServiceSettings):
        @classmethod
        def read(cls, env: Env) -> Self:
            return cls(
                **vars(BrokerSettings.read(env)),
                database_url=driver_url(env.str(f"{prefix}_DATABASE_URL")),
                bind=env.str(f"{prefix}_BIND", "127.0.0.1:8080"),
                health_bind=env.str(f"{prefix}_HEALTH_BIND", ""),
                pool_size=env.int("QUINTET_POOL_SIZE", 8, validate=positive),
                time_zone=env.str(SETTING, "", validate=_is_zone),
            )

    return load_settings(Read)


def _is_zone(name: str) -> None:
    if name and name not in zones():
        raise ValidationError("Name an IANA time zone, such as Europe/Berlin.")


def jwks_location() -> str:
    """Where the keys are that verify access tokens: `QUINTET_JWKS`, a URL or a file; default the gateway's."""
    return os.environ.get("QUINTET_JWKS") or "http://127.0.0.1:8000/.well-known/jwks.json"


def driver_url(url: str | None) -> str:
    """A `postgresql://` URL with the driver that the platform uses (psycopg 3) named."""
    for plain in ("postgresql://", "postgres://"):
        if url and url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url or ""
