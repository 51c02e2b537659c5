"""Every column that names a person or a company: it follows when they are merged, and comes back when they are parted.

A new table with a `person_id` or `company_id` is listed here, or with its reason among the exceptions of
tests/contracts/test_followers.py, which fails until it is.
"""

from __future__ import annotations

from chassis.db.aliases import Following
from contacts.addresses.model import Address
from contacts.calendar.model import Appointment, AppointmentPerson, AppointmentSeries, SeriesPerson
from contacts.collaborators.model import Collaborator
from contacts.companies.model import Company
from contacts.consent.model import ConsentLink, ConsentRecord
from contacts.files.model import File
from contacts.grades.model import GradeChange, Purchase, StageChange
from contacts.insights.model import Insight
from contacts.interactions.model import Interaction, Participant
from contacts.merging.model import Tombstone
from contacts.notes.model import Note
from contacts.people.model import Person
from contacts.privacy.model import LegalHold
from contacts.relationships.model import Relationship
from contacts.sensitive.model import SensitiveAccess, SensitiveValue
from contacts.tags.model import TagGiving
from contacts.tasks.model import Task, TaskSeries
from contacts.timeline.model import TimelineEntry

PEOPLE = Following(
    Tombstone,
    (
        Interaction.person_id, Task.person_id, TimelineEntry.person_id, Purchase.person_id, Appointment.person_id,
        AppointmentPerson.person_id, ConsentRecord.person_id, TagGiving.person_id, Collaborator.person_id,
        Participant.person_id, TaskSeries.person_id, LegalHold.person_id, SensitiveValue.person_id,
        SensitiveAccess.person_id, Note.person_id, Address.person_id, Insight.person_id, Relationship.from_person_id,
        Relationship.to_person_id, ConsentLink.person_id, AppointmentSeries.person_id, SeriesPerson.person_id,
        GradeChange.person_id, StageChange.person_id, File.person_id,
    ),
)  # fmt: skip
COMPANIES = Following(
    Tombstone,
    (
        Person.company_id, Company.parent_id, Interaction.company_id, Task.company_id, TimelineEntry.company_id,
        Appointment.company_id, TagGiving.company_id, Collaborator.company_id, TaskSeries.company_id, Note.company_id,
        Address.company_id, Insight.company_id, Relationship.from_company_id, Relationship.to_company_id,
        AppointmentSeries.company_id, File.company_id,
    ),
)  # fmt: skip
