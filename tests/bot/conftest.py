"""Fixtures of the tests of the bot's own parts. None of them needs the service or a trained model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.launcher import prepare
from bot.settings import ROOT, Settings, get_settings

prepare(ROOT / "config.yml")  # before anything imports Rasa, as in every program

from bot.actions.turn import Turn  # noqa: E402
from tests.bot.acting import SNAPSHOT, FakeService  # noqa: E402

_NAMES = (
    *("CAMPUS_PORT", "BOT_PORT", "ACTIONS_PORT", "CAMPUS_NOW", "CAMPUS_ENV", "PUBLIC_URL", "RATE_LIMITS"),
    *("REDIS_URL", "WEB_ORIGINS", "FORWARDED_ALLOW_IPS", "SANIC_WORKERS"),
)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a test's own: an empty folder to write to, and a service that is not there."""
    for name in _NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("CAMPUS_URL", "http://127.0.0.1:9")  # the port "discard": nothing listens there
    monkeypatch.setattr("bot.settings.load_dotenv", lambda path: False)
    get_settings.cache_clear()
    yield get_settings()
    get_settings.cache_clear()


@pytest.fixture
def snapshot_file(settings: Settings) -> Path:
    """A small snapshot of the catalogue in the test's own folder."""
    settings.snapshot.parent.mkdir(parents=True, exist_ok=True)
    settings.snapshot.write_text(json.dumps(SNAPSHOT), encoding="utf-8")
    return settings.snapshot


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, snapshot_file: Path) -> FakeService:
    """The service as actions see it, answering as the test tells it to."""
    fake = FakeService()
    monkeypatch.setattr(Turn, "service", property(lambda turn: fake))
    return fake
