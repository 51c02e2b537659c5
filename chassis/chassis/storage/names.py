"""Names of files as they can be shown, sent in a header and saved on any system."""

from __future__ import annotations

import re
import unicodedata

from chassis.errors import Invalid

LONGEST = 200
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def clean_name(name: str) -> str:
    """`name` without folders, controls, what turns the direction of text round, and what Windows refuses; at most 200
    characters, its extension kept. Invalid where nothing is left."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    name = _FORBIDDEN.sub("_", name).strip(" .")
    if _DEVICES.match(name):
        name = f"_{name}"
    if not name:
        raise Invalid("file", "no_name", "The file needs a name.")
    stem, dot, extension = name.rpartition(".")
    if len(name) > LONGEST and stem:
        return (
            stem[: LONGEST - len(extension) - 1].rstrip(" .") + dot + extension
            if len(extension) < 20
            else name[:LONGEST]
        )
    return name[:LONGEST]


def extension_of(name: str) -> str:
    """What stands after the last point, in small letters; empty where there is none."""
    return name.rpartition(".")[2].lower() if "." in name else ""
