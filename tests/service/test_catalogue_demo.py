"""The demonstration's data files: complete, in both languages, and as rich as they must be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from campus import clock
from campus.bookings.models import Booking, Participant, Standing
from campus.catalogue.demo import Demo, DemoError, read_demo
from campus.catalogue.models import CourseSession
from campus.catalogue.schedule import blocks, booking_deadline, first_monday
from campus.catalogue.seats import read_seats
from campus.catalogue.views import look
from campus.db import Database
from campus.settings import REPO_ROOT, Settings, use_settings
from campus.startup import migrate_and_seed
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .conftest import DEMO, START

FOLDER = REPO_ROOT / "service" / "demo"


@pytest.fixture(scope="module")
def demo() -> Demo:
    """The real data files."""
    return read_demo(FOLDER)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The real data in a database."""
    folder = tmp_path_factory.mktemp("seeded")
    use_settings(
        Settings(_env_file=None, database_url=f"sqlite:///{folder / 'x.db'}", var_dir=folder, campus_now=START)
    )
    database = Database(f"sqlite:///{folder / 'x.db'}")
    migrate_and_seed(database, FOLDER)
    with database.reading() as db:
        yield db
    use_settings(None)


def test_there_is_enough(demo: Demo) -> None:
    courses = [row for row in demo.courses if row["kind"] == "course"]
    events = [row for row in demo.courses if row["kind"] == "event"]
    assert len(demo.operators) >= 9 and {"takeda", "siemens", "staubli", "campus"} <= {
        row["id"] for row in demo.operators
    }
    assert len(courses) >= 48 and len(demo.sessions) >= 160 and len(events) >= 3
    kinds = Counter(row.get("audience", "public") for row in demo.courses)
    assert kinds["staff"] and kinds["customers"]


def test_everything_is_in_both_languages(demo: Demo) -> None:
    def check(value: Any, where: str) -> None:
        if isinstance(value, dict):
            if {"fr", "en"} & set(value):
                assert value.get("fr") and value.get("en"), where
            for name, inner in value.items():
                check(inner, f"{where}.{name}")
        elif isinstance(value, list):
            for inner in value:
                check(inner, where)

    for rows in (demo.operators, demo.topics, demo.courses, demo.sessions, demo.answers):
        for row in rows:
            check(row, str(row.get("id") or row.get("key") or row.get("course")))


def test_no_two_summaries_share_a_sentence(demo: Demo) -> None:
    seen: dict[str, str] = {}
    for row in demo.courses:
        for lang in ("fr", "en"):
            for sentence in re.split(r"(?<=[.!?])\s+", row["summary"][lang]):
                key = sentence.strip().casefold()
                assert seen.setdefault(key, row["id"]) == row["id"], (sentence, row["id"], seen[key])


def test_answers_are_short_and_say_their_source(demo: Demo) -> None:
    for row in demo.answers:
        for lang in ("fr", "en"):
            assert len(row["text"][lang].split()) <= 60, (row["key"], lang)
        assert bool(row.get("source")) == bool(row.get("checked_on")), row["key"]


def test_the_demonstration_as_it_is_seeded(seeded: Session) -> None:
    moment = look(seeded)
    states = Counter(seats.state(moment.catalogue.sessions[id_], moment.now) for id_, seats in moment.seats.items())
    assert states["full"] >= 3 and states["cancelled"] >= 1 and states["open"] >= 120
    sessions = moment.catalogue.sessions.values()
    assert any(moment.seats[row.id].free in {1, 2} for row in sessions), "nearly full"
    assert any(len({start.date() for start, _ in row.meetings}) >= 3 for row in sessions), "several days"
    assert any(row.minimum for row in sessions) and any(row.minimum is None for row in sessions)
    assert any(row.end - row.start > timedelta(days=14) for row in sessions), "several weeks"
    assert {row.language for row in sessions} >= {"fr", "en"} and "hybrid" in {row.format for row in sessions}
    assert max(row.start for row in sessions) > moment.now + timedelta(days=7 * 34)
    assert all(row.start > moment.now for row in sessions)
    for row in sessions:
        assert row.booking_deadline < row.start
        for start, end in row.meetings:
            assert not clock.is_holiday(start.date()), row.id
            assert start < end and start.date() == end.date()


def test_taken_seats_are_bookings(seeded: Session) -> None:
    booked = {
        row[0]: row[1]
        for row in seeded.execute(select(Booking.session_id, func.sum(Booking.seats)).group_by("session_id"))
    }
    for id_, seats in read_seats(seeded, clock.now()).items():
        assert booked.get(id_, 0) == seats.taken
    assert set(seeded.scalars(select(Booking.state).distinct())) == {"confirmed"}
    assert seeded.scalar(select(func.max(Booking.seats))) in {2, 3}
    persons = seeded.scalar(select(func.count()).select_from(Participant))
    assert persons == seeded.scalar(select(func.sum(CourseSession.taken)))
    assert persons == seeded.scalar(select(func.count()).select_from(Standing))
    assert all(address.endswith(".example") for address in seeded.scalars(select(Booking.contact_email)) if address)


def test_only_what_is_not_public_asks_for_more(demo: Demo) -> None:
    """A public session is booked with the fields of the contract alone."""
    asking = [row for row in demo.courses if row.get("requirements")]
    assert [row["id"] for row in asking] == ["takeda-gowning-requalification"]
    assert all(row["audience"] in {"customers", "staff"} for row in asking)
    public = {row["id"] for row in demo.courses if row.get("audience", "public") == "public"}
    assert public and not public & {row["id"] for row in asking}


def test_week_one_begins_on_the_next_monday() -> None:
    assert first_monday(clock.parse("2026-11-23").date()).isoformat() == "2026-11-30"
    assert first_monday(clock.parse("2026-11-29").date()).isoformat() == "2026-11-30"


def test_blocks_move_off_holidays_and_push_the_next() -> None:
    monday = clock.parse("2027-05-03").date()  # Ascension on Thursday the 6th
    meetings = [{"day": day, "start": "09:00", "end": "17:00"} for day in ("wed", "thu", "fri")]
    assert [start.date().isoformat() for start, _ in blocks(monday, 1, meetings)] == [
        "2027-05-05",
        "2027-05-07",
        "2027-05-10",
    ]
    twice = [{"day": "thu", "start": "09:00", "end": "12:00"}, {"day": "thu", "start": "13:00", "end": "16:00"}]
    assert {start.date().isoformat() for start, _ in blocks(monday, 1, twice)} == {"2027-05-07"}
    assert booking_deadline(clock.parse("2027-05-07T09:00")).isoformat() == "2027-05-05T12:00:00+02:00"


def test_wrong_data_is_refused_in_plain_words(tmp_path: Path) -> None:
    for path in DEMO.rglob("*.yml"):
        target = tmp_path / path.relative_to(DEMO)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    file = tmp_path / "sessions" / "takeda.yml"
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))
    rows[0]["course"], rows[1]["taken"], rows[2]["minimum"] = "no-such-course", 99, 50
    file.write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
    courses = tmp_path / "courses" / "takeda.yml"
    rows = yaml.safe_load(courses.read_text(encoding="utf-8"))
    rows[0]["requirements"] = [{"rule": "good-impression"}]
    courses.write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
    wrong = r"unknown requirement good-impression.*unknown course no-such-course.*99 taken of 12.*50 at least of"
    with pytest.raises(DemoError, match=wrong):
        read_demo(tmp_path)
