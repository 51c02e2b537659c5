"""PostgreSQL: the base of a service's tables, its session, its transactions."""

from chassis.db.database import Database
from chassis.db.model import Entity, Instant, Json, Money, Owned, new_base
from chassis.db.search import Searchable
from chassis.db.shares import Grant, SharedBy

__all__ = ["Database", "Entity", "Grant", "Instant", "Json", "Money", "Owned", "Searchable", "SharedBy", "new_base"]
