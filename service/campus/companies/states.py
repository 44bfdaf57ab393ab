"""Every state a quote can be in and every move between two of them, declared in one place (as ``bookings/states.py``).

A move is carried out as one ``UPDATE … WHERE state = expected`` (see ``moves.py``).
"""

from __future__ import annotations

from enum import StrEnum

from campus.states import Move, find


class State(StrEnum):
    """The states of a quote, as answers spell them."""

    REQUESTED = "requested"
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


class Verb(StrEnum):
    """What makes a quote move."""

    COMPLETE = "quote-complete"
    ACCEPT = "quote-accept"
    DECLINE = "quote-decline"
    EXPIRE = "quote-expire"


MOVES: tuple[Move[Verb, State], ...] = (
    Move(Verb.COMPLETE, State.REQUESTED, State.OPEN, "by_staff_and_seats_held"),
    Move(Verb.ACCEPT, State.OPEN, State.ACCEPTED, "still_valid_and_terms_accepted"),
    Move(Verb.DECLINE, State.REQUESTED, State.DECLINED, "always"),
    Move(Verb.DECLINE, State.OPEN, State.DECLINED, "always"),
    Move(Verb.EXPIRE, State.OPEN, State.EXPIRED, "validity_is_over"),
)


def move_for(verb: Verb, state: State | str) -> Move[Verb, State] | None:
    """The move that this verb makes from this state, or None where it makes none."""
    return find(MOVES, verb, State(state))
