"""Submissions over HTTP: posted by anybody, read by staff."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from marketing.submissions import actions
from marketing.submissions.model import Submission
from marketing.submissions.schema import Accepted, SubmissionIn, SubmissionOut

MAX_BODY = 64 * 1024

api = Api("submissions", scope="marketing")
api.add(
    Resource(
        Submission,
        path="submissions",
        read=SubmissionOut,
        filters=("form_id", "form_key", "campaign_id", "person_id", "created_at"),
        sorts=("created_at",),
    )
)


@api.post(
    "/public/forms/<key>/submissions",
    public=True,
    body=SubmissionIn,
    consumes=("application/json", "application/x-www-form-urlencoded"),
    max_body=MAX_BODY,
    returns=Accepted,
    status=201,
    errors=(404,),
)
def submit(session: Session, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Post a form, as JSON or as a plain HTML form does.

    The same content posted again within minutes is the same submission. A filled honeypot is answered like
    any other.
    """
    return {"submission_id": actions.submit(session, key, body, _address()), "status": "accepted"}


def _address() -> str:
    """The sender's IP address, as the gateway in front of us saw it."""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
    return forwarded or request.remote_addr or ""
