"""T18: the auditor finds exactly what was planted, tells nothing personal, and tells it by its exit code too."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from campus.auditor.audit import audit
from campus.db import Database
from campus.privacy import retention
from campus.settings import REPO_ROOT
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from ..conftest import administer
from .conftest import World, contact
from .processes import environment

_PLANTED: dict[str, tuple[str, str]] = {
    # code: what is broken, how; `:ref` is the booking of that name in `busy`
    "seats-miscounted": ("session:gmp-2", "UPDATE sessions SET taken = taken + 1 WHERE id = 'gmp-2'"),
    "over-capacity": ("session:gmp-tiny", "UPDATE sessions SET capacity = 1 WHERE id = 'gmp-tiny'"),
    "waiting-despite-room": ("session:first-1", "UPDATE sessions SET capacity = 20 WHERE id = 'first-1'"),
    "session-missing": ("released", "UPDATE bookings SET session_id = 'nowhere' WHERE reference = :ref"),
    "hold-without-end": ("held", "UPDATE bookings SET hold_expires_at = NULL WHERE reference = :ref"),
    "confirmation-time": ("held-too", "UPDATE bookings SET confirmed_at = created_at WHERE reference = :ref"),
    "confirmed-without-terms": ("plain", "UPDATE bookings SET terms_accepted_at = NULL WHERE reference = :ref"),
    "confirmed-without-contact": ("group", "UPDATE bookings SET contact_email = NULL WHERE reference = :ref"),
    "too-many-people": (
        "pair",
        "INSERT INTO participants (booking_id, position, name) SELECT id, 9, 'N' FROM bookings WHERE reference = :ref",
    ),
    "standing-differs": (
        "alone",
        "DELETE FROM standings WHERE booking_id IN (SELECT id FROM bookings WHERE reference = :ref)",
    ),
    "history-differs": ("cancelled", "UPDATE bookings SET state = 'withdrawn' WHERE reference = :ref"),
    "history-broken": ("confirmed", "DELETE FROM audit WHERE reference = :ref AND action = 'book'"),
    "version-behind": ("changed", "UPDATE bookings SET version = 1 WHERE reference = :ref"),
    "sequence-out-of-order": ("moved", "UPDATE bookings SET sequence = version WHERE reference = :ref"),
    "mail-missing": ("mailed", "DELETE FROM outbox WHERE reference = :ref"),
    "answer-without-booking": (
        "answered",
        "UPDATE idempotency_keys SET reference = 'EBC-ZZZZZZ' WHERE reference = :ref",
    ),
}


@pytest.fixture
def busy(world: World) -> dict[str, str]:
    """Bookings in every state, by what is done to them later."""
    made = {"released": world.book("open-1").json()}
    world.post(f"/v1/bookings/{made['released']['reference']}/cancel", bearer=made["released"]["manage_token"])
    for name in ("held", "held-too", "confirmed"):
        made[name] = world.book("open-1").json()
    sure = {"contact": contact("sure@example.com"), "terms_accepted": True}
    made["confirmed"] = answered(world, "confirmed", made, "confirm", sure)
    for name in ("plain", "alone", "cancelled", "withdrawn", "mailed", "moved", "changed"):
        made[name] = world.confirmed(f"{name}@example.com")
    answered(world, "cancelled", made, "cancel", {})
    answered(world, "withdrawn", made, "withdraw", {"confirmed": True})
    answered(world, "moved", made, "reschedule", {"session_id": "gmp-2"})
    for seats in (2, 3):
        path = f"/v1/bookings/{made['changed']['reference']}"
        told = {"seats": seats, "version": seats - 1}
        assert world.call("PATCH", path, told, bearer=made["changed"]["manage_token"]).status_code == 200
    made["answered"] = world.confirmed("answered@example.com", "gmp-2")
    made["group"] = world.confirmed("group@example.com", "open-1", seats=3)
    people = [{"name": name, "email": f"{name}@example.com"} for name in ("ada", "bob")]
    made["pair"] = world.confirmed("pair@example.com", "open-1", seats=2, participants=people)
    made["tiny"] = world.confirmed("tiny@example.com", "gmp-tiny", seats=2)
    made["full"] = world.confirmed("full@example.com", "first-1", seats=12)
    made["waiting"] = world.book("first-1", waitlist=True, contact=contact("waiting@example.com")).json()
    assert audit(world.database) == []
    return {name: booking["reference"] for name, booking in made.items()}


def answered(world: World, name: str, made: dict[str, Any], verb: str, body: dict[str, Any]) -> Any:
    """A verb on one of the bookings, which succeeds."""
    path = f"/v1/bookings/{made[name]['reference']}/{verb}"
    answer = world.post(path, body, bearer=made[name]["manage_token"])
    assert answer.status_code == 200, answer.text
    return answer.json()


@contextmanager
def scratch(world: World) -> Iterator[str]:
    """The address of a copy of the world's database that refuses nothing."""
    world.database.engine.dispose()
    url = make_url(world.settings.database_url)
    if url.get_backend_name() == "sqlite":
        copy = f"{url.database}.copy"
        shutil.copyfile(str(url.database), copy)
        guards = create_engine(f"sqlite:///{copy}")
        with guards.begin() as db:
            for (name,) in db.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                db.execute(text(f"DROP TRIGGER {name}"))
        guards.dispose()
        yield f"sqlite:///{copy}"
        return
    server = url.set(database="postgres").render_as_string(hide_password=False)
    administer(server, f"CREATE DATABASE scratch TEMPLATE {url.database}")
    copy = url.set(database="scratch").render_as_string(hide_password=False)
    administer(copy, "ALTER TABLE audit DISABLE TRIGGER USER")
    administer(copy, "ALTER TABLE sessions DROP CONSTRAINT ck_sessions_seats")
    administer(copy, "ALTER TABLE bookings DROP CONSTRAINT fk_bookings_session_id_sessions")
    administer(copy, "ALTER TABLE standings DROP CONSTRAINT fk_standings_booking_id_bookings")
    try:
        yield copy
    finally:
        administer(server, "DROP DATABASE scratch WITH (FORCE)")


def spoil(url: str, statements: list[tuple[str, str | None]]) -> None:
    """Run them with whatever check is left turned off."""
    engine = create_engine(url)
    with engine.connect() as connection:
        if url.startswith("sqlite"):
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        for statement, reference in statements:
            done = connection.execute(text(statement), {"ref": reference} if reference else {})
            assert done.rowcount >= 1, statement
        connection.commit()
    engine.dispose()


def test_it_finds_each_corruption_once_and_nothing_else(world: World, busy: dict[str, str]) -> None:
    assert len(_PLANTED) >= 10
    expected = []
    statements = []
    for code, (what, statement) in _PLANTED.items():
        kind, _, session = what.partition(":")
        told = session or busy[kind]
        statements.append((statement, None if session else told))
        expected.append((code, "EBC-ZZZZZZ" if code == "answer-without-booking" else told))
    orphan = "INSERT INTO standings (session_id, person, booking_id) VALUES ('gmp-1', 'nobody@example.com', 999999)"
    with scratch(world) as url:
        spoil(url, [*statements, (orphan, None)])
        copy = Database(url)
        found = audit(copy)
        copy.engine.dispose()
        assert sorted((one.code, one.reference) for one in found) == sorted(
            [*expected, ("standing-without-booking", "#999999")]
        )
        lines = command(world, url)
        assert lines.returncode == 1 and len(lines.stdout.splitlines()) == len(found)
        assert "@" not in lines.stdout and "Jeanne" not in lines.stdout
        as_json = command(world, url, "--json")
        assert as_json.returncode == 1 and json.loads(as_json.stdout) == [one.as_json() for one in found]


def test_somebody_in_two_bookings_is_found_on_both(world: World, busy: dict[str, str]) -> None:
    twice = (
        "INSERT INTO participants (booking_id, position, name, email) "
        "SELECT id, 9, 'N', 'ADA@example.com' FROM bookings WHERE reference = :ref"
    )
    with scratch(world) as url:
        spoil(url, [(twice, busy["group"])])
        copy = Database(url)
        found = {(one.code, one.reference) for one in audit(copy)}
        copy.engine.dispose()
    assert found == {("person-twice", busy["group"]), ("person-twice", busy["pair"])}


def test_who_was_forgotten_in_time_is_no_corruption(world: World, busy: dict[str, str]) -> None:
    world.clock.forward(days=3 * 365)
    world.sweep()
    retention.run(world.database)
    assert world.scalar("SELECT COUNT(*) FROM bookings WHERE contact_email IS NOT NULL") == 0
    assert audit(world.database) == []


def test_a_receipt_of_a_withdrawal_that_is_missing_is_found(world: World, busy: dict[str, str]) -> None:
    with scratch(world) as url:
        spoil(url, [("DELETE FROM outbox WHERE reference = :ref AND kind = 'withdrawal'", busy["withdrawn"])])
        copy = Database(url)
        found = [(one.code, one.reference) for one in audit(copy)]
        copy.engine.dispose()
    assert found == [("mail-missing", busy["withdrawn"])]


def test_as_a_command_it_is_silent_where_all_is_well(world: World, busy: dict[str, str]) -> None:
    sound = command(world, world.settings.database_url)
    assert (sound.returncode, sound.stdout) == (0, "")
    nothing = command(world, f"sqlite:///{world.settings.var_dir / 'empty.db'}")
    assert nothing.returncode == 2 and nothing.stdout == ""


def command(world: World, url: str, *options: str) -> subprocess.CompletedProcess[str]:
    """`python -m campus.auditor` as an operator runs it."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "campus.auditor", *options],
        cwd=REPO_ROOT / "service",
        env={**environment(world), "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
    )
