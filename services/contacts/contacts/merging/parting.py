"""Unmerge: both records again, as far as nothing newer contradicts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import clock, custom
from chassis.access import actor, load
from chassis.db.aliases import resolve
from chassis.errors import Conflict
from contacts.grades.actions import regrade
from contacts.interactions.model import Interaction
from contacts.merging.actions import refuse_partners, tell
from contacts.merging.followers import PEOPLE
from contacts.merging.model import Merge, Tombstone
from contacts.merging.rules import restored, restored_custom
from contacts.merging.snapshots import put_back, values_of
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.points import actions as points
from contacts.points.model import ContactPoint
from contacts.staff.rules import OWNERSHIP


def unmerge(session: Session, merge_id: UUID) -> Merge:
    """Part what a merge joined; done already is done.

    The loser comes back as they were, with what followed them and those of their contact points that nobody else has
    by now. The survivor's values go back where nobody changed them since; what was added since stays with them, and so
    does a withdrawal of consent. Conflict where the survivor was merged further: that merge is undone first.
    """
    refuse_partners()
    merge = load(session, Merge, merge_id)
    target = resolve(session, Tombstone, merge.survivor_id)
    if target != merge.survivor_id:
        load(session, Person, target)
        raise Conflict("merged_further", "The survivor was merged further; undo that first.", merged_into=str(target))
    survivor = people.lock(session, merge.survivor_id)
    merge = load(session, Merge, merge_id, lock=True)
    if merge.state == "undone":
        return merge
    loser = _come_back(session, merge, survivor)
    _go_back(session, merge, survivor)
    merge.state, merge.undone_at, merge.undone_by = "undone", clock.now(), actor().id
    told = {"survivor_id": str(survivor.id), "loser_id": str(loser.id), "merge_id": str(merge.id)}
    tell(session, "contact.unmerged", merge, survivor, told, loser.version)
    people.tell(session, "contact.updated", loser)
    return merge


def _come_back(session: Session, merge: Merge, survivor: Person) -> Person:
    row: dict[str, Any] = merge.snapshot["person"]
    _give_back_custom(session, merge, survivor)
    row = row | {"custom": custom.still_valid(session, merge.loser_id, Person, row.get("custom") or {})}
    version = int(row["version"]) + 2  # the merge was one version of the loser, this is the next
    put_back(session, row | {"version": version, "updated_at": clock.now().isoformat()})
    came = {point["value"] for point in merge.snapshot["points"]} - set(merge.snapshot["survivor_points"])
    people.replace_points(session, survivor, [p.as_point() for p in survivor.points if p.value not in came])
    session.flush()
    keys = [point["key"] for point in merge.snapshot["points"]]
    taken = points.owners(session, keys)
    for point in merge.snapshot["points"]:
        if point["key"] not in taken:
            session.add(ContactPoint(**point | {"person_id": merge.loser_id}))
    session.flush()
    PEOPLE.part(session, merge.loser_id, survivor.id, version)
    loser = session.scalars(
        select(Person).where(Person.id == merge.loser_id), execution_options={"populate_existing": True}
    ).one()
    owned = {name: getattr(loser, name) for name in OWNERSHIP}
    session.execute(update(Interaction).where(Interaction.person_id == loser.id).values(owned))
    return loser


def _give_back_custom(session: Session, merge: Merge, survivor: Person) -> None:
    """What the survivor got of the loser's custom fields and still has goes first: it may be unique."""
    before, after = merge.changed.get("custom", (survivor.custom, survivor.custom))
    survivor.custom = restored_custom(survivor.custom, before, after)
    session.flush()


def _go_back(session: Session, merge: Merge, survivor: Person) -> None:
    changed = restored(values_of(survivor), {k: v for k, v in merge.changed.items() if k != "custom"})
    for name, value in changed.items():
        uuid = value is not None and name.endswith(("_id", "_by"))
        setattr(survivor, name, UUID(value) if uuid else value)
    regrade(session, survivor)
    survivor.touch()
    people.updated(session, survivor)
