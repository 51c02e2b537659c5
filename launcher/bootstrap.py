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

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements" / "dev.lock"
STAMP = VENV / "made-from"
LOG = ROOT / ".venv.log"


def main() -> None:
    wanted = sys.stdin.read()
    with open(ROOT / ".venv.lock", "w") as guard:  # two ./quintet at once: the second waits for the first's venv
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
    """Whether .venv has a Python that runs, is of this version and has pip (a moved or half-made one does not)."""
    probe = "import pip, sys; print(*sys.version_info[:2], sys.prefix)"
    if not PYTHON.exists():
        return False
    found = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True)
    return found.stdout.strip() == f"{sys.version_info[0]} {sys.version_info[1]} {VENV}"


def make_venv() -> None:
    say(f"making .venv with Python {sys.version.split()[0]}")
    shutil.rmtree(VENV, ignore_errors=True)
    if has_ensurepip() or install_ensurepip():
        run([sys.executable, "-m", "venv", str(VENV)], "could not make .venv")
    elif run_quietly([sys.executable, "-m", "pip", "--version"]):
        run([sys.executable, "-m", "venv", "--without-pip", str(VENV)], "could not make .venv")
        run(
            [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"],
            "could not put pip into .venv",
        )
    else:
        fail(f"this Python has no venv module: as root, apt-get install {venv_package()}, then try again")


def has_ensurepip() -> bool:
    return run_quietly([sys.executable, "-c", "import ensurepip, venv"])


def install_ensurepip() -> bool:
    """Debian and Ubuntu keep ensurepip in a package of its own; with root or a sudo that asks nothing we get it."""
    prefix = privileged()
    if prefix is None or not shutil.which("apt-get"):
        return False
    say(f"installing {venv_package()} with apt-get")
    install = [*prefix, "apt-get", "install", "-y", "-q", "--no-install-recommends", venv_package()]
    if not run_quietly(install):
        run_quietly([*prefix, "apt-get", "update", "-q"])
        run_quietly(install)
    return has_ensurepip()


def venv_package() -> str:
    return f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"


def privileged() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and run_quietly(["sudo", "-n", "true"]) else None


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
    env = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    with open(LOG, "wb") as log:
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env).returncode == 0


def run_for_output(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def say(text: str) -> None:
    print(f"quintet: {text}", file=sys.stderr, flush=True)


def fail(text: str) -> None:
    say(text)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
