"""Keep the pools, and who has to do with one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import actor, load
from chassis.errors import Conflict, Forbidden, Invalid
from sales.leads.model import Lead
from sales.locks import hold
from sales.managers import is_manager, require_manager
from sales.pools.model import Pool, PoolTeam
from sales.pools.rules import FOR_CUSTOMERS, FOR_LEADS, check_terms
from sales.reps.actions import check_team

_TERMS = (*FOR_LEADS, *FOR_CUSTOMERS, "warn_days", "zone")


def create_pool(session: Session, data: dict[str, Any]) -> Pool:
    """A new pool of these teams. Conflict where a team has one."""
    require_manager("pools")
    pool = Pool()
    session.add(pool)
    return _set(session, pool, data)


def change_pool(session: Session, pool: Pool, changes: dict[str, Any]) -> Pool:
    """Change a pool; teams are replaced as a whole. What lies in it stays."""
    require_manager("pools")
    _set(session, pool, changes)
    pool.touch()
    return pool


def open_to(session: Session, pool_id: UUID) -> Pool:
    """The pool, for its members and those who reach all records; Forbidden for others."""
    pool = load(session, Pool, pool_id)
    if _is_open(pool):
        return pool
    raise Forbidden("Only members of the pool's teams, and those who reach all records, may do this.", "not_a_member")


def lead_with_history(session: Session, lead_id: UUID) -> Lead:
    """A lead within reach; for who answers for a team also one that lies in a pool of the team, which is nobody's.
    NotFound otherwise."""
    lead = session.get(Lead, lead_id)
    if lead and lead.pool_id and is_manager() and _is_open(load(session, Pool, lead.pool_id)):
        return lead
    return load(session, Lead, lead_id)


def in_use(session: Session, pool_id: UUID) -> Pool:
    """`open_to`; Conflict where the pool is out of use."""
    pool = open_to(session, pool_id)
    if not pool.active:
        raise Conflict("pool_inactive", "The pool is out of use.")
    return pool


def pool_of_team(session: Session, team_id: UUID | None) -> UUID | None:
    """The id of the pool in use that a team has."""
    mine = select(Pool.id).join(PoolTeam).where(PoolTeam.team_id == team_id, Pool.active)
    return session.scalar(mine) if team_id else None


def _is_open(pool: Pool) -> bool:
    who = actor()
    return who.kind == "system" or who.reach == "all" or (who.team_id is not None and who.team_id in pool.team_ids)


def _set(session: Session, pool: Pool, values: dict[str, Any]) -> Pool:
    with session.no_autoflush:
        for name, value in values.items():
            if name == "team_ids":
                hold(session, "pool teams")
                _check_known(session, pool, value)
                _check_free(session, pool, value)
                pool.teams = [PoolTeam(team_id=team_id) for team_id in sorted(set(value))]
            else:
                setattr(pool, name, value)
        check_terms({name: getattr(pool, name) for name in _TERMS})
    return pool


def _check_known(session: Session, pool: Pool, team_ids: list[UUID]) -> None:
    """Invalid for an unknown team; one that the pool has already may have lost its people since."""
    for place, team_id in enumerate(team_ids):
        if team_id not in pool.team_ids:
            check_team(session, team_id, f"team_ids.{place}")


def _check_free(session: Session, pool: Pool, team_ids: list[UUID]) -> None:
    taken = select(PoolTeam.team_id).where(PoolTeam.team_id.in_(team_ids), PoolTeam.pool_id.is_distinct_from(pool.id))
    others = set(session.scalars(taken))
    for place, team_id in enumerate(team_ids):
        if team_id in others:
            raise Invalid(f"team_ids.{place}", "has_a_pool", "This team has a pool already; it can have one.")
