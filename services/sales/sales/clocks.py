"""The clocks of sales: all that it does because time has passed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.bus import every
from sales.agreements import actions as agreements
from sales.approvals.keeping import keep_asked
from sales.cadence import escalation, silence
from sales.currencies import actions as currencies
from sales.customer_pools import reclaiming as customer_reclaiming
from sales.deals import holding
from sales.expenses import receipts
from sales.forecasts import snapshots
from sales.handovers.actions import HAND_OVERS
from sales.leads import handlers as leads
from sales.leads import recycling
from sales.orders import receivables
from sales.pools import reclaiming
from sales.registrations import deadlines, protection
from sales.scoring.deals import DEALS
from sales.scoring.following import catch_up
from sales.scoring.leads import LEADS
from sales.scoring.learning import score_stale, score_unscored
from sales.settings import settings


def _left(*counts: int) -> bool:
    """Whether one of these batches was full: there may be more."""
    return max(counts) >= settings().sweep_batch


class SalesClocks:
    """Each runs in a transaction of its own, on one worker at a time; what is found in more than a batch goes on at
    once."""

    @every(seconds=2)
    def move_handed_over(self, now: datetime, session: Session) -> None:  # noqa: ARG002 - the clock's signature
        """The next batch of what passes to others."""
        HAND_OVERS.move(session, tell="handover.moved")

    @every(seconds=60)
    def silence(self, now: datetime, session: Session) -> bool:
        """Put leads to sleep that nothing was heard of."""
        return _left(silence.fall_asleep(session, now))

    @every(seconds=60)
    def overdue_follow_ups(self, now: datetime, session: Session) -> None:
        """Tell of follow-ups that are overdue, and give them to the managers, too."""
        escalation.escalate(session, now)

    @every(seconds=60)
    def recycling(self, now: datetime, session: Session) -> bool:
        """Put leads back into the queue whose time has come."""
        return _left(recycling.recycle_due(session, now))

    @every(seconds=60)
    def idle_leads(self, now: datetime, session: Session) -> bool:  # noqa: ARG002 - the clock's signature
        """Assign open leads that have no owner, or whose owner has left."""
        return _left(leads.give_to_others(session))

    @every(seconds=300)
    def pools(self, now: datetime, session: Session) -> bool:
        """Take leads back into the public pools, and warn the owners of those that go back soon."""
        return _left(reclaiming.take_back(session, now), reclaiming.warn(session, now))

    @every(seconds=300)
    def customer_pools(self, now: datetime, session: Session) -> bool:
        """The same of customers; and tell those owners who were warned of what does not come any more."""
        return _left(
            customer_reclaiming.keep(session),
            customer_reclaiming.take_back(session, now),
            customer_reclaiming.warn(session, now),
        )

    @every(seconds=60)
    def protections(self, now: datetime, session: Session) -> None:
        """Warn partners whose protection is over soon, and end those that are; see to what waits for a decision or an
        answer for too long."""
        protection.warn(session, now)
        protection.expire(session, now)
        deadlines.escalate(session, now)
        deadlines.remind(session, now)
        deadlines.lapse(session, now)

    @every(seconds=30)
    def approvals(self, _now: datetime, session: Session) -> None:
        """Ask for the yes of those who are there today, where who was asked is not."""
        keep_asked(session)

    @every(seconds=60)
    def rates(self, now: datetime, session: Session) -> None:
        """Value open deals anew whose currency has another rate by now, and closed ones that had none."""
        currencies.revalue(session, now)
        currencies.value_late(session)

    @every(seconds=60)
    def holds(self, now: datetime, session: Session) -> None:
        """Take up deals whose hold is over."""
        holding.end_holds(session, now)

    @every(seconds=60)
    def stalled_deals(self, now: datetime, session: Session) -> None:
        """Flag deals that stand still."""
        holding.flag_stalled(session, now)

    @every(seconds=1)
    def scores_follow(self, _now: datetime, session: Session) -> bool:
        """Learn from what was changed, and score it."""
        return _left(catch_up(session))

    @every(seconds=60)
    def scores(self, now: datetime, session: Session) -> None:
        """Score open deals and leads anew since when time went on or others were closed."""
        for scored in (DEALS, LEADS):
            score_stale(session, scored, now)

    @every(seconds=600)
    def first_scores(self, _now: datetime, session: Session) -> None:
        """Score open deals and leads that were there before there was enough history."""
        for scored in (DEALS, LEADS):
            score_unscored(session, scored)

    @every(seconds=600)
    def forecast_snapshot(self, now: datetime, session: Session) -> None:
        """Keep what the pipeline looks like, once a day: soon after midnight, UTC."""
        snapshots.ask(session, now)

    @every(seconds=receipts.EVERY)
    def sweep_receipts(self, now: datetime, session: Session) -> None:
        """Content of receipts that are there no more."""
        receipts.sweep_unused(session, now)

    @every(seconds=3600)
    def renewals(self, now: datetime, session: Session) -> None:
        """Remind of agreements that end soon, and end those that have run out."""
        agreements.remind(session, now)

    @every(seconds=3600)
    def due(self, now: datetime, session: Session) -> None:
        """Tell of instalments whose day has come."""
        receivables.tell_due(session, now)

    @every(seconds=3600)
    def overdue(self, now: datetime, session: Session) -> None:
        """Tell of instalments that are late."""
        receivables.tell_overdue(session, now)
