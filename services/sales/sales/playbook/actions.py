"""Write the playbook, read it, and say what was of use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load, visible
from chassis.errors import Forbidden, Invalid, NotFound
from sales.competitors.model import Competitor
from sales.deals.model import Deal
from sales.managers import is_manager, require_manager
from sales.pipelines.model import Stage
from sales.playbook import rules
from sales.playbook.model import Play, PlayEdition, PlayLink, PlayUse, PlayVote
from sales.products.model import Product

_WHAT = "the playbook"
_TEXT = ("title", "body", "url")
_LINKED: dict[str, type[Any]] = {"stage": Stage, "product": Product, "competitor": Competitor}


def within_reach() -> ColumnElement[bool]:
    """The plays that the caller reads: what is published, and for managers the drafts."""
    return true() if is_manager() else Play.status == "published"


def write(session: Session, data: dict[str, Any]) -> Play:
    """A new play, a draft. Invalid for a link to what is not there."""
    require_manager(_WHAT)
    links = _take_links(session, data)
    play = Play(edition=0, **data)
    session.add(play)
    _set_links(session, play, links)
    _keep_edition(session, play)
    return play


def change(session: Session, play: Play, changes: dict[str, Any]) -> Play:
    """Change a locked play; another edition where its text did. Conflict where a published one would be empty."""
    require_manager(_WHAT)
    links = _take_links(session, changes)
    before = [getattr(play, name) for name in _TEXT]
    for name, value in changes.items():
        setattr(play, name, value)
    if play.status == "published":
        rules.check_content(play.body, play.url)
    if links:
        _set_links(session, play, links)
        play.touch()
    if [getattr(play, name) for name in _TEXT] != before:
        _keep_edition(session, play)
    return play


def remove(session: Session, play: Play) -> None:
    """Delete a play, with its editions, votes and uses."""
    require_manager(_WHAT)
    session.delete(play)


def publish(session: Session, play_id: UUID) -> Play:
    """Show a play to all who sell; one that is shown stays as it is. Conflict where there is nothing to show."""
    require_manager(_WHAT)
    play = load(session, Play, play_id, lock=True)
    if play.status == "draft":
        rules.check_content(play.body, play.url)
        play.status, play.published_at = "published", clock.now()
    return play


def withdraw(session: Session, play_id: UUID) -> Play:
    """Make a play a draft again; a draft stays one."""
    require_manager(_WHAT)
    play = load(session, Play, play_id, lock=True)
    play.status, play.published_at = "draft", None
    return play


def editions(session: Session, play_id: UUID) -> Sequence[PlayEdition]:
    """What a play said from one change to the next, the newest first. For managers: it may never have been shown."""
    require_manager(_WHAT)
    play = load(session, Play, play_id)
    kept = select(PlayEdition).where(PlayEdition.play_id == play.id)
    return session.scalars(kept.order_by(PlayEdition.edition.desc())).all()


def vote(session: Session, play_id: UUID, *, useful: bool) -> Play:
    """Say that a play is useful, or not: one vote per user, the last one counts."""
    play = _readable(session, play_id)
    said = {"useful": useful, "voted_at": clock.now()}
    put = insert(PlayVote).values(play_id=play.id, user_id=_user(), **said)
    session.execute(put.on_conflict_do_update(index_elements=["play_id", "user_id"], set_=said))
    session.refresh(play)
    return play


def take_back(session: Session, play_id: UUID) -> None:
    """Take the caller's vote back, if there is one."""
    play = _readable(session, play_id)
    session.execute(delete(PlayVote).where(PlayVote.play_id == play.id, PlayVote.user_id == _user()))


def use(session: Session, play_id: UUID, deal_id: UUID | None) -> Play:
    """Count that a play was used, for a deal within reach or for none in particular."""
    play = _readable(session, play_id)
    deal = load(session, Deal, deal_id) if deal_id else None
    now = clock.now()
    put = insert(PlayUse).values(
        play_id=play.id, user_id=actor().id, deal_id=deal.id if deal else None, times=1, last_used_at=now
    )
    again = {"times": PlayUse.times + 1, "last_used_at": now}
    session.execute(put.on_conflict_do_update(index_elements=["play_id", "user_id", "deal_id"], set_=again))
    session.refresh(play)
    return play


def _readable(session: Session, play_id: UUID) -> Play:
    """A play that the caller reads; NotFound otherwise."""
    play = session.scalars(visible(select(Play).where(Play.id == play_id, within_reach()), Play)).one_or_none()
    if play is None:
        raise NotFound("play")
    return play


def _user() -> UUID:
    who = actor().id
    if who is None:
        raise Forbidden("Only users have a vote.", "not_a_user")
    return who


def _take_links(session: Session, data: dict[str, Any]) -> dict[str, list[Any]]:
    """What a play is to be about, taken out of `data`: column of PlayLink -> values, each once. Invalid, naming the
    first stage, product or competitor that is not there."""
    links: dict[str, list[Any]] = {}
    for subject, model in _LINKED.items():
        if (ids := data.pop(f"{subject}_ids", None)) is not None:
            known = set(session.scalars(select(model.id).where(model.id.in_(ids))))
            for place, one in enumerate(ids):
                if one not in known:
                    message = f"There is no {subject} with this id."
                    raise Invalid(f"{subject}_ids.{place}", f"unknown_{subject}", message)
            links[f"{subject}_id"] = list(dict.fromkeys(ids))
    if (industries := data.pop("industries", None)) is not None:
        links["industry"] = list(dict.fromkeys(one.lower() for one in industries))
    return links


def _set_links(session: Session, play: Play, links: dict[str, list[Any]]) -> None:
    """Make these what a play is about; of what is not spoken of, it keeps what it has."""
    play.links = [link for link in play.links if all(getattr(link, column) is None for column in links)]
    session.flush()  # what was named before goes, before it may come again
    play.links += [PlayLink(**{column: value}) for column, values in links.items() for value in values]


def _keep_edition(session: Session, play: Play) -> None:
    play.edition += 1
    session.flush()  # a new play has its id by that
    text = {name: getattr(play, name) for name in _TEXT}
    session.add(
        PlayEdition(play_id=play.id, edition=play.edition, **text, changed_by=actor().id, changed_at=clock.now())
    )
