"""Where the service's notices arrive: ``POST /webhooks/notify``, signed after the Standard Webhooks scheme.

Answers 204 when the notice was said to somebody who is there, and 410 when nobody is: then the service writes a mail.
Each notice is said once, however often it is delivered.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json as jsonlib
import logging
import time
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty

from bot.channels.base import CampusInput, Handler, Json
from bot.channels.hub import AT_WORK, Away, Hub, get_hub
from bot.channels.problems import Problem, answer, language_of
from bot.channels.secrets import NOTIFY, secret

logger = logging.getLogger(__name__)

#: Seconds that the signature's time may differ from now.
TOLERANCE = 300
#: Seconds that a notice's id is known: the service gives up after three days.
KNOWN_SECONDS = 4 * 24 * 3600
#: Seconds that saying it may take, before a second delivery tries again.
LEASE_SECONDS = 30
SAID, GONE = "said", "gone"


class NotifyInput(InputChannel):
    """Not a channel that people write on: what the service has to say to those who do."""

    def __init__(self, hub: Hub | None = None) -> None:
        self.hub = hub or get_hub()

    @classmethod
    def name(cls) -> str:
        return "notify"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> NotifyInput:
        return cls()

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The route for the service."""
        routes = Blueprint("campus_notify")

        @routes.route("/", methods=["POST"])
        async def notify(request: Request) -> HTTPResponse:
            try:
                if await self._say(request):
                    return empty(204)
                raise Problem(410, "gone")
            except Problem as problem:
                return answer(problem, language_of(request))
            except Away:
                logger.exception("what is remembered cannot be reached")
                return answer(Problem(503, "unavailable", retry_after=5), language_of(request))

        return routes

    async def _say(self, request: Request) -> bool:
        """Whether somebody is there to read it. Raises Problem."""
        notice = verified(request.headers.get("webhook-id", ""), request)
        note = f"notice:{notice['id']}"
        if not await self.hub.claim(note, AT_WORK, LEASE_SECONDS):
            before = await self.hub.noted(note)
            if before not in (SAID, GONE):
                raise Problem(503, "unavailable", retry_after=LEASE_SECONDS)
            return before == SAID
        try:
            said = await self._in_its_channel(request, notice)
        except BaseException:
            await self.hub.forget(note)
            raise
        await self.hub.note(note, SAID if said else GONE, KNOWN_SECONDS)
        return said

    async def _in_its_channel(self, request: Request, notice: Json) -> bool:
        platform = str(notice.get("conversation") or "").partition(":")[0]
        for channel in request.app.ctx.input_channels:
            if isinstance(channel, CampusInput) and channel.platform == platform:
                return await channel.hear(request.app.ctx.agent, notice)
        return False


def verified(ident: str, request: Request) -> Json:
    """The notice of a request that the service has signed. Raises Problem 401, 400."""
    stamp = request.headers.get("webhook-timestamp", "")
    if not stamp.isascii() or not stamp.isdigit() or abs(int(stamp[:15]) - time.time()) > TOLERANCE:
        raise Problem(401, "not-authenticated")
    digest = hmac.new(secret(NOTIFY), f"{ident}.{stamp}.".encode() + request.body, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(digest)
    given = request.headers.get("webhook-signature", "").encode(errors="replace").split()
    if not any(hmac.compare_digest(expected, one) for one in given):
        raise Problem(401, "not-authenticated")
    try:
        notice = jsonlib.loads(request.body)
    except ValueError:
        raise Problem(400, "invalid") from None
    if not isinstance(notice, dict) or notice.get("id") != ident:
        raise Problem(400, "invalid")
    return notice
