"""docker-compose.yml against the Procfile, the image's scripts and the code."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

Compose = dict[str, Any]


@pytest.fixture(scope="module")
def compose(root: Path) -> Compose:
    loaded: Compose = yaml.safe_load((root / "docker-compose.yml").read_text())
    return loaded


@pytest.fixture(scope="module")
def processes(compose: Compose, procfile: dict[str, list[str]]) -> dict[str, Compose]:
    return {name: compose["services"][name] for name in procfile}


def service_of(words: list[str]) -> str:
    """`python -m chassis worker sales` is of sales, `python -m gateway api` of the gateway."""
    return words[-1] if words[2] == "chassis" else words[2]


def test_every_process_of_the_procfile_runs_by_its_command(
    processes: dict[str, Compose], procfile: dict[str, list[str]]
) -> None:
    assert {name: process["command"] for name, process in processes.items()} == procfile


def test_beside_them_there_is_only_what_they_stand_on(compose: Compose, procfile: dict[str, list[str]]) -> None:
    assert set(compose["services"]) - set(procfile) == {"secrets", "postgres", "rabbitmq", "mail", "migrate"}


def test_every_database_and_inbox_is_made_before_the_first_user(
    compose: Compose, procfile: dict[str, list[str]]
) -> None:
    script = compose["services"]["migrate"]["command"][-1].replace("\\\n", " ")
    services = {words[-1] for words in procfile.values() if words[2] == "chassis"}
    (migrated,) = re.findall(r"for service in (.+); do", script)
    (declared,) = re.findall(r"chassis topology (.+)", script)
    assert set(migrated.split()) == services
    assert set(declared.split()) == services - {"gateway"}
    assert script.index("chassis migrate") < script.index("chassis topology") < script.index("gateway bootstrap")


def test_what_a_service_waits_for_is_there_and_can_become_true(compose: Compose) -> None:
    services = compose["services"]
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[other], (name, other)
            else:
                assert how["condition"] == "service_completed_successfully"
                assert services[other].get("restart", "no") == "no", (name, other)


def test_what_runs_for_good_comes_back_and_is_watched(compose: Compose) -> None:
    for name, service in compose["services"].items():
        if name in ("secrets", "migrate"):
            continue
        assert service["restart"] == "unless-stopped", name
        assert "healthcheck" in service or name == "mail", name  # the mail catcher's image has one


def test_processes_may_no_more_than_they_need(processes: dict[str, Compose]) -> None:
    for name, process in processes.items():
        assert process["read_only"] is True, name
        assert process["cap_drop"] == ["ALL"], name
        assert process["security_opt"] == ["no-new-privileges:true"], name
        assert "user" not in process, name
        assert process["tmpfs"] == ["/tmp"], name


def test_a_process_sees_its_own_secrets_only(processes: dict[str, Compose], procfile: dict[str, list[str]]) -> None:
    for name, process in processes.items():
        mounted = [volume for volume in process["volumes"] if volume.startswith("secrets-")]
        assert mounted == [f"secrets-{service_of(procfile[name])}:/run/quintet:ro"], name


def test_volumes_are_declared_and_used(compose: Compose) -> None:
    used = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith("./")
    }
    assert used == set(compose["volumes"])


def test_files_lie_on_a_volume_that_their_api_and_sweeper_share(processes: dict[str, Compose]) -> None:
    mounting = {
        name
        for name, process in processes.items()
        if any(f"{service}:/var/lib/quintet" in process["volumes"] for service in ("contacts", "sales"))
    }
    assert mounting == {"contacts-api", "contacts-worker", "sales-api", "sales-worker"}
    for name in mounting:
        assert processes[name]["environment"]["QUINTET_FILES_FOLDER"].startswith("/var/lib/quintet/")


def test_files_that_are_mounted_are_there(compose: Compose, root: Path) -> None:
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            if volume.startswith("./"):
                assert (root / volume.split(":")[0]).is_file(), volume


def test_health_is_asked_where_the_process_listens(
    processes: dict[str, Compose], procfile: dict[str, list[str]]
) -> None:
    for name, process in processes.items():
        prefix = service_of(procfile[name]).replace("-", "_").upper()
        variable = f"{prefix}_BIND" if "api" in procfile[name] else f"{prefix}_HEALTH_BIND"
        port = process["environment"][variable].split(":")[1]
        path = "/readyz/self" if name == "gateway" else "/readyz"
        assert process["healthcheck"]["test"] == ["CMD", "healthy", port, path], name


def test_the_gateway_finds_every_service(processes: dict[str, Compose], procfile: dict[str, list[str]]) -> None:
    given = processes["gateway"]["environment"]
    for service in {service_of(words) for words in procfile.values()} - {"gateway"}:
        assert given[f"{service.replace('-', '_').upper()}_URL"] == f"http://{service}-api:8080"
        assert f"{service}-api" in processes
    assert given["QUINTET_JWKS"] == "http://gateway:8080/.well-known/jwks.json"


def test_every_setting_is_read_by_the_code(compose: Compose, read_by_code: Any) -> None:
    for name, service in compose["services"].items():
        if name not in ("postgres", "rabbitmq"):
            assert [variable for variable in service.get("environment", {}) if not read_by_code(variable)] == [], name


def test_no_secret_stands_in_the_file(root: Path) -> None:
    text = (root / "docker-compose.yml").read_text()
    assert re.findall(r"(?i)(?:password|secret|token|_key)\w*\s*[:=]\s*[\"']?[\w-]{6,}", text) == []
    assert "://" not in re.sub(r"http://(?:[a-z-]+:8080|127\.0\.0\.1)", "", text)


def test_ports_are_published_to_this_machine_alone_unless_told_otherwise(compose: Compose) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert len(ports) == 3
    assert all(port.startswith("${QUINTET_HOST:-127.0.0.1}:") for port in ports)


@pytest.fixture(scope="module")
def made(compose: Compose, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The volumes of `secrets` as folders, after it ran."""
    folder = tmp_path_factory.mktemp("secrets")
    for volume in compose["services"]["secrets"]["volumes"]:
        (folder / Path(volume.split(":")[1]).name).mkdir()
    subprocess.run([sys.executable, root / "deploy/image/make-secrets", folder], check=True)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_secrets_are_made_once(made: Path, root: Path) -> None:
    before = contents(made)
    subprocess.run([sys.executable, root / "deploy/image/make-secrets", made], check=True)
    assert contents(made) == before


def test_no_two_secrets_are_the_same_and_others_may_read_them(made: Path) -> None:
    passwords = re.findall(r"PASSWORD '(.+)'", (made / "postgres/10-roles.sql").read_text())
    assert len(passwords) == len(set(passwords)) == 6
    assert all(path.stat().st_mode & 0o004 for path in made.rglob("*") if path.is_file())
    (key,) = (made / "gateway/keys").glob("*.pem")
    assert key.read_text().startswith("-----BEGIN PRIVATE KEY-----")


@pytest.mark.parametrize("service", ["contacts", "service-desk"])
def test_a_process_gets_the_settings_that_were_made_for_it(made: Path, root: Path, service: str) -> None:
    environment = {"PATH": os.environ["PATH"], "QUINTET_SECRETS": str(made / service)}
    script = ["sh", str(root / "deploy/image/with-secrets"), "env"]
    lines = subprocess.run(script, env=environment, check=True, capture_output=True, text=True).stdout.splitlines()
    given = dict(line.split("=", 1) for line in lines)
    name = service.replace("-", "_")
    url = given[f"{name.upper()}_DATABASE_URL"]
    password = re.search(rf"CREATE ROLE {name} LOGIN PASSWORD '(.+)'", (made / "postgres/10-roles.sql").read_text())
    assert password
    assert url == f"postgresql://{name}:{password[1]}@postgres:5432/{name}"
    assert given["AMQP_URL"].endswith("@rabbitmq:5672/")


def test_without_secrets_a_process_starts_all_the_same(root: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "QUINTET_SECRETS": str(tmp_path / "nothing")}
    script = ["sh", str(root / "deploy/image/with-secrets"), "echo", "hello"]
    assert subprocess.run(script, env=environment, check=True, capture_output=True, text=True).stdout == "hello\n"
