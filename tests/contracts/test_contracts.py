"""Every contract is sound, every example keeps it, and what is sent and what is promised are the same."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chassis.errors import Malformed
from chassis.events.contracts import contracts_in
from chassis.service import Service, find_service
from launcher.docs.catalogue import PUBLISHERS, Told, catalogue, subscriptions_of

EVENTS = catalogue()
TYPE = re.compile(r"[a-z]+\.[a-z_]+")
SERVICES = [find_service(name) for name in PUBLISHERS]
# Consumers are ready for it; contacts will send it when it can erase a person.
TO_COME = {("contacts", "contact.erased")}
NAMES_A_PERSON = {
    "email",
    "phone",
    "name_of_person",
    "first_name",
    "last_name",
    "contact_name",
    "requester_name",
}


def named(told: Told) -> str:
    return f"{told.service.name}:{told.wire_type}"


def properties(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of a schema, the nested ones included, by its path."""
    for name, field in schema.get("properties", {}).items():
        yield f"{path}{name}", field
        yield from properties(field, f"{path}{name}.")
        if isinstance(field.get("items"), dict):
            yield from properties(field["items"], f"{path}{name}[].")


@pytest.mark.parametrize("told", EVENTS, ids=named)
def test_a_contract_is_sound_and_says_what_it_means(told: Told) -> None:
    Draft202012Validator.check_schema(told.schema)
    assert told.when, "description: when is it sent?"
    assert told.schema["title"]
    assert told.schema["type"] == "object"
    assert told.schema["additionalProperties"] is True, "consumers must let it evolve"
    assert set(told.schema["required"]) <= set(told.schema["properties"])
    for path, field in properties(told.schema):
        assert field.get("description"), f"{path} has no description"
        if not path.startswith("personal"):
            assert path.rpartition(".")[2] not in NAMES_A_PERSON, f"{path} names a person outside of personal"


@pytest.mark.parametrize("told", EVENTS, ids=named)
def test_the_examples_keep_the_contract(told: Told) -> None:
    examples = told.schema["examples"]
    assert examples
    for example in examples:
        contracts_in(told.service.root / "contracts").check(told.type, told.version, example)
        Draft202012Validator(told.schema).validate(example)
        assert set(example) <= set(told.schema["properties"]), "an example shows a field that is not described"
    for name in told.schema["required"]:
        without = {key: value for key, value in examples[0].items() if key != name}
        with pytest.raises(ValueError, match=told.type):
            contracts_in(told.service.root / "contracts").check(told.type, told.version, without)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_what_is_sent_has_a_contract_and_every_contract_is_sent(service: Service) -> None:
    promised = {type_ for type_, _ in contracts_in(service.root / "contracts").versions()}
    sent, literals = emitted(service), [re.compile(text) for text in texts(service) if "." in text and " " not in text]
    assert sent <= promised, "sent without a contract"
    assert sent, "the search below finds nothing any more"
    assert {type_ for type_ in promised if not any(text.fullmatch(type_) for text in literals)} == set(), "never sent"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_what_is_heard_is_sent_by_somebody(service: Service) -> None:
    subscriptions = subscriptions_of(service)
    if subscriptions is None:
        return
    sent = {(told.service.name, told.wire_type) for told in EVENTS}
    heard = {binding for binding in subscriptions.bindings if not set("*#") & set(binding[1])}
    assert heard <= sent | TO_COME


def test_a_heard_type_in_an_unknown_version_is_refused() -> None:
    """What the catalogue relies on when it says who hears which version."""
    subscriptions = subscriptions_of(find_service("marketing"))
    assert subscriptions is not None
    (service, type_) = subscriptions.bindings[0]
    from chassis.testing.events import make_event

    with pytest.raises(Malformed):
        subscriptions.handler(make_event(service, type_, {}, version=99))


def modules(service: Service) -> list[ast.Module]:
    package = Path(str(find_service(service.name).part("base", "__file__"))).parent
    return [ast.parse(file.read_text("utf-8")) for file in sorted(package.rglob("*.py"))]


def texts(service: Service) -> Iterator[str]:
    """Every text in the code as a pattern; of an f-string, anything may stand in the braces."""
    for module in modules(service):
        for node in ast.walk(module):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.escape(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                parts = (re.escape(str(v.value)) if isinstance(v, ast.Constant) else ".+" for v in node.values)
                yield "".join(parts)


def emitted(service: Service) -> set[str]:
    """The types in calls of `emit`, and in calls of functions that hand one of their parameters on to it."""
    trees = modules(service)
    senders: dict[str, set[int]] = defaultdict(set, {"emit": {1}})
    while True:
        known = {name: set(places) for name, places in senders.items()}
        for tree in trees:
            for function in ast.walk(tree):
                if isinstance(function, ast.FunctionDef):
                    parameters = [argument.arg for argument in function.args.args]
                    for value in handed_on(function, senders):
                        if isinstance(value, ast.Name) and value.id in parameters:
                            senders[function.name].add(parameters.index(value.id))
        if senders == known:
            break
    values = (value for tree in trees for value in handed_on(tree, senders))
    return {
        node.value
        for value in values
        for node in ast.walk(value)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TYPE.fullmatch(node.value)
    }


def handed_on(tree: ast.AST, senders: dict[str, set[int]]) -> list[ast.expr]:
    """What is given to senders in the place of the type."""
    found = []
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            found += [call.args[place] for place in senders.get(name, ()) if place < len(call.args)]
    return found


def test_examples_are_plain_json() -> None:
    for told in EVENTS:
        assert json.loads(json.dumps(told.schema["examples"])) == told.schema["examples"]
