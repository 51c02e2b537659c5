"""Whose turn it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

ROLES = frozenset({"agent", "desk_manager"})


def in_turn(agents: Sequence[UUID], turn: int) -> UUID | None:
    """Round robin: the agents in a fixed order, one after the other, by a number that grows by one each time."""
    return agents[turn % len(agents)] if agents else None


def least_busy(agents: Sequence[UUID], load: Mapping[UUID, int], turn: int) -> UUID | None:
    """The agent with the fewest unresolved tickets; among equals, by turn."""
    fewest = min((load.get(agent, 0) for agent in agents), default=0)
    return in_turn([agent for agent in agents if load.get(agent, 0) == fewest], turn)
