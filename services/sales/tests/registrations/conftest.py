"""Partners, and what they register."""

from __future__ import annotations

import pytest

from chassis.ids import uuid7

ACME = {"company_name": "ACME Precision Ltd", "domain": "acme.com", "contact_name": "Li Na",
        "contact_email": "li@acme.com", "amount": "48000.00", "currency": "EUR",
        "expected_close": "2026-12-31"}  # fmt: skip


@pytest.fixture
def partner(user):
    """Makes a user of a partner company."""
    return lambda: user(reach="partner", partner_id=uuid7())


@pytest.fixture
def ours(partner):
    return partner()


@pytest.fixture
def register(api, ours):
    """Registers a customer; the answer."""
    return lambda as_=ours, **data: api.post("/registrations", json=ACME | data, as_=as_)


@pytest.fixture
def approved(api, register):
    """A registration that was approved; its path."""

    def make(as_=None, **body):
        path = f"/registrations/{(register(as_=as_) if as_ else register()).json['id']}"
        assert api.post(f"{path}/approve", json=body).status_code == 200
        return path

    return make
