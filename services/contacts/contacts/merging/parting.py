"""Unmerge: both records again, as far as nothing newer contradicts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from chassis import clock, custom
from chassis.access import actor, load, visible
from chassis.db.aliases import resolve
from chassis.errors import Conflict, NotFound
from contacts.merging.actions import KINDS, refuse_partners, tell
from contacts.merging.kinds import Kind
from contacts.merging.model import Merge, Tombstone
from contacts.merging.rules import restored, restored_custom
from contacts.merging.snapshots import put_back, values_of
from contacts.owners.cause import because


def unmerge(session: Session, merge_id: UUID) -> Merge:
    """Part what a merge joined; done already is done.

    The loser comes back as it was, with what followed it and what is unique to it unless somebody else has that by now.
    The survivor's values go back where nobody changed them since; what was added since stays with it. A withdrawal of
    consent and a restriction of that time hold for both. Conflict where the survivor was merged further: that merge is
    undone first.
    """
    refuse_partners()
    merge = load(session, Merge, merge_id)
    kind = KINDS[merge.kind]
    _check_last(session, kind, merge)
    kind.hold_parted(session, merge)
    try:
        survivor = kind.lock(session, merge.survivor_id)
    except NotFound:
        _check_last(session, kind, merge)  # merged away while this waited for the lock
        raise
    merge = load(session, Merge, merge_id, lock=True)
    if merge.state == "undone":
        return merge
    loser = _part(session, kind, merge, survivor)
    merge.state, merge.undone_at, merge.undone_by = "undone", clock.now(), actor().id
    tell(session, kind, kind.unmerged, merge, survivor, loser.version)
    loser.touch()
    kind.updated(session, loser)
    kind.parted(session, survivor, loser, merge)
    return merge


def _check_last(session: Session, kind: Kind, merge: Merge) -> None:
    target = resolve(session, Tombstone, merge.survivor_id)
    if target != merge.survivor_id:
        load(session, kind.model, target)
        raise Conflict("merged_further", "The survivor was merged further; undo that first.", merged_into=str(target))


def in_reach() -> ColumnElement[bool]:
    """Merges whose survivor the actor reaches; those of a survivor that was merged further are shown to who reaches
    all."""
    seen = [visible(select(kind.model.id), kind.model) for kind in KINDS.values()]
    if all(statement.whereclause is None for statement in seen):
        return true()
    return or_(*(Merge.survivor_id.in_(statement) for statement in seen))


def _part(session: Session, kind: Kind, merge: Merge, survivor: Any) -> Any:
    _go_back(session, kind, merge, survivor)
    row: dict[str, Any] = merge.snapshot["record"]
    version = int(row["version"]) + 2  # the merge was one version of the loser, this is the next
    row = row | {"custom": custom.still_valid(session, merge.loser_id, kind.model, row.get("custom") or {})}
    row = kind.free(session, row) | {"version": version, "updated_at": clock.now().isoformat()}
    put_back(session, kind, row)
    kind.followers.part(session, merge.loser_id, survivor.id, version)
    statement = select(kind.model).where(kind.model.id == merge.loser_id)
    loser = session.scalars(statement, execution_options={"populate_existing": True}).one()
    kind.come_back(session, survivor, loser, merge)
    survivor.touch()
    kind.updated(session, survivor)
    return loser


def _go_back(session: Session, kind: Kind, merge: Merge, survivor: Any) -> None:
    """What the survivor got of the loser and still has goes first: it may be unique."""
    changed = dict(merge.changed)
    because(session, "unmerged")
    before, after = changed.pop("custom", (survivor.custom, survivor.custom))
    with session.no_autoflush:
        survivor.custom = _custom_again(session, kind, survivor, restored_custom(survivor.custom, before, after))
        for name, value in restored(values_of(kind, survivor), changed).items():
            uuid = value is not None and name.endswith(("_id", "_by"))
            setattr(survivor, name, UUID(value) if uuid else value)
        kind.release(session, survivor, merge)
    session.flush()


def _custom_again(session: Session, kind: Kind, survivor: Any, back: dict[str, Any]) -> dict[str, Any]:
    """The survivor's custom fields with what goes back, as far as it may: somebody else may have a unique value now."""
    again = {name: value for name, value in back.items() if survivor.custom.get(name) != value}
    stays = {name: value for name, value in back.items() if name not in again}
    return stays | custom.still_valid(session, survivor.id, kind.model, again)
