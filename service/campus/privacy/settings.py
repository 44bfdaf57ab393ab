"""How long personal data is kept; the defaults are those that the knowledge base tells."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from campus.settings import REPO_ROOT


class PrivacySettings(BaseSettings):
    """`RETENTION_DAYS` for what only served a conversation, `RETENTION_YEARS` for who took part, `BILLING_YEARS` for
    what tax law wants (ten years: law of 20 November 2022)."""

    model_config = SettingsConfigDict(env_file=REPO_ROOT / ".env", env_ignore_empty=True, extra="ignore", frozen=True)

    retention_days: int = Field(default=30, ge=1)
    retention_years: int = Field(default=2, ge=0)
    billing_years: int = Field(default=10, ge=0)


@lru_cache
def get_privacy_settings() -> PrivacySettings:
    """Read once."""
    return PrivacySettings()
