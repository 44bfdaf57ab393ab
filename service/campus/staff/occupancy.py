"""How full the sessions are, and what is on today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campus import clock
from campus.bookings.models import Booking
from campus.bookings.prices import CURRENCY, to_cents
from campus.bookings.states import State
from campus.catalogue.models import Meeting
from campus.handoffs.models import Handoff
from campus.speakers.speaker import Speaker
from campus.staff import handoffs, sessions

_SUMMED = ("capacity", "taken", "confirmed", "held", "waiting", "free", "below_minimum")


def rows(db: Session, ids: Sequence[str], lang: str) -> list[dict[str, Any]]:
    """A row a session. `waiting` counts seats; what is only held may lapse, and does not count for the minimum."""
    earned = _revenue(db, ids)
    now = clock.now()
    told = []
    for one in sessions.views(db, ids, lang):
        is_on = one["state"] != "cancelled" and not clock.has_come(clock.parse(one["start"]), now)
        is_below = is_on and one["confirmed"] < (one["minimum"] or 0)
        told.append(
            {
                "session_id": one["id"],
                "title": one["title"],
                "operator": one["operator"],
                "start": one["start"],
                "end": one["end"],
                "state": one["state"],
                "capacity": one["capacity"],
                "taken": one["taken"],
                "confirmed": one["confirmed"],
                "held": one["held"] + one["offered"],
                "waiting": one["waiting_seats"],
                "free": max(0, one["capacity"] - one["taken"]),
                "minimum": one["minimum"],
                "below_minimum": is_below,
                "decide_by": one["booking_deadline"] if is_below else None,
                "revenue": str(to_cents(earned[one["id"]])),
            }
        )
    return told


def totals(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The sums of the sessions that take place."""
    on = [row for row in found if row["state"] != "cancelled"]
    sums: dict[str, Any] = {name: sum(row[name] for row in on) for name in _SUMMED}
    revenue = sum((Decimal(row["revenue"]) for row in on), Decimal(0))
    return {"sessions": len(on), **sums, "revenue": str(to_cents(revenue)), "currency": CURRENCY}


def today(db: Session, speaker: Speaker, lang: str) -> dict[str, Any]:
    """The sessions with a block today, and how many people wait for somebody; each for who has the right."""
    start = clock.at(clock.now().date(), 0)
    return {
        "date": start.date().isoformat(),
        "sessions": rows(db, _on(db, speaker, start), lang) if speaker.may(sessions.READ) else None,
        "handoffs": _waiting(db, speaker) if speaker.may(handoffs.SCOPE) else None,
    }


def _on(db: Session, speaker: Speaker, start: datetime) -> list[str]:
    end = clock.at(start.date() + timedelta(days=1), 0)
    meets = set(db.scalars(select(Meeting.session_id).where(Meeting.start < end, Meeting.end > start)))
    mine = sessions.ids_between(db, speaker.reach(sessions.READ), None, None, end)
    return [ident for ident in mine if ident in meets]


def _waiting(db: Session, speaker: Speaker) -> dict[str, int]:
    counted = select(Handoff.state, func.count()).where(handoffs.of_speaker(speaker), Handoff.state != "closed")
    found = dict.fromkeys(("queued", "active", "offline"), 0)
    for state, number in db.execute(counted.group_by(Handoff.state)):
        found[state] = number
    return found


def _revenue(db: Session, ids: Collection[str]) -> dict[str, Decimal]:
    """EUR of the seats that are confirmed or were sat on, VAT included, at the prices that were agreed."""
    sold = select(Booking.session_id, Booking.unit_price, func.sum(Booking.seats)).where(
        Booking.session_id.in_(ids), Booking.state.in_([State.CONFIRMED, State.ATTENDED, State.NO_SHOW])
    )
    earned: dict[str, Decimal] = defaultdict(Decimal)
    for session_id, price, some in db.execute(sold.group_by(Booking.session_id, Booking.unit_price)):
        earned[session_id] += price * int(some)
    return earned
