"""Merge records of one person or company. One transaction; rows are locked in the order of their ids, the companies of
people before them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, custom
from chassis.access import actor, refusal, visible
from chassis.db.aliases import resolve
from chassis.errors import Conflict, Forbidden, Invalid
from chassis.events import emit
from chassis.ids import uuid7
from contacts.merging.companies import CompanyKind
from contacts.merging.kinds import Kind, Merging
from contacts.merging.model import Merge, Tombstone
from contacts.merging.people import PersonKind
from contacts.merging.rules import Strategy, all_groups, check_choices, explain, surviving
from contacts.merging.snapshots import take, values_of
from contacts.owners.cause import because
from contacts.timeline import actions as timeline

PERSON, COMPANY = PersonKind(), CompanyKind()
KINDS: dict[str, Kind] = {kind.noun: kind for kind in (PERSON, COMPANY)}
_ATTEMPTS = 8


def merge(
    session: Session,
    kind: Kind,
    survivor_id: UUID,
    loser_ids: Sequence[UUID],
    fields: dict[str, UUID] | None = None,
    strategy: Strategy = "survivor",
    why: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Merge the losers into the survivor: the record as it is then (under the kind's noun), and its `merges`, one for
    each loser. `why` is kept with each merge.

    Ids that were merged before stand for what they were merged into: done already is done. Invalid for a choice that
    makes no sense; NotFound where one of them is outside the actor's reach.
    """
    refuse_partners()
    fields = fields or {}
    if survivor_id in loser_ids:
        raise Invalid("loser_ids", "self_reference", "Nothing is merged with itself.")
    check_choices(kind.choices, fields, [survivor_id, *loser_ids], custom.known(session, kind.model))
    ids, rows = _locked(session, kind, [survivor_id, *loser_ids])
    survivor = rows[ids[survivor_id]]
    chosen = {name: ids[id_] for name, id_ in fields.items()}
    for loser_id in dict.fromkeys(ids[id_] for id_ in loser_ids):
        if loser_id != survivor.id:
            _absorb(session, kind, survivor, rows[loser_id], chosen, strategy, why)
    session.flush()
    return {kind.noun: survivor, "merges": _merges_of(session, loser_ids)}


def refuse_partners() -> None:
    """Forbidden for partners: who is whom shows more than their own customers."""
    if actor().reach == "partner":
        raise Forbidden("Partners do not merge records.", "partner_reach")


def tell(session: Session, kind: Kind, type_: str, merge: Merge, survivor: Any, sequence: int) -> None:
    """Emit the kind's `merged` or `unmerged`. Its subject is the loser: what is later for them, is later."""
    more, personal = kind.told(survivor)
    data = {
        f"{kind.noun}_id": str(survivor.id), "survivor_id": str(survivor.id), "loser_id": str(merge.loser_id),
        "merge_id": str(merge.id), **more,
    }  # fmt: skip
    subject = f"{kind.path}/{merge.loser_id}"
    emit(session, type_, None, data, personal=personal, subject=subject, sequence=sequence)


def _locked(session: Session, kind: Kind, wanted: Sequence[UUID]) -> tuple[dict[UUID, UUID], dict[UUID, Any]]:
    """For each id the one that it stands for now, and the rows of those, locked."""
    model = kind.model
    for _ in range(_ATTEMPTS):
        ids = {id_: resolve(session, Tombstone, id_) for id_ in wanted}
        found = hold(session, kind, set(ids.values()))
        if found is None:
            continue
        if found.keys() == set(ids.values()):
            return ids, found
        if all(resolve(session, Tombstone, id_) == id_ for id_ in ids.values()):
            raise refusal(session, model, min(set(ids.values()) - found.keys()), "owner")
    raise Conflict("try_again", "Others are merging the same records; try again.")


def hold(session: Session, kind: Kind, ids: Collection[UUID]) -> dict[UUID, Any] | None:
    """Those of the records that are there for the actor to merge, locked in the order that all take, what they belong
    to first. None, and no record locked, where one of them came to belong to something else in this very moment."""
    model = kind.model
    held, locking = kind.hold(session, ids), session.begin_nested()
    statement = select(model).where(model.id.in_(ids)).order_by(model.id).with_for_update(of=model)
    statement = visible(statement, model, access="owner")  # a merge takes a record from its owner
    rows = session.scalars(statement, execution_options={"populate_existing": True}).all()
    if kind.belongs(rows, held):
        locking.commit()
        return {row.id: row for row in rows}
    locking.rollback()
    return None


def _absorb(
    session: Session, kind: Kind, survivor: Any, loser: Any, fields: dict[str, UUID], strategy: Strategy,
    why: dict[str, Any] | None,
) -> Merge:  # fmt: skip
    before, row = values_of(kind, survivor), take(session, kind, loser)
    merge = Merge(id=uuid7(), kind=kind.noun, survivor_id=survivor.id, loser_id=loser.id, merged_by=actor().id,
                  why=why or {}, snapshot={})  # fmt: skip
    groups = all_groups(kind.choices, kind.columns())
    fates = explain(groups, kind.choices, survivor, loser, fields, strategy)
    merging = Merging(merge, fields, surviving(fates), row)
    kind.look(session, survivor, loser, merging)
    kind.followers.join(session, loser.id, survivor.id, loser.version + 1)
    kind.bury(session, loser)
    because(session, "merged")
    with session.no_autoflush:
        for name, value in merging.values.items():
            setattr(survivor, name, value)
        kind.unite(session, survivor, merging)
    survivor.touch()
    kind.updated(session, survivor)
    after = values_of(kind, survivor)
    changed = {name: [value, after[name]] for name, value in before.items() if after[name] != value}
    shown = {group: fate.shown() for group, fate in fates.items()}
    merge.snapshot = row | {"survivor": changed, "fates": shown}
    session.add(merge)
    session.flush()
    tell(session, kind, kind.merged, merge, survivor, int(row["record"]["version"]) + 1)
    timeline.record(
        session, merge.id, kind.merged, f"Merged with {row['record']['name']}", at=clock.now(),
        data={"merge_id": str(merge.id), "loser_id": str(merge.loser_id)}, **{f"{kind.noun}_id": survivor.id},
    )  # fmt: skip
    return merge


def _merges_of(session: Session, loser_ids: Sequence[UUID]) -> list[Merge]:
    statement = select(Merge).where(Merge.loser_id.in_(loser_ids), Merge.state == "done")
    return list(session.scalars(statement.order_by(Merge.created_at, Merge.id)))
