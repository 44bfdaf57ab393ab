"""What a quote must hear of the bookings that are its lines; quotes are known to ``campus.companies`` only."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from campus.bookings.models import Booking

Listener = Callable[[Session, Booking, str], None]
_listeners: list[Listener] = []


def when_given_up(listener: Listener) -> Listener:
    """Decorates what is done when a hold of a quote was given up, in the same transaction."""
    _listeners.append(listener)
    return listener


def given_up(db: Session, booking: Booking, actor: str) -> None:
    """A hold of a quote was given up by itself. Wants the lock of its session."""
    for listener in _listeners:
        listener(db, booking, actor)
