"""Every state a booking can be in and every move between two of them, declared in one place.

Nothing else in the service decides what may follow what. A move is carried out as one
``UPDATE … WHERE state = expected`` (see ``moves.py``); the condition named here is checked by
the rule of the verb and is told to whoever asks why a move is refused.
"""

from __future__ import annotations

from enum import StrEnum

from campus.states import Move, find


class State(StrEnum):
    """The states of a booking, as the contract spells them."""

    HELD = "held"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    RELEASED = "released"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    WAITING = "waiting"
    OFFERED = "offered"
    DECLINED = "declined"
    LAPSED = "lapsed"
    LEFT = "left"


class Verb(StrEnum):
    """What makes a booking move."""

    CONFIRM = "confirm"
    CANCEL = "cancel"
    EXPIRE = "expire"
    OFFER = "offer"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"
    ATTEND = "attend"
    MISS = "miss"
    CALL_OFF = "call-off"
    UNDO = "undo"


MOVES: tuple[Move[Verb, State], ...] = (
    Move(Verb.CONFIRM, State.HELD, State.CONFIRMED, "hold_runs_and_terms_accepted"),
    Move(Verb.CONFIRM, State.OFFERED, State.CONFIRMED, "offer_runs_and_terms_accepted"),
    Move(Verb.CANCEL, State.HELD, State.RELEASED, "always"),
    Move(Verb.CANCEL, State.WAITING, State.LEFT, "always"),
    Move(Verb.CANCEL, State.OFFERED, State.DECLINED, "always"),
    Move(Verb.CANCEL, State.CONFIRMED, State.CANCELLED, "session_not_started"),
    Move(Verb.EXPIRE, State.HELD, State.EXPIRED, "hold_is_over"),
    Move(Verb.OFFER, State.WAITING, State.OFFERED, "seats_free_before_deadline"),
    Move(Verb.LAPSE, State.OFFERED, State.LAPSED, "offer_is_over"),
    Move(Verb.WITHDRAW, State.CONFIRMED, State.WITHDRAWN, "within_withdrawal_period"),
    Move(Verb.ATTEND, State.CONFIRMED, State.ATTENDED, "marked_by_staff"),
    Move(Verb.MISS, State.CONFIRMED, State.NO_SHOW, "marked_by_staff"),
    Move(Verb.ATTEND, State.NO_SHOW, State.ATTENDED, "corrected_by_staff"),
    Move(Verb.MISS, State.ATTENDED, State.NO_SHOW, "corrected_by_staff"),
    Move(Verb.UNDO, State.ATTENDED, State.CONFIRMED, "taken_back_by_staff"),
    Move(Verb.UNDO, State.NO_SHOW, State.CONFIRMED, "taken_back_by_staff"),
    Move(Verb.CALL_OFF, State.HELD, State.RELEASED, "session_called_off"),
    Move(Verb.CALL_OFF, State.OFFERED, State.DECLINED, "session_called_off"),
    Move(Verb.CALL_OFF, State.WAITING, State.LEFT, "session_called_off"),
    Move(Verb.CALL_OFF, State.CONFIRMED, State.CANCELLED, "session_called_off"),
)

OCCUPYING = frozenset({State.HELD, State.CONFIRMED, State.OFFERED, State.ATTENDED, State.NO_SHOW})
"""The states that take seats of the session."""

STANDING = OCCUPYING | {State.WAITING}
"""The states in which a person stands in a session, and so cannot stand there a second time."""

CHANGEABLE = frozenset({State.HELD, State.CONFIRMED})
"""The states in which seats, participants and the session itself may be changed."""


def occupies_seat(state: State | str) -> bool:
    """Whether a booking in this state counts in the ``taken`` seats of its session."""
    return State(state) in OCCUPYING


def move_for(verb: Verb, state: State | str) -> Move[Verb, State] | None:
    """The move that this verb makes from this state, or None where it makes none."""
    return find(MOVES, verb, State(state))
