"""The routes of the calendar."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from chassis.http import Answer, Api, Resource
from contacts.calendar import actions, attending, busy, feed, following, schema
from contacts.calendar.model import Appointment, AppointmentSeries

api = Api("calendar", scope="contacts")
api.add(
    Resource(
        Appointment,
        path="appointments",
        read=schema.AppointmentOut,
        create=schema.AppointmentIn,
        update=schema.AppointmentPatch,
        filters=(
            "starts_at", "state", "series_id", "owner_id", "team_id", "person_id", "company_id", "deal_id",
            "created_at",
        ),
        sorts=("starts_at", "created_at"),
        default_sort="starts_at",
        on_create=actions.schedule,
        on_update=actions.change,
        exported=True,
    )
)  # fmt: skip
api.add(
    Resource(
        AppointmentSeries,
        path="appointment-series",
        read=schema.AppointmentSeriesOut,
        filters=("state", "owner_id", "person_id", "company_id", "deal_id", "created_at"),
        sorts=("created_at",),
    )
)


@api.post("/appointments/<uuid:appointment_id>/cancel", returns=schema.AppointmentOut, errors=(404, 409))
def cancel_appointment(session: Session, appointment_id: UUID) -> Appointment:
    """Cancel an appointment; of a series this one only."""
    return actions.cancel(session, appointment_id)


@api.post("/appointments/<uuid:appointment_id>/answer", body=schema.AnswerIn, returns=schema.AppointmentOut)
def answer(session: Session, appointment_id: UUID, body: dict[str, Any]) -> Appointment:
    """Say whether you attend."""
    return attending.answer(session, appointment_id, body["answer"], force=body["force"], following=body["following"])


@api.post(
    "/appointments/<uuid:appointment_id>/following", body=schema.AppointmentsPatch, returns=schema.AppointmentOut,
    errors=(404, 409),
)  # fmt: skip
def change_following(session: Session, appointment_id: UUID, body: dict[str, Any]) -> Appointment:
    """Change an appointment and all of its series that follow; they are a series of their own from then on.

    `PATCH /appointments/{id}` changes this one only.
    """
    return following.change_following(session, appointment_id, body)


@api.post("/appointments/<uuid:appointment_id>/following/cancel", returns=schema.AppointmentOut, errors=(404, 409))
def cancel_following(session: Session, appointment_id: UUID) -> Appointment:
    """Cancel an appointment and all of its series that follow."""
    return following.cancel_following(session, appointment_id)


@api.post(
    "/appointment-series/<uuid:series_id>/change", body=schema.AppointmentsPatch, returns=schema.AppointmentOut,
    errors=(404, 409),
)  # fmt: skip
def change_series(session: Session, series_id: UUID, body: dict[str, Any]) -> Appointment:
    """Change all of a series that is to come; the answer is the first of it."""
    return following.change_series(session, series_id, body)


@api.post("/appointment-series/<uuid:series_id>/cancel", returns=schema.AppointmentSeriesOut, errors=(404, 409))
def cancel_series(session: Session, series_id: UUID) -> AppointmentSeries:
    """Cancel all of a series that is to come."""
    return following.cancel_series(session, series_id)


@api.get("/calendar/busy", query=schema.BusyQuery, returns=schema.TeamBusyOut, errors=(403,))
def team_busy(session: Session, query: dict[str, Any]) -> dict[str, Any]:
    """When the members of a team, or some users, are busy, and when all of them are free.

    Between two instants, or on whole days of a time zone.
    """
    return busy.of_team(session, *busy.span(session, query), query.get("team_id"), query.get("user_ids", []))


@api.get("/calendar/feed", returns=schema.FeedStateOut, errors=(403,))
def read_feed(session: Session) -> dict[str, Any]:
    """Whether your calendar has a link."""
    return feed.state_of(session)


@api.post("/calendar/feed", returns=schema.FeedOut, status=201, errors=(403,))
def open_feed(session: Session) -> Answer:
    """Make a link under which a calendar client reads your appointments. The link before it is void."""
    token = feed.open_feed(session)
    path = f"{session.info['service'].url_prefix}/public/calendars/{token}.ics"
    return Answer({"token": token, "path": path}, kept={"token": None, "path": None})


@api.delete("/calendar/feed", guarded=False, errors=(403,))
def close_feed(session: Session) -> None:
    """Make the link of your calendar void."""
    feed.close_feed(session)


@api.get("/public/calendars/<string(maxlength=64):token>.ics", public=True, produces="text/calendar", errors=(404,))
def show_feed(session: Session, token: str) -> Response:
    """The calendar of a user, as iCalendar, for who knows the link."""
    headers = {"Cache-Control": "private, max-age=60", "Content-Disposition": 'inline; filename="calendar.ics"'}
    return Response(feed.by_token(session, token), content_type="text/calendar; charset=utf-8", headers=headers)
