"""What happens between the start of the process and its first answer."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.orm import Session

from campus.catalogue import search
from campus.catalogue.memory import get_catalogue
from campus.catalogue.seeding import seed_if_empty
from campus.db import Database
from campus.encoder import get_encoder
from campus.knowledge import answers
from campus.settings import Settings

log = logging.getLogger("campus")

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"
ONE_AT_A_TIME = 0x63616D707573
"""Number of the PostgreSQL advisory lock under which a process migrates and seeds; on SQLite the write lock does."""


def prepare(app: FastAPI) -> None:
    """Migrate, fill an empty catalogue with the demonstration, and build the search indexes."""
    settings: Settings = app.state.settings
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    database: Database = app.state.database
    migrate_and_seed(database, settings.demo_dir)
    build_indexes(database, settings.var_dir / "vectors.npz")


def build_indexes(database: Database, kept: Path) -> None:
    """Build both search indexes with the vectors kept from the last start; only new texts are encoded."""
    encoder = get_encoder()
    encoder.restore(kept)
    with database.reading() as db:
        texts = [*search.get_index(get_catalogue(db)).encoded, *answers.get_index(db).encoded]
    encoder.keep(kept, texts)
    threading.Thread(target=encoder.warm, name="encoder", daemon=True).start()


def migrate_and_seed(database: Database, demo_dir: Path) -> None:
    """Bring the tables up to date and load the demonstration into an empty catalogue, in one transaction.

    Two processes that start together wait for one another.
    """
    with database.writing() as db:
        if database.engine.dialect.name == "postgresql":
            db.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
        migrate(db)
        if seed_if_empty(db, demo_dir):
            log.info("the demonstration was loaded from %s", demo_dir)


def migrate(db: Session) -> None:
    """`alembic upgrade head` on the connection of this session, in its transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = db.connection()
    command.upgrade(config, "head")
