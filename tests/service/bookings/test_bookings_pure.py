"""Rules that need no database: states, references, money, terms."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from campus.bookings.prices import total
from campus.bookings.references import ALPHABET, new_reference, normalise
from campus.bookings.states import MOVES, State, Verb, move_for, occupies_seat
from campus.bookings.terms import Terms, cancel_fee, free_until, withdraw_until
from campus.clock import BRUSSELS
from hypothesis import given
from hypothesis import strategies as st

TERMS = Terms(5, Decimal("30.00"), Decimal("50.00"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


def test_the_moves_are_those_of_the_design_and_no_others() -> None:
    corrections = {
        ("attended", "no_show"),
        ("no_show", "attended"),
        ("attended", "confirmed"),
        ("no_show", "confirmed"),
    }
    declared = {(move.source.value, move.target.value) for move in MOVES}
    assert declared - corrections == {
        ("held", "confirmed"),
        ("held", "expired"),
        ("held", "released"),
        ("confirmed", "cancelled"),
        ("confirmed", "withdrawn"),
        ("confirmed", "attended"),
        ("confirmed", "no_show"),
        ("waiting", "offered"),
        ("offered", "confirmed"),
        ("offered", "declined"),
        ("offered", "lapsed"),
        ("waiting", "left"),
    }
    assert corrections <= declared
    assert all(move.condition for move in MOVES)
    assert len({(move.verb, move.source) for move in MOVES}) == len(MOVES)


def test_what_occupies_a_seat() -> None:
    occupying = {state.value for state in State if occupies_seat(state)}
    assert occupying == {"held", "confirmed", "offered", "attended", "no_show"}
    assert move_for(Verb.CONFIRM, "cancelled") is None


def test_references() -> None:
    assert len(ALPHABET) == 32 and not set("ILOU") & set(ALPHABET)
    assert normalise(new_reference()) is not None
    assert normalise(" ebc-7k2m9q ") == "EBC-7K2M9Q"
    assert normalise("EBC 7k2 m9q") == "EBC-7K2M9Q"
    assert normalise("EBC-OIL000") == "EBC-011000"
    assert normalise("EBC-7K2M9") is normalise("EBC-7K2M9U") is normalise("\x00") is None


@given(st.integers(0, 10**6), st.sampled_from(["0", "6", "12", "21"]), st.integers(1, 100))
def test_totals_add_up_to_the_cent(cents: int, rate: str, seats: int) -> None:
    found = total(Decimal(cents) / 100, Decimal(rate), seats)
    assert found.net + found.vat == found.gross == Decimal(cents) * seats / 100
    assert abs(found.net * (1 + Decimal(rate) / 100) - found.gross) <= Decimal("0.01")


def test_a_total_is_rounded_half_up() -> None:
    assert total(Decimal("1250.00"), Decimal(21), 1).as_json() == {
        "net": "1033.06",
        "vat": "216.94",
        "gross": "1250.00",
        "currency": "EUR",
    }


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2027-01-12T09:00", 5, "2027-01-05T09:00"),
        ("2027-01-04T09:00", 5, "2026-12-24T09:00"),  # over Christmas, New Year and two weekends
        ("2027-03-30T09:00", 3, "2027-03-24T09:00"),  # over Easter Monday and the change to summer time
        ("2026-10-27T09:00", 2, "2026-10-23T09:00"),  # over the change to winter time: nine stays nine
        ("2027-05-07T18:00", 1, "2027-05-05T18:00"),  # over Ascension Day
        ("2027-01-12T09:00", 0, "2027-01-12T09:00"),
    ],
)
def test_free_until(start: str, days: int, expected: str) -> None:
    assert free_until(at(start), days) == at(expected)


@pytest.mark.parametrize(
    ("made", "start", "expected"),
    [
        ("2026-12-01T10:00", "2027-03-01T09:00", "2026-12-15T23:59:59"),
        ("2026-12-11T10:00", "2027-03-01T09:00", "2026-12-28T23:59:59"),  # the 25th is Christmas, then a weekend
        ("2026-12-01T10:00", "2026-12-04T09:00", "2026-12-04T09:00"),  # never after the start
    ],
)
def test_withdraw_until(made: str, start: str, expected: str) -> None:
    assert withdraw_until(at(made), at(start), 14) == at(expected)


@pytest.mark.parametrize(
    ("gross", "now", "fee"),
    [
        ("1250.00", "2027-01-05T08:59", "0.00"),
        ("1250.00", "2027-01-05T09:00", "375.00"),
        ("100.00", "2027-01-06T09:00", "50.00"),
        ("40.00", "2027-01-06T09:00", "40.00"),
        ("0.00", "2027-01-06T09:00", "0.00"),
        ("1250.00", "2027-01-12T09:00", "1250.00"),
        ("33.35", "2027-01-06T09:00", "33.35"),
    ],
)
def test_cancel_fee(gross: str, now: str, fee: str) -> None:
    start = at("2027-01-12T09:00")
    assert cancel_fee(Decimal(gross), TERMS, free_until(start, 5), start, at(now)) == Decimal(fee)
