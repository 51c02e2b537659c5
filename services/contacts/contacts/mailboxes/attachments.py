"""What is attached to mails: stored when a mail is met, files of the interaction once it is known whose it is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import column, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from chassis.errors import Invalid, TooLarge
from chassis.storage import is_set_up
from contacts.files import actions as files
from contacts.interactions.model import Interaction
from contacts.mailboxes.model import Mail
from contacts.mailboxes.rules import Attached
from contacts.records import About

_NOT_KEPT = {"name": "", "type": "", "size": 0, "media_type": None, "sha256": None, "refused": None, "file_id": None}


def keep(session: Session, attached: Sequence[Attached], left_out: int = 0) -> list[dict[str, Any]]:
    """Store what may be a file here, in the order of its content, so that two mails with the same attachments do not
    wait for each other. Each with `name`, `type`, `size`, and the `media_type` and `sha256` that it has in the storage,
    or the code why it is `refused`; `file_id` is for `hang`. Those `left_out` for their number are one more.
    Unavailable where the storage does not answer."""
    kept: dict[int, dict[str, Any]] = {}
    for number, one in sorted(enumerate(attached), key=lambda pair: sha256(pair[1].content).digest()):
        told = {"name": one.name[:200], "type": one.type, "size": len(one.content)}
        kept[number] = _NOT_KEPT | told | _stored(session, one)
    rest = [_NOT_KEPT | {"name": f"{left_out} more", "refused": "too_many"}] if left_out else []
    return [*(kept[number] for number in range(len(attached))), *rest]


def hang(session: Session, interaction: Interaction, kept: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make files of the interaction of what was kept; the same with their `file_id`."""
    about = About(interaction.person_id, interaction.company_id)
    told = []
    for one in kept:
        if one.get("sha256"):
            content = {name: one[name] for name in ("name", "media_type", "size", "sha256")}
            file = files.put(session, "interaction", interaction.id, about, content)
            one = one | {"file_id": str(file.id)}
        told.append(one)
    return told


def spoken_of(session: Session, keys: Sequence[str]) -> set[str]:
    """Which of these blobs a mail has that waits for review."""
    each = func.jsonb_array_elements(Mail.attachments).table_valued(column("value", JSONB))
    key = each.c.value["sha256"].astext
    waiting = select(key).select_from(Mail).join(each, true()).where(Mail.state == "review", key.in_(keys))
    return set(session.scalars(waiting))


def _stored(session: Session, one: Attached) -> dict[str, Any]:
    if not is_set_up():
        return {"refused": "no_storage"}
    try:
        return files.stored(session, io.BytesIO(one.content), one.name)
    except Invalid as refusal:
        return {"refused": refusal.errors[0].code}
    except TooLarge as refusal:
        return {"refused": refusal.code}
