"""One conversation of a file: said step by step, and its traces in the database explained one by one."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.support import outbox
from tests.support.database import Change, Picture, changed_columns, difference
from tests.support.running import ROOT, STAFF_TOKEN, STARTS, Running, post

FOLDER = Path(__file__).parent
#: States in which a booking's seats are counted in the session's `taken`.
OCCUPYING = {"held", "confirmed", "offered", "attended", "no_show"}


LANGUAGES = ("fr", "en")


def scripts() -> list[tuple[Path, str]]:
    """Every conversation with the language it is held in; one whose file names no language is held in both."""
    found = []
    for path in sorted(FOLDER.glob("*/*.yml")):
        named = yaml.safe_load(path.read_text(encoding="utf-8")).get("lang")
        found += [(path, lang) for lang in ([named] if named else LANGUAGES)]
    return found


def load(path: Path, lang: str) -> dict[str, Any]:
    """A conversation's file as it is held in a language."""
    found: dict[str, Any] = _said_in(lang, yaml.safe_load(path.read_text(encoding="utf-8")))
    return {**found, "lang": lang}


def _said_in(lang: str, part: Any) -> Any:
    """Of everything that stands in both languages, this one's."""
    if isinstance(part, list):
        return [_said_in(lang, one) for one in part]
    if not isinstance(part, dict):
        return part
    if part.keys() == set(LANGUAGES):
        return part[lang]
    return {name: _said_in(lang, one) for name, one in part.items()}


@dataclass
class Conversation:
    """A conversation being held.

    Attributes:
        sender: who writes; a new one each time, so that nothing is remembered from elsewhere.
        actors: who else left traces in the audit log: the staff, and who pressed the button behind a mail's link.
    """

    running: Running
    sender: str
    script: dict[str, Any]
    offered: dict[str, list[str]] = field(default_factory=dict)
    actors: set[str] = field(default_factory=set)

    def hold(self) -> None:
        """Say every step and check every reply."""
        for number, step in enumerate(self.script["steps"], 1):
            if self._happens(step):
                continue
            sender = f"{self.sender}-{step['by']}" if "by" in step else self.sender
            message = self._message(step, sender)
            first = sender not in self.offered
            replies = self.running.say(sender, message)
            where = f"step {number}: {message!r}\n" + "\n".join(
                f"  [{reply['custom']['response']}] {reply['text']}" for reply in replies
            )
            keys = [reply["custom"]["response"] for reply in replies]
            if first:
                assert keys[0] == "utter_disclosure", where
                keys = keys[1:]
            assert keys == step["reply"], where
            language = step.get("lang", self.script["lang"])
            assert {reply["custom"]["lang"] for reply in replies} == {language}, where
            said = folded(" ".join(reply["text"] for reply in replies))
            for key in step.get("answer", []):
                assert folded(_answers()[key][language]) in said, f"the answer {key!r} is missing\n{where}"
            for piece in step.get("contains", []):
                assert folded(piece) in said, f"{piece!r} is missing\n{where}"
            for piece in step.get("lacks", []):
                assert folded(piece) not in said, f"{piece!r} should not be there\n{where}"
            self.offered[sender] = [button["title"] for reply in replies for button in reply.get("buttons", [])]

    def _happens(self, step: dict[str, Any]) -> bool:
        """Whether a step is nothing that is said, but something that happens meanwhile."""
        if "clock" in step:
            self.running.move_clock(step["clock"])
        elif "await" in step:
            self._await(step["await"])
        elif "link" in step:
            self._press_link(step["link"])
        elif "staff" in step:
            self._by_staff(step["staff"])
        else:
            return False
        return True

    def _await(self, wanted: dict[str, dict[str, Any]], tries: int = 150) -> None:
        """Wait until the service's own threads have brought a row about."""
        for _ in range(tries):
            picture = self.running.database.picture()
            if all(
                any(all(row[name] == value for name, value in values.items()) for row in picture[table].values())
                for table, values in wanted.items()
            ):
                return
            time.sleep(0.1)
        raise AssertionError(f"never seen: {wanted}")

    def _press_link(self, kind: str) -> None:
        """Press the button of the page behind the link of the newest mail of a kind: an alert is confirmed."""
        settled(self.running)
        mails = [mail for mail in self.running.outbox.mails() if outbox.kind(mail) == kind]
        token = re.search(r"/alerts#(\S+)", outbox.text(mails[-1]))
        assert token, outbox.text(mails[-1])
        post(f"{self.running.page_url.rstrip('/')}/v1/alerts/confirm", {"token": token[1]})
        self.actors.add("anonymous:")

    def _by_staff(self, verb: str) -> None:
        """Somebody at the desk takes, releases or closes the newest request for a person, or answers it in words."""
        newest = max(
            self.running.database.picture()["handoffs"].values(), key=lambda row: (row["created_at"], row["id"])
        )
        what, _, text = verb.partition(" ")
        part = "messages" if what == "say" else what
        url = f"{self.running.page_url.rstrip('/')}/v1/staff/handoffs/{newest['id']}/{part}"
        post(url, {"text": text} if text else {}, token=STAFF_TOKEN)
        self.actors.add("staff:")

    def _message(self, step: dict[str, Any], sender: str) -> str:
        if step.get("code"):
            return self._code()
        if "press" not in step:
            return str(step["say"])
        wanted = folded(step["press"])
        for title in self.offered.get(sender, []):
            if folded(title).startswith(wanted):
                return title
        raise AssertionError(f"no button {step['press']!r} among {self.offered.get(sender)}")

    def _code(self) -> str:
        """The one-time code of the newest mail."""
        settled(self.running)
        codes = [mail for mail in self.running.outbox.mails() if outbox.kind(mail) == "code"]
        found = re.search(r"\b\d{6}\b", outbox.text(codes[-1]))
        assert found, outbox.text(codes[-1])
        return found[0]


@cache
def _answers() -> dict[str, dict[str, str]]:
    """The answers of the demonstration's knowledge base, by key and language."""
    files = sorted((ROOT / "service" / "demo" / "answers").glob("*.yml"))
    entries = [entry for path in files for entry in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return {entry["key"]: entry["text"] for entry in entries}


def folded(text: str) -> str:
    """White space of every kind as one plain space, typographic apostrophes as plain ones."""
    return re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\u00a0", " ")).replace("’", "'").strip()


def run(running: Running, path: Path, lang: str) -> list[str]:
    """Hold the conversation of a file in a language, compare the whole database and outbox, put everything back.

    Returns:
        the intents that its messages were taken for.
    """
    script = load(path, lang)
    sender = f"{path.parent.name}-{lang}-{path.stem}"[:150] + f"-{id(script)}"
    running.move_clock(STARTS)
    before, mails_before = running.database.picture(), len(running.outbox.mails())
    try:
        held = Conversation(running, sender, script)
        held.hold()
        wanted = script.get("after") or {}
        mails = running.outbox.wait(lambda now: len(now) >= mails_before + len(wanted.get("mails", [])))[mails_before:]
        after = settled(running)
        assert sorted(map(outbox.kind, mails)) == sorted(wanted.get("mails", [])), [
            str(mail["Subject"]) for mail in mails
        ]
        Explained(before, after, wanted, sender, held.actors).check()
    finally:
        running.database.restore(before)
        running.move_clock(STARTS)
    return running.intents(sender)


def settled(running: Running, tries: int = 60) -> Picture:
    """The database once every mail that is written is marked as sent, and what is over at its time has been ended."""
    for _ in range(tries):
        picture = running.database.picture()
        now = datetime.fromisoformat(running.clock.read_text())
        if all(row["sent_at"] for row in picture["outbox"].values()) and not _is_over(picture, now):
            return running.database.picture()  # the sweeper may have come by between two tables of the one before
        time.sleep(0.05)
    return picture


def _is_over(picture: Picture, now: datetime) -> bool:
    """Whether a hold or an offer has run out, and the sweeper, who looks every second, has not come by."""
    ends = {"held": "hold_expires_at", "offered": "offer_expires_at"}
    rows = [row for row in picture["bookings"].values() if row["state"] in ends]
    return any(_moment(row[ends[row["state"]]]) <= now for row in rows if row[ends[row["state"]]])


def _moment(stored: datetime | str) -> datetime:
    read = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return read if read.tzinfo else read.replace(tzinfo=UTC)


@dataclass
class Explained:
    """Every change between two pictures must follow from what was wanted."""

    before: Picture
    after: Picture
    wanted: dict[str, Any]
    sender: str
    others: set[str]

    def check(self) -> None:
        """Raise AssertionError at the first change that nothing explains."""
        changes = difference(self.before, self.after)
        bookings = changes.pop("bookings", Change())
        assert not bookings.removed and not bookings.changed, bookings
        self._match(bookings.added)
        new = {row["id"]: row for row in bookings.added}
        for table in ("participants", "standings"):
            people = changes.pop(table, Change())
            assert not people.removed and not people.changed, people
            assert {row["booking_id"] for row in people.added} <= new.keys(), people
        self._seats(changes.pop("sessions", Change()), bookings.added)
        self._handoffs(changes.pop("handoffs", Change()))
        letters = changes.pop("outbox", Change())
        assert not letters.removed and not letters.changed, letters
        assert sorted(row["kind"] for row in letters.added) == sorted(self.wanted.get("mails", [])), letters
        for table, owner in (("idempotency_keys", "principal"), ("audit", "actor")):
            traces = changes.pop(table, Change())
            assert not traces.removed and not traces.changed, traces
            wrote = bool(self.wanted.get("bookings") or self.wanted.get("handoffs"))
            asked = bool(self.wanted.get("rows"))  # of which not every one stands in the audit log
            assert wrote <= bool(traces.added) <= (wrote or asked), traces
            known = WORKERS | self.others
            strangers = [row for row in traces.added if self.sender not in row[owner] and row[owner] not in known]
            assert not strangers, strangers
        for table, rows in (self.wanted.get("rows") or {}).items():
            self._rows(table, changes.pop(table, Change()), rows)
        assert not changes, changes

    @staticmethod
    def _rows(table: str, change: Change, wanted: list[dict[str, Any]]) -> None:
        """Exactly these rows are new in a table of another capability, each with the values that are named."""
        assert not change.removed and not change.changed, (table, change)
        assert len(change.added) == len(wanted), (table, change.added)
        for want in wanted:
            assert any(all(row[name] == value for name, value in want.items()) for row in change.added), (table, change)

    def _match(self, added: list[dict[str, Any]]) -> None:
        wanted = list(self.wanted.get("bookings", []))
        courses = {key[0]: row["course_id"] for key, row in self.after["sessions"].items()}
        found = [
            {
                "course": courses[row["session_id"]],
                "session": row["session_id"],
                "state": row["state"],
                "seats": row["seats"],
                "email": row["contact_email"],
                "name": row["contact_name"],
                "lang": row["lang"],
                "owned": self.sender in (row["owner"] or ""),
            }
            for row in added
        ]
        assert all(row["owned"] for row in found), found
        for want in wanted:
            fitting = [row for row in found if all(row[name] == value for name, value in want.items())]
            assert fitting, f"{want} is not among {found}"
            found.remove(fitting[0])
        assert not found, f"not wanted: {found}"

    @staticmethod
    def _seats(sessions: Change, added: list[dict[str, Any]]) -> None:
        assert not sessions.added and not sessions.removed, sessions
        delta: dict[str, int] = {}
        for row in added:
            if row["state"] in OCCUPYING:
                delta[row["session_id"]] = delta.get(row["session_id"], 0) + row["seats"]
        seen = {}
        for change in sessions.changed:
            columns = changed_columns(change)
            assert columns.keys() <= {"taken", "version"}, columns
            if "taken" in columns:
                seen[change[0]["id"]] = columns["taken"][1] - columns["taken"][0]
        assert seen == delta, f"seats taken {seen}, booked {delta}"

    def _handoffs(self, handoffs: Change) -> None:
        assert not handoffs.removed and not handoffs.changed, handoffs
        wanted = self.wanted.get("handoffs", [])
        assert len(handoffs.added) == len(wanted), handoffs
        for want in wanted:
            assert any(all(row[name] == value for name, value in want.items()) for row in handoffs.added), handoffs


#: Actors in the audit log that are no person: the service's own threads.
WORKERS = {"service:"}
