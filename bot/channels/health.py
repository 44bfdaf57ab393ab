"""Readiness: whether a message sent now would be answered.

``GET /webhooks/health/ready`` is 200 once the model understands a few known sentences (a classifier that failed to
load is an untrained one, without a word), the catalogue was read, and the action server and the service are ready; 503
with the reasons until then.
"""

from __future__ import annotations

import logging
from typing import Any

import aiohttp
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot import responses, yaml_files
from bot.channels.base import Handler
from bot.settings import ROOT, get_settings

logger = logging.getLogger(__name__)

KNOWN_SENTENCES = ROOT / "bot" / "known_sentences.yml"


class HealthInput(InputChannel):
    """Not a channel that people write on: the way to add a route to Rasa's server."""

    def __init__(self) -> None:
        self._understands: str | None = None  # the model that passed

    @classmethod
    def name(cls) -> str:
        return "health"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> HealthInput:
        return cls()

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The route of the readiness check."""
        routes = Blueprint("campus_health")

        @routes.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            missing = await self._missing(request.app.ctx.agent)
            return json({"ready": not missing, "missing": missing}, status=503 if missing else 200)

        return routes

    async def _missing(self, agent: Agent | None) -> list[str]:
        if agent is None or not agent.is_ready():
            return ["no model is loaded"]
        settings = get_settings()
        missing = []
        if not settings.snapshot.exists():  # asked before, the model would have to take it in with somebody's message
            return ["the catalogue has not been read yet"]
        if self._understands != agent.model_id:
            responses.text("utter_disclosure", responses.DEFAULT)  # read now, so that no first message waits for it
            try:
                wrong = await misunderstood(agent)
            except Exception as error:  # a component that fails must not look like a server that is down
                logger.exception("the model cannot be asked")
                return [f"the model fails: {error}"]
            missing += [f"the model misunderstands {text!r} as {intent}" for text, intent in wrong]
            if not wrong:
                self._understands = agent.model_id
        for name, url in (
            ("action server", f"http://127.0.0.1:{settings.actions_port}/health"),
            ("service", f"{settings.campus_url}/readyz"),
        ):
            if not await _answers(url):
                missing.append(f"the {name} does not answer")
        return missing


async def misunderstood(agent: Agent) -> list[tuple[str, str]]:
    """The known sentences that this model gets wrong, with what it takes them for."""
    wrong = []
    for case in yaml_files.read(KNOWN_SENTENCES):
        intent = (await agent.parse_message(case["text"]))["intent"]["name"]
        if intent != case["intent"]:
            wrong.append((case["text"], str(intent)))
    return wrong


async def _answers(url: str) -> bool:
    try:
        timeout = aiohttp.ClientTimeout(total=2)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False
