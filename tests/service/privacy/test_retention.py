"""Nothing is kept longer than it is needed for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from campus import clock
from campus.addresses import FORGOTTEN
from campus.idempotency import IdempotencyKey
from campus.outbox.models import Outbox
from campus.privacy import retention
from campus.privacy.settings import PrivacySettings
from campus.settings import REPO_ROOT
from campus.speakers.models import OneTimeCode, Verification
from fastapi.testclient import TestClient
from sqlalchemy import update

from ..bookings.conftest import NOW, STAFF_TOKEN, MakeWorld, World, contact
from .conftest import token_of, traces

HER: dict[str, Any] = {"name": "Jeanne Dubois", "email": "jeanne@example.com", "phone": "+32470998877"}
SECRETS = ("jeanne@example.com", "Jeanne Dubois", "+32470998877")
FORGOTTEN_THINGS = (
    "contacts bookings companies handoffs messages codes verifications mails undoable answers quotes quote_companies "
    "enquiries alerts contact_requests"
)
NOTHING = dict.fromkeys(FORGOTTEN_THINGS.split(), 0)


def run(world: World) -> dict[str, int]:
    """What one run forgot, without what it left."""
    counts = retention.run(world.database)
    assert counts.keys() == NOTHING.keys()
    return {name: count for name, count in counts.items() if count}


def leave_by_real_time(world: World, days: float) -> None:
    """Mails left, and codes and answers were made, so many days before the business clock's start."""
    with world.database.writing() as db:
        db.execute(update(Outbox).where(Outbox.sent_at.is_not(None)).values(sent_at=NOW - timedelta(days=days)))


def test_nothing_young_is_forgotten(world: World) -> None:
    mine = world.web.bearer("c1")
    world.confirmed("jeanne@example.com")
    world.book(bearer=mine)
    world.post("/v1/handoffs", {"reason": "asked", "contact": HER}, bearer=mine)
    token_of(world, "jeanne@example.com")
    leave_by_real_time(world, 29)
    assert run(world) == {}
    told = world.rows("SELECT actor, reference, details FROM audit WHERE action = 'retention'")
    assert len(told) == 1 and told[0][:2] == ("service:", "retention")
    details = json.loads(told[0][2]) if isinstance(told[0][2], str) else told[0][2]
    assert details == {"counts": NOTHING}


def test_a_request_for_a_person_goes_thirty_days_after_the_last_word(world: World) -> None:
    mine = world.web.bearer("c1")
    first = world.post("/v1/handoffs", {"reason": "asked", "summary": "Un", "contact": HER}, bearer=mine).json()["id"]
    second = world.post("/v1/handoffs", {"reason": "asked", "summary": "Deux"}, bearer=mine).json()["id"]
    world.clock.forward(days=20)
    world.post(f"/v1/handoffs/{second}/messages", {"text": "Toujours là ?"}, bearer=mine)
    world.clock.forward(days=10, minutes=1)
    assert run(world)["handoffs"] == 1
    assert world.get(f"/v1/handoffs/{first}", bearer=STAFF_TOKEN).status_code == 404
    world.clock.forward(days=20)
    counts = run(world)
    assert (counts["handoffs"], counts["messages"]) == (1, 1)
    assert world.rows("SELECT id FROM handoff_messages") == []


def test_what_a_mail_told_goes_thirty_days_after_it_left(world: World) -> None:
    world.confirmed("jeanne@example.com", contact=HER)
    world.mails()
    world.confirmed("jeanne@example.com", "gmp-2", contact=HER)  # has not left
    leave_by_real_time(world, 0)
    world.clock.forward(days=30, minutes=1)
    assert run(world) == {"mails": 1}
    payloads = [row[0] for row in world.rows("SELECT payload FROM outbox ORDER BY seq")]
    assert str(payloads[0]) == "{}" and "jeanne@example.com" in str(payloads[1])
    assert run(world) == {}


def test_a_contact_that_came_to_nothing_goes_thirty_days_after_the_end(world: World) -> None:
    mine = world.web.bearer("c1")
    released = world.book("gmp-1", bearer=mine, contact=HER, participants=[{"name": "Jeanne Dubois"}]).json()
    world.post(f"/v1/bookings/{released['reference']}/cancel", bearer=mine)
    expired = world.book("gmp-1", bearer=mine, contact=HER).json()
    world.confirmed("team@example.com", "gmp-tiny", seats=2)
    wish: dict[str, Any] = {"hold": False, "waitlist": True, "terms_accepted": True, "contact": HER}
    left = world.book("gmp-tiny", bearer=mine, **wish).json()
    kept = world.confirmed("paul@example.com", "gmp-1")
    world.clock.forward(minutes=20)
    world.sweep()
    world.clock.forward(days=29)
    world.post(f"/v1/bookings/{left['reference']}/cancel", bearer=mine)
    world.clock.forward(days=1, minutes=1)
    with world.database.writing() as db:
        db.execute(update(Outbox).values(payload={}))
        db.execute(update(IdempotencyKey).values(body=None))
    assert run(world) == {"contacts": 2}
    known = {
        row[0]: row[1:] for row in world.rows("SELECT reference, state, contact_name, contact_email FROM bookings")
    }
    assert known[released["reference"]] == ("released", FORGOTTEN, None)
    assert known[expired["reference"]] == ("expired", FORGOTTEN, None)
    assert known[left["reference"]] == ("left", "Jeanne Dubois", "jeanne@example.com")
    assert known[kept["reference"]][2] == "paul@example.com"
    world.clock.forward(days=29, hours=1)
    assert run(world) == {"contacts": 1}
    assert traces(world, HER["email"], HER["phone"]) == []
    world.check()


def test_who_took_part_is_forgotten_after_two_years_and_what_was_billed_after_ten(world: World) -> None:
    """The session ends on 13 January 2027."""
    company: dict[str, Any] = {"company": "Dubois & Cie SRL", "contact": HER, "participants": [HER]}
    reference = world.confirmed("jeanne@example.com", **company)["reference"]
    gone = world.confirmed("jeanne@example.com", "first-1", contact=HER)["reference"]
    assert world.post(f"/v1/bookings/{gone}/cancel", bearer=STAFF_TOKEN).status_code == 200
    with world.database.writing() as db:
        db.execute(update(Outbox).values(payload={}))
        db.execute(update(IdempotencyKey).values(body=None))
    world.clock.set(clock.parse("2029-01-12T18:00"))
    assert run(world) == {"bookings": 1}  # first-1, a day earlier
    world.clock.set(clock.parse("2029-01-14T00:00"))
    assert run(world) == {"bookings": 1}
    assert traces(world, *SECRETS) == []
    row = world.rows(
        "SELECT state, company, seats, contact_name, owner FROM bookings WHERE reference = :r", r=reference
    )
    assert row == [("confirmed", "Dubois & Cie SRL", 1, FORGOTTEN, None)]
    assert world.get(f"/v1/bookings/{reference}", bearer=STAFF_TOKEN).json()["total"]["gross"] == "1250.00"
    assert run(world) == {}
    world.clock.set(clock.parse("2037-01-14T00:00"))
    assert run(world) == {"companies": 1}
    assert world.scalar("SELECT company FROM bookings WHERE reference = :r", r=reference) is None
    world.check()


def test_codes_go_a_day_after_they_are_over_whatever_the_business_clock_says(world: World) -> None:
    token = token_of(world, "jeanne@example.com")
    world.clock.forward(days=400)
    run(world)
    assert world.get("/v1/bookings", bearer=token).status_code == 200
    with world.database.writing() as db:
        for table, hours in ((OneTimeCode, 25), (Verification, 25)):
            db.execute(update(table).values(expires_at=clock.real_now() - timedelta(hours=hours)))
    counts = run(world)
    assert (counts["codes"], counts["verifications"]) == (1, 1)
    assert world.rows("SELECT * FROM codes") == world.rows("SELECT * FROM verifications") == []


def test_answers_go_after_seven_days(world: World) -> None:
    world.book()
    with world.database.writing() as db:
        db.execute(update(IdempotencyKey).values(created_at=clock.real_now() - timedelta(days=8)))
    assert run(world) == {"answers": 1}


def test_once_a_day_of_the_business_clock(world: World) -> None:
    assert retention.run_if_due(world.database) is not None
    assert retention.run_if_due(world.database) is None
    world.clock.set(clock.parse("2026-12-01T23:59"))
    assert retention.run_if_due(world.database) is None
    world.clock.forward(minutes=1)
    assert retention.run_if_due(world.database) is not None
    assert world.scalar("SELECT count(*) FROM audit WHERE action = 'retention'") == 2


def test_the_service_does_it_at_its_start(world: World, make_world: MakeWorld) -> None:
    world.post("/v1/handoffs", {"reason": "asked", "contact": contact("jeanne@example.com")})
    world.clock.forward(days=31)
    with TestClient(make_world().app) as client:
        assert client.get("/healthz").status_code == 200
        assert world.rows("SELECT id FROM handoffs") == []
    assert world.scalar("SELECT count(*) FROM audit WHERE action = 'retention'") == 1


def test_the_command_tells_what_it_did(world: World) -> None:
    world.post("/v1/handoffs", {"reason": "asked", "contact": contact("jeanne@example.com")})
    world.clock.forward(days=31)
    environment = {
        **os.environ,
        "DATABASE_URL": world.settings.database_url,
        "VAR_DIR": str(world.settings.var_dir),
        "CAMPUS_NOW": f"@{world.clock.path}",
        "PYTHONPATH": str(REPO_ROOT / "service"),
    }
    command = [sys.executable, "-m", "campus.privacy.retention"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == NOTHING | {"handoffs": 1}


@pytest.mark.one_database
def test_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RETENTION_DAYS", "RETENTION_YEARS", "BILLING_YEARS"):
        monkeypatch.delenv(name, raising=False)
        assert name in (Path(REPO_ROOT) / ".env.example").read_text("utf-8")
    kept = PrivacySettings(_env_file=None)
    assert (kept.retention_days, kept.retention_years, kept.billing_years) == (30, 2, 10)
    monkeypatch.setenv("RETENTION_YEARS", "5")
    assert PrivacySettings(_env_file=None).retention_years == 5
