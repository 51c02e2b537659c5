"""PostgreSQL: the base of a service's tables, its session, its transactions."""

from chassis.db.database import Database
from chassis.db.model import Entity, Instant, Json, Money, Owned, new_base
from chassis.db.search import Searchable

__all__ = ["Database", "Entity", "Instant", "Json", "Money", "Owned", "Searchable", "new_base"]
