"""The routes of identity."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.http import Api
from contacts.identity import calls
from contacts.identity.schema import CallIn, CallOut

api = Api("identity", scope="contacts")


@api.post("/calls", body=CallIn, returns=CallOut, status=201, errors=(403, 409))
def take_call(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Log a call by its number: with the person who has it or, for an unknown caller, with a new prospect.

    A number that several share needs the `name`: 409 `ambiguous_caller` names the candidates.
    """
    return calls.take_call(session, body)
