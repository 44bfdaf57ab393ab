"""The development channel: a message in, its replies out. Refused in production.

``POST /webhooks/rest/webhook {sender, message}`` answers ``[{recipient_id, text, buttons?, custom?}]``. Whoever can
reach it can speak as any sender, so it is never linked to a member of staff and listens on this machine only.
"""

from __future__ import annotations

from typing import Any

from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.channels.base import CampusInput, Handler, Incoming, Reply
from bot.settings import get_settings

#: Bytes of one request: the longest message that is read at all, to be answered that it is too long.
LARGEST = 1_000_000


class RestInput(CampusInput):
    """Development REST channel."""

    platform = "rest"
    typed_payloads = True

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> RestInput:
        """The channel, unless this is production.

        Raises:
            RasaException: `CAMPUS_ENV` is ``production``.
        """
        if get_settings().production:
            raise RasaException("The development REST channel is refused in production: take it out of credentials.yml")
        return cls()

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The routes of this channel."""
        routes = Blueprint("campus_rest")

        @routes.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            incoming = read(request)
            if incoming is None:
                problem = {"type": "about:blank", "title": "sender and message are texts", "status": 422}
                return json({**problem, "code": "invalid"}, status=422, content_type="application/problem+json")
            replies = await self.turn(request.app.ctx.agent, on_new_message, incoming)
            return json([render(reply, incoming.user) for reply in replies])

        return routes


def read(request: Request) -> Incoming | None:
    """The message of a request, or None where it is not one."""
    if not request.content_type.startswith("application/json") or len(request.body) > LARGEST:
        return None
    try:
        body = request.json
    except Exception:  # Sanic's InvalidUsage, and whatever a parser of hostile bytes may raise
        return None
    if not isinstance(body, dict):
        return None
    sender, message = body.get("sender"), body.get("message", "")
    if not isinstance(sender, str) or not isinstance(message, str):
        return None
    if not 0 < len(sender) <= 200 or not sender.isprintable():  # it becomes the conversation's name in the store
        return None
    spoken = request.headers.get("Accept-Language", "")[:2].lower() or None
    return Incoming(text=message, user=sender, lang=spoken)


def render(reply: Reply, recipient: str) -> dict[str, Any]:
    """A reply as Rasa's REST channel words it; cards under ``custom``."""
    message: dict[str, Any] = {"recipient_id": recipient, "text": reply.text}
    if reply.buttons:
        message["buttons"] = reply.buttons
    message["custom"] = {
        "lang": reply.lang,
        "generated_by": "template",  # no text generator writes any of it
        "response": reply.key,
        "cards": reply.cards,
    }
    return message
