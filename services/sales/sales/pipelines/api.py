"""Routes of pipelines."""

from __future__ import annotations

from chassis.http import Api, Resource
from sales.pipelines import actions, schema
from sales.pipelines.model import Pipeline

api = Api("pipelines", scope="sales")
api.add(
    Resource(
        Pipeline,
        path="pipelines",
        read=schema.PipelineOut,
        create=schema.PipelineIn,
        update=schema.PipelinePatch,
        filters=("name", "is_default"),
        sorts=("name",),
        default_sort="created_at",
        on_create=actions.create,
        on_update=actions.change,
        on_delete=actions.remove,
    )
)
