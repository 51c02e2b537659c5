"""People by a contact point: `?email=`, `?phone=`, `?handle=wechat:li_na`, `?membership=shop_card:10023`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select

from chassis.errors import BadRequest
from contacts.people.model import Person
from contacts.points.model import ContactPoint
from contacts.points.networks import handle_point, membership_point
from contacts.points.normal import NotNormal, email_point, phone_point
from contacts.points.rules import Point


def by_email(text: str) -> ColumnElement[bool]:
    """An e-mail address of theirs, in any spelling."""
    return _has(_read("email", email_point, text))


def by_phone(text: str) -> ColumnElement[bool]:
    """A phone number of theirs, in any spelling."""
    return _has(_read("phone", phone_point, text))


def by_handle(text: str) -> ColumnElement[bool]:
    """An account of a social network as `network:handle`."""
    network, _, handle = text.partition(":")
    return _has(_read("handle", handle_point, network, handle))


def by_membership(text: str) -> ColumnElement[bool]:
    """A membership, card or external number as `scheme:number`."""
    scheme, _, number = text.partition(":")
    return _has(_read("membership", membership_point, scheme, number))


FINDERS = {"email": by_email, "phone": by_phone, "handle": by_handle, "membership": by_membership}


def _read(parameter: str, read: Any, *texts: str) -> Point:
    try:
        point: Point = read(*texts)
    except NotNormal as error:
        raise BadRequest(parameter, "not_valid", str(error)) from None
    return point


def _has(point: Point) -> ColumnElement[bool]:
    """Whoever has it: a shared number stands for several people."""
    return Person.id.in_(select(ContactPoint.person_id).where(ContactPoint.reaches(point.kind, point.value)))
