"""What marketing holds of a person, and what becomes of it when they are erased: that somebody answered a form is still
counted. Declare here what a new table holds; tests/contracts/test_holdings.py says what is missing."""

from __future__ import annotations

from chassis.privacy import Holding, Holdings
from marketing.consent.model import ConsentState, RestrictedPerson
from marketing.merged.model import MergedPerson
from marketing.submissions.model import Submission

_NAMES = ("name", "email", "phone", "company_name", "postcode", "ip_hash")

HOLDINGS = Holdings(
    Holding(
        Submission, ("person_id",), clear={**dict.fromkeys(_NAMES), "answers": {}, "digest": "", "utm": {}},
        identifies=("name", "email", "phone"), plain=("form_key", "country", "consent_text"),
    ),
    Holding(ConsentState, ("person_id",), delete=True),
    Holding(RestrictedPerson, ("person_id",), delete=True),
    # Rows of theirs that were there twice are kept, until the two are parted, in what followed.
    Holding(MergedPerson, ("old_id", "new_id"), clear={"moved": {}}, withheld=("moved",)),
    apart={
        "campaigns": "what campaigns there are",
        "forms": "what forms there are",
    },
)  # fmt: skip
