"""The environment and ``.env``, read in one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import ROOT, Settings, get_settings


def read(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    return get_settings()


def test_the_defaults_are_those_of_the_contract(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAMPUS_URL")
    monkeypatch.delenv("VAR_DIR")
    found = read(monkeypatch)
    assert (found.campus_url, found.bot_port, found.actions_port) == ("http://127.0.0.1:8000", 5005, 5055)
    assert found.var_dir == ROOT / "var"
    assert not found.production
    assert found.rate_limits


def test_the_port_moves_the_service_s_address(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAMPUS_URL")
    found = read(monkeypatch, CAMPUS_PORT="8123", BOT_PORT="1", ACTIONS_PORT="2")
    assert found.campus_url == found.public_url == "http://127.0.0.1:8123"
    assert (found.bot_port, found.actions_port) == (1, 2)


def test_a_slash_at_the_end_of_an_address_does_no_harm(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, CAMPUS_URL="http://service:1/").campus_url == "http://service:1"


def test_everything_written_lies_under_one_folder(settings: Settings) -> None:
    for path in (settings.keys_dir, settings.snapshot, settings.demo_snapshot):
        assert settings.var_dir in path.parents


def test_production_and_rate_limits_are_read(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not read(monkeypatch, RATE_LIMITS="off").rate_limits
    assert read(monkeypatch, CAMPUS_ENV="production", RATE_LIMITS="on").production


@pytest.mark.parametrize("convenience", [{"CAMPUS_NOW": "2027-01-12T09:00:00+01:00"}, {"RATE_LIMITS": "off"}])
def test_production_refuses_the_conveniences_of_development(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, convenience: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=next(iter(convenience))):
        read(monkeypatch, CAMPUS_ENV="production", **convenience)


def test_only_the_settings_read_the_environment() -> None:
    """The launcher sets three variables that Rasa reads; the supervisor passes the environment on."""
    reading = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "bot").rglob("*.py")
        if re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))
    }
    assert reading - {"bot/nlu/encoder.py"} <= {"bot/settings.py", "bot/launcher.py"}


def test_every_name_is_documented() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    source = Path(ROOT / "bot" / "settings.py").read_text(encoding="utf-8")
    for name in re.findall(r"os\.environ\.get\(\"([A-Z_]+)\"", source):
        assert name in example, f"{name} does not stand in .env.example"
