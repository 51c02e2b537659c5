"""Forms over HTTP: for staff, and what a web page may know."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from marketing.forms import actions
from marketing.forms.model import Form
from marketing.forms.schema import FormIn, FormOut, FormPatch, PublicForm

api = Api("forms", scope="marketing")
api.add(
    Resource(
        Form,
        path="forms",
        read=FormOut,
        create=FormIn,
        update=FormPatch,
        filters=("key", "campaign_id", "active", "created_at"),
        sorts=("created_at", "name"),
        on_create=actions.make_form,
        on_update=actions.change_form,
    )
)


@api.get("/public/forms/<key>", public=True, returns=PublicForm, errors=(404,))
def public_form(session: Session, key: str) -> dict[str, Any]:
    """What a web page needs to show the form."""
    return actions.describe(actions.public_form(session, key))
