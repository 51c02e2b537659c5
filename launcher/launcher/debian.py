"""Programs out of Debian's and Ubuntu's packages without installing them: no root needed, no system changed.

Standard library only: launcher/bootstrap.py uses it before there is a .venv.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path


class FetchError(Exception):
    """apt-get or dpkg-deb could not do it; the text has its last words."""


def available() -> bool:
    """Whether this machine has Debian's tools."""
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def unpack(package: str, into: Path, only: tuple[str, ...] = ()) -> None:
    """Downloads `package` and what it needs that is missing here; unpacks all into the new folder `into`.

    `only` keeps of the packages it needs those whose names begin so. FetchError when it cannot be had.
    """
    draft = into.with_name(f"{into.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "packages").mkdir(parents=True)
    try:
        _download(package, (package, *only), draft / "packages")
        for archive in sorted((draft / "packages").glob("*.deb")):
            _run(["dpkg-deb", "-x", str(archive), str(draft)], draft)
        shutil.rmtree(draft / "packages")
        shutil.rmtree(into, ignore_errors=True)
        draft.rename(into)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _download(package: str, only: tuple[str, ...], folder: Path) -> None:
    """With the machine's package lists; where those are missing or too old, with fresh ones of our own."""
    lists = folder / "lists"
    own = ["-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={lists}/cache"]
    try:
        _run(["apt-get", "download", "-q", *_missing(package, only, [], folder)], folder)
    except FetchError:
        for part in (lists / "partial", lists / "cache/archives/partial"):
            part.mkdir(parents=True, exist_ok=True)
        _run(["apt-get", *own, "update", "-q"], folder)
        _run(["apt-get", *own, "download", "-q", *_missing(package, only, own, folder)], folder)


def _missing(package: str, only: tuple[str, ...], options: list[str], folder: Path) -> list[str]:
    """The packages that `apt-get install` would add, of those wanted."""
    command = ["apt-get", *options, "--simulate", "--no-install-recommends", "install", package]
    names = re.findall(r"^Inst (\S+)", _run(command, folder), re.MULTILINE)
    if wanted := [name for name in names if name.startswith(only)]:
        return wanted
    raise FetchError(f"apt-get would install nothing for {package}")


def _run(command: list[str], folder: Path) -> str:
    env = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", env=env, check=False,
    )  # fmt: skip
    if done.returncode:
        last = " | ".join(done.stdout.strip().splitlines()[-2:])
        raise FetchError(f"{' '.join(command[:2])}: {last}")
    return done.stdout
