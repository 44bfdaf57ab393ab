"""What staff send and get about webhooks."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from campus.notices.addresses import LONGEST_URL
from campus.notices.kinds import Kind


def _each_once(kinds: list[Kind]) -> list[Kind]:
    return list(dict.fromkeys(kinds))


class NewWebhook(BaseModel):
    """`POST /v1/staff/webhooks`: where to, and which kinds of notices."""

    model_config = {
        "json_schema_extra": {
            "examples": [{"url": "https://crm.example/campus", "kinds": ["booking-confirmed", "booking-cancelled"]}]
        }
    }

    url: Annotated[str, Field(min_length=1, max_length=LONGEST_URL)]
    kinds: Annotated[list[Kind], Field(min_length=1, max_length=50), AfterValidator(_each_once)]


class WebhookOut(BaseModel):
    """A subscription. `last_status`: an HTTP status, or `timeout`, `unreachable`, `refused-address`."""

    id: str = Field(examples=["WHK-7K2M9Q"])
    url: str
    kinds: list[str]
    active: bool
    created_at: str
    ended_at: str | None
    last_status: str | None
    last_status_at: str | None


class NewWebhookOut(WebhookOut):
    """With the secret of its signatures, which is told in this answer only."""

    secret: str = Field(examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"])
