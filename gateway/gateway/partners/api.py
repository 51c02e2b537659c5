"""`/api/v1/partners`. Partners stay: records in other services name them."""

from __future__ import annotations

from chassis.http import Api, Resource
from gateway.partners import actions
from gateway.partners.model import Partner
from gateway.partners.schema import PartnerIn, PartnerOut, PartnerPatch
from gateway.roles.rules import ADMIN

api = Api("partners", scope="gateway")
api.add(
    Resource(
        Partner,
        path="partners",
        read=PartnerOut,
        create=PartnerIn,
        update=PartnerPatch,
        filters=("name", "region"),
        sorts=("created_at", "name"),
        default_sort="name",
        on_create=actions.create_partner,
        scope=ADMIN,
    )
)
