"""What contacts holds of a person, and what becomes of it when they are erased: the person goes with all that hangs on
them. Declare here what a new table of people holds; tests/contracts/test_holdings.py says what is missing."""

from __future__ import annotations

from chassis.privacy import Holding, Holdings, Via
from contacts.addresses.model import Address
from contacts.bulk.model import BulkEditRow
from contacts.calendar.model import Appointment, AppointmentPerson, AppointmentSeries, SeriesPerson
from contacts.candidates.model import Duplicate
from contacts.collaborators.model import Collaborator
from contacts.consent.model import ConsentLink, ConsentRecord
from contacts.files.model import File, FileLink, FileVersion
from contacts.grades.model import GradeChange, Grading, Purchase, StageChange
from contacts.imports.model import ImportChange, ImportedPerson
from contacts.insights.model import Insight
from contacts.interactions.model import Correction, Interaction, Participant
from contacts.mailboxes.model import Mail
from contacts.merging.model import Merge
from contacts.notes.model import Note, NoteVersion
from contacts.people.model import Person
from contacts.points.model import ContactPoint
from contacts.privacy.model import ExportPart, LegalHold, PrivacyAnswer, PrivacyRequest
from contacts.quality.model import PersonVerified
from contacts.relationships.model import Relationship
from contacts.sensitive.model import SensitiveAccess, SensitiveValue
from contacts.tags.model import TagGiving
from contacts.tasks.model import Task, TaskReminder, TaskSeries
from contacts.timeline.model import TimelineEntry

HOLDINGS = Holdings(
    # A mail of theirs that nobody assigned goes; of one that was filed the Message-ID stays, so that it is known again.
    Holding(Mail, Via("from_address", ContactPoint, "value"), delete=True),
    Holding(
        Mail, Via("interaction_id", Interaction), plain=("message_id", "thread_id", "state", "direction"),
        clear={"attachments": []} | dict.fromkeys(("from_address", "from_name", "subject", "content", "invitation")),
    ),
    Holding(ContactPoint, ("person_id",), delete=True, identifies=("value", "typed")),
    Holding(Address, ("person_id",), delete=True, identifies=("address",)),
    Holding(ConsentRecord, ("person_id",), delete=True),
    Holding(ConsentLink, ("person_id",), delete=True, withheld=("token_hash",)),
    # Before what they hang on goes.
    Holding(Correction, Via("interaction_id", Interaction), delete=True),
    Holding(TaskReminder, Via("task_id", Task), delete=True),
    Holding(Interaction, Via("id", Participant, "interaction_id"), scrub=("summary", "content", "next_step")),
    Holding(Participant, ("person_id",), delete=True),
    Holding(Interaction, ("person_id",), delete=True),
    Holding(NoteVersion, Via("note_id", Note), delete=True),
    Holding(Note, ("person_id",), delete=True),
    Holding(FileLink, Via("file_id", File), delete=True, withheld=("token_hash",)),
    # The content goes with the next sweep, unless another's file is the same.
    Holding(FileVersion, Via("file_id", File), delete=True),
    Holding(File, ("person_id",), delete=True),
    Holding(Task, ("person_id",), delete=True),
    Holding(TaskSeries, ("person_id",), delete=True),
    Holding(PersonVerified, ("person_id",), delete=True),
    Holding(TimelineEntry, ("person_id",), delete=True),
    Holding(Insight, ("person_id",), delete=True),
    Holding(Relationship, ("from_person_id", "to_person_id"), delete=True),
    Holding(Purchase, ("person_id",), delete=True),
    Holding(Grading, ("person_id",), delete=True),
    Holding(GradeChange, ("person_id",), delete=True),
    Holding(StageChange, ("person_id",), delete=True),
    Holding(Collaborator, ("person_id",), delete=True),
    Holding(BulkEditRow, ("person_id",), delete=True),
    Holding(TagGiving, ("person_id",), delete=True),
    Holding(Duplicate, ("low_id", "high_id"), delete=True),
    Holding(ImportChange, ("person_id",), delete=True),
    Holding(ImportedPerson, ("person_id",), delete=True),
    # Others may attend, too: what was planned stays, without what names the one who was erased.
    Holding(
        Appointment, Via("id", AppointmentPerson, "appointment_id"), scrub=("title", "note", "place"),
        plain=("time_zone", "show_as", "state"),
    ),
    Holding(Appointment, ("person_id",), scrub=("title", "note", "place"), plain=("time_zone", "show_as", "state")),
    Holding(AppointmentPerson, ("person_id",), delete=True),
    Holding(
        AppointmentSeries, Via("id", SeriesPerson, "series_id"), scrub=("title", "note", "place"),
        plain=("rule", "time_zone", "show_as", "state"),
    ),
    Holding(
        AppointmentSeries, ("person_id",), scrub=("title", "note", "place"),
        plain=("rule", "time_zone", "show_as", "state"),
    ),
    Holding(SeriesPerson, ("person_id",), delete=True),
    Holding(Merge, ("survivor_id", "loser_id"), delete=True, withheld=("snapshot", "why"), plain=("kind",)),
    Holding(SensitiveValue, ("person_id",), delete=True, withheld=("key_id",)),
    # Who looked, and why, is the evidence of those who audit.
    Holding(SensitiveAccess, ("person_id",), scrub=("reason",), plain=("field", "how")),
    Holding(LegalHold, ("person_id",), delete=True),
    Holding(ExportPart, Via("request_id", PrivacyRequest), delete=True),
    Holding(PrivacyAnswer, Via("request_id", PrivacyRequest), plain=("service", "tables", "kept")),
    # That somebody asked, and what was done, is what proves that it was.
    Holding(
        PrivacyRequest, ("person_id",), clear={"note": None, "secret": None}, scrub=("identity", "reason"),
        plain=("kind", "law", "channel", "state", "public_key"),
    ),
    Holding(Person, ("id",), delete=True, identifies=("name",)),
    apart={
        "appointment_reminders": "when an appointment is reminded of",
        "appointment_series_users": "colleagues who attend",
        "appointment_users": "colleagues who attend",
        "called_off_events": "which events of other calendars are off; hashes of addresses, for that event only",
        "calendar_feeds": "links of colleagues",
        "consent_texts": "the words that ask for consent",
        "companies": "enterprises, not people",
        "company_duplicates": "enterprises, not people",
        "match_keys_of_companies": "enterprises, not people",
        "match_keys_of_people": "hashes that lead to ids only; they go when met",
        "merge_rules": "what is merged without asking",
        "duplicate_sweeps": "how far a sweep has come",
        "custom_fields": "what fields there are; their values go with the person",
        "import_profiles": "which column of a list is what",
        "imported_events": "which events of other calendars colleagues took over; what they say is an appointment",
        "imported_companies": "ids of enterprises only",
        "interaction_outcomes": "what outcomes there are",
        "mailboxes": "mailboxes of the enterprise",
        "mailbox_states": "how far each was read",
        "rehearsed_keys": "of a dry run; dropped when it ends",
        "people_grams": "made of a person's row, and deleted with it",
        "required_fields": "what a new record must have",
        "snoozes": "when colleagues are reminded again",
        "staff": "colleagues",
        "suppressed_points": "keyed hashes that lead to nobody",
        "tag_dirty": "ids only, gone within seconds",
        "tags": "what tags there are",
        "tombstones": "ids only: under which others may still speak of the person",
    },
)  # fmt: skip
