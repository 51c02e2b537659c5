from sqlalchemy.orm import Mapped

from chassis.db import Entity, new_base
from chassis.service import Service

SERVICE = Service("shop", "shop")
Base = new_base()


class Thing(Entity, Base):
    __tablename__ = "things"
    name: Mapped[str]
    colour: Mapped[str]
