"""The contracts of a service: one JSON Schema with examples per event type and version."""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema

_FILE = re.compile(r"(?P<type>.+)\.v(?P<version>\d+)\.json")
_FORMATS = {
    "uuid": r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z",
    "decimal": r"^-?\d+(\.\d+)?\Z",
}

Validator = Callable[[Any], Any]


class ContractError(ValueError):
    """An event was about to be sent that its contract does not allow: a mistake in the sender's code."""


class Contracts:
    """What stands in a `contracts/` folder. A schema is compiled when it is first needed, once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._validators: dict[tuple[str, int], Validator] = {}

    def versions(self) -> list[tuple[str, int]]:
        """All `(type, version)`, sorted."""
        names = [_FILE.fullmatch(path.name) for path in self.folder.glob("*.v*.json")]
        return sorted((name["type"], int(name["version"])) for name in names if name)

    def schema(self, type_: str, version: int = 1) -> dict[str, Any]:
        """The JSON Schema of `data`. Raises ContractError where there is none."""
        path = self.folder / f"{type_}.v{version}.json"
        try:
            schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise ContractError(f"{type_} version {version} has no contract: write {path}") from None
        except ValueError as error:
            raise ContractError(f"{path} is not JSON: {error}") from None
        return schema

    def examples(self, type_: str, version: int = 1) -> list[dict[str, Any]]:
        """The `data` of each example in the contract."""
        examples: list[dict[str, Any]] = self.schema(type_, version).get("examples", [])
        return examples

    def check(self, type_: str, version: int, data: dict[str, Any]) -> None:
        """Raises ContractError naming the field and the rule that `data` breaks."""
        validate = self._validators.get((type_, version)) or self._compile(type_, version)
        try:
            validate(data)
        except fastjsonschema.JsonSchemaValueException as error:
            # The message quotes the value, which may be a person's: name the place and the rule only.
            broken = f"{error.name} breaks {error.rule!r} ({error.rule_definition!r})"
            raise ContractError(f"{type_} version {version}: {broken}") from None

    def _compile(self, type_: str, version: int) -> Validator:
        schema = self.schema(type_, version)
        validate: Validator = fastjsonschema.compile(schema, formats=_FORMATS, use_default=False)
        self._validators[type_, version] = validate
        return validate


@cache
def contracts_in(folder: Path) -> Contracts:
    """The contracts of a folder; the same object each time, so that each is compiled once per process."""
    return Contracts(folder)
