"""The private keys of exports under another key."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contacts.privacy.model import PrivacyRequest
from contacts.privacy.saga import about
from contacts.sensitive.keyring import keyring


def rewrap(session: Session, limit: int) -> int:
    """Encrypt up to `limit` private keys anew that are not under the current key; how many. 0: all are."""
    ring = keyring()
    current = ring.prefix
    old = PrivacyRequest.secret.is_not(None), func.substring(PrivacyRequest.secret, 1, len(current)) != current
    rows = session.scalars(
        select(PrivacyRequest).where(*old).order_by(PrivacyRequest.id).limit(limit).with_for_update()
    )
    found = rows.all()
    for request in found:
        if request.secret is not None:
            request.secret = ring.encrypt(ring.decrypt(request.secret, about(request.id)), about(request.id))
    session.flush()
    return len(found)
