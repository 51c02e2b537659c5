"""The Kubernetes manifests against their schemas, against each other and against the code."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from chassis.service import find_service

KUBERNETES = "1.33.0"
RAW = sorted((Path(__file__).parents[2] / "deploy/kubernetes").rglob("*.yaml"))
# KEDA's own schemas are in no package: the fields that are used here, from its documentation.
KEDA = {
    "ScaledObject": {
        "scaleTargetRef", "minReplicaCount", "maxReplicaCount", "pollingInterval", "cooldownPeriod", "triggers",
    },
    "TriggerAuthentication": {"secretTargetRef"},
}  # fmt: skip

Manifest = dict[str, Any]


def of(manifests: list[Manifest], *kinds: str) -> dict[str, Manifest]:
    return {m["metadata"]["name"]: m for m in manifests if m["kind"] in kinds}


def pods(manifests: list[Manifest]) -> dict[str, Manifest]:
    """The pod templates, by the name of their Deployment or Job."""
    return {name: m["spec"]["template"] for name, m in of(manifests, "Deployment", "Job").items()}


def container(pod: Manifest) -> Manifest:
    (only,) = pod["spec"]["containers"]
    return only


def selected(manifests: list[Manifest], selector: dict[str, str]) -> list[str]:
    chosen = selector.items()
    return [name for name, pod in pods(manifests).items() if chosen <= pod["metadata"]["labels"].items()]


def service_of(pod: Manifest) -> str:
    return str(pod["metadata"]["labels"]["app.kubernetes.io/name"])


def settings(manifests: list[Manifest]) -> dict[str, str]:
    (only,) = of(manifests, "ConfigMap").values()
    return dict(only["data"])


@pytest.fixture(scope="module")
def secrets(root: Path) -> dict[str, Manifest]:
    documents = yaml.safe_load_all((root / "deploy/kubernetes/secrets.example.yaml").read_text())
    return {d["metadata"]["name"]: d["stringData"] for d in documents}


@pytest.mark.parametrize("path", RAW, ids=lambda path: str(path).split("kubernetes/")[1])
def test_every_file_is_yaml_with_a_kind(path: Path) -> None:
    for document in yaml.safe_load_all(path.read_text()):
        assert document["apiVersion"]
        assert document["kind"]


def test_every_manifest_is_strictly_valid(manifests: list[Manifest]) -> None:
    for manifest in manifests:
        if manifest["apiVersion"].startswith("keda.sh/"):
            assert set(manifest["spec"]) <= KEDA[manifest["kind"]]
        else:
            kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


def test_the_deployments_are_the_processes_of_the_procfile(
    manifests: list[Manifest], procfile: dict[str, list[str]]
) -> None:
    expected = {("gateway-api" if name == "gateway" else name): words for name, words in procfile.items()}
    found = {}
    for name, manifest in of(manifests, "Deployment").items():
        pod = manifest["spec"]["template"]
        words = container(pod)["command"]
        found[name] = [service_of(pod) if word == "$(QUINTET_SERVICE)" else word for word in words]
    assert found == expected


def test_every_database_has_its_migration(manifests: list[Manifest]) -> None:
    jobs = {name: container(pod)["command"] for name, pod in pods(manifests).items() if name.endswith("-migrate")}
    services = {service_of(pod) for pod in pods(manifests).values()}
    assert set(jobs) == {f"{service}-migrate" for service in services}
    assert all(words[:4] == ["python", "-m", "chassis", "migrate"] for words in jobs.values())


def test_every_inbox_stands_before_the_first_user_is_told_of(manifests: list[Manifest]) -> None:
    (first,) = pods(manifests)["gateway-bootstrap"]["spec"]["initContainers"]
    services = {service_of(pod) for pod in pods(manifests).values()} - {"gateway"}
    assert first["command"][:4] == ["python", "-m", "chassis", "topology"]
    assert set(first["command"][4:]) == services


def test_names_are_unique_per_kind(manifests: list[Manifest]) -> None:
    names = [(m["kind"], m["metadata"]["name"]) for m in manifests]
    assert len(names) == len(set(names))
    assert {m["metadata"].get("namespace") for m in manifests if m["kind"] != "Namespace"} == {"quintet"}


def test_selectors_select_what_they_mean(manifests: list[Manifest]) -> None:
    for name, manifest in of(manifests, "Deployment").items():
        assert selected(manifests, manifest["spec"]["selector"]["matchLabels"]) == [name]
    for name, manifest in of(manifests, "Service").items():
        assert selected(manifests, manifest["spec"]["selector"]) == [name]
        (port,) = manifest["spec"]["ports"]
        ports = container(pods(manifests)[name])["ports"]
        assert port["targetPort"] in [p["name"] for p in ports]
    for manifest in manifests:
        if manifest["kind"] == "PodDisruptionBudget":
            assert selected(manifests, manifest["spec"]["selector"]["matchLabels"]) == [manifest["metadata"]["name"]]


def test_what_is_referred_to_is_there(manifests: list[Manifest], secrets: dict[str, Manifest]) -> None:
    configs = set(of(manifests, "ConfigMap"))
    for name, pod in pods(manifests).items():
        for source in container(pod)["envFrom"]:
            if "configMapRef" in source:
                assert source["configMapRef"]["name"] in configs, name
            else:
                assert source["secretRef"]["name"] in secrets, name
        volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
        assert {mount["name"] for mount in container(pod)["volumeMounts"]} == set(volumes), name
        for volume in volumes.values():
            assert volume.get("secret", {"secretName": "quintet-signing-keys"})["secretName"] in secrets, name


# What a service keeps secret beside its database and its broker: contacts encrypts what is sensitive.
OWN_SECRETS = {"contacts": ("CONTACTS_ENCRYPTION_KEYS", "CONTACTS_INDEX_KEY")}


def test_a_service_sees_its_own_secrets_only(manifests: list[Manifest], secrets: dict[str, Manifest]) -> None:
    for name, pod in pods(manifests).items():
        service = service_of(pod)
        own = [source["secretRef"]["name"] for source in container(pod)["envFrom"] if "secretRef" in source]
        first_admin = ["quintet-first-admin"] if name == "gateway-bootstrap" else []
        assert own == [f"quintet-{service}", *first_admin]
        prefix = service.replace("-", "_").upper()
        assert set(secrets[f"quintet-{service}"]) == {
            f"{prefix}_DATABASE_URL",
            "AMQP_URL",
            *OWN_SECRETS.get(service, ()),
        }


def test_every_setting_is_read_by_the_code(
    manifests: list[Manifest], secrets: dict[str, Manifest], read_by_code: Any
) -> None:
    names = set(settings(manifests)) | {n for name, s in secrets.items() if "keys" not in name for n in s}
    assert [name for name in sorted(names) if not read_by_code(name)] == []


def test_probes_and_ports_are_where_the_process_listens(manifests: list[Manifest]) -> None:
    given = settings(manifests)
    for name, manifest in of(manifests, "Deployment").items():
        pod = manifest["spec"]["template"]
        prefix = service_of(pod).replace("-", "_").upper()
        bind = given[f"{prefix}_BIND" if name.endswith("-api") else f"{prefix}_HEALTH_BIND"]
        (port,) = container(pod)["ports"]
        assert bind == f"0.0.0.0:{port['containerPort']}", name
        assert pod["metadata"]["annotations"]["prometheus.io/port"] == str(port["containerPort"])
        paths = {probe: container(pod)[f"{probe}Probe"]["httpGet"] for probe in ("startup", "readiness", "liveness")}
        assert {get["port"] for get in paths.values()} == {port["name"]}
        assert paths["readiness"]["path"] == ("/readyz/self" if name == "gateway-api" else "/readyz")
        assert (paths["startup"]["path"], paths["liveness"]["path"]) == ("/livez", "/livez")


def test_the_gateway_finds_every_service_and_they_its_keys(manifests: list[Manifest]) -> None:
    given = settings(manifests)
    services = of(manifests, "Service")
    for service in {service_of(pod) for pod in pods(manifests).values()} - {"gateway"}:
        port = services[f"{service}-api"]["spec"]["ports"][0]["port"]
        assert given[f"{service.replace('-', '_').upper()}_URL"] == f"http://{service}-api:{port}"
    port = services["gateway-api"]["spec"]["ports"][0]["port"]
    assert given["QUINTET_JWKS"] == f"http://gateway-api:{port}/.well-known/jwks.json"


def test_files_lie_on_a_volume_that_their_api_and_sweeper_share(manifests: list[Manifest]) -> None:
    folder = settings(manifests)["QUINTET_FILES_FOLDER"]
    assert set(of(manifests, "PersistentVolumeClaim")) == {"contacts-files", "sales-files"}
    mounting = {}
    for name, pod in pods(manifests).items():
        claimed = [v["name"] for v in pod["spec"]["volumes"] if "persistentVolumeClaim" in v]
        for volume in pod["spec"]["volumes"]:
            claim = f"{name.split('-')[0]}-files"
            assert volume.get("persistentVolumeClaim", {"claimName": claim})["claimName"] == claim, name
        for mount in container(pod)["volumeMounts"]:
            if mount["name"] in claimed:
                mounting[name] = mount["mountPath"]
    assert set(mounting) == {"contacts-api", "contacts-worker", "sales-api", "sales-worker"}
    assert all(Path(path) in Path(folder).parents for path in mounting.values())


def test_what_scales_is_there_and_has_no_fixed_number(manifests: list[Manifest]) -> None:
    deployments = of(manifests, "Deployment")
    for scaler in of(manifests, "HorizontalPodAutoscaler", "ScaledObject").values():
        spec = scaler["spec"]
        target = deployments[spec["scaleTargetRef"]["name"]]
        assert "replicas" not in target["spec"]
        low, high = (spec.get(f"{end}Replicas", spec.get(f"{end}ReplicaCount")) for end in ("min", "max"))
        assert 1 <= low < high


def test_the_desks_worker_scales_by_its_own_queue(manifests: list[Manifest], secrets: dict[str, Manifest]) -> None:
    for scaler in of(manifests, "ScaledObject").values():
        (trigger,) = scaler["spec"]["triggers"]
        assert trigger["metadata"]["queueName"] == find_service("service-desk").inbox
        access = of(manifests, "TriggerAuthentication")[trigger["authenticationRef"]["name"]]
        (target,) = access["spec"]["secretTargetRef"]
        assert target["key"] in secrets[target["name"]]


def test_production_scales_the_desk_and_has_two_of_the_others(production: list[Manifest]) -> None:
    assert set(of(production, "HorizontalPodAutoscaler")) == {"service-desk-api"}
    assert set(of(production, "ScaledObject")) == {"service-desk-worker"}
    replicas = {name: m["spec"].get("replicas") for name, m in of(production, "Deployment").items()}
    alone = {name for name, count in replicas.items() if count is None}
    assert alone == {"service-desk-api", "service-desk-worker", "contacts-jobs", "sales-jobs", "reporting-jobs"}


def test_no_container_may_more_than_it_needs(manifests: list[Manifest]) -> None:
    for name, pod in pods(manifests).items():
        spec, one = pod["spec"], container(pod)
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert one["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert {"cpu", "memory"} <= set(one["resources"]["requests"]), name
        assert "memory" in one["resources"]["limits"], name


def test_a_pod_has_longer_to_end_than_its_process_takes(manifests: list[Manifest], root: Path) -> None:
    assert '"graceful_timeout": 25' in (root / "chassis/chassis/process/api.py").read_text()
    for name, pod in pods(manifests).items():
        pause = container(pod).get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", ["sleep", "0"])
        assert pod["spec"]["terminationGracePeriodSeconds"] >= 25 + int(pause[1]) + 10, name


def test_nothing_may_talk_but_for_what_is_allowed(manifests: list[Manifest]) -> None:
    policies = of(manifests, "NetworkPolicy")
    deny = policies.pop("deny-all")["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    listening = {port["containerPort"] for pod in pods(manifests).values() for port in container(pod).get("ports", [])}
    for name, policy in policies.items():
        assert selected(manifests, policy["spec"]["podSelector"]["matchLabels"]), name
        for rule in policy["spec"].get("ingress", []):
            assert {port["port"] for port in rule["ports"]} <= listening, name
            for peer in rule.get("from", []):
                if "podSelector" in peer:
                    assert selected(manifests, peer["podSelector"]["matchLabels"]), name
