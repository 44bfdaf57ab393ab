"""A small world of sessions, on both databases, with a clock that tests move."""

from __future__ import annotations

import itertools
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import jwt
import pytest
from campus import clock
from campus.app import create_app
from campus.auditor.audit import audit
from campus.bookings.workers import sweep
from campus.catalogue.models import CatalogueState, Course, CourseSession, Meeting, Operator
from campus.db import Database, use_database
from campus.mail.transport import Folder
from campus.mail.workers import deliver_due
from campus.settings import Settings, use_settings
from campus.speakers import limits
from campus.startup import migrate
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from tests.support.audit import empty

from ..conftest import STAFF_TOKEN as STAFF_TOKEN
from ..conftest import make_settings, new_database

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=clock.BRUSSELS)
_keys = itertools.count(1)
_EMPTIED = ["staff_undoable", "attendance", "staff_links", "staff_tokens", "staff_accounts", "outbox", "audit"]
_EMPTIED += ["idempotency_keys", "quote_lines", "quotes", "enquiries", "standings", "participants", "bookings"]
_EMPTIED += ["handoff_messages", "handoffs", "webhooks", "codes", "verifications"]


def pytest_configure(config: pytest.Config) -> None:
    """The marks of these tests."""
    config.addinivalue_line("markers", "one_database: has nothing to do with the database, so once is enough")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Drop the second run of what needs one only."""
    items[:] = [item for item in items if not (item.get_closest_marker("one_database") and "[postgresql" in item.name)]


class Clock:
    """The business clock of the service."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set(NOW)

    def set(self, moment: datetime) -> None:
        """It is now that time."""
        self.now = moment
        self.path.write_text(moment.isoformat())

    def forward(self, **delta: float) -> None:
        """So much later."""
        self.set((self.now.astimezone(UTC) + timedelta(**delta)).astimezone(clock.BRUSSELS))


class Channel:
    """A channel with its own key, which vouches for conversations."""

    def __init__(self, platform: str, keys: Path) -> None:
        self.platform = platform
        self.key = Ed25519PrivateKey.generate()
        keys.mkdir(parents=True, exist_ok=True)
        public = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        (keys / f"{platform}.pub").write_bytes(public)

    def bearer(self, conversation: str = "c1", **claims: Any) -> str:
        """A token for that conversation; `claims` replaces what is usual, None leaves it out."""
        now = int(time.time())
        usual = {
            "iss": "campus-channels",
            "aud": ["campus-actions", "campus-service"],
            "sub": f"{self.platform}:campus:{conversation}",
            "sid": conversation,
            "iat": now,
            "exp": now + 120,
            "jti": str(next(_keys)),
        }
        told = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode(told, self.key, algorithm="EdDSA", headers={"kid": claims.get("kid", self.platform)})


@dataclass
class World:
    """The service without its workers, and all that a test asks of it."""

    app: FastAPI
    settings: Settings
    clock: Clock
    http: TestClient
    web: Channel
    asked: list[Any] = field(default_factory=list)

    @property
    def database(self) -> Database:
        """The database of the application."""
        found: Database = self.app.state.database
        return found

    def call(
        self, method: str, path: str, body: Any = None, *, bearer: str | None = None, key: str | None = None
    ) -> Any:
        """A request, with a fresh idempotency key where it writes and none is given (empty: without)."""
        if method != "GET" and key is None:
            key = f"test-key-{next(_keys):020d}"
        sent = {"Accept-Language": "fr"}
        if key:
            sent["Idempotency-Key"] = key
        if bearer:
            sent["Authorization"] = f"Bearer {bearer}"
        return self.http.request(method, path, json=body, headers=sent)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """A POST."""
        return self.call("POST", path, {} if body is None else body, **more)

    def get(self, path: str, **more: Any) -> Any:
        """A GET."""
        return self.call("GET", path, **more)

    def book(self, session: str = "gmp-1", bearer: str | None = None, key: str | None = None, **wish: Any) -> Any:
        """POST /v1/bookings."""
        return self.post("/v1/bookings", {"session_id": session, **wish}, bearer=bearer, key=key)

    def confirmed(self, email: str, session: str = "gmp-1", **wish: Any) -> dict[str, Any]:
        """A booking confirmed at once."""
        wish = {"hold": False, "contact": contact(email), "terms_accepted": True, **wish}
        answer = self.book(session, **wish)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def taken(self, session: str = "gmp-1") -> int:
        """The counter of the session."""
        return int(self.scalar("SELECT taken FROM sessions WHERE id = :id", id=session))

    def scalar(self, statement: str, **values: Any) -> Any:
        """One value out of the database."""
        with self.database.reading() as db:
            return db.execute(text(statement), values).scalar()

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Rows out of the database."""
        with self.database.reading() as db:
            return [tuple(row) for row in db.execute(text(statement), values)]

    def sweep(self) -> int:
        """One round of the sweeper."""
        return sweep(self.database)

    def mails(self) -> list[EmailMessage]:
        """Deliver what is due, and read all that was delivered, oldest first."""
        folder = self.settings.var_dir / "outbox"
        while deliver_due(self.database, Folder(folder)):
            pass
        order = {row[0]: row[1] for row in self.rows("SELECT id, seq FROM outbox")}
        read = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.glob("*.eml")]
        return sorted(read, key=lambda mail: order[mail["X-Campus-Mail-Id"]])  # type: ignore[arg-type,return-value]

    def check(self) -> None:
        """What must always hold, and a little more: the auditor finds nothing."""
        assert audit(self.database) == []


def contact(email: str = "jeanne@example.com", name: str = "Jeanne Dubois") -> dict[str, str]:
    """A contact."""
    return {"name": name, "email": email}


MakeWorld = Callable[..., World]


@pytest.fixture(scope="module")
def _shared(backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The service on one database, filled once for a module; not started, so that no worker runs by itself."""
    folder = tmp_path_factory.mktemp("bookings")
    url = f"sqlite:///{folder / 'campus.db'}"
    if backend == "postgresql":
        url = new_database(request.getfixturevalue("postgresql"))
    campus_clock = Clock(folder / "now")
    settings = make_settings(url, folder)
    app = create_app(settings)
    with app.state.database.writing() as db:
        migrate(db)
    fill(app.state.database)
    web = Channel("web", settings.var_dir / "keys")
    yield World(app, settings, campus_clock, TestClient(app), web)
    app.state.database.engine.dispose()
    use_database(None)
    use_settings(None)


@pytest.fixture
def world(_shared: World) -> World:
    """The service without any booking, on 1 December 2026 at ten."""
    with _shared.database.writing() as db:
        empty(db, *_EMPTIED)
        db.execute(text("UPDATE sessions SET taken = 0"))
    shutil.rmtree(_shared.settings.var_dir / "outbox", ignore_errors=True)
    _shared.clock.set(NOW)
    limits.forget()
    use_settings(_shared.settings)
    use_database(_shared.database)
    return _shared


@pytest.fixture
def make_world(world: World) -> Iterator[MakeWorld]:
    """The same service started again, with other settings where a test wants them."""
    made: list[World] = []

    def make(**more: Any) -> World:
        settings = world.settings.model_copy(update=more)
        app = create_app(settings)
        made.append(World(app, settings, world.clock, TestClient(app), world.web))
        return made[-1]

    yield make
    for one in made:
        one.database.engine.dispose()


def fill(database: Database) -> None:
    """A few operators, courses and sessions."""
    with database.writing() as db:
        db.merge(CatalogueState(id=1, version=1))
        db.flush()
        db.add(_operator("aseptia", "Aseptia", "taxable", "21.00"))
        db.add(_operator("campus", "EU Biotech Campus", "exempt", "0.00"))
        db.flush()
        db.add(_course("gmp", "aseptia", "Les bases des BPF", "GMP basics", "1250.00"))
        db.add(_course("first-steps", "campus", "Premiers pas", "First steps", "99.99"))
        db.add(_course("open-day", "campus", "Portes ouvertes", "Open day", "0.00", kind="event"))
        staff = {"audience": "staff", "access_code": "ASEPTIA-27"}
        db.add(_course("inside", "aseptia", "Cours interne", "Internal course", "300.00", **staff))
        db.flush()
        db.add_all(_sessions())


def _operator(ident: str, name: str, regime: str, rate: str) -> Operator:
    return Operator(
        id=ident,
        name=name,
        summary={"fr": name, "en": name},
        aliases={"fr": [], "en": []},
        vat_regime=regime,
        vat_rate=Decimal(rate),
        email=f"{ident}@example.com",
        email_domains=[],
        free_working_days=5,
        fee_percent=Decimal("30.00"),
        fee_minimum=Decimal("50.00"),
        withdrawal_days=14,
        demo=True,
    )


def _course(ident: str, operator: str, fr: str, en: str, price: str, **more: Any) -> Course:
    none: dict[str, Any] = {"fr": "", "en": ""}
    texts = dict.fromkeys(("summary", "prerequisites", "audience_text", "certificate", "trainers"), none)
    values: dict[str, Any] = {"kind": "course", "audience": "public", **more}
    return Course(
        id=ident,
        operator_id=operator,
        title={"fr": fr, "en": en},
        content={"fr": [], "en": []},
        aliases={"fr": [], "en": []},
        languages=["fr"],
        level="beginner",
        format="onsite",
        days=2,
        hours=14,
        price=Decimal(price),
        demo=True,
        **texts,
        **values,
    )


def _sessions() -> list[CourseSession]:
    """Tuesday 12 January 2027 is five working days after Tuesday 5 January."""
    january = datetime(2027, 1, 12, 9, 0, tzinfo=clock.BRUSSELS)
    week = timedelta(days=7)
    return [
        _session("gmp-1", "gmp", january, 2),
        _session("gmp-2", "gmp", january + week, 3),
        _session("gmp-tiny", "gmp", january + 2 * week, 1, capacity=2),
        _session("gmp-soon", "gmp", datetime(2026, 12, 4, 9, 0, tzinfo=clock.BRUSSELS), 1),
        _session("gmp-past", "gmp", datetime(2026, 11, 3, 9, 0, tzinfo=clock.BRUSSELS), 1),
        _session("gmp-off", "gmp", january, 1, state="cancelled"),
        _session("gmp-closed", "gmp", january, 1, state="closed"),
        _session("first-1", "first-steps", january, 1),
        _session("open-1", "open-day", january, 1, capacity=40),
        _session("inside-1", "inside", january, 1, audience="staff", access_code="ASEPTIA-27"),
    ]


def _session(ident: str, course: str, start: datetime, days: int, capacity: int = 12, **more: Any) -> CourseSession:
    values: dict[str, Any] = {"state": "open", "audience": "public", **more}
    blocks = [(start + timedelta(days=day), start + timedelta(days=day, hours=8)) for day in range(days)]
    return CourseSession(
        id=ident,
        course_id=course,
        start=start,
        end=blocks[-1][1],
        booking_deadline=start - timedelta(days=1),
        format="onsite",
        language="fr",
        place={"fr": "Salle Curie, 2e étage", "en": "Curie room, 2nd floor"},
        capacity=capacity,
        taken=0,
        demo=True,
        meetings=[Meeting(start=begin, end=end) for begin, end in blocks],
        **values,
    )
