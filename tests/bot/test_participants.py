"""Who sits on the seats after a message that names people."""

from __future__ import annotations

import pytest

from bot.actions.bookings.participants import (
    announced_people,
    listed_people,
    mentioned,
    renamed,
    replacing,
    seated,
    spelt_otherwise,
)


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
        ("Amy Lee is misspelled, it's Amy Lees", ["Amy Lee", "Amy Lees"], ["Jon Smith", "Amy Lees"]),
        ("c'est Jon Smyth, corrigez svp", ["Jon Smyth"], ["Jon Smyth", "Amy Lee"]),
        ("Jon Smith and Jon Smits", ["Jon Smith", "Jon Smits"], ["Jon Smith", "Jon Smits"]),
    ],
)
def test_who_comes_in_place_of_whom(text: str, named: list[str], names: list[str] | None) -> None:
    booking = {"seats": 2, "participants": [{"name": "Jon Smith"}, {"name": "Amy Lee"}]}
    after = seated([{"name": name} for name in named], booking, text)
    assert (after and [one["name"] for one in after]) == names


def test_a_first_name_that_two_share_says_not_who_leaves() -> None:
    booking = {"seats": 2, "participants": [{"name": "Amy Smith"}, {"name": "Amy Lee"}]}
    assert seated([{"name": "Sue Kim"}], booking, "replace Amy by Sue Kim") is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Amy Lee ne vient plus", ["Amy Lee"]),
        ("annule la place de Jon", ["Jon Smith"]),
        ("cancel it all", []),
    ],
)
def test_who_is_named_whole_or_by_a_first_name(text: str, names: list[str]) -> None:
    assert mentioned(text, ["Jon Smith", "Amy Lee"]) == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("replace Jon Smith with Lotte De Vos please", "Lotte De Vos"),
        ("remplacez Jon Smith par Paul de Smet", "Paul de Smet"),
        ("replace Jon with Amy", None),
        ("replace the date by another one", None),
    ],
)
def test_the_whole_name_of_who_comes_instead(text: str, name: str | None) -> None:
    assert replacing(text) == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Amy c'est Lees avec un s", ["Jon Smith", "Amy Lees"]),
        ("Amy comes on Monday", None),
        ("it's Lees", None),
    ],
)
def test_a_first_name_tells_whose_name_is_corrected(text: str, names: list[str] | None) -> None:
    after = spelt_otherwise(text, [{"name": "Jon Smith"}, {"name": "Amy Lee"}])
    assert (after and [one["name"] for one in after]) == names


def test_what_has_a_figure_and_what_is_no_name_are_nobody() -> None:
    assert listed_people("BelPharm SA, VAT BE0403170701, PO BP-2026-771") == []
    assert [one["name"] for one in listed_people("Ann Roe, Bea Poe, PO BP-2026-771")] == ["Ann Roe", "Bea Poe"]
    assert [one["name"] for one in listed_people("Sa Nguyen, Bea Poe")] == ["Sa Nguyen", "Bea Poe"]
    assert announced_people("1 attendees will be joining") == []
    assert announced_people("the participant is Bea Poe") == [{"name": "Bea Poe"}]
