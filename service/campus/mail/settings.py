"""Settings of the mail beside those of the contract; all have defaults that work for the demonstration."""

from __future__ import annotations

from functools import lru_cache

from pydantic_settings import BaseSettings, SettingsConfigDict

from campus.settings import REPO_ROOT


class MailSettings(BaseSettings):
    """Who writes, and to whom a request for a person goes."""

    model_config = SettingsConfigDict(env_file=REPO_ROOT / ".env", env_ignore_empty=True, extra="ignore", frozen=True)

    mail_from: str = "reservations@campus.example"
    mail_from_name: str = "EU Biotech Campus"
    desk_email: str = "desk@campus.example"


@lru_cache
def get_mail_settings() -> MailSettings:
    """Read once."""
    return MailSettings()
