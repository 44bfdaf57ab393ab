"""When somebody sits at the desk."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from campus.clock import BRUSSELS, is_holiday
from campus.settings import REPO_ROOT

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class DeskSettings(BaseSettings):
    """`DESK_DAYS=mon,tue,…`, `DESK_OPENS`, `DESK_CLOSES`: Brussels time; closed on Belgian holidays."""

    model_config = SettingsConfigDict(env_file=REPO_ROOT / ".env", env_ignore_empty=True, extra="ignore", frozen=True)

    desk_days: Annotated[tuple[str, ...], NoDecode] = Field(default=DAYS[:5])
    desk_opens: time = time(9)
    desk_closes: time = time(17)

    @field_validator("desk_days", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.lower().replace(",", " ").split()) if isinstance(value, str) else value


@lru_cache
def get_desk_settings() -> DeskSettings:
    """Read once."""
    return DeskSettings()


def is_staffed(now: datetime) -> bool:
    """Whether a person can be expected to answer now."""
    settings = get_desk_settings()
    local = now.astimezone(BRUSSELS)
    if is_holiday(local.date()) or DAYS[local.weekday()] not in settings.desk_days:
        return False
    return settings.desk_opens <= local.time() < settings.desk_closes


def next_opening(now: datetime) -> datetime | None:
    """When the desk opens next; None where it never does."""
    settings = get_desk_settings()
    today = now.astimezone(BRUSSELS).date()
    for days in range(22):
        opens = datetime.combine(today + timedelta(days=days), settings.desk_opens, BRUSSELS)
        if opens > now and is_staffed(opens):
            return opens
    return None
