"""Whether a conversation left in the database what was wanted, and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.mind import Mind
from tests.simulation.people import Catalogue
from tests.support.database import Change, Picture, changed_columns, difference

#: States in which a booking takes seats of its session.
OCCUPYING = {"held", "confirmed", "offered", "attended", "no_show"}
#: States of a booking that came to nothing, and that may be left behind by who changes their mind.
NOTHING = {"released", "expired"}
#: What a step leaves behind: the state of the booking, and the mails.
LEAVES: dict[str, tuple[str, tuple[str, ...]]] = {
    "book": ("confirmed", ("confirmation",)),
    "event": ("confirmed", ("confirmation",)),
    "move": ("confirmed", ("move",)),
    "more_seats": ("confirmed", ("confirmation",)),
    "cancel": ("cancelled", ("cancellation",)),
    "queue": ("waiting", ("waiting",)),
    "leave_queue": ("left", ("cancellation",)),
    "quote": ("held", ("quote",)),
    "accept_quote": ("confirmed", ("quote-accepted",)),
    "alert": ("", ("alert-request",)),
    "person": ("", ("desk",)),
    "export": ("", ("code", "export")),
}
WORKER = "service:"


@dataclass
class Verdict:
    """What was found.

    Attributes:
        missing: what was wanted and is not there.
        wrong: what is there and was not wanted.
        abandoned: seats that are still held by who gave up; they lapse by themselves.
    """

    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    abandoned: list[str] = field(default_factory=list)


@dataclass
class Judge:
    """Compares two pictures of the whole database with what somebody wanted."""

    catalogue: Catalogue
    before: Picture
    after: Picture
    mind: Mind
    conversation: str
    verdict: Verdict = field(default_factory=Verdict)

    def judge(self) -> Verdict:
        """Explain every change; what nothing explains is wrong."""
        self.owner = self.conversation.removeprefix("web:")
        changes = difference(self.before, self.after)
        self.mails: list[str] = []
        bookings = self._added(changes, "bookings")
        new = {row["id"] for row in bookings}
        self._bookings(bookings)
        for table in ("participants", "standings"):
            self._all(table, self._added(changes, table), lambda row: row["booking_id"] in new)
        self._seats(changes.pop("sessions", Change()), bookings)
        quotes = self._added(changes, "quotes")
        self._rows("quote", quotes, self._wanted_quote())
        ids = {row["id"] for row in quotes}
        lines = self._added(changes, "quote_lines")
        self._all("quote_lines", lines, lambda row: row["quote_id"] in ids and row["booking_id"] in new)
        self._rows("alert", self._added(changes, "alerts"), self._wanted_alert())
        handoffs = self._added(changes, "handoffs")
        self._rows("request for a person", handoffs, self._wanted_handoff())
        asked = {row["id"] for row in handoffs}
        self._all("handoff_messages", self._added(changes, "handoff_messages"), lambda row: row["handoff_id"] in asked)
        exporting = "export" in self.mind.done or self.mind.doing == "export"
        for table in ("codes", "verifications"):
            self._all(table, self._added(changes, table), lambda row: exporting)
        self._mails(self._added(changes, "outbox"))
        for table, column in (("idempotency_keys", "principal"), ("audit", "actor")):
            rows = self._added(changes, table)
            self._all(table, rows, lambda row, column=column: self.owner in row[column] or row[column] == WORKER)
        self.verdict.wrong += [f"{table}: {_short(change)}" for table, change in changes.items()]
        return self.verdict

    # -- what was wanted ---------------------------------------------------------------------------------------------

    def _wanted_booking(self) -> dict[str, Any] | None:
        state = ""
        for step in self.mind.done:
            state = LEAVES.get(step, ("", ()))[0] or state
        if not state:
            return None
        mind, person = self.mind, self.mind.goal.person
        day = mind.day or mind.booked_day
        session = self.catalogue.session(mind.title, day) if day else None
        seats = mind.goal.later_seats if "more_seats" in mind.done else mind.seats
        wanted = {"session_id": session.id if session else None, "state": state, "seats": seats}
        return {**wanted, "contact_name": person.name, "contact_email": person.email}

    def _wanted_quote(self) -> dict[str, Any] | None:
        if "quote" not in self.mind.done:
            return None
        person, ordered = self.mind.goal.person, "accept_quote" in self.mind.done
        wanted = {"state": "accepted" if ordered else "open", "company": person.company, "contact_email": person.email}
        return {**wanted, "po_number": person.order_number} if ordered else wanted

    def _wanted_alert(self) -> dict[str, Any] | None:
        if "alert" not in self.mind.done:
            return None
        return {"email": self.mind.goal.person.email, "state": "unconfirmed"}

    def _wanted_handoff(self) -> dict[str, Any] | None:
        return {"contact_email": self.mind.goal.person.email} if "person" in self.mind.done else None

    # -- what is there -----------------------------------------------------------------------------------------------

    def _added(self, changes: dict[str, Change], table: str) -> list[dict[str, Any]]:
        change = changes.pop(table, Change())
        if change.removed or change.changed:
            self.verdict.wrong.append(f"{table}: rows of others {_short(change)}")
        return change.added

    def _all(self, table: str, rows: list[dict[str, Any]], explained: Any) -> None:
        self.verdict.wrong += [f"{table}: {row}" for row in rows if not explained(row)]

    def _bookings(self, rows: list[dict[str, Any]]) -> None:
        wanted = self._wanted_booking()
        gave_up = self.mind.over != "done"
        for row in rows:
            told = {
                name: row[name]
                for name in ("reference", "session_id", "state", "seats", "contact_name", "contact_email")
            }
            if self.owner not in (row["owner"] or ""):
                self.verdict.wrong.append(f"a booking of somebody else: {told}")
            elif wanted and all(row[name] == value for name, value in wanted.items()):
                wanted = None
            elif row["state"] == "held" and gave_up:
                self.verdict.abandoned.append(str(told))
            elif row["state"] not in NOTHING:
                self.verdict.wrong.append(f"a booking that was not wanted: {told}")
        if wanted:
            self.verdict.missing.append(f"a booking: {wanted}")

    def _rows(self, what: str, rows: list[dict[str, Any]], wanted: dict[str, Any] | None) -> None:
        for row in rows:
            if self.owner in (row.get("owner") or self.owner) and wanted and wanted.items() <= row.items():
                wanted = None
            else:
                self.verdict.wrong.append(f"a {what} that was not wanted: {row}")
        if wanted:
            self.verdict.missing.append(f"a {what}: {wanted}")

    def _seats(self, sessions: Change, rows: list[dict[str, Any]]) -> None:
        booked: Counter[str] = Counter()
        for row in rows:
            booked[row["session_id"]] += row["seats"] if row["state"] in OCCUPYING else 0
        taken: Counter[str] = Counter()
        for change in sessions.changed:
            columns = changed_columns(change)
            if columns.keys() - {"taken", "version"}:
                self.verdict.wrong.append(f"a session: {columns}")
            old, new = columns.get("taken", (0, 0))
            taken[change[0]["id"]] += new - old
        if +booked != +taken or sessions.added or sessions.removed:
            self.verdict.wrong.append(f"seats taken {dict(taken)}, booked {dict(booked)}")

    def _mails(self, rows: list[dict[str, Any]]) -> None:
        wanted = Counter(mail for step in self.mind.done for mail in LEAVES.get(step, ("", ()))[1])
        if self.mind.doing == "export":
            wanted["code"] += 1
        sent = Counter(row["kind"] for row in rows if row["channel"] == "mail")
        self.verdict.missing += [f"a mail: {kind}" for kind in wanted - sent if kind != "cancellation"]
        self.verdict.wrong += [f"a mail that was not wanted: {kind}" for kind in sent - wanted]


def _short(change: Change) -> str:
    columns = [changed_columns(one) for one in change.changed]
    return f"added {change.added}, removed {change.removed}, changed {columns}"[:800]
