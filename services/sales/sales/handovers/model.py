"""Hand-overs that contacts has asked for, and how far they are here."""

from chassis.handovers import Asked
from sales.base import Base


class HandOver(Asked, Base):
    """One of them."""
