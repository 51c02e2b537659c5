"""Who was merged into whom, and which company into which."""

from chassis.db.aliases import Alias
from sales.base import Base


class MergedPerson(Alias, Base):
    """A person of contacts who was merged into another, as contact.merged and contact.unmerged told."""

    __tablename__ = "merged_people"


class MergedCompany(Alias, Base):
    """A company of contacts that was merged into another, as company.merged and company.unmerged told."""

    __tablename__ = "merged_companies"
