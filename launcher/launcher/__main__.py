"""./quintet COMMAND

  up [--detach]       start the platform, everything it needs included; Ctrl-C ends it
  down                end it, or what a killed one left behind
  status              every process and whether it is ready
  logs [name …] [-f]  what a service, a process, postgres or rabbitmq says (-f: and goes on saying)
  test [pytest …]     run every check and test on servers of its own; with arguments only pytest, with them
                      (--no-lint: all tests, without the checks of the code)
  demo                play the main journey on the running platform, with a customer list of 5,000 rows
  bench [--rows N]    what the platform does per second on this machine, beside its budget
  chaos [--seconds N] kill one process after the other while users work: is all as it was promised to them?
  migrate             bring the running platform's databases to the newest migration
  dead list|show|replay [service] …   the events that a service could not take
  keys rotate         encrypt all that contacts keeps encrypted with the newest of its keys
  job SERVICE JOB     start a job and follow it: job contacts tell-again tells all services of everybody again
  clock [set T | advance 3d | reset]  the time that the platform lives in
  docs [--check]      remake docs/events.md and every asyncapi.yaml from the contracts (--check: only say which)
  lock [--upgrade]    remake requirements/*.lock from the distributions' own pyproject.toml

Settings are environment variables:
"""

from __future__ import annotations

import importlib
import inspect
import sys
import textwrap

from launcher.errors import Refusal

# Imported when asked for: a command loads no more than it needs.
COMMANDS = {
    "up": "launcher.commands:up",
    "down": "launcher.commands:down",
    "status": "launcher.commands:status",
    "logs": "launcher.commands:show_logs",
    "migrate": "launcher.commands:migrate",
    "dead": "launcher.commands:dead",
    "keys": "launcher.commands:keys",
    "job": "launcher.commands:job",
    "clock": "launcher.commands:clock",
    "demo": "launcher.demo.play:demo",
    "bench": "launcher.trials:bench",
    "chaos": "launcher.trials:chaos",
    "test": "launcher.testing:run",
    "docs": "launcher.docs:run",
    "lock": "launcher.locks:run",
}


def main(arguments: list[str]) -> int:
    name, *rest = arguments or ["help"]
    if name not in COMMANDS:
        _help()
        return 0 if name in ("help", "--help", "-h") else 2
    module, function = COMMANDS[name].split(":")
    try:
        return int(getattr(importlib.import_module(module), function)(rest))
    except Refusal as refusal:
        print(f"quintet: {refusal}", file=sys.stderr)
        return 1
    except PermissionError as error:
        print(f"quintet: no permission for {error.filename}: run it as the user who started it", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # its output went to head or the like
        sys.stdout = None
        return 0


def _help() -> None:
    from launcher.settings import Settings

    print(f"{__doc__}\n{textwrap.indent(inspect.getdoc(Settings) or '', '  ')}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
