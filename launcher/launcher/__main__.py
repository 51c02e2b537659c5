"""./quintet COMMAND

test [pytest arguments]   run every check and test on servers of its own (with arguments: only pytest, with
                          them; --no-lint: no checks of the code)
lock [--upgrade]          remake requirements/*.lock from the distributions' own pyproject.toml
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from launcher.errors import Refusal


def _test(arguments: list[str]) -> int:
    from launcher import testing

    return testing.run(arguments)


def _lock(arguments: list[str]) -> int:
    from launcher import locks

    return locks.run(arguments)


COMMANDS: dict[str, Callable[[list[str]], int]] = {"test": _test, "lock": _lock}


def main(arguments: list[str]) -> int:
    command = COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        print(__doc__)
        return 0 if arguments[:1] in ([], ["help"], ["--help"], ["-h"]) else 2
    try:
        return command(arguments[1:])
    except Refusal as refusal:
        print(f"quintet: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
