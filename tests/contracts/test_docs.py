"""The pages that are made from the contracts are as they should be, and their references lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis.service import find_service
from launcher.docs import pages, stale
from launcher.docs.catalogue import PUBLISHERS, catalogue


def test_nothing_is_stale() -> None:
    assert stale(pages()) == [], "run ./quintet docs"


@pytest.mark.parametrize("name", PUBLISHERS)
def test_the_asyncapi_document_is_whole(name: str) -> None:
    service = find_service(name)
    file = service.root / "contracts" / "asyncapi.yaml"
    document = yaml.safe_load(file.read_text("utf-8"))
    assert document["asyncapi"] == "3.0.0"
    for reference in references(document):
        path, _, pointer = reference.partition("#")
        if path:
            assert (file.parent / path).resolve().is_file(), reference
        else:
            resolve(document, pointer)
    events = catalogue()
    sent = {f"send.{told.wire_type}" for told in events if told.service == service}
    received = {f"receive.{told.wire_type}" for told in events if name in told.heard_by}
    assert set(document["operations"]) == sent | received


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def resolve(document: Any, pointer: str) -> Any:
    for part in pointer.strip("/").split("/"):
        document = document[part.replace("~1", "/").replace("~0", "~")]
    return document


def test_the_page_lists_every_event_and_links_to_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "events.md").read_text("utf-8")
    for told in catalogue():
        assert f"(#{told.wire_type.replace('.', '')})" in page
        assert f"### {told.wire_type}\n" in page
