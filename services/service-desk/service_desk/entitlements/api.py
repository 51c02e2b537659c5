"""Routes of entitlements. They come from won deals; here they are read."""

from __future__ import annotations

from chassis.http import Api, Resource
from service_desk.entitlements.model import Entitlement
from service_desk.entitlements.schema import EntitlementOut

api = Api("entitlements", scope="service-desk")

api.add(
    Resource(
        Entitlement,
        path="entitlements",
        read=EntitlementOut,
        filters=("person_id", "company_id", "deal_id", "product", "starts_on", "ends_on", "created_at"),
        sorts=("created_at", "ends_on"),
    )
)
