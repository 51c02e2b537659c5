"""Where RabbitMQ's programs are on this machine, and how to get them when they are not.

On Debian and Ubuntu its packages are fetched with apt-get and unpacked into .venv, not installed: that needs
no root, starts no broker of the system's, and goes when .venv goes. On macOS Homebrew installs them.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from launcher import debian
from launcher.errors import Refusal
from launcher.paths import ROOT

UNPACKED = ROOT / ".venv" / "rabbitmq"
ELSEWHERE = (
    "install it (rabbitmq-server 3.10 or newer), or start one "
    "(docker run -d -p 5672:5672 rabbitmq:4) and set AMQP_URL=amqp://guest:guest@127.0.0.1:5672/"
)


@dataclass(frozen=True)
class Programs:
    """Paths of the programs a node needs, and what they need in their environment."""

    server: str  # the script rabbitmq-server itself: Debian's wrapper of that name refuses ordinary users
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
        """Erlang's own folder has them all; on PATH there may be links to some of them only."""
        home = Path(self.erl).resolve().parent
        places = [Path(self.erl).with_name(name), home / name, *home.parent.glob(f"**/bin/{name}")]
        for place in places:
            if place.exists():
                return str(place)
        raise Refusal(f"Erlang at {home} has no {name}: install all of it (Debian: apt-get install erlang-base)")


def find_or_install() -> Programs:
    """The programs found on this machine; else fetched. Refusal when there is no way to get them here."""
    return _unpacked() or _installed() or _fetch()


def _unpacked(folder: Path = UNPACKED) -> Programs | None:
    """What an earlier run fetched."""
    server = _newest(folder, "usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server")
    if server is None:
        return None
    libraries = os.pathsep.join(str(path) for path in folder.glob("usr/lib/*-linux-*"))
    return Programs(server, str(folder / "usr/lib/erlang/bin/erl"), {"LD_LIBRARY_PATH": libraries})


def _installed() -> Programs | None:
    """What a package manager put here, on PATH or not."""
    brew = [Path("/opt/homebrew"), Path("/usr/local")]
    erl = shutil.which("erl") or _first(Path("/usr/lib/erlang/bin/erl"), *(path / "bin/erl" for path in brew))
    server = _newest(Path("/usr/lib/rabbitmq/lib"), "rabbitmq_server-*/sbin/rabbitmq-server")
    server = server or shutil.which("rabbitmq-server")
    server = server or _first(*(path / "sbin/rabbitmq-server" for path in brew))
    return Programs(server, erl) if server and erl else None


def _newest(folder: Path, pattern: str) -> str | None:
    found = sorted(folder.glob(pattern))
    return str(found[-1]) if found else None


def _first(*paths: Path) -> str | None:
    return next((str(path) for path in paths if path.exists()), None)


def _fetch() -> Programs:
    if sys.platform == "linux" and debian.available():
        UNPACKED.parent.mkdir(parents=True, exist_ok=True)
        with UNPACKED.with_suffix(".lock").open("w") as guard:  # of two first starts, the second waits
            fcntl.flock(guard, fcntl.LOCK_EX)
            if found := _unpacked():
                return found
            _say("fetching RabbitMQ's packages with apt-get (about 20 s, once)")
            return _with_apt(UNPACKED)
    if shutil.which("brew"):
        _say("installing RabbitMQ with brew (once)")
        subprocess.run(["brew", "install", "--quiet", "rabbitmq"], check=False)
        if found := _installed():
            return found
        raise Refusal(f"brew could not install rabbitmq (the reason is above): {ELSEWHERE}")
    raise Refusal(f"there is no RabbitMQ and no apt-get or brew to get it with: {ELSEWHERE}")


def _with_apt(folder: Path) -> Programs:
    """RabbitMQ, Erlang and the libraries that are missing here, unpacked into `folder`."""
    try:
        debian.unpack("rabbitmq-server", folder, only=("erlang", "lib"))
    except debian.FetchError as error:
        raise Refusal(f"RabbitMQ could not be fetched ({error}): {ELSEWHERE}") from error
    for script in folder.glob("usr/lib/erlang/**/bin/erl"):  # it names the place that Erlang was built for
        script.write_text(re.sub(r"ROOTDIR=/usr/lib/erlang", f"ROOTDIR='{folder}/usr/lib/erlang'", script.read_text()))
    if found := _unpacked(folder):
        return found
    raise Refusal(f"Debian's packages of RabbitMQ are not as expected in {folder}: {ELSEWHERE}")


def _say(text: str) -> None:
    print(f"quintet: {text}", file=sys.stderr, flush=True)
