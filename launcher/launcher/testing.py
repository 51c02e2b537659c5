"""`./quintet test`: everything that the tests need, from nothing, and nothing left afterwards.

Checks the code (ruff, mypy, import-linter) when the whole is tested, starts a PostgreSQL and a RabbitMQ of
its own in a temporary folder, and runs pytest, all tests in a process per core or those named in one process, with

    QUINTET_TEST_DATABASE_URL   the superuser's URL of that PostgreSQL, where tests make their databases
    AMQP_URL                    that RabbitMQ
    QUINTET_TEST_FOLDER         where tests may start servers of their own; emptied and ended afterwards
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from launcher.paths import ROOT
from launcher.postgres import EmbeddedPostgres
from launcher.processes import end_belonging_to, marked
from launcher.rabbitmq import PrivateBroker

PREFIX = "quintet-test-"
# A database of tests need not survive a power cut; every worker keeps some for each service. Each time that a table is
# emptied all buffers are looked through: the fewer, the better.
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "800",
    "shared_buffers": "128MB",
}
MOST_WORKERS = 4


def run(arguments: list[str]) -> int:
    """Runs the checks (unless tests are named or --no-lint is given) and pytest; returns the exit code."""
    lint = not arguments
    if "--no-lint" in arguments:
        arguments = [argument for argument in arguments if argument != "--no-lint"]
    if lint and not check_code():
        return 1
    if not arguments:
        arguments = ["-n", str(workers())]
    signal.signal(signal.SIGTERM, _interrupt)
    with servers() as environment:
        started = time.monotonic()
        code = _pytest(arguments, environment)
    print(f"quintet test: pytest took {time.monotonic() - started:.0f} s", flush=True)
    return code


def workers() -> int:
    """How many processes share the tests when all are run: one for each core, within reason."""
    return min(len(os.sched_getaffinity(0)), MOST_WORKERS)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def check_code() -> bool:
    """Format, lint, types and the walls between packages; all are run, so that one look shows all."""
    tools = {
        "ruff check": ["-m", "ruff", "check", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "."],
        "mypy": ["-m", "mypy", *_packages()],
        "import-linter": ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    }
    verdicts = [_passes(name, command) for name, command in tools.items()]
    return all(verdicts)


def _packages() -> list[str]:
    folders = [ROOT / "chassis", ROOT / "gateway", ROOT / "launcher", *sorted((ROOT / "services").glob("*"))]
    inner = (found.parent for folder in folders for found in folder.glob("*/__init__.py"))
    return [str(package.relative_to(ROOT)) for package in inner if package.name not in ("tests", "migrations")]


def _passes(name: str, command: list[str]) -> bool:
    started = time.monotonic()
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
    verdict = "ok" if done.returncode == 0 else "FAILED"
    print(f"quintet test: {name}: {verdict} ({time.monotonic() - started:.1f} s)", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """A PostgreSQL and a RabbitMQ for the length of the block; yields the environment that names them."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    folder.chmod(0o755)  # run by root, PostgreSQL lives in it as another user
    postgres, broker = EmbeddedPostgres(folder / "postgres", options=CARELESS), PrivateBroker(folder / "rabbitmq")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield _start(folder, postgres, broker)
        finally:
            broker.kill()
            postgres.kill()
            end_belonging_to(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, postgres: EmbeddedPostgres, broker: PrivateBroker) -> dict[str, str]:
    started = time.monotonic()
    given = os.environ.get("AMQP_URL")
    with ThreadPoolExecutor() as pool:
        starting = [pool.submit(postgres.start), *([] if given else [pool.submit(broker.start)])]
        for one in starting:
            one.result()
    print(f"quintet test: PostgreSQL and RabbitMQ are up ({time.monotonic() - started:.1f} s)", flush=True)
    return {
        "QUINTET_TEST_DATABASE_URL": postgres.url(),
        "AMQP_URL": given or broker.url(),
        "QUINTET_TEST_FOLDER": str(folder),
    }


def sweep() -> None:
    """Ends and removes what test runs that were killed left: folders whose lock nobody holds any more."""
    for folder in Path(tempfile.gettempdir()).resolve().glob(f"{PREFIX}*"):
        if folder.stat().st_uid != os.geteuid():
            continue
        with (folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            end_belonging_to(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    """Runs pytest as a child: Ctrl-C reaches it from the terminal, SIGTERM is passed on."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        f"--rootdir={ROOT}",
        f"--config-file={ROOT / 'pyproject.toml'}",
    ]
    if not any(Path(argument.split("::")[0]).exists() for argument in arguments):
        os.chdir(ROOT)
    folder = Path(environment["QUINTET_TEST_FOLDER"])
    temporary = folder / "tmp"  # swept with the rest, whatever happens
    command.append(f"--basetemp={temporary}")
    child = subprocess.Popen([*command, *arguments], env=marked(folder, **environment))

    def pass_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return child.wait()
