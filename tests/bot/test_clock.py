"""The business clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import BRUSSELS, now
from bot.settings import Settings, get_settings


def moved(monkeypatch: pytest.MonkeyPatch, said: str) -> datetime:
    monkeypatch.setenv("CAMPUS_NOW", said)
    get_settings.cache_clear()
    return now()


def test_it_is_the_real_time_in_brussels(settings: Settings) -> None:
    found = now()
    assert found.tzinfo is BRUSSELS
    assert abs(found - datetime.now(BRUSSELS)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2027-01-12T09:00:00+01:00", "2027-01-12T09:00:00+01:00"),
        ("2027-01-12T09:00:00", "2027-01-12T09:00:00+01:00"),
        ("2027-07-12T09:00:00", "2027-07-12T09:00:00+02:00"),
        ("2027-07-12T07:00:00Z", "2027-07-12T09:00:00+02:00"),
        ("2027-01-12", "2027-01-12T00:00:00+01:00"),
    ],
)
def test_it_can_be_moved(settings: Settings, monkeypatch: pytest.MonkeyPatch, said: str, expected: str) -> None:
    found = moved(monkeypatch, said)
    assert found.isoformat() == expected
    assert found.tzinfo is BRUSSELS


def test_a_file_is_read_at_every_look(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "now"
    file.write_text("2027-01-12T09:00:00+01:00\n")
    assert moved(monkeypatch, f"@{file}").day == 12
    file.write_text("2027-01-13T09:00:00+01:00")
    assert now().day == 13
    file.write_text("\n")
    assert abs(now() - datetime.now(BRUSSELS)) < timedelta(seconds=5)
