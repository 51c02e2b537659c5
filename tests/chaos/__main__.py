"""`./quintet chaos`: users work, processes are killed, and what was promised to the users is to be true in the end.

It starts a platform of its own, so that yours stays as it is. The order of what is killed goes by the seed; what meets
what goes by the machine.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

from insistent import Insistent
from killer import Killer
from truth import Truth
from users import Promised, User

from launcher.demo.client import Client
from launcher.demo.journey import Journey
from launcher.temporary import temporary_platform


def main() -> int:
    """Start, torment, wait for rest, tell. 1 where something is not as it was promised."""
    parser = argparse.ArgumentParser(prog="./quintet chaos", description=__doc__)
    parser.add_argument("--seconds", type=int, default=120, help="how long users work and processes die (120)")
    parser.add_argument("--users", type=int, default=4, help="how many users work at once (4)")
    parser.add_argument("--seed", type=int, default=1, help="settles what is killed and what is entered (1)")
    options = parser.parse_args()
    settings = {f"GATEWAY_RATE_{bucket}": "" for bucket in ("USER", "ANONYMOUS", "PUBLIC", "LOGIN")}
    with tempfile.TemporaryDirectory(prefix="quintet-chaos-") as name:
        folder = Path(name)
        with temporary_platform(folder, GATEWAY_ACCESS_TTL="86400", **settings) as environment:
            wrong = _torment(folder, environment, options)
    _say(*wrong or ["Everything is as it was promised."])
    return 1 if wrong else 0


def _torment(folder: Path, environment: dict[str, str], options: argparse.Namespace) -> list[str]:
    state = json.loads((folder / "state.json").read_text())
    admin = Client(state["url"]).log_in(
        state["environment"]["QUINTET_ADMIN_EMAIL"], state["environment"]["QUINTET_ADMIN_PASSWORD"]
    )
    form = Journey(admin, Client(state["url"])).prepare_campaign()["key"]
    faults: list[str] = []
    token = str(admin.session.headers["Authorization"]).removeprefix("Bearer ")
    staff, public = Insistent(state["url"], token, faults), Insistent(state["url"], None, faults)
    promised, killer = Promised(), Killer(folder, options.seed)
    over = time.monotonic() + options.seconds

    def live(number: int) -> None:
        try:
            User(options.seed * 1000 + number, staff, public, form, promised).work(over)
        except Exception as error:  # whatever it is, it is what a user met
            faults.append(f"user {number}: {type(error).__name__}: {error}")

    users = [threading.Thread(target=live, args=(number,)) for number in range(options.users)]
    killer.start()
    for user in users:
        user.start()
    for user in users:
        user.join()
    killer.stop()
    _say(f"killed: {dict(killer.killed)}; asked again {staff.asked_again + public.asked_again} times")
    _say(f"promised: {', '.join(f'{len(kept)} {name}' for name, kept in vars(promised).items())}")
    _say(*(f"a user met {fault}" for fault in faults))
    began = time.monotonic()
    wrong = [*faults, *Truth(state, staff, promised, _say).broken(environment)]
    _say(f"at rest {time.monotonic() - began:.0f} s after the last kill")
    return wrong


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
