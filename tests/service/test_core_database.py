"""Both databases alike: money, times, transactions, migrations."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from campus.catalogue.models import Course, CourseSession
from campus.clock import BRUSSELS
from campus.db import Base, Database
from campus.models import load_all
from campus.settings import Settings
from campus.startup import migrate_and_seed
from fastapi import FastAPI
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from .conftest import DEMO


def test_money_is_exact(app: FastAPI, db: Session) -> None:
    with app.state.database.writing() as writer:
        writer.execute(update(Course).where(Course.id == "python-bio").values(price=Decimal("0.10")))
        writer.execute(update(Course).where(Course.id == "team-talk").values(price=Decimal("0.205")))
    assert db.scalar(select(func.sum(Course.price)).where(Course.id.in_(["python-bio", "team-talk"]))) == Decimal(
        "0.31"
    )
    price = db.scalar(select(Course.price).where(Course.id == "gmp-basics"))
    assert isinstance(price, Decimal) and str(price) == "1210.00"


def test_times_are_stored_in_utc_and_read_in_brussels(db: Session) -> None:
    start = db.scalar(select(CourseSession.start).where(CourseSession.id == "gmp-basics-20261201"))
    assert start == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert start is not None and start.tzinfo is BRUSSELS
    with pytest.raises(StatementError, match="without zone"):
        db.scalars(select(CourseSession).where(CourseSession.start > datetime(2026, 1, 1))).all()


def test_seats_never_pass_the_capacity(app: FastAPI) -> None:
    for taken in (13, -1):
        with pytest.raises(IntegrityError), app.state.database.writing() as writer:
            writer.execute(update(CourseSession).where(CourseSession.id == "gmp-basics-20261201").values(taken=taken))


def test_a_failing_block_leaves_nothing(app: FastAPI, db: Session) -> None:
    with pytest.raises(RuntimeError), app.state.database.writing() as writer:
        writer.execute(update(CourseSession).values(taken=0))
        raise RuntimeError
    assert db.scalar(select(CourseSession.taken).where(CourseSession.id == "gmp-basics-20261201")) == 12


def test_writers_wait_for_one_another(app: FastAPI, db: Session) -> None:
    """Reading before writing must not end in "database is locked", nor lose a seat."""
    database: Database = app.state.database
    errors: list[Exception] = []
    statement = update(CourseSession).where(CourseSession.id == "digital-twins-20261210")

    def take() -> None:
        try:
            with database.writing() as writer:
                writer.scalar(select(CourseSession.taken))
                writer.execute(statement.where(CourseSession.taken < 8).values(taken=CourseSession.taken + 1))
        except Exception as exc:
            errors.append(exc)

    threads = [threading.Thread(target=take) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert db.scalar(select(CourseSession.taken).where(CourseSession.id == "digital-twins-20261210")) == 8


def test_the_migrations_make_the_models(app: FastAPI) -> None:
    load_all()
    with app.state.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_two_starts_at_once_seed_once(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('twice') / 'campus.db'}"
    databases = [Database(url), Database(url)]
    errors: list[Exception] = []

    def start(database: Database) -> None:
        try:
            migrate_and_seed(database, DEMO)
        except Exception as exc:
            errors.append(exc)

    # Alembic's context is one for the process: real starts are two processes, so the second comes a moment later here
    first = threading.Thread(target=start, args=(databases[0],))
    first.start()
    first.join()
    start(databases[1])
    assert not errors
    with databases[1].reading() as session:
        assert session.scalar(text("SELECT count(*) FROM operators")) == 3
