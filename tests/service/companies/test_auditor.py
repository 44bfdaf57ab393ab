"""The auditor finds what was planted in the quotes, and nothing else."""

from __future__ import annotations

import pytest
from campus.auditor.audit import audit
from sqlalchemy import text

from tests.support.audit import unlocked

from ..bookings.conftest import World, contact
from .conftest import YES, Firm

_LINE = "(SELECT booking_id FROM quote_lines WHERE quote_id = (SELECT id FROM quotes WHERE reference = :ref))"
_PLANTED = {
    "quote-hold-differs": ("open", f"UPDATE bookings SET hold_expires_at = :end WHERE id = {_LINE}"),
    "quote-not-confirmed": (
        "accepted",
        f"DELETE FROM audit WHERE action = 'confirm' AND reference = {{ref_of}}{_LINE})",
    ),
    "quote-seats-kept": ("open", "UPDATE quotes SET state = 'declined' WHERE reference = :ref"),
    "quote-without-lines": (
        "accepted",
        "DELETE FROM quote_lines WHERE quote_id = (SELECT id FROM quotes WHERE reference = :ref)",
    ),
    "quote-missing": ("accepted", f"UPDATE bookings SET quote_reference = 'EBQ-000000' WHERE id = {_LINE}"),
    "quote-line-astray": ("open", f"UPDATE bookings SET quote_reference = 'EBQ-000000' WHERE id = {_LINE}"),
    "mail-missing": ("accepted", "DELETE FROM outbox WHERE kind = 'quote-accepted' AND reference = :ref"),
}


@pytest.mark.parametrize("code", _PLANTED)
def test_what_is_planted_is_found(world: World, firm: Firm, code: str) -> None:
    made = {
        name: firm.quote([{"session_id": "open-1", "seats": 2}], contact=contact(f"{name}@example.com"))
        for name in ("open", "accepted", "declined", "expired")
    }
    firm.say(made["accepted"], "accept", YES)
    firm.say(made["declined"], "decline")
    assert audit(world.database) == []
    which, statement = _PLANTED[code]
    statement = statement.replace("{ref_of}", "(SELECT reference FROM bookings WHERE id = ")
    values = {"ref": made[which]["reference"]} | ({"end": "2026-12-09 00:00:00+00"} if ":end" in statement else {})
    with world.database.writing() as db, unlocked(db):
        db.execute(text(statement), values)
    assert code in {finding.code for finding in audit(world.database)}


def test_quotes_that_are_over_are_sound_before_any_worker_and_after(world: World, firm: Firm) -> None:
    firm.quote()
    world.clock.forward(hours=72)
    world.check()
    world.sweep()
    world.check()
    firm.tidy()
    world.check()
