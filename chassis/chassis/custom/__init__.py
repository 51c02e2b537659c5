"""Fields that an administrator defines at run time, on any model that is `Custom`.

    class Deal(Entity, Owned, Custom, Base): ...        # and `custom.create_v1(op, "deals")` in a migration
    class DealOut(Schema): custom = fields.Custom()     # also in DealIn and DealPatch

A `Resource` of such a model validates what comes in, filters by `custom.budget__gte=1000` and sorts by `custom.budget`;
the service gets the routes `/custom-fields`. A use case that takes a body elsewhere calls `accept` or `changed`, and
`check_required` for what it made.

Values stand in one JSONB column. The definitions are few: each process keeps them for a second, a write reads them
afresh under a lock that a change of them waits for, and a filter by a field that is not known yet looks again. A field
that was just defined can thus be used on every replica at once, and is shown within a second.
"""

from chassis.custom.accepting import accept, changed, check_required, defaults, read_changes, still_valid
from chassis.custom.cells import Cells
from chassis.custom.definitions import Definition, Definitions, known
from chassis.custom.model import Custom
from chassis.custom.showing import shown, told, told_of
from chassis.custom.tables import create_tables_v1, create_v1, drop_tables_v1, drop_v1

__all__ = [
    "Cells", "Custom", "Definition", "Definitions", "accept", "changed", "check_required", "create_tables_v1",
    "create_v1", "defaults", "drop_tables_v1", "drop_v1", "known", "read_changes", "shown", "still_valid",
    "told", "told_of",
]  # fmt: skip
