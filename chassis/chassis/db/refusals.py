"""What PostgreSQL refuses, in the platform's words: a broken constraint is the client's 4xx, never a 500."""

from __future__ import annotations

import re

from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm.exc import StaleDataError

from chassis.errors import Conflict, FieldError, Invalid, Refusal, Unavailable

_CUSTOM = re.compile(r"=\(\w+, (?P<key>\w+), ")
_KEY = re.compile(r"Key \((?P<columns>.+?)\)=")


def refusal_for(error: Exception) -> Refusal | None:
    """The refusal that a database error amounts to; None where it is a fault of ours."""
    if isinstance(error, StaleDataError):
        return Conflict("changed_meanwhile", "The record was changed by somebody else at the same time; read it again.")
    if isinstance(error, StatementError) and isinstance(error.orig, Refusal):
        return error.orig  # a type refused the value
    if not isinstance(error, DBAPIError):
        return None
    return _refusal(error.orig) if isinstance(error.orig, pg.Error) else None


def _refusal(cause: pg.Error) -> Refusal | None:
    match cause:
        case pg.UniqueViolation():
            return _taken(cause)
        case pg.ForeignKeyViolation():
            if "still referenced" in (cause.diag.message_detail or ""):
                return Conflict("in_use", "Other records refer to this one.")
            return Invalid(_field(cause), "unknown_reference", "There is no record with this id.")
        case pg.CheckViolation():
            return Invalid(_field(cause), "not_allowed", f"The rule {_rule(cause)} does not allow this value.")
        case pg.NotNullViolation():
            return Invalid(cause.diag.column_name or "", "required", "A value is required.")
        case pg.NumericValueOutOfRange() | pg.StringDataRightTruncation():
            return Invalid("", "out_of_range", "A value is too large for its field.")
        case pg.ProgramLimitExceeded():
            return Invalid("", "too_long", "A text is too long to be indexed.")
        case pg.DataError():
            return Invalid("", "not_storable", "A value cannot be stored.")
        case pg.LockNotAvailable() | pg.DeadlockDetected() | pg.SerializationFailure():
            return Unavailable("Others are changing the same records; try again.", retry_after=1)
        case pg.QueryCanceled():
            return Unavailable("The database took too long; narrow the request or try again.")
        case pg.OperationalError():
            return Unavailable("The database cannot be reached.")
    return None


def _taken(cause: pg.Error) -> Refusal:
    custom = _CUSTOM.search(cause.diag.message_detail or "") if cause.diag.table_name == "custom_uniques" else None
    field = f"custom.{custom['key']}" if custom else _field(cause)
    refusal = Conflict("already_exists", f"Another record has this {field or 'value'} already.")
    refusal.errors = [FieldError(field, "taken", "This value is taken.")]
    return refusal


def _field(cause: pg.Error) -> str:
    """The first column that the constraint names, whether as `Key (email)=` or as an index expression."""
    match = _KEY.search(cause.diag.message_detail or "")
    columns = match["columns"] if match else cause.diag.column_name or ""
    return re.sub(r"^\w+\((\w+).*|::.*", r"\1", columns.split(",")[0]).strip("() ")


def _rule(cause: pg.Error) -> str:
    name = cause.diag.constraint_name or ""
    return name.removeprefix(f"ck_{cause.diag.table_name}_").replace("_", " ")
