"""The alerts against the figures that the code exposes."""

import re
from pathlib import Path

import yaml

RABBITMQ = {"rabbitmq_queue_messages", "rabbitmq_queue_messages_ready"}


def test_every_alert_asks_for_a_figure_that_is_there(root: Path) -> None:
    folders = [root / "chassis/chassis", root / "gateway/gateway", root / "services/reporting/reporting"]
    source = "\n".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))
    exposed = set(re.findall(r"(?:Counter|Gauge|Histogram)\(\s*\"(\w+)\"", source))
    groups = yaml.safe_load((root / "deploy/monitoring/rules.yaml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) == 9
    for rule in rules:
        asked = set(re.findall(r"\b((?:quintet|gateway|rabbitmq)_\w+)", rule["expr"]))
        known = exposed | {f"{name}_count" for name in exposed} | RABBITMQ
        assert asked, rule["alert"]
        assert asked <= known, rule["alert"]
        assert {"summary", "do"} == set(rule["annotations"])
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
