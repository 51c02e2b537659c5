"""What the service desk holds of a person, and what becomes of it when they are erased: tickets are counted on, what
the customer wrote goes. Declare here what a new table holds; tests/contracts/test_holdings.py says what is missing."""

from __future__ import annotations

from chassis.privacy import ERASED, Holding, Holdings, Via
from service_desk.collaborators.model import Collaborator
from service_desk.conversation.model import Message
from service_desk.entitlements.model import Entitlement
from service_desk.merged.model import MergedPerson
from service_desk.people.model import Person
from service_desk.sla.model import SlaClock
from service_desk.surveys.model import Survey
from service_desk.tickets.model import Ticket

_NAMES = ("name", "email", "phone", "company_name")

HOLDINGS = Holdings(
    Holding(Person, ("id",), clear=dict.fromkeys(_NAMES), identifies=("name", "email", "phone")),
    Holding(
        Ticket, ("person_id",),
        clear={"requester_name": ERASED, "requester_email": None, "requester_phone": None, "subject": ERASED},
        identifies=("requester_name", "requester_email", "requester_phone"), scrub=("resolution",),
        plain=("number", "state", "priority", "kind", "channel", "product", "company_name", "origin", "sla_state"),
    ),
    Holding(
        Message, Via("ticket_id", Ticket), where=Message.direction == "in",
        clear={"body": ERASED, "author_name": ERASED}, identifies=("author_name",), plain=("direction", "channel"),
    ),
    Holding(Collaborator, ("person_id",), delete=True),
    Holding(Message, Via("ticket_id", Ticket), where=Message.direction == "out", scrub=("body",)),
    Holding(SlaClock, Via("ticket_id", Ticket), plain=("metric",)),
    Holding(Survey, ("person_id",), clear={"comment": None}, plain=("kind", "token_hash")),
    Holding(
        Entitlement, ("person_id",), clear={"holder_name": ERASED}, identifies=("holder_name",), scrub=("name",),
        plain=("product",),
    ),
    # Rows of theirs that were there twice are kept, until the two are parted, in what followed.
    Holding(MergedPerson, ("old_id", "new_id"), clear={"moved": {}}, withheld=("moved",)),
    apart={
        "agents": "colleagues",
        "calendars": "business hours",
        "companies": "names of companies",
        "merged_companies": "ids only",
        "sla_policies": "what is promised",
    },
)  # fmt: skip
