"""What a simulated person does next. They know what they want and what they see in the chat, and nothing else."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.simulation.days import NUMBERS, ORDINALS, day_in_words, is_named
from tests.simulation.goals import ASIDES, TELLS, Goal
from tests.simulation.people import same
from tests.simulation.phrases import say
from tests.simulation.reading import Reading, Shown, plain

#: How often something that can be pressed is pressed, and how often a typed message has a slip in it.
PRESSING, SLIPPING = 0.3, 0.12
#: How often a practical question comes first instead of an answer, and how many of them.
DIGRESSING, DIGRESSIONS = 0.1, 2
#: How often they say thanks or goodbye in the end.
POLITE = 0.35
#: How many replies in a row may lead nowhere before they give up, and how many messages they write at most.
PATIENCE, LONGEST = 4, 30
#: Words that an answer to a practical question has.
ANSWERS = {
    "parking": r"parking|garer|stationn|park|voiture|car\b",
    "bus": r"bus|train|gare|station|transport",
    "lunch": r"repas|lunch|midi|manger|cater|sandwich|eat|meal|cafétéria|canteen",
    "vat": r"tva|vat",
    "cancel_terms": r"annul|cancel|sans frais|free of charge|rembours|refund",
    "certificate": r"attestation|certificat|certificate",
    "robot": r"programme|program|automati",
}
#: What a yes or no is about, by step: what is not of the step is refused.
ABOUT = {
    "cancel": r"annul|cancel",
    "move": r"déplacer|move|je le fais|shall i do it",
    "more_seats": r"au lieu de|instead of",
    "queue": r"liste d'attente|waiting list",
    "leave_queue": r"liste d'attente|waiting list|annul|cancel",
    "alert": r"e-mail",
    "quote": r"devis|quote",
    "accept_quote": r"devis|quote|engagement|commitment",
    "book": r"garde|hold|réserv|book",
    "event": r"garde|hold|réserv|book",
}
Move = str | dict[str, Any]


@dataclass
class Mind:
    """Somebody at work on a goal.

    Attributes:
        said: what they have told last for seats, name and email; ``day`` and ``title`` what they chose.
        over: why they stopped; empty while they go on.
    """

    goal: Goal
    dice: random.Random
    lang: str = ""
    step: int = 0
    said: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    day: date | None = None
    booked_day: date | None = None
    seen: list[Shown] = field(default_factory=list)
    references: dict[str, str] = field(default_factory=dict)
    over: str = ""
    digressed: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    code: str = ""
    _open: str | None = None
    _aside: str = ""
    _trouble: int = 0
    _fixes: int = 0
    _to_fix: list[str] = field(default_factory=list)
    _again: bool = False
    _messages: int = 0
    _switch_at: int = 99
    _switched: bool = False
    _pressed: bool = False
    _queued: bool = False

    def __post_init__(self) -> None:
        person = self.goal.person
        self.lang = person.lang
        if self.goal.switches:
            self._switch_at = self.dice.randrange(2, 6)
        self.wrong = {"seats": self.goal.later_seats, "name": person.other_name, "email": person.other_email}
        self._yet_to_say_wrong = set(self.goal.corrected)
        if self.goal.course:
            self.title = self.goal.course.titles[self.lang]

    # -- what is wanted ----------------------------------------------------------------------------------------------

    @property
    def doing(self) -> str:
        """The step they are at."""
        return self.goal.steps[self.step] if self.step < len(self.goal.steps) else ""

    @property
    def seats(self) -> int:
        return self.goal.seats

    def right(self, kind: str) -> Any:
        """The value that they really mean."""
        return {"seats": self.seats, "name": self.goal.person.name, "email": self.goal.person.email}[kind]

    # -- turns -------------------------------------------------------------------------------------------------------

    def begin(self) -> Move:
        """The first thing they say."""
        return self._wrote(self._opening())

    def next(self, reading: Reading) -> Move | None:
        """What they do after a reply; None: they are done, or have given up."""
        self._remember(reading)
        if self._messages >= LONGEST:
            self.over = "too long"
            return None
        if not reading.heard:
            self.over = "no answer"
            return None
        move = self._move(reading)
        return None if move is None else self._wrote(move)

    def _wrote(self, move: Move) -> Move:
        self._messages += 1
        return move

    def _remember(self, reading: Reading) -> None:
        if any(one.kind == "session" for one in reading.shown):
            self.seen = reading.shown
        for reference in reading.references:
            if reading.told & set(TELLS.values()):
                self.references.setdefault(reference[:3], reference)
        if self._aside:
            if not re.search(ANSWERS[self._aside], reading.text, re.I):
                self.unanswered.append(self._aside)
            self._aside = ""

    def _move(self, reading: Reading) -> Move | None:
        if self.doing.startswith("aside_"):
            return self._after_question(reading)
        if self._finished(reading):
            self.done.append(self.doing)
            self.booked_day = self.day
            self.step += 1
            self._trouble, self._open, self._to_fix = 0, None, []
            if self.doing:
                if self.doing == "move":
                    self.day = None
                return self._opening()
        if not self.doing:
            return self._farewell()
        if self._messages >= self._switch_at:
            self._switch_at, self._switched = 99, True
            other = {"fr": "english", "en": "french"}[self.lang]
            request, self.lang = self._typed(other), {"fr": "en", "en": "fr"}[self.lang]
            if self.goal.course:
                self.title = self.goal.course.titles[self.lang]
            return request
        asked = reading.asked
        if asked == "again" and (button := reading.button(r"^réessayer|^try again")):
            return button
        if asked in ("unclear", "again") or (asked is None and self._open is None):
            return self._rephrase(reading)
        if asked is None:
            asked = self._open or ""
        if (aside := self._digression(asked)) is not None:
            self._open = asked
            return aside
        move = self._answer(asked, reading)
        if move is None:
            return None if self.over else self._rephrase(reading)
        self._trouble = self._trouble + 1 if asked == self._open else 0
        self._open = asked
        if self._trouble > PATIENCE:
            self.over = f"asked again and again: {asked}"
            return None
        return move

    def _finished(self, reading: Reading) -> bool:
        if self.doing == "unsure":
            return reading.asked in ("about_course", "date", "seats") and bool(self.title)
        return TELLS.get(self.doing, "") in reading.told or (
            self.doing == "leave_queue" and "cancelled" in reading.told
        )

    def _farewell(self) -> Move | None:
        if not self.over and self.dice.random() < POLITE:
            self.over = "done"
            return self._typed(self.dice.choice(("thanks", "bye")))
        self.over = "done"
        return None

    def _after_question(self, reading: Reading) -> Move | None:
        self.done.append(self.doing)
        self.step += 1
        return self._opening() if self.doing else self._farewell()

    def _digression(self, asked: str) -> Move | None:
        fitting = asked in ("seats", "name", "email", "date", "summary", "company", "agree")
        if not fitting or len(self.digressed) >= DIGRESSIONS or self.dice.random() >= DIGRESSING:
            return None
        self._aside = self.dice.choice([one for one in ASIDES if one not in self.digressed])
        self.digressed.append(self._aside)
        return self._typed(f"aside_{self._aside}")

    def _rephrase(self, reading: Reading) -> Move | None:
        """Say the same again in other words; if that does not help, press what comes nearest."""
        self._trouble += 1
        if self._trouble > PATIENCE:
            self.over = "not understood"
            return None
        if self._trouble == 2:
            wanted = {
                "book": r"^réserver une|^book a",
                "event": "événement|event",
                "cancel": "annuler|cancel",
                "unsure": "formation|course",
                "person": "personne|person",
            }.get(self.doing)
            if wanted and (button := reading.button(wanted)):
                return button
        if self._open and (move := self._answer(self._open, reading)) is not None:
            return move
        return self._opening()

    # -- saying ------------------------------------------------------------------------------------------------------

    def _typed(self, act: str, **values: str) -> str:
        return say(act, self.lang, self.dice, SLIPPING, **values)

    def _press_or_say(self, button: dict[str, Any] | None, act: str, **values: str) -> Move:
        if button and self.dice.random() < PRESSING:
            return button
        return self._typed(act, **values)

    def _number(self, number: int) -> str:
        in_words = number <= 6 and self.dice.random() < 0.3 and number > 1
        return NUMBERS[self.lang][number - 1] if in_words else str(number)

    def _day(self, day: date) -> str:
        return day_in_words(day, self.lang, weekday=self.dice.random() < 0.7)

    def _course(self) -> str:
        title = plain(self.title)
        return title.lower() if self.dice.random() < 0.25 else title

    def _value(self, kind: str) -> Any:
        """What they say for seats, name or email: wrong the first time, if they are to correct it."""
        if kind in self._yet_to_say_wrong:
            self._yet_to_say_wrong.discard(kind)
            self._to_fix.append(kind)
            self.said[kind] = self.wrong[kind]
        else:
            self.said[kind] = self.right(kind)
            if kind in self._to_fix:
                self._to_fix.remove(kind)
        return self.said[kind]

    def _opening(self) -> Move:
        doing, goal, person = self.doing, self.goal, self.goal.person
        if doing in ("book", "quote", "queue"):
            if goal.way == "search" and not self.title:
                return self._typed("search", topic=goal.topic_words)
            if doing == "quote":
                return self._typed("quote", course=self._course(), n=self._number(self.seats))
            if doing == "book" and goal.way == "everything" and not self._again:
                self._again = True
                seats, name, email = (self._value(kind) for kind in ("seats", "name", "email"))
                return self._typed("book_all", course=self._course(), n=self._number(seats), name=name, email=email)
            if doing == "book" and goal.way == "several":
                return self._typed("book_n", course=self._course(), n=self._number(self._value("seats")))
            return self._typed("book" if self.seats == 1 else "book_more", course=self._course())
        if doing == "alert":
            return self._typed("alert", topic=goal.topic_words)
        if doing in ("cancel", "move") and "EBC" in self.references and self.dice.random() < 0.4:
            return self._typed(f"{doing}_ref", reference=self.references["EBC"])
        if doing == "more_seats":
            return self._typed("more_seats", n=self._number(goal.later_seats))
        if doing == "accept_quote":
            return self._typed("accept_quote", po=person.order_number, quote=self.references.get("EBQ", ""))
        if doing.startswith("aside_"):
            self._aside = doing.removeprefix("aside_")
        return self._typed(doing)

    # -- answering ---------------------------------------------------------------------------------------------------

    def _answer(self, asked: str, reading: Reading) -> Move | None:
        if self.goal.at_once and self._to_fix and self._fixes < 3 and asked not in self._to_fix:
            return self._fix(self._to_fix[0])
        answering = getattr(self, f"_on_{asked}", None)
        move: Move | None = answering(reading) if answering else None
        return move

    def _fix(self, kind: str) -> Move:
        self._fixes += 1
        value = str(self._value(kind)) if kind != "seats" else self._number(self._value(kind))
        return self._typed(f"fix_{kind}", **{{"seats": "n"}.get(kind, kind): value})

    def _on_name(self, reading: Reading) -> Move:
        return self._typed("name", name=self._value("name"))

    def _on_email(self, reading: Reading) -> Move:
        return self._press_or_say(reading.button(re.escape(self.right("email"))), "email", email=self._value("email"))

    def _on_known_contact(self, reading: Reading) -> Move:
        return self._press_or_say(reading.button(r"^oui|^yes"), "email", email=self._value("email"))

    def _on_meant(self, reading: Reading) -> Move:
        return self._typed("email", email=self._value("email"))

    def _on_company(self, reading: Reading) -> Move:
        return self._typed("company_name", company=self.goal.person.company)

    def _on_order_number(self, reading: Reading) -> Move:
        if self.doing == "accept_quote":
            return self.goal.person.order_number
        return self._press_or_say(reading.button(r"pas encore|not yet"), "no")

    def _on_code(self, reading: Reading) -> Move:
        return "{code}"

    def _on_seats(self, reading: Reading) -> Move:
        seats = self.goal.later_seats if self.doing == "more_seats" else self._value("seats")
        button = reading.button(rf"^{seats}\b")
        if seats == 1 and not (button and self.dice.random() < PRESSING):
            return self._typed("one_seat")
        return self._press_or_say(button, "seats", n=self._number(seats))

    def _on_needs(self, reading: Reading) -> Move:
        return reading.button(r"pas encore|not decided|not yet") or self._typed("no")

    def _on_what_to_change(self, reading: Reading) -> Move | None:
        if self._to_fix:
            return self._fix(self._to_fix[0])
        return self._on_seats(reading) if self.doing == "more_seats" else self._press_or_say(reading.agreeing, "yes")

    def _on_date(self, reading: Reading) -> Move | None:
        shown = [one for one in reading.shown if one.kind == "session"] or self.seen
        mine = [one for one in shown if self.doing == "event" or not self.title or self._is_mine(one.title)]
        if self.doing == "queue":
            return self._wait_for_full(mine, reading)
        seats = max(self.seats, self.goal.later_seats) if self.doing in ("book", "move") else self.seats
        fitting = [one for one in mine if one.free >= seats and one.start and one.start != self.booked_day]
        if self.day:
            fitting = [one for one in fitting if one.start == self.day] or fitting
        if not fitting:
            return None
        chosen = self.dice.choice(fitting)
        self.title, self.day = chosen.title, chosen.start
        assert self.day is not None
        return self._pick(chosen, len(shown) > 1 and shown is not self.seen, reading)

    def _wait_for_full(self, mine: list[Shown], reading: Reading) -> Move | None:
        full = [one for one in mine if one.free == 0 and one.start]
        if not full:
            return None
        if button := reading.button(r"^liste d|waiting list"):
            return self._press_or_say(button, "queue")
        self.day = self.day if any(one.start == self.day for one in full) else self.dice.choice(full).start
        if len(full) == 1 and not self._queued and self.dice.random() < 0.5:
            self._queued = True
            return self._typed("queue")
        return self._pick(next(one for one in full if one.start == self.day), True, reading)

    def _pick(self, chosen: Shown, by_position: bool, reading: Reading) -> Move:
        assert chosen.start is not None
        button = reading.button_of_day(chosen.start)
        if by_position and chosen.position <= len(ORDINALS[self.lang]) and self.dice.random() < 0.4:
            return self._press_or_say(button, "pick_ordinal", ordinal=ORDINALS[self.lang][chosen.position - 1])
        return self._press_or_say(button, "pick_date", date=self._day(chosen.start))

    def _is_mine(self, title: str) -> bool:
        if not self.goal.course and self._switched:
            return True  # of what they found themselves, they know the title in one language only
        titles = self.goal.course.titles.values() if self.goal.course else [self.title]
        return same(title, titles)

    def _on_course(self, reading: Reading) -> Move | None:
        shown = [one for one in reading.shown if one.kind == "course"]
        if self.goal.course or (self.title and self.doing != "unsure"):
            return self._opening()
        fitting = [one for one in shown if one.free >= self.seats]
        if not fitting:
            return None
        chosen = self.dice.choice(fitting)
        self.title = chosen.title
        button = reading.button("^" + re.escape(plain(chosen.title)[:20]))
        if len(shown) == 1:
            return self._press_or_say(button, "book", course=self._course())
        return self._press_or_say(button, "pick_ordinal", ordinal=ORDINALS[self.lang][min(chosen.position, 5) - 1])

    def _on_about_course(self, reading: Reading) -> Move | None:
        if not self.title:
            return self._on_course(reading)
        if not reading.shown or not self._is_mine(reading.shown[0].title):
            return None
        button = reading.button("toutes les dates|all dates")
        return button if button and self.dice.random() < PRESSING and self.doing != "quote" else self._opening()

    def _on_summary(self, reading: Reading) -> Move | None:
        """Read it through before agreeing; say what is wrong."""
        if self.doing not in ("book", "event"):  # they were about to order something that they only asked about
            return None if self._trouble > PATIENCE else self._press_or_say(reading.refusing, "no")
        titles = self.goal.course.titles.values() if self.goal.course else [self.title]
        known = self.goal.course or not self.goal.switches  # of what they found, they know the title in one language
        if (
            known
            and "•" in reading.last
            and not any(plain(one).casefold() in reading.last.casefold() for one in titles)
        ):
            self.over = "the summary is of something else"
            return None
        if self._fixes < 6:
            if self._to_fix:
                return self._fix(self._to_fix[0])
            if "date" in self._yet_to_say_wrong and (move := self._another_date()):
                return move
            if wrong := self._misread(reading):
                return self._fix_day() if wrong == "date" else self._fix(wrong)
        elif self._misread(reading):
            self.over = "the summary stays wrong"
            return None
        return self._press_or_say(reading.agreeing, "yes")

    def _misread(self, reading: Reading) -> str:
        """What stands in the summary otherwise than it was said."""
        text = reading.last.casefold()
        if not re.search("•|au nom de|in the name of", text):
            return ""
        if not re.search(rf"(au nom de|in the name of) {re.escape(self.right('name').casefold())} \(", text):
            return "name"
        if self.right("email").casefold() not in text:
            return "email"
        if not re.search(rf"\b{self.seats} (?:place|seat)", text):
            return "seats"
        if self.day and not is_named(self.day, text, reading.lang):
            return "date"
        return ""

    def _another_date(self) -> Move | None:
        seats = max(self.seats, 1)
        other = [one for one in self.seen if one.start and one.start != self.day and one.free >= seats]
        other = [one for one in other if self._is_mine(one.title)]
        self._yet_to_say_wrong.discard("date")
        if not other:
            return None
        self.day = self.dice.choice(other).start
        return self._fix_day()

    def _fix_day(self) -> Move:
        self._fixes += 1
        assert self.day is not None
        return self._typed("fix_date", date=self._day(self.day))

    def _on_agree(self, reading: Reading) -> Move | None:
        """Agree if it is about what they are doing, and as they said it."""
        text = reading.last
        fits = bool(re.search(ABOUT.get(self.doing, "$^"), text, re.I))
        if self.doing == "move" and self.day and fits:
            fits = is_named(self.day, text, reading.lang)
        if self.doing == "more_seats" and fits:
            fits = bool(re.search(rf"\b{self.goal.later_seats} (?:place|seat)", text))
        if self.doing in ("quote", "queue") and fits:
            fits = bool(re.search(rf"\b{self.seats} (?:place|seat)", text)) and self.right("email") in text
            fits = fits and bool(re.search(rf"[,:] {re.escape(self.right('name'))} \(", text))
        if fits:
            return self._press_or_say(reading.agreeing, "yes")
        self._trouble += 1
        if self._trouble > PATIENCE:
            return None
        return self._press_or_say(reading.refusing, "no")

    def _on_booking(self, reading: Reading) -> Move | None:
        reference = self.references.get("EBC")
        if not reference:
            return None
        button = reading.button(reference)
        return button if button and self.dice.random() < PRESSING else reference

    def _on_also(self, reading: Reading) -> Move:
        return self._typed("no")

    def _on_background(self, reading: Reading) -> Move | None:
        fitting = [one for one in reading.buttons if not re.search("person", one["title"], re.I)]
        return self.dice.choice(fitting) if fitting else None

    def _on_time(self, reading: Reading) -> Move | None:
        return reading.button("passer|skip") or self._on_background(reading)

    def _on_subject(self, reading: Reading) -> Move | None:
        if self.doing in ("book", "quote", "queue") and self.title:
            return self._opening()
        return self.goal.topic_words or None
