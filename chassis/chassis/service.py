"""What a service is called, and every name that follows from it."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Service:
    """One service of the platform.

    `name` is how it is called in URLs, queues and settings (`service-desk`); `package` is its Python package
    (`service_desk`). Beside the package's folder lie `migrations/` and `contracts/`. `prefix` is where its routes
    begin, if not at `/api/v1/<name>`.
    """

    name: str
    package: str
    prefix: str | None = None

    @property
    def env_prefix(self) -> str:
        """Prefix of its environment variables: `SERVICE_DESK`."""
        return self.name.replace("-", "_").upper()

    @property
    def exchange(self) -> str:
        """The topic exchange it publishes to, named as nameko names it: `sales.events`."""
        return f"{self.name}.events"

    @property
    def inbox(self) -> str:
        """The one queue that it hears from: `sales.inbox`."""
        return f"{self.name}.inbox"

    @property
    def source(self) -> str:
        """The CloudEvents `source` of its events: `/sales`."""
        return f"/{self.name}"

    @property
    def url_prefix(self) -> str:
        """Where its HTTP routes begin: `/api/v1/sales`."""
        return self.prefix or f"/api/v1/{self.name}"

    @cached_property
    def root(self) -> Path:
        """The folder that holds `migrations/` and `contracts/`, also where the package is installed as a wheel."""
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            raise LookupError(f"service {self.name}: no package {self.package} on the path")
        package = Path(spec.origin).parent
        return package if (package / "contracts").is_dir() else package.parent

    def part(self, module: str, attribute: str) -> Any:
        """An attribute of one of its modules, by convention: `part("app", "create_app")`."""
        return getattr(import_module(f"{self.package}.{module}"), attribute)


def find_service(name: str) -> Service:
    """The SERVICE that `name` (or its package) declares in its `base.py`. LookupError where there is none."""
    package = name.replace("-", "_")
    if importlib.util.find_spec(package) is None:
        raise LookupError(f"no service named {name}")
    service: Service = import_module(f"{package}.base").SERVICE
    return service
