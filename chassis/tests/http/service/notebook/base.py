from chassis.db import new_base
from chassis.service import Service

SERVICE = Service("notebook", package="notebook")
Base = new_base()
