"""Makes .venv: run by ./quintet with the machine's own Python, so standard library only.

Reads from standard input what the venv shall be made from and keeps it in .venv/made-from; ./quintet compares
the two and calls again when they differ. Every failure ends in one line that says what to do.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "launcher"))

from launcher import debian  # noqa: E402

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements" / "dev.lock"
STAMP = VENV / "made-from"
LOG = ROOT / ".venv.log"
REMEDY = f"install it (Debian, Ubuntu: apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv)"


def main() -> None:
    wanted = sys.stdin.read()
    with (ROOT / ".venv.lock").open("w") as guard:  # of two at once, the second waits
        fcntl.flock(guard, fcntl.LOCK_EX)
        if STAMP.exists() and STAMP.read_text() == wanted:
            return
        started = time.monotonic()
        if not usable():
            make_venv()
        if not STAMP.exists() or LOCK.read_text() not in STAMP.read_text():
            install()
        write_path_file()
        STAMP.write_text(wanted)
        say(f"the Python environment is ready ({time.monotonic() - started:.0f} s)")


def usable() -> bool:
    """Whether .venv has a Python that runs, is of this version and has pip; a moved one has not."""
    probe = "import pip, sys; print(*sys.version_info[:2], sys.prefix)"
    if not PYTHON.exists():
        return False
    found = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True)
    return found.stdout.strip() == f"{sys.version_info[0]} {sys.version_info[1]} {VENV}"


def make_venv() -> None:
    say(f"making .venv with Python {sys.version.split()[0]}")
    shutil.rmtree(VENV, ignore_errors=True)
    venv = [sys.executable, "-m", "venv", str(VENV)]
    if run_quietly([sys.executable, "-c", "import ensurepip, venv"]):
        run(venv, "could not make .venv")
    else:
        run([*venv, "--without-pip"], "could not make .venv")
        run([*pip_from_elsewhere(), "install", "--quiet", "pip"], "could not put pip into .venv")


def pip_from_elsewhere() -> list[str]:
    """Debian's Python lacks ensurepip: use this Python's own pip, or the one in a package of Debian's."""
    if run_quietly([sys.executable, "-m", "pip", "--version"]):
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    unpacked = VENV / "debian-pip"
    try:
        if debian.available():
            debian.unpack("python3-pip-whl", unpacked)
    except debian.FetchError as error:
        fail(f"this Python has no pip and apt-get gave none ({error}): {REMEDY}")
    wheels = sorted(unpacked.glob("usr/share/python-wheels/pip-*.whl"))
    if not wheels:
        fail(f"this Python has neither ensurepip nor pip: {REMEDY}")
    return [str(PYTHON), f"{wheels[-1]}/pip"]


def install() -> None:
    say("installing what requirements/dev.lock names (the first time takes about a minute)")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    run([*pip, "--no-deps", "--require-hashes", "-r", str(LOCK)], "could not install requirements/dev.lock")


def write_path_file() -> None:
    """Puts our distributions on the path where they stand, so that an edit needs no reinstall."""
    folders = [ROOT / "chassis", ROOT / "gateway", ROOT / "launcher", *sorted((ROOT / "services").glob("*/"))]
    site = run_for_output([str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    Path(site, "quintet.pth").write_text("".join(f"{folder}\n" for folder in folders))


def run(command: list[str], failure: str) -> None:
    if not run_quietly(command):
        tail = " | ".join(LOG.read_text(errors="replace").strip().splitlines()[-3:])
        fail(f"{failure}: {tail} (all of it in {LOG})")


def run_quietly(command: list[str]) -> bool:
    env = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    with LOG.open("wb") as log:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env)
    return done.returncode == 0


def run_for_output(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def say(text: str) -> None:
    print(f"quintet: {text}", file=sys.stderr, flush=True)


def fail(text: str) -> NoReturn:
    say(text)
    raise SystemExit(1)


if __name__ == "__main__":
    try:
        main()
    except PermissionError as error:
        fail(f"cannot write {error.filename}: run ./quintet as the user whose folder this is")
