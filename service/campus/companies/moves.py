"""Carrying out the moves of ``states.py``, one conditional UPDATE each.

Who moves a quote and its bookings takes the locks of the sessions first and then the row of the
quote (`lock`), as bookings do, so that nobody waits in a circle.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campus import states
from campus.audit import record
from campus.companies.models import Quote
from campus.companies.states import State, Verb, move_for
from campus.problems import OfferLapsed, Problem, WrongState


def lock(db: Session, quote: Quote) -> None:
    """Take the lock of its row and read it and its lines again."""
    db.execute(select(Quote.id).where(Quote.id == quote.id).with_for_update())
    db.expire(quote, ["lines"])
    db.refresh(quote)


def refusal(quote: Quote, now: datetime) -> Problem:
    """Why a quote in this state does not do what was asked: `offer-lapsed` once it is over."""
    state = quote.state_at(now)
    return OfferLapsed() if state is State.EXPIRED else WrongState(state)


def move(db: Session, quote: Quote, verb: Verb, actor: str, now: datetime, **values: Any) -> None:
    """Move the quote and set these columns. Raises what `refusal` tells, also where somebody else moved it first."""
    source = State(quote.state) if verb is Verb.EXPIRE else quote.state_at(now)
    step = move_for(verb, source)
    if step is None:
        raise refusal(quote, now)
    if not states.carry_out(db, quote, [step.source], state=step.target, **values):
        raise refusal(quote, now)
    record(db, actor, verb, quote.reference, source=step.source, target=step.target)
