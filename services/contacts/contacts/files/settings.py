"""What can be set about files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Self

from marshmallow import validate

from chassis.settings import Env, load_settings, positive
from chassis.storage import EXTENSIONS

MIB = 1024 * 1024


@dataclass(frozen=True)
class FileSettings:
    """`max_bytes`: of one file. `types`: the extensions of what may be attached. `link_kept`: how long a link works."""

    max_bytes: int
    types: frozenset[str]
    link_kept: timedelta

    @classmethod
    def read(cls, env: Env) -> Self:
        """From `CONTACTS_FILES_MAX_MB`, `CONTACTS_FILES_TYPES` (`pdf,png,docx`) and `CONTACTS_FILES_LINK_MINUTES`."""
        types = env.list("CONTACTS_FILES_TYPES", sorted(EXTENSIONS), validate=validate.ContainsOnly(EXTENSIONS))
        minutes = env.int("CONTACTS_FILES_LINK_MINUTES", 10, validate=positive)
        return cls(
            max_bytes=(env.int("CONTACTS_FILES_MAX_MB", 25, validate=validate.Range(1, 500)) or 0) * MIB,
            types=frozenset(types or ()),
            link_kept=timedelta(minutes=minutes or 0),
        )


@lru_cache
def settings() -> FileSettings:
    """The settings of this process, read once."""
    return load_settings(FileSettings)


def max_body() -> int:
    """The bytes of a form with one file."""
    return settings().max_bytes + MIB
