import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SERVICES = ("gateway", "contacts", "sales", "service-desk", "marketing", "reporting")
OVERLAYS = sorted(path.name for path in (ROOT / "deploy/kubernetes/overlays").iterdir())


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def procfile() -> dict[str, list[str]]:
    """The words of each process's command, by its name."""
    lines = re.findall(r"^([\w-]+): (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE)
    return {name: command.split() for name, command in lines}


@pytest.fixture(scope="session")
def read_by_code() -> Any:
    """Tells whether a variable of the environment is read by the code, literally or by a service's prefix."""
    folders = [ROOT / "chassis/chassis", ROOT / "gateway/gateway", *ROOT.glob("services/*/*/")]
    source = "\n".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))
    literals = set(re.findall(r"""["']([A-Z][A-Z0-9]*_[A-Z0-9_]+)["']""", source))
    suffixes = set(re.findall(r"\}_([A-Z][A-Z_]+)[\"']", source))
    prefixes = [service.replace("-", "_").upper() for service in SERVICES]
    by_prefix = {f"{prefix}_{suffix}" for prefix in prefixes for suffix in suffixes}
    return (literals | by_prefix).__contains__


@pytest.fixture(scope="session", params=OVERLAYS)
def manifests(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """What an overlay renders to."""
    return render(request.param)


@pytest.fixture(scope="session")
def production() -> list[dict[str, Any]]:
    return render("production")


@cache
def render(overlay: str) -> list[dict[str, Any]]:
    tool = [shutil.which("kubectl"), "kustomize"] if shutil.which("kubectl") else [shutil.which("kustomize"), "build"]
    if tool[0] is None:
        pytest.skip("neither kubectl nor kustomize is installed: the overlays cannot be rendered")
    folder = ROOT / "deploy/kubernetes/overlays" / overlay
    text = subprocess.run([*tool, str(folder)], check=True, capture_output=True, text=True).stdout
    return [document for document in yaml.safe_load_all(text) if document]
