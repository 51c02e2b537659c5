"""The image's recipe: what goes in, and what must not stay in."""

import re
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def stages(root: Path) -> list[str]:
    """The stages of the Dockerfile, comments left out."""
    text = re.sub(r"(?m)^#.*\n", "", (root / "deploy/image/Dockerfile").read_text()).replace("\\\n", " ")
    return re.split(r"(?m)^(?=FROM )", text)[1:]


def test_it_ends_as_a_user_that_is_not_root(stages: list[str]) -> None:
    assert re.findall(r"(?m)^USER (.+)$", stages[-1]) == ["10001:10001"]


def test_only_what_the_lock_names_by_hash_is_installed(stages: list[str], root: Path) -> None:
    assert "--require-hashes" in stages[0]
    assert "--only-binary :all:" in stages[0]
    assert not re.search(r"(?m)^RUN .*pip (install|wheel)", stages[-1])
    lock = (root / "requirements/runtime.lock").read_text().replace("\\\n", " ")
    requirements = [line for line in lock.splitlines() if re.match(r"[\w.-]+\s*(\[.*\])?==", line)]
    assert requirements
    assert [line.split()[0] for line in requirements if "--hash=sha256:" not in line] == []


def test_pip_does_not_stay(stages: list[str]) -> None:
    assert "venv --without-pip /opt/quintet/venv" in stages[0]
    assert re.search(r"(?m)^RUN rm -rf .*site-packages/pip\*", stages[-1])


def test_what_is_copied_is_there_and_not_kept_out(stages: list[str], root: Path) -> None:
    ignored = (root / ".dockerignore").read_text().splitlines()
    let_in = [line[1:] for line in ignored if line.startswith("!")]
    copied = [source for stage in stages for source in re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", stage)]
    for source in " ".join(copied).split():
        assert (root / source).exists(), source
        assert any(source == entry or source.startswith(entry + "/") for entry in let_in), source


def test_its_scripts_can_be_run(root: Path) -> None:
    for name in ("with-secrets", "healthy", "make-secrets"):
        path = root / "deploy/image" / name
        assert path.stat().st_mode & 0o111, name
        assert path.read_text().startswith(("#!/bin/sh\n", "#!/opt/quintet/venv/bin/python -I")), name
