"""Who was merged into whom."""

from chassis.db.aliases import Alias
from sales.base import Base


class MergedPerson(Alias, Base):
    """A person of contacts who was merged into another, as contact.merged and contact.unmerged told."""

    __tablename__ = "merged_people"
