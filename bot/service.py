"""The one place that knows the service's addresses.

Every call has a time limit, is tried again where that is harmless, and carries its idempotency key over the tries.
Two things can go wrong, and an action tells them apart: the service said no (`Problem`, with the code of the contract),
or nobody knows what it said (`Unavailable`).

``requests`` is synchronous; the calls run in a thread pool of our own, so that a slow one holds up nobody else
(asyncio's default pool has cores + 4 threads).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import requests

from bot.settings import get_settings

logger = logging.getLogger(__name__)

#: Seconds for one try, and for all tries of one call together.
TRY_SECONDS = 5.0
CALL_SECONDS = 8.0
TRIES = 3
_AGAIN = frozenset({502, 503, 504})
_POOL = ThreadPoolExecutor(max_workers=32, thread_name_prefix="service")
_sessions = threading.local()

Json = dict[str, Any]


class ServiceError(Exception):
    """Anything that kept the service from doing as asked."""


class Unavailable(ServiceError):
    """No answer that can be trusted: whether a write was done is not known, and the same key may be sent again."""


class Problem(ServiceError):
    """The service refused, with a problem document (RFC 9457)."""

    def __init__(self, status: int, document: Json) -> None:
        super().__init__(f"{status} {document.get('code')}")
        self.status = status
        self.code: str = document.get("code", "")
        self.document = document

    @property
    def fields(self) -> set[str]:
        """Names of the fields that a 422 complains about."""
        return {str(error.get("field", "")).rpartition(".")[2] for error in self.document.get("errors") or []}


def idempotency_key(*parts: str) -> str:
    """A key that is the same for the same turn and purpose, so that a repeated turn repeats no write."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]


class Service:
    """The service as seen by one speaker in one language.

    Args:
        assertion: the channel's signed assertion of who speaks, or None for what is open to all.
        lang: language of the reply, ISO 639-1.
    """

    def __init__(self, assertion: str | None = None, lang: str = "fr") -> None:
        self._assertion = assertion
        self._lang = lang

    # -- catalogue ---------------------------------------------------------------------------------------------------

    async def courses(self, **criteria: Any) -> Json:
        """Courses that fit: ``{items, total, next}``."""
        return await self._get("/v1/courses", criteria)

    async def course(self, course_id: str, **criteria: Any) -> Json:
        """One course, whole. Raises Problem 404."""
        return await self._get(f"/v1/courses/{_one(course_id)}", criteria)

    async def sessions(self, **criteria: Any) -> Json:
        """Sessions that fit: ``{items, total, next}``."""
        return await self._get("/v1/sessions", criteria)

    async def course_sessions(self, course_id: str, **criteria: Any) -> Json:
        """Sessions of one course that fit."""
        return await self._get(f"/v1/courses/{_one(course_id)}/sessions", criteria)

    async def session(self, session_id: str, **criteria: Any) -> Json:
        """One session. Raises Problem 404."""
        return await self._get(f"/v1/sessions/{_one(session_id)}", criteria)

    # -- knowledge ---------------------------------------------------------------------------------------------------

    async def answer(self, key: str) -> Json:
        """One answer of the knowledge base. Raises Problem 404."""
        return await self._get(f"/v1/answers/{_one(key)}", {})

    async def answers(self, q: str, limit: int = 1) -> Json:
        """Answers that fit a question, best first."""
        return await self._get("/v1/answers", {"q": q, "limit": limit})

    # -- bookings ----------------------------------------------------------------------------------------------------

    async def hold(self, key: str, session_id: str, seats: int, access_code: str | None = None) -> Json:
        """Hold seats for a quarter of an hour, without personal data."""
        body: Json = {"session_id": session_id, "seats": seats, "hold": True}
        if access_code:
            body["access_code"] = access_code
        return await self._post("/v1/bookings", body, key)

    async def bookings(self) -> Json:
        """The bookings that this conversation may see, newest first."""
        return await self._get("/v1/bookings", {})

    async def booking(self, reference: str) -> Json:
        """One booking. Raises Problem 404 where it is not this speaker's."""
        return await self._get(f"/v1/bookings/{_one(reference)}", {})

    async def change_seats(self, key: str, reference: str, seats: int, version: int) -> Json:
        """Other number of seats on a booking."""
        body = {"seats": seats, "version": version}
        return await self._send("PATCH", f"/v1/bookings/{_one(reference)}", body, key)

    async def extend(self, key: str, reference: str) -> Json:
        """Another quarter of an hour for a hold. Raises Problem `not-eligible` once it was extended too often."""
        return await self._post(f"/v1/bookings/{_one(reference)}/extend", {}, key)

    async def confirm(
        self, key: str, reference: str, contact: Json | None = None, people: list[Json] | None = None
    ) -> Json:
        """held or offered → confirmed; with the contact that the booking has, unless one is given."""
        body: Json = {"terms_accepted": True}
        if contact:
            body["contact"] = contact
        if people:
            body["participants"] = people
        return await self._post(f"/v1/bookings/{_one(reference)}/confirm", body, key)

    async def reschedule(self, key: str, reference: str, session_id: str, access_code: str | None = None) -> Json:
        """Move a booking to another session; what it costs there was said and accepted before."""
        body: Json = {"session_id": session_id, "terms_accepted": True}
        if access_code:
            body["access_code"] = access_code
        return await self._post(f"/v1/bookings/{_one(reference)}/reschedule", body, key)

    async def with_seats(self, reference: str, seats: int) -> Json:
        """What a booking would cost with another number of seats: ``{seats, total, fee}``."""
        return await self._get(f"/v1/bookings/{_one(reference)}/with-seats", {"seats": seats})

    async def change_people(self, key: str, reference: str, people: list[Json], version: int) -> Json:
        """Who sits on the seats of a booking: all of them, ``{name, email?}`` each."""
        body = {"participants": people, "version": version}
        return await self._send("PATCH", f"/v1/bookings/{_one(reference)}", body, key)

    async def withdraw(self, key: str, reference: str, confirmed: bool) -> Json:
        """The statutory withdrawal: ``confirmed`` does it, else what it would do is told, under ``withdrawal``."""
        return await self._post(f"/v1/bookings/{_one(reference)}/withdraw", {"confirmed": confirmed}, key)

    async def wait(self, key: str, session_id: str, seats: int, contact: Json, access_code: str | None = None) -> Json:
        """Queue for a session that is full: `waiting`, or `held` where a seat came free meanwhile."""
        body: Json = {"session_id": session_id, "seats": seats, "hold": True, "waitlist": True, "contact": contact}
        if access_code:
            body["access_code"] = access_code
        return await self._post("/v1/bookings", body, key)

    async def cancel(self, key: str, reference: str) -> Json:
        """held → released, offered → declined, confirmed → cancelled, waiting → left."""
        return await self._post(f"/v1/bookings/{_one(reference)}/cancel", {}, key)

    async def send(self, key: str, reference: str, what: str) -> Json:
        """Mail a document of a booking again: confirmation, certificate or invoice."""
        return await self._post(f"/v1/bookings/{_one(reference)}/send", {"what": what}, key)

    # -- companies ---------------------------------------------------------------------------------------------------

    async def quote(self, key: str, body: Json) -> Json:
        """A quote, whose seats are held with it, or a request for one."""
        return await self._post("/v1/quotes", body, key)

    async def quote_of(self, reference: str) -> Json:
        """A quote. Raises Problem 404 where it is not this speaker's."""
        return await self._get(f"/v1/quotes/{_one(reference)}", {})

    async def accept_quote(
        self, key: str, reference: str, po_number: str | None, declarations: Sequence[str] = ()
    ) -> Json:
        """Every line becomes a confirmed booking; ``declarations`` are the ids of what the company declares."""
        body: Json = {"terms_accepted": True}
        if declarations:
            body["declarations"] = list(declarations)
        if po_number:
            body["po_number"] = po_number
        return await self._post(f"/v1/quotes/{_one(reference)}/accept", body, key)

    async def decline_quote(self, key: str, reference: str) -> Json:
        """Give a quote and its seats back."""
        return await self._post(f"/v1/quotes/{_one(reference)}/decline", {}, key)

    async def funding(self) -> Json:
        """Ways to pay for training, as information: ``{items}``."""
        return await self._get("/v1/funding", {})

    # -- events ------------------------------------------------------------------------------------------------------

    async def event(self, session_id: str) -> Json:
        """One event, with the companies that are there. Raises Problem 404."""
        return await self._get(f"/v1/events/{_one(session_id)}", {})

    async def write_to_company(self, key: str, session_id: str, body: Json) -> Json:
        """A message to one company at an event, because the person wants it and said so."""
        path = f"/v1/events/{_one(session_id)}/contact-requests"
        return await self._post(path, {**body, "consent": True}, key)

    # -- people ------------------------------------------------------------------------------------------------------

    async def alert(self, key: str, email: str, course_id: str | None, criteria: Json) -> Json:
        """Ask to be told of new dates; a mail has to be confirmed first. `active`: it is one already."""
        body: Json = {"email": email, "criteria": criteria}
        if course_id:
            body["course_id"] = course_id
        return await self._post("/v1/alerts", body, key)

    async def ask_code(self, key: str, email: str) -> Json:
        """Mail a one-time code; the answer is the same whether or not anybody knows the address."""
        return await self._post("/v1/codes", {"email": email}, key)

    async def verify_code(self, key: str, email: str, code: str) -> None:
        """Open what belongs to an address to this conversation; the token that comes with it is left unread.

        Raises:
            Problem: `invalid` for a wrong code, `code-expired` once it is over or was tried too often.
        """
        await self._post("/v1/codes/verify", {"email": email, "code": code}, key)

    async def export_data(self, key: str) -> Json:
        """Everything that is kept of the address that was proved, mailed there too. Raises Problem 401 unproved."""
        return await self._post("/v1/me/export", {"mail": True}, key)

    async def erase_data(self, key: str, confirmed: bool) -> Json:
        """Forget the address that was proved, bookings to come cancelled; or only tell what that would do."""
        return await self._post("/v1/me/erase", {"confirmed": confirmed, "cancel_bookings": confirmed}, key)

    # -- handoffs ----------------------------------------------------------------------------------------------------

    async def hand_off(
        self, key: str, reason: str, summary: str, contact: Json | None, operator: str | None = None
    ) -> Json:
        """Ask for a person, of the campus or of one operator: ``{id, state, opens_at}``."""
        body: Json = {"reason": reason, "summary": summary}
        if operator:
            body["operator"] = operator
        if contact:
            body["contact"] = contact
        return await self._post("/v1/handoffs", body, key)

    async def handoff(self, handoff_id: str) -> Json:
        """How a request for a person stands: ``{id, state}``. Raises Problem 404."""
        return await self._get(f"/v1/handoffs/{_one(handoff_id)}", {})

    async def say_to_person(self, key: str, handoff_id: str, text: str) -> Json:
        """Say something to the person who has the conversation. Raises Problem 409 once they have closed it."""
        return await self._post(f"/v1/handoffs/{_one(handoff_id)}/messages", {"text": text}, key)

    async def close_handoff(self, key: str, handoff_id: str) -> Json:
        """Go on without a person."""
        return await self._post(f"/v1/handoffs/{_one(handoff_id)}/close", {}, key)

    # -- wire --------------------------------------------------------------------------------------------------------

    async def _get(self, path: str, params: Mapping[str, Any]) -> Json:
        query = {name: value for name, value in params.items() if value not in (None, [], "")}
        query["lang"] = self._lang
        return await self._call("GET", path, params=query)

    async def _post(self, path: str, body: Json, key: str) -> Json:
        return await self._send("POST", path, body, key)

    async def _send(self, method: str, path: str, body: Json, key: str) -> Json:
        """A write. Its language is in the headers: said again in another language, the same wish has the same body."""
        return await self._call(method, path, json=body, headers={"Idempotency-Key": key})

    async def _call(self, method: str, path: str, **request: Any) -> Json:
        headers = {**request.pop("headers", {}), "Accept-Language": self._lang}
        if self._assertion:
            headers["Authorization"] = f"Bearer {self._assertion}"
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_POOL, lambda: _call(method, path, headers=headers, **request))


def _call(method: str, path: str, **request: Any) -> Json:
    """One call with its tries, in a thread of the pool."""
    url = get_settings().campus_url + path
    deadline = time.monotonic() + CALL_SECONDS
    for attempt in range(1, TRIES + 1):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            response = _session().request(method, url, timeout=min(TRY_SECONDS, left), allow_redirects=False, **request)
        except requests.Timeout:
            logger.warning("%s %s: no answer within %.0f s", method, path, TRY_SECONDS)
            break  # a second wait as long as this one would be longer than a person stays
        except requests.RequestException as error:
            logger.warning("%s %s: %s (try %d)", method, path, type(error).__name__, attempt)
        else:
            if response.status_code < 300:
                return _document(response)
            if response.status_code < 400:
                break  # the service sends nobody elsewhere: something else answers, and gets neither key nor signature
            if response.status_code not in _AGAIN and not _in_progress(response):
                raise Problem(response.status_code, _document(response))
            logger.warning("%s %s: %d (try %d)", method, path, response.status_code, attempt)
        time.sleep(min(0.1 * 2**attempt, max(0.0, deadline - time.monotonic())))
    raise Unavailable(f"{method} {path}")


def _one(part: str) -> str:
    """One part of an address, whatever a person wrote in it."""
    return quote(str(part), safe="")


def _in_progress(response: requests.Response) -> bool:
    """The first delivery of this key is still at work: its answer comes if we ask again."""
    return response.status_code == 409 and _document(response).get("code") == "in-progress"


def _document(response: requests.Response) -> Json:
    if response.status_code == 204 or not response.content:
        return {}
    try:
        document = response.json()
    except ValueError:
        if response.status_code < 400:
            raise Unavailable("an answer that is not JSON") from None
        return {}
    return document if isinstance(document, dict) else {"items": document}


def _session() -> requests.Session:
    """One connection pool a thread: `requests.Session` is not made for several."""
    session = getattr(_sessions, "session", None)
    if session is None:
        session = _sessions.session = requests.Session()
        session.trust_env = False  # the service is on this machine: no proxy between
    return session
