"""The clocks of contacts: all that it does because time has passed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.bus import every
from contacts.calendar import reminding as calendar_reminding
from contacts.calendar import series as appointment_series
from contacts.candidates import actions as candidates
from contacts.candidates import settling
from contacts.consent import actions as consent
from contacts.files import sweeping as files
from contacts.grades import running as grading
from contacts.grades import schemes
from contacts.handovers import actions as handovers
from contacts.handovers import leaving
from contacts.imports import forgetting as imports
from contacts.imports import kind as importing
from contacts.mailboxes import polling as mailboxes
from contacts.privacy import saga as privacy
from contacts.searching import actions as searching
from contacts.snoozes import actions as snoozes
from contacts.tags import running as tags
from contacts.tasks import reminding
from contacts.tasks import series as task_series


class ContactsClocks:
    """Each runs in a transaction of its own, on one worker at a time."""

    @every(seconds=30)
    def end_consents(self, now: datetime, session: Session) -> None:
        """Consent that was given until a day that has come."""
        consent.expire(session, now)

    @every(seconds=600)
    def privacy_requests(self, now: datetime, session: Session) -> None:
        """Requests of people whose deadline is near or that a service has not answered; archives that have expired."""
        privacy.look_after(session, now)

    @every(seconds=600)
    def outstanding_hand_overs(self, now: datetime, session: Session) -> None:
        """Hand-overs of which a service has not said what it moved."""
        handovers.look_after(session, now)

    @every(seconds=15)
    def remind(self, now: datetime, session: Session) -> None:
        """Tasks that are soon due, due, or long overdue; appointments that start soon; what was put off until now."""
        reminding.remind(session, now)
        calendar_reminding.remind(session, now)
        snoozes.remind_again(session, now)

    @every(seconds=15)
    def recur(self, now: datetime, session: Session) -> None:
        """The next task of each series whose time has come."""
        task_series.make_due(session, now)

    @every(seconds=60)
    def recur_appointments(self, now: datetime, session: Session) -> None:
        """The appointments of each series that come into the window."""
        appointment_series.go_on(session, now)

    @every(seconds=5)
    def release(self, _now: datetime, session: Session) -> None:
        """Records of users who left: to the deputy, or off them, a batch at a time."""
        leaving.release(session)

    @every(seconds=1)
    def find_duplicates(self, now: datetime, session: Session) -> None:
        """People and companies that changed: are they here a second time? After an import, if one is running."""
        candidates.sweep(session, now, importing=importing.under_way(session))

    @every(seconds=1)
    def make_searchable(self, now: datetime, session: Session) -> bool:
        """People whom imports have made: what they are found by. After an import, if one is running."""
        return searching.go_on(session, now, importing=importing.under_way(session))

    @every(seconds=10)
    def merge_exact(self, _now: datetime, session: Session) -> None:
        """Exact duplicates, where a rule says that nobody need be asked."""
        settling.merge_exact(session)

    @every(seconds=30)
    def regrade(self, now: datetime, session: Session) -> None:
        """Those whose grade or stage time alone changes, a batch at a time."""
        grading.sweep(session, now)

    @every(seconds=600)
    def cut_grades(self, now: datetime, session: Session) -> None:
        """The fifths of all who bought, once a day where grades go by them."""
        schemes.recut(session, now)

    @every(seconds=3)
    def retag(self, _now: datetime, session: Session) -> None:
        """The tags of people about whom something changed."""
        tags.sweep(session)

    @every(seconds=600)
    def rerun_tags(self, now: datetime, session: Session) -> None:
        """Rules with relative dates, once a day."""
        tags.rerun_timed(session, now)

    @every(seconds=10)
    def read_mailboxes(self, now: datetime, session: Session) -> None:
        """Mailboxes whose time has come: the jobs process reads them."""
        mailboxes.start_due(session, now)

    @every(seconds=60)
    def forget_imports(self, now: datetime, session: Session) -> None:
        """What was kept to undo an import, when it is too late for that."""
        imports.forget(session, now)

    @every(seconds=files.EVERY)
    def sweep_files(self, now: datetime, session: Session) -> None:
        """Content that no file has any more, a part of the storage at a time; links that do not work any more."""
        files.sweep_unused(session, now)
