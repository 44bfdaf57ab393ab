"""The one place of the service that reads the environment (and `.env` at the top of the repository)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

REPO_ROOT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """Settings by their names in the contract, lower case here. Paths are absolute once read."""

    model_config = SettingsConfigDict(env_file=REPO_ROOT / ".env", env_ignore_empty=True, extra="ignore", frozen=True)

    campus_port: int = 8000
    campus_host: str = "127.0.0.1"
    bot_port: int = 5005
    bot_url: str = ""
    database_url: str = ""
    redis_url: str | None = None
    smtp_url: str | None = None
    staff_token: str | None = None
    admin_emails: Annotated[list[str], NoDecode] = Field(default_factory=list)
    public_url: str = ""
    notify_url: str | None = None
    web_origins: Annotated[list[str], NoDecode] = Field(default_factory=list)
    rate_limits: Literal["on", "off"] = "on"
    campus_now: str | None = None
    campus_env: Literal["development", "test", "production"] = "development"
    var_dir: Path = REPO_ROOT / "var"
    demo_dir: Path = REPO_ROOT / "service" / "demo"
    web_dir: Path = REPO_ROOT / "web"

    @field_validator("web_origins", "admin_emails", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """`WEB_ORIGINS` and `ADMIN_EMAILS` are comma- or space-separated lists."""
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("rate_limits", mode="before")
    @classmethod
    def _on_or_off(cls, value: object) -> object:
        """Whatever is not plainly `off` leaves the limits on."""
        return "off" if str(value).strip().lower() in {"off", "0", "false", "no"} else "on"

    @field_validator("var_dir", "demo_dir", "web_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value if value.is_absolute() else REPO_ROOT / value

    @model_validator(mode="after")
    def _fill_in(self) -> Settings:
        """Defaults that follow from other settings; frozen models are filled in through `object.__setattr__`."""
        url = self.database_url or f"sqlite:///{self.var_dir / 'campus.db'}"
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                url = "postgresql+psycopg://" + url.removeprefix(prefix)
        object.__setattr__(self, "database_url", url)
        if not self.public_url:
            object.__setattr__(self, "public_url", f"http://127.0.0.1:{self.campus_port}")
        object.__setattr__(self, "public_url", self.public_url.rstrip("/"))
        return self

    @model_validator(mode="after")
    def _production_is_strict(self) -> Settings:
        """Production refuses what is only there for tests, and secrets that everybody knows."""
        if self.campus_env != "production":
            return self
        if self.campus_now:
            raise ValueError("CAMPUS_NOW is refused when CAMPUS_ENV=production")
        if self.rate_limits == "off":
            raise ValueError("RATE_LIMITS=off is refused when CAMPUS_ENV=production")
        if self.staff_token is not None and (len(self.staff_token) < 24 or "change" in self.staff_token.lower()):
            raise ValueError("STAFF_TOKEN is too short or a default when CAMPUS_ENV=production (24 characters or more)")
        return self


_in_use: list[Settings] = []


@lru_cache
def _from_environment() -> Settings:
    return Settings()


def get_settings() -> Settings:
    """The settings of this process: those given to `use_settings`, else the environment's (read once)."""
    return _in_use[0] if _in_use else _from_environment()


def use_settings(settings: Settings | None) -> None:
    """Make `settings` those of the process (`create_app` does); None goes back to the environment."""
    _in_use[:] = [settings] if settings else []
