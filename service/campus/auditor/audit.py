"""All checks together."""

from __future__ import annotations

import time

from campus import clock
from campus.auditor.finding import Finding, one_moment
from campus.auditor.histories import check_answers, check_histories, histories
from campus.auditor.quotes import check_quotes
from campus.auditor.rows import check_rows
from campus.auditor.seats import check_seats
from campus.db import Database

PASSING = {"waiting-despite-room"}
"""What may be so for a moment: the sweeper sees to it within a second."""
SWEPT_AFTER = 3.0
"""Seconds."""


def audit_twice(database: Database) -> list[Finding]:
    """The same for a service that runs: what may pass counts only where it is still so a few seconds later."""
    found = audit(database)
    if not any(finding.code in PASSING for finding in found):
        return found
    time.sleep(SWEPT_AFTER)
    still = set(audit(database))
    return [finding for finding in found if finding.code not in PASSING or finding in still]


def audit(database: Database) -> list[Finding]:
    """Everything that must not be, sorted by code; nothing on a sound database, however busy it is."""
    now = clock.now()
    with one_moment(database) as db:
        history = histories(db)
        erased = {reference for reference, steps in history.items() if any(step.action == "erase" for step in steps)}
        return sorted(
            [
                *check_seats(db, now),
                *check_rows(db, erased),
                *check_histories(db, history),
                *check_answers(db),
                *check_quotes(db, history, now),
            ]
        )
