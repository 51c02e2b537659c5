"""What merging has to know of a kind of record. People and companies are two declarations of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import delete, inspect
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.db.aliases import Following
from contacts.merging.model import Merge
from contacts.merging.rules import Choices

_NEVER = {"id", "version", "created_at", "updated_at", "search_text", "search_grams"}


class Kind:
    """A kind of record that is merged. `noun` names it in merges and messages, `merged` and `unmerged` are its events,
    `path` is that of their subjects; `derived` columns are reckoned, never chosen."""

    noun: ClassVar[str]
    merged: ClassVar[str]
    unmerged: ClassVar[str]
    path: ClassVar[str]
    model: ClassVar[type[Any]]
    followers: ClassVar[Following]
    choices: ClassVar[Choices]
    derived: ClassVar[frozenset[str]] = frozenset()

    def lock(self, session: Session, id: UUID) -> Any:
        """The record within the actor's reach, locked. NotFound otherwise."""
        return load(session, self.model, id, lock=True)

    def hold(self, session: Session, ids: Collection[UUID]) -> Collection[UUID]:  # noqa: ARG002 - for those who do
        """Before records are locked to be merged: lock what comes before that; the ids of it."""
        return ()

    def belongs(self, records: Iterable[Any], held: Collection[UUID]) -> bool:  # noqa: ARG002
        """Whether the records, locked by now, still belong to what was `held`."""
        return True

    def hold_parted(self, session: Session, merge: Merge) -> None:
        """Before a merge is undone and the survivor locked: lock what comes before that."""

    def columns(self) -> list[str]:
        """The columns that somebody chooses."""
        never = _NEVER | self.derived
        return [attribute.key for attribute in inspect(self.model).column_attrs if attribute.key not in never]

    def look(self, session: Session, survivor: Any, loser: Any, merging: Merging) -> None:
        """Note in `merging` what has to be known before anything moves."""

    def bury(self, session: Session, loser: Any) -> None:
        """Take the loser's row away: what hung on it has moved. Lists, counts and exports have nothing to leave out."""
        session.flush()
        session.execute(delete(self.model).where(self.model.id == loser.id))
        session.expunge(loser)

    def unite(self, session: Session, survivor: Any, merging: Merging) -> None:
        """After the values were set: all else that makes one of two."""

    def release(self, session: Session, survivor: Any, merge: Merge) -> None:
        """Before the loser's row is put back: the survivor lets go of what is the loser's."""

    def free(self, session: Session, row: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - for those who ask
        """The loser's row as it can be put back: what is unique and somebody else's by now stays theirs."""
        return row

    def come_back(self, session: Session, survivor: Any, loser: Any, merge: Merge) -> None:
        """After the loser's row is there again, and what had followed it: all else that makes two of one."""

    def parted(self, session: Session, survivor: Any, loser: Any, merge: Merge) -> None:
        """After everybody was told that they are two: what is to be said of the loser alone."""

    def updated(self, session: Session, record: Any) -> None:
        """Tell of a record that was changed."""
        raise NotImplementedError

    def told(self, record: Any) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """What `merged` says of the survivor: `data` beside the ids, and `personal`."""
        raise NotImplementedError


class Merging:
    """One merge under way: the `fields` chosen, the `values` that survive, the loser's `row` for the snapshot, and
    whatever the kind notes on the way."""

    def __init__(self, merge: Merge, fields: dict[str, UUID], values: dict[str, Any], row: dict[str, Any]) -> None:
        self.merge, self.fields, self.values, self.row = merge, fields, values, row
        self.noted: dict[str, Any] = {}
