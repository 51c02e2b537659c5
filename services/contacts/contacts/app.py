"""The HTTP door: every feature's routes."""

from __future__ import annotations

from flask import Flask

import contacts.imports.model
import contacts.staff.model  # noqa: F401 - tables without routes of their own
from chassis.db import Database
from chassis.http import service_app
from contacts.addresses.api import api as addresses
from contacts.base import SERVICE
from contacts.bulk.api import api as bulk
from contacts.calendar.api import api as calendar
from contacts.calendar_imports.api import api as calendar_imports
from contacts.candidates.api import api as duplicates
from contacts.collaborators.api import api as collaborators
from contacts.companies.api import api as companies
from contacts.consent.api import api as consent
from contacts.files.api import api as files
from contacts.grades.api import api as grades
from contacts.handovers.api import api as hand_overs
from contacts.identity.api import api as identity
from contacts.imports.api import api as imports
from contacts.insights.api import api as insights
from contacts.interactions.api import api as interactions
from contacts.mailboxes.api import api as mailboxes
from contacts.merging.api import api as merging
from contacts.notes.api import api as notes
from contacts.owners.api import api as owners
from contacts.people.api import api as people
from contacts.privacy.api import api as privacy
from contacts.profiles.api import api as profiles
from contacts.quality.api import api as quality
from contacts.relationships.api import api as relationships
from contacts.requirements.api import api as requirements
from contacts.sensitive.api import api as sensitive
from contacts.snoozes.api import api as snoozes
from contacts.tags.api import api as tags
from contacts.tasks.api import api as tasks
from contacts.telling.api import api as telling
from contacts.timeline.api import api as timeline


def create_app(database: Database | None = None, **options: object) -> Flask:
    """The contacts application, on `database` or on the one that the environment names."""
    apis = [people, companies, consent, interactions, tasks, calendar, timeline, imports, merging, duplicates, tags]
    apis += [addresses, relationships, insights, profiles, identity]
    apis += [collaborators, quality, bulk, privacy]
    apis += [sensitive, notes, requirements, mailboxes, grades, files]
    apis += [owners, hand_overs, calendar_imports, snoozes, telling]
    return service_app(SERVICE, apis=apis, database=database, **options)  # type: ignore[arg-type]
