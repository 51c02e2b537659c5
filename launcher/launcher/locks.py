"""`./quintet lock`: makes requirements/*.lock from what each distribution's own pyproject.toml asks for.

`runtime.lock` is what images install; `dev.lock` adds the launcher's needs and those of requirements/dev.in.
Both hold for every platform and Python from 3.11 on, with hashes, and name no index.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from launcher.errors import Refusal
from launcher.paths import ROOT

LOCKS = ROOT / "requirements"
OURS = "quintet-"


def run(arguments: list[str]) -> int:
    """Keeps the versions locked before where they still fit; `--upgrade` takes the newest of all."""
    services = sorted((ROOT / "services").glob("*/pyproject.toml"))
    runtime = _needs([ROOT / "chassis/pyproject.toml", ROOT / "gateway/pyproject.toml", *services])
    development = _needs([ROOT / "launcher/pyproject.toml"]) + (LOCKS / "dev.in").read_text().splitlines()
    _compile(runtime, LOCKS / "runtime.lock", arguments)
    _compile(runtime + development, LOCKS / "dev.lock", ["-c", "requirements/runtime.lock", *arguments])
    return 0


def _needs(manifests: list[Path]) -> list[str]:
    """The dependencies that the distributions declare, our own distributions left out."""
    declared = [need for manifest in manifests for need in _project(manifest).get("dependencies", [])]
    return sorted({need for need in declared if not need.startswith(OURS)})


def _project(manifest: Path) -> dict[str, list[str]]:
    return dict(tomllib.loads(manifest.read_text())["project"])


def _compile(needs: list[str], lock: Path, more: list[str]) -> None:
    command = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "compile",
        "-",
        "-o",
        str(lock.relative_to(ROOT)),
        "--quiet",
    ]
    command += ["--universal", "--python-version", "3.11", "--generate-hashes"]
    command += ["--no-header", "--no-annotate", *more]
    done = subprocess.run(command, input="\n".join(needs), cwd=ROOT, text=True)
    if done.returncode:
        raise Refusal(f"{lock.name} was not remade: the reason is above")
    print(f"quintet: {lock.relative_to(ROOT)}: {lock.read_text().count('==')} packages")
