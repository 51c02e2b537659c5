"""Taking a calendar over, over the API."""

from __future__ import annotations

from chassis.schema import Schema, fields
from chassis.storage import form_with


class CalendarIn(Schema):
    """What is said beside the file. `time_zone` is that of times that name none; `force` plans what overlaps, too."""

    time_zone = fields.String(load_default=None)
    force = fields.Boolean(load_default=False)


FORM = form_with(time_zone={"type": "string"}, force={"type": "boolean", "default": False})
