"""All that is a user's passes to others, in a service that keeps some of it: a batch at a time.

    HAND_OVERS = HandingOver(HandOver, Rep, {"deals": Kind(Deal, Deal.status == "open", _give_deals)})

A service makes its table from `Asked` and names what is passed on; `take` is for its handler of `handover.requested`,
`move` for a clock. By a clock and not in the handler: the inbox goes on meanwhile, and a process that dies loses one
batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, Text, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from chassis.db.model import Json
from chassis.events import Event, emit

BATCH = 200


class Asked:
    """What is `from_user_id`'s here goes to `to_user_ids` in turn, or to the taker of its team; `moved` counts it."""

    __tablename__ = "hand_overs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_user_id: Mapped[UUID]
    to_user_ids: Mapped[list[str]] = mapped_column(ARRAY(Text))
    by_team: Mapped[dict[str, Any]] = mapped_column(JSONB)
    moved: Mapped[Json]
    done: Mapped[bool] = mapped_column(default=False)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Index]:
        return (Index("ix_hand_overs_open", "id", postgresql_where=text("NOT done")),)


@dataclass(frozen=True)
class Kind:
    """What is handed over of one model: the owner's rows for which `which` holds. `give` makes each of them its taker's
    and tells of them."""

    model: type[Any]
    which: ColumnElement[bool]
    give: Callable[[Session, Sequence[tuple[Any, Any]]], None]


@dataclass(frozen=True)
class HandingOver:
    """The hand-overs of a service: its table of them, its copy of the users, and what it passes on, in this order."""

    asked: type[Any]
    takers: type[Any]
    kinds: Mapping[str, Kind]

    def take(self, session: Session, event: Event, *, tell: str) -> None:
        """`handover.requested`: remember it, where it names this service. Asked again for one that is done, answer
        again, by the event `tell`."""
        data = event.data
        if session.info["service"].name in data["include"]:
            values = {"id": UUID(data["hand_over_id"]), "from_user_id": UUID(data["from_user_id"]), "moved": {},
                      "done": False, "to_user_ids": data["to_user_ids"], "by_team": data["by_team"]}  # fmt: skip
            session.execute(insert(self.asked).values(values).on_conflict_do_nothing())
            found = session.get_one(self.asked, values["id"])
            if found.done:
                _answer(session, found, tell)

    def move(self, session: Session, *, tell: str) -> int:
        """Move the next batch of a hand-over that is under way; how many rows. When nothing is left, the event
        `tell` says so."""
        unfinished = select(self.asked).where(~self.asked.done).order_by(self.asked.id).limit(1)
        found = session.scalars(unfinished.with_for_update(skip_locked=True)).one_or_none()
        if found is None:
            return 0
        for name, kind in self.kinds.items():
            if rows := _theirs(session, kind, found.from_user_id):
                given = self._give(session, found, kind, rows)
                found.moved = found.moved | {name: found.moved.get(name, 0) + given}
                return given
        found.done = True
        _answer(session, found, tell)
        return 0

    def _give(self, session: Session, found: Any, kind: Kind, rows: Sequence[Any]) -> int:
        """Give rows to their takers, as far as those are known here; who is not (yet) is waited for."""
        wanted = {UUID(one) for one in (*found.to_user_ids, *found.by_team.values())}
        known = {str(one.id): one for one in session.scalars(select(self.takers).where(self.takers.id.in_(wanted)))}
        teams = [row.team_id for row in rows]
        shares = share_out(sum(found.moved.values()), teams, found.to_user_ids, found.by_team)
        takers = [known[taker] for taker in takewhile(known.__contains__, shares)]
        kind.give(session, list(zip(rows, takers, strict=False)))
        return len(takers)


def _answer(session: Session, found: Any, tell: str) -> None:
    data = {"hand_over_id": str(found.id), "from_user_id": str(found.from_user_id), "moved": found.moved}
    emit(session, tell, None, data, subject=f"hand-overs/{found.id}", sequence=1)


def share_out(
    count: int, teams: Sequence[UUID | None], to_user_ids: Sequence[str], by_team: Mapping[str, str]
) -> list[str]:
    """Who gets each of some records, of which `teams` says whose team's each is: the team's taker, or the next in
    turn after `count` that were shared out before."""
    takers = []
    for team in teams:
        taker = by_team.get(str(team))
        if taker is None:
            taker, count = to_user_ids[count % len(to_user_ids)], count + 1
        takers.append(taker)
    return takers


def _theirs(session: Session, kind: Kind, user_id: UUID) -> Sequence[Any]:
    """The next of what is the user's, locked in the order of ids."""
    statement = select(kind.model).where(kind.model.owner_id == user_id, kind.which).order_by(kind.model.id)
    locked = statement.limit(BATCH).with_for_update(of=kind.model)
    return session.scalars(locked, execution_options={"populate_existing": True}).all()
