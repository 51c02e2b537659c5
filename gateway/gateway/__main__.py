"""`python -m gateway api | keys new | bootstrap`: the gateway's processes and chores.

api                                   serve
keys new [--folder F] [--if-none]     make a signing key; the newest signs, all verify
bootstrap [--demo --password P]       built-in roles and the first administrator; demo users
"""

from __future__ import annotations

import sys

if sys.argv[1:2] == ["api"]:
    # Before anything else is imported: psycopg chooses how to wait when it is loaded.
    from gevent import monkey

    monkey.patch_all()

import argparse
import json
import os
from pathlib import Path

from chassis.logs import configure_logs
from chassis.settings import SettingsError
from gateway.tokens.keys import NoKeys, new_key


def main() -> int:
    """2 where the settings are wrong."""
    arguments = parser().parse_args()
    configure_logs(f"gateway-{arguments.command}")
    try:
        if arguments.command == "api":
            from gateway.serve import serve

            serve()
        elif arguments.command == "keys":
            return make_key(arguments.folder, only_if_none=arguments.if_none)
        else:
            from gateway.bootstrap import bootstrap

            for made in bootstrap(demo=arguments.demo, demo_password=arguments.password):
                sys.stdout.write(json.dumps(made, ensure_ascii=False) + "\n")
    except (SettingsError, NoKeys, PermissionError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m gateway", description="The gateway's processes and chores.")
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("api", help="serve")
    keys = commands.add_parser("keys", help="signing keys")
    keys.add_argument("what", choices=("new",))
    keys.add_argument("--folder", type=Path, help="instead of QUINTET_SIGNING_KEYS")
    keys.add_argument("--if-none", action="store_true", help="only where the folder has none")
    boot = commands.add_parser("bootstrap", help="built-in roles and the first administrator")
    boot.add_argument("--demo", action="store_true", help="demo users too, one for each role")
    boot.add_argument("--password", default=None, help="of the demo users; left out, one is made up")
    return top


def make_key(folder: Path | None, *, only_if_none: bool) -> int:
    """Make a key and say where it is."""
    folder = folder or (Path(os.environ["QUINTET_SIGNING_KEYS"]) if "QUINTET_SIGNING_KEYS" in os.environ else None)
    if folder is None:
        sys.stderr.write("QUINTET_SIGNING_KEYS: name the folder of the signing keys\n")
        return 2
    if not (only_if_none and any(folder.glob("*.pem"))):
        sys.stdout.write(f"{new_key(folder)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
