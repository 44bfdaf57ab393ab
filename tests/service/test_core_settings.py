"""Settings: names, defaults, and what production refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from campus.settings import REPO_ROOT, Settings
from pydantic import ValidationError


def make(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "VAR_DIR", "PUBLIC_URL", "CAMPUS_PORT", "CAMPUS_NOW", "RATE_LIMITS", "CAMPUS_ENV"):
        monkeypatch.delenv(name, raising=False)
    settings = make()
    assert settings.database_url == f"sqlite:///{REPO_ROOT / 'var' / 'campus.db'}"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.rate_limits == "on"


def test_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAR_DIR", "elsewhere")
    monkeypatch.setenv("WEB_ORIGINS", "https://a.example, https://b.example")
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@h/db")
    monkeypatch.setenv("RATE_LIMITS", "OFF")
    settings = make()
    assert settings.var_dir == REPO_ROOT / "elsewhere"
    assert settings.web_origins == ["https://a.example", "https://b.example"]
    assert settings.database_url == "postgresql+psycopg://u:p@h/db"
    assert settings.rate_limits == "off"


@pytest.mark.parametrize(
    "given",
    [{"campus_now": "2027-01-01"}, {"rate_limits": "off"}, {"staff_token": "short"}, {"staff_token": "change-me" * 5}],
)
def test_production_refuses(given: dict[str, str], tmp_path: Path) -> None:
    make(campus_env="production", var_dir=tmp_path, staff_token="x" * 32)
    with pytest.raises(ValidationError):
        make(campus_env="production", var_dir=tmp_path, **given)
