"""Who answers a conversation: the assistant, or a person of the campus who has taken it.

The service has the state of each request; the channel remembers only which conversation has one, outside Rasa's
tracker, which a new session or a typed command would change. So the service is asked while one is open, and not else.
"""

from __future__ import annotations

from bot.channels.hub import Hub
from bot.service import Problem, Service, Unavailable, idempotency_key

#: Seconds that a request is remembered after the last word of it: it may be answered after a long weekend.
REMEMBERED = 7 * 24 * 3600
ACTIVE, CLOSED = "active", "closed"


class Handoffs:
    """The open requests for a person, by conversation."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def opened(self, conversation: str, handoff_id: str, state: str = "queued") -> None:
        """Remember a request, and how it stood when last heard of."""
        await self._hub.note(f"handoff:{conversation}", f"{handoff_id} {state}", REMEMBERED)

    async def closed(self, conversation: str, handoff_id: str | None = None) -> None:
        """There is none any more; with an id, where it is the one that is remembered."""
        noted = await self._hub.noted(f"handoff:{conversation}")
        if handoff_id is None or (noted or "").partition(" ")[0] == handoff_id:
            await self._hub.forget(f"handoff:{conversation}")

    async def deliver(self, conversation: str, service: Service, message_id: str, text: str) -> str | None:
        """Give what a visitor says to the person who has the conversation.

        Returns the state of the request: `active` where the person has it now; `closed` once, when it has just ended;
        otherwise the assistant is to answer. None where there is no request.

        Raises:
            Unavailable: a person has the conversation, and the service does not take the message.
        """
        noted = await self._hub.noted(f"handoff:{conversation}")
        if noted is None:
            return None
        handoff_id, _, last = noted.partition(" ")
        state = last
        try:
            state = str((await service.handoff(handoff_id))["state"])
            if state == ACTIVE:
                await service.say_to_person(idempotency_key(conversation, message_id, "person"), handoff_id, text)
        except (Problem, Unavailable) as error:
            code = error.code if isinstance(error, Problem) else None
            if code not in ("wrong-state", "not-found"):
                if ACTIVE not in (state, last):
                    return last
                raise Unavailable(
                    str(error)
                ) from error  # what was said to a person is sent again, never to the assistant
            state = CLOSED if code == "wrong-state" else ""
        if state in ("", CLOSED):
            await self.closed(conversation)
        else:
            await self.opened(conversation, handoff_id, state)
        return state or None
