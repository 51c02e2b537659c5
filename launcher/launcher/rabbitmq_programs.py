"""Where RabbitMQ's programs are on this machine, and how to get them when they are not."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from launcher.errors import Refusal


@dataclass(frozen=True)
class Programs:
    """Paths of the programs a node needs, and what they need in their environment."""

    server: str  # rabbitmq-server, the script itself: Debian's wrapper of that name refuses ordinary users
    erl: str
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def erlang_folder(self) -> str:
        return str(Path(self.erl).parent)

    @property
    def epmd(self) -> str:
        return self._beside_erl("epmd")

    @property
    def erl_call(self) -> str:
        return self._beside_erl("erl_call")

    def _beside_erl(self, name: str) -> str:
        """Erlang's own folder has them; on PATH there may be links to some of them only."""
        home = Path(self.erl).resolve().parent
        places = [Path(self.erl).with_name(name), home / name, *sorted(home.parent.glob(f"**/bin/{name}"))]
        for place in places:
            if place.exists():
                return str(place)
        raise Refusal(f"Erlang at {home} has no {name}: install the whole of it (Debian: apt-get install erlang-base)")


def find_or_install() -> Programs:
    found = find()
    if found is None:
        raise Refusal("no RabbitMQ on this machine")
    return found


def find() -> Programs | None:
    """The RabbitMQ installed on this machine, by package or on PATH."""
    erl = shutil.which("erl") or _first("/usr/lib/erlang/bin/erl", "/opt/homebrew/bin/erl", "/usr/local/bin/erl")
    server = _newest("/usr/lib/rabbitmq/lib", "rabbitmq_server-*/sbin/rabbitmq-server") or shutil.which(
        "rabbitmq-server"
    )
    server = server or _first("/opt/homebrew/sbin/rabbitmq-server", "/usr/local/sbin/rabbitmq-server")
    return Programs(server, erl) if server and erl else None


def _newest(folder: str, pattern: str) -> str | None:
    found = sorted(Path(folder).glob(pattern))
    return str(found[-1]) if found else None


def _first(*paths: str) -> str | None:
    return next((path for path in paths if Path(path).exists()), None)
