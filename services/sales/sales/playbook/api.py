"""Routes of the playbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from chassis.errors import BadRequest
from chassis.http import Api, Resource
from sales.playbook import actions, schema
from sales.playbook.model import Play, PlayEdition, PlayLink
from sales.playbook.suggesting import suggest

_ONE = "/playbook/<uuid:play_id>"


def about_stage(text: str) -> ColumnElement[bool]:
    """The id of a stage that the plays are for."""
    return Play.links.any(PlayLink.stage_id == _id("stage_id", text))


def about_product(text: str) -> ColumnElement[bool]:
    """The id of a product that the plays are about."""
    return Play.links.any(PlayLink.product_id == _id("product_id", text))


def about_competitor(text: str) -> ColumnElement[bool]:
    """The id of a competitor that the plays help against."""
    return Play.links.any(PlayLink.competitor_id == _id("competitor_id", text))


def about_industry(text: str) -> ColumnElement[bool]:
    """An industry that the plays speak to."""
    return Play.links.any(PlayLink.industry == text.lower())


def _id(parameter: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadRequest(parameter, "not_valid", "This is not an id.") from None


api = Api("playbook", scope="sales", internal=True)
api.add(
    Resource(
        Play,
        path="playbook",
        read=schema.PlayOut,
        create=schema.PlayIn,
        update=schema.PlayPatch,
        filters=("kind", "language", "status"),
        sorts=("title",),
        finders={
            "stage_id": about_stage,
            "product_id": about_product,
            "competitor_id": about_competitor,
            "industry": about_industry,
        },
        where=actions.within_reach,
        on_create=actions.write,
        on_update=actions.change,
        on_delete=actions.remove,
    )
)


@api.post(f"{_ONE}/publish", returns=schema.PlayOut, errors=(403, 404, 409))
def publish(session: Session, play_id: UUID) -> Play:
    """Show a play to all who sell."""
    return actions.publish(session, play_id)


@api.post(f"{_ONE}/withdraw", returns=schema.PlayOut, errors=(403, 404))
def withdraw(session: Session, play_id: UUID) -> Play:
    """Make a play a draft again."""
    return actions.withdraw(session, play_id)


@api.get(f"{_ONE}/editions", returns=schema.EditionOut, many=True, errors=(403, 404))
def show_editions(session: Session, play_id: UUID) -> Sequence[PlayEdition]:
    """What a play said from one change to the next, the newest first."""
    return actions.editions(session, play_id)


@api.put(f"{_ONE}/vote", body=schema.VoteIn, returns=schema.PlayOut, guarded=False, errors=(403, 404))
def vote(session: Session, play_id: UUID, body: dict[str, Any]) -> Play:
    """Say whether a play is useful: one vote per user, the last one counts."""
    return actions.vote(session, play_id, **body)


@api.delete(f"{_ONE}/vote", status=204, guarded=False, errors=(403, 404))
def take_vote_back(session: Session, play_id: UUID) -> None:
    """Take the own vote back."""
    actions.take_back(session, play_id)


@api.post(f"{_ONE}/use", body=schema.UseIn, returns=schema.PlayOut, errors=(403, 404))
def use(session: Session, play_id: UUID, body: dict[str, Any]) -> Play:
    """Count that a play was used, for a deal or for none in particular."""
    return actions.use(session, play_id, **body)


@api.get(
    "/deals/<uuid:deal_id>/playbook", query=schema.SuggestQuery, returns=schema.SuggestionOut, many=True,
    errors=(403, 404),
)  # fmt: skip
def show_suggestions(session: Session, deal_id: UUID, query: dict[str, Any]) -> list[dict[str, Any]]:
    """Plays that fit a deal: its stage, products, competitors and the industry of its company."""
    return suggest(session, deal_id, **query)
