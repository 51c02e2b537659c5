"""Lists of companies narrowed by a way to reach them: `?email=`, `?phone=`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_

from chassis.db.search import matches
from chassis.errors import BadRequest
from contacts.companies.model import Company
from contacts.points.normal import NotNormal, email_point, phone_point


def by_email(text: str) -> ColumnElement[bool]:
    """An e-mail address of the company, in any spelling."""
    return _has("email", Company.emails, email_point, text)


def by_phone(text: str) -> ColumnElement[bool]:
    """A phone number of the company, in any spelling."""
    return _has("phone", Company.phones, phone_point, text)


FINDERS = {"email": by_email, "phone": by_phone}


def _has(parameter: str, column: Any, read: Any, text: str) -> ColumnElement[bool]:
    """By the index of the search first, then exactly."""
    try:
        value = read(text).value
    except NotNormal as error:
        raise BadRequest(parameter, "not_valid", str(error)) from None
    return and_(matches(Company, value), column.contains([{"value": value}]))
