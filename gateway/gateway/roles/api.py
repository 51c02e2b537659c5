"""`/api/v1/roles`."""

from __future__ import annotations

from chassis.http import Api, Resource
from gateway.roles import actions
from gateway.roles.model import Role
from gateway.roles.rules import ADMIN
from gateway.roles.schema import RoleIn, RoleOut, RolePatch

api = Api("roles", scope="gateway")
api.add(
    Resource(
        Role,
        path="roles",
        read=RoleOut,
        create=RoleIn,
        update=RolePatch,
        filters=("key", "built_in"),
        sorts=("created_at", "key", "name"),
        default_sort="key",
        on_create=actions.create_role,
        on_update=actions.change_role,
        on_delete=actions.delete_role,
        scope=ADMIN,
    )
)
