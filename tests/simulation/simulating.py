"""One conversation, and many, over a running stack; the database is put back after each."""

from __future__ import annotations

import email
import email.policy
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.simulation import goals
from tests.simulation.judging import Judge, Verdict
from tests.simulation.mind import Mind
from tests.simulation.people import Catalogue
from tests.simulation.phrases import LANGUAGES
from tests.simulation.reading import Reading
from tests.simulation.web import Said, Visit
from tests.support import outbox
from tests.support.running import STARTS, Running

#: Replies in a row with which the same question is asked, from which on it is counted.
REPEATED = 3


@dataclass(frozen=True)
class Task:
    """A conversation that can be held again: ``person`` decides who wants what, ``words`` how they say it."""

    goal: str
    lang: str
    person: int
    words: int

    def __str__(self) -> str:
        return f"{self.goal.replace(' ', '-')}-{self.lang}-{self.person}-{self.words}"


@dataclass
class Outcome:
    """How a conversation went."""

    task: Task
    over: str
    verdict: Verdict
    turns: int
    reached: bool
    cooperative: bool
    transcript: list[Said]
    dead_ends: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    wanted: str = ""

    def told(self) -> str:
        """The transcript and what was found, to read."""
        lines = [
            f"{self.task}: {'reached' if self.reached else 'NOT reached'} ({self.over})",
            f"  wanted: {self.wanted}",
        ]
        for kind in ("missing", "wrong", "abandoned"):
            lines += [f"  {kind}: {one}" for one in getattr(self.verdict, kind)]
        for kind in ("dead_ends", "repeated", "unanswered", "false"):
            lines += [f"  {kind.replace('_', ' ')}: {one}" for one in getattr(self, kind)]
        for said in self.transcript:
            who = ">>>" if said.by == "visitor" else "   "
            buttons = f"\n        {[' '.join(title.split()) for title in said.titles]}" if said.buttons else ""
            lines.append(f"{who} {said.text}{buttons}".replace("\n", "\n      "))
        return "\n".join(lines)


def tasks(number: int, seed: int) -> Iterator[Task]:
    """So many different conversations, half of them in each language."""
    dice = random.Random(seed)
    names, weights = list(goals.WEIGHTS), list(goals.WEIGHTS.values())
    for index in range(number):
        goal = dice.choices(names, weights)[0]
        yield Task(goal, LANGUAGES[index % 2], seed * 100_000 + index, seed * 100_000 + index)


def each_goal(number: int, seed: int) -> Iterator[Task]:
    """So many conversations that go through the goals in turn, in one language and the next time in the other."""
    names = list(goals.WEIGHTS)
    for index in range(number):
        lang = LANGUAGES[(index + index // len(names)) % 2]
        yield Task(names[index % len(names)], lang, seed * 100_000 + index, seed * 100_000 + index)


@dataclass
class Simulation:
    """Holds conversations one after the other.

    Attributes:
        begins: called before each.
    """

    running: Running
    begins: Callable[[Task], None] = lambda task: None

    def __post_init__(self) -> None:
        self.running.move_clock(STARTS)
        self._settle()
        self.before = self.running.database.picture()
        self.catalogue = Catalogue.of(self.before, datetime.fromisoformat(STARTS))

    def hold(self, task: Task) -> Outcome:
        """One conversation from the first word to the last, judged; nothing of it is left."""
        goal = goals.made(task.goal, task.lang, self.catalogue, random.Random(f"{task.goal}-{task.lang}-{task.person}"))
        mind = Mind(goal, random.Random(f"words-{task.words}-{task.goal}-{task.lang}"))
        visit = Visit(self.running.web_url, task.lang)
        mails = self._mails()
        self.begins(task)
        dead_ends: list[str] = []
        questions: list[str] = []
        try:
            move: Any = mind.begin()
            while move is not None:
                if move == "{code}":
                    move = self._code(mails)
                reading = Reading(visit.press(move) if isinstance(move, dict) else visit.say(move))
                dead_ends += _dead_end(reading, mind)
                questions.append(reading.last)
                move = mind.next(reading)
            self._settle()
            after = self.running.database.picture()
            verdict = Judge(self.catalogue, self.before, after, mind, visit.conversation).judge()
            false = _false(mind, after, visit)
        finally:
            self.running.database.restore(self.before)
        answered = not mind.unanswered or (bool(set(goal.steps) & set(mind.done)) and goal.name != "questions")
        all_done = mind.over == "done" and len(mind.done) == len(goal.steps)
        reached = all_done and answered and not (verdict.missing or verdict.wrong or false)
        turns = sum(one.by == "visitor" for one in visit.transcript)
        repeated = _repeated(questions)
        cooperative = goal.is_cooperative and not mind.digressed
        wanted = f"{goal.steps} {goal.course.id if goal.course else goal.topic_words} {goal.seats} {goal.person}"
        return Outcome(
            task,
            mind.over,
            verdict,
            turns,
            reached,
            cooperative,
            visit.transcript,
            dead_ends,
            repeated,
            mind.unanswered,
            false,
            wanted,
        )

    def _code(self, before: set[Path]) -> str:
        """The one-time code in the newest mail, which the person looks up in their mailbox."""
        self._settle()
        for path in self._mails() - before:
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if outbox.kind(mail) == "code" and (found := re.search(r"\b\d{6}\b", outbox.text(mail))):
                return found[0]
        return "?"

    def _mails(self) -> set[Path]:
        return set(self.running.outbox.folder.glob("*.eml"))

    def _settle(self, seconds: float = 5) -> None:
        """Wait until everything that is to leave has left."""
        waiting = sa.text("select count(*) from outbox where sent_at is null and failed_at is null")
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self.running.database.engine.connect() as connection:
                if not connection.execute(waiting).scalar():
                    return
            time.sleep(0.03)


def _dead_end(reading: Reading, mind: Mind) -> list[str]:
    """A reply that leaves nobody a way on: silence, or neither a question nor a button."""
    if not reading.heard:
        return ["no answer"]
    ends = reading.last.rstrip()
    return (
        []
        if reading.buttons or "?" in ends or (ends.endswith((":", ".")) and reading.shown)
        else ([] if _invites(ends) else [ends])
    )


def _invites(text: str) -> bool:
    """Whether a statement asks for something all the same ("Give it to me", « Écrivez-le ici »)."""
    return bool(re.search(r"(écrivez|donnez|dites|indiquez|choisissez|write|give|type|tell|choose|please)", text, re.I))


def _repeated(questions: list[str]) -> list[str]:
    """What was said in the same words at the end of so many replies in a row."""
    return sorted(
        {
            question
            for index, question in enumerate(questions)
            if question and questions[index : index + REPEATED] == [question] * REPEATED
        }
    )


def _false(mind: Mind, after: Any, visit: Visit) -> list[str]:
    """References that were told and that there are not."""
    known = {row["reference"] for table in ("bookings", "quotes") for row in after[table].values()}
    return [one for one in mind.references.values() if one not in known]
