"""The chat of the page as its visitor has it: what is said and pressed goes out, what is answered comes in."""

from __future__ import annotations

import json
import time
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any

#: Seconds that a person waits for an answer.
PATIENCE = 30.0


@dataclass(frozen=True)
class Said:
    """One message in the chat. Who reads it sees its words, cards and buttons and nothing else."""

    by: str
    text: str
    lang: str = ""
    buttons: tuple[dict[str, Any], ...] = ()
    cards: tuple[dict[str, Any], ...] = ()

    @property
    def titles(self) -> list[str]:
        return [button["title"] for button in self.buttons]


@dataclass
class Visit:
    """One conversation on the page.

    Attributes:
        transcript: everything that was said, in order.
    """

    url: str
    lang: str
    conversation: str = ""
    transcript: list[Said] = field(default_factory=list)
    _token: str = ""
    _after: str = ""

    def __post_init__(self) -> None:
        opened = self._ask("session", {"lang": self.lang, "page": "/"})
        self._token, self.conversation = opened["token"], opened["conversation"]

    def say(self, text: str) -> list[Said]:
        """Type a message; what is answered, nothing if nothing comes."""
        self.transcript.append(Said("visitor", text))
        return self._send({"text": text})

    def press(self, button: dict[str, Any]) -> list[Said]:
        """Press a button; what is answered."""
        self.transcript.append(Said("visitor", f"[{button['title']}]"))
        return self._send({"payload": button["payload"], "signature": button["signature"]})

    def _send(self, body: dict[str, Any]) -> list[Said]:
        message = uuid.uuid4().hex
        self._token = self._ask("message", {"id": message, "lang": self.lang, **body})["token"]
        heard = self._hear(message)
        self.transcript += heard
        return heard

    def _hear(self, message: str) -> list[Said]:
        """All that is said until the answer to a message is complete."""
        heard: list[Said] = []
        deadline = time.monotonic() + PATIENCE
        request = urllib.request.Request(f"{self.url}/events?after={self._after}", headers=self._headers())
        try:
            with _opener().open(request, timeout=PATIENCE) as stream:
                for line in stream:
                    if time.monotonic() > deadline:
                        break
                    if not line.startswith(b"data: "):
                        continue
                    event = json.loads(line[6:])
                    self._after = event["id"]
                    if event["from"] != "visitor":
                        heard.append(_said(event))
                    if event["from"] == "bot" and event.get("message") == message and not event.get("more"):
                        return heard
        except TimeoutError:
            pass
        return heard

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **self._headers()}
        request = urllib.request.Request(f"{self.url}/{path}", data, headers)
        with _opener().open(request, timeout=PATIENCE) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}


def _said(event: dict[str, Any]) -> Said:
    return Said(event["from"], event["text"], event["lang"], tuple(event["buttons"]), tuple(event["cards"]))


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))
