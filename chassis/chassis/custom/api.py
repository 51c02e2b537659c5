"""`/custom-fields` of a service."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import load
from chassis.custom import actions
from chassis.custom.job import register
from chassis.custom.model import CustomField
from chassis.custom.schema import FieldIn, FieldOut, FieldPatch
from chassis.http.api import Api
from chassis.http.endpoint import check_version
from chassis.http.resource import Resource
from chassis.jobs import Job, JobOut
from chassis.service import Service

ADMIN = "gateway:admin"


def custom_api(service: Service) -> Api:
    """The routes; `service_app` adds them where a model takes custom fields. All who read may see the definitions that
    their forms are made from; an administrator changes them."""
    register(service)
    api = Api("custom fields", scope=service.name)
    api.add(
        Resource(
            CustomField,
            path="custom-fields",
            read=FieldOut,
            create=FieldIn,
            update=FieldPatch,
            filters=("entity", "type", "active"),
            sorts=("position", "key"),
            default_sort="position",
            on_create=actions.define,
            on_update=actions.change,
            write_scope=ADMIN,
        )
    )

    @api.delete("/custom-fields/<uuid:field_id>", scope=ADMIN, returns=JobOut, status=202)
    def remove_field(session: Session, field_id: UUID) -> Job:
        """Take a field away.

        It is not shown from now on; the job takes the values off the records.
        """
        field = load(session, CustomField, field_id, lock=True)
        check_version(field)
        return actions.remove(session, field)

    return api
