"""What begins or ends by itself: one idempotent run for all modules."""

from __future__ import annotations

import datetime
from collections import Counter

from capphep.catalog.actions.prices import prices_take_effect
from capphep.collaboration.actions.activities import note_due
from capphep.entitlements.actions.effects import note_effects
from capphep.entitlements.actions.keys import forget_private_keys
from capphep.entitlements.actions.occasions import note_ends
from capphep.entitlements.actions.usage import forget_old_usage
from capphep.exchange.actions import forget_old as forget_old_uploads
from capphep.identity.actions import close_due
from capphep.platform import clock, drafts, jobs, options, ticks
from capphep.platform.api.idempotency import forget_old_answers
from capphep.platform.filetexts import read_unread
from capphep.platform.origin import working_from
from capphep.privacy.actions import forget_old_access, tell_due_requests
from capphep.provisioning.actions.ageing import note_overdue
from capphep.provisioning.actions.expiry import expire_drafts


def run() -> Counter[str]:
    """Work through every day since the last run; returns what happened, by kind.

    Missing a week and running once does the same as running daily: each day is worked
    through in order, and what it does bears the day on which it took effect. Besides, evidence
    that was stored before its text was kept is read, and what need not be kept goes.
    """
    counts: Counter[str] = Counter()

    def work(day: datetime.date) -> None:
        counts["entitlements"] += note_effects(day=day)
        counts["ends"] += note_ends(day=day)
        counts["usage_forgotten"] += forget_old_usage(day=day)
        counts["overdue"] += note_overdue(day=day)
        counts["drafts"] += len(expire_drafts(day=day))
        counts["accounts"] += close_due(day=day)
        counts["reminders"] += note_due(day=day)
        counts["data_requests"] += tell_due_requests(day=day)
        counts["access_forgotten"] += forget_old_access(day=day)
        counts["prices"] += prices_take_effect(day=day)

    with working_from("tick"), options.unit():
        counts["days"] = ticks.each_day(clock.today(), work)
    counts["keys_retired"] = forget_private_keys()
    counts["answers_forgotten"] = forget_old_answers()
    counts["jobs_forgotten"] = jobs.forget_old()
    counts["form_drafts_forgotten"] = drafts.forget_old()
    counts["uploads_forgotten"] = forget_old_uploads()
    counts["texts"] = read_unread().total()
    return counts
