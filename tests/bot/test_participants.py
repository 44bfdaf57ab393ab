"""Who sits on the seats after a message that names people."""

from __future__ import annotations

import pytest

from bot.actions.bookings.participants import renamed, seated


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("change Jon to John please", ["John Smith", "Amy Lee"]),
        ("pouvez-vous corriger Jon en John ?", ["John Smith", "Amy Lee"]),
        ("correct Amy Lee to Amy Leigh", ["Jon Smith", "Amy Leigh"]),
        ("change Bob to Rob", None),
        ("replace Amy by Sue Kim", None),
        ("change the date to March", None),
    ],
)
def test_one_name_is_spelt_otherwise(text: str, names: list[str] | None) -> None:
    assert renamed(text, ["Jon Smith", "Amy Lee"]) == names


@pytest.mark.parametrize(
    ("text", "named", "names"),
    [
        ("replace Amy by Sue Kim", ["Amy", "Sue Kim"], ["Jon Smith", "Sue Kim"]),
        ("Sue Kim vient à la place d'Amy Lee", ["Sue Kim", "Amy Lee"], ["Jon Smith", "Sue Kim"]),
        ("Ann Roe and Bea Poe", ["Ann Roe", "Bea Poe"], ["Ann Roe", "Bea Poe"]),
        ("Sue Kim comes too", ["Sue Kim"], None),
    ],
)
def test_who_comes_in_place_of_whom(text: str, named: list[str], names: list[str] | None) -> None:
    booking = {"seats": 2, "participants": [{"name": "Jon Smith"}, {"name": "Amy Lee"}]}
    after = seated([{"name": name} for name in named], booking, text)
    assert (after and [one["name"] for one in after]) == names


def test_a_first_name_that_two_share_says_not_who_leaves() -> None:
    booking = {"seats": 2, "participants": [{"name": "Amy Smith"}, {"name": "Amy Lee"}]}
    assert seated([{"name": "Sue Kim"}], booking, "replace Amy by Sue Kim") is None
