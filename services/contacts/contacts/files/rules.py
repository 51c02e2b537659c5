"""Rules about files."""

from __future__ import annotations

from chassis.errors import Invalid


def check_rename(name: str, before: str) -> str:
    """The new name of a file. Invalid where its extension says that the content were something else."""
    extension = before.rpartition(".")[2]
    if name.rpartition(".")[2].lower() != extension.lower() or "." not in name:
        raise Invalid("name", "extension", f"The name must end in .{extension}: the content stays what it is.")
    return name
