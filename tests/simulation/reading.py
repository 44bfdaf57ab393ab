"""What a person understands of a reply: what it tells, and what it asks. From its words and buttons alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests.simulation.days import is_named
from tests.simulation.web import Said

#: What is asked, by words of the question; the first that fits. Both languages: people understand a stray sentence.
ASKED: tuple[tuple[str, str], ...] = (
    ("again", r"ne répond pas pour l'instant|not answering just now|pas fonctionné de mon côté|wrong on my side"),
    ("meant", r"vouliez-vous dire \S+@|did you mean \S+@|est-ce \S+@|is it \S+@"),
    ("known_contact", r"peut-elle vous répondre à \S+@|may someone from the team answer you at"),
    ("code", r"code à six chiffres (vient de|reçu)|six-figure code (has just|that came)"),
    (
        "email",
        r"quelle(?: est la bonne)? adresse|which (?:e-mail )?address|bonne adresse|right address|where shall the conf"
        r"|écrivez l'adresse|write the address|adresse e-mail (?:ou|s'agit)|e-mail address (?:or|shall|is it)"
        r"|me faut une adresse|need an e-mail",
    ),
    ("company", r"quelle entreprise|which company"),
    (
        "name",
        r"quel nom|in which name|prénom et (?:un |le )?nom|first and last name|nom de famille|last name|addressed to"
        r"|donnez-moi le nom|give me the whole name",
    ),
    ("order_number", r"déjà un numéro de bon|already have a purchase|quel numéro de bon|which purchase order"),
    (
        "needs",
        r"quelle est leur fonction|what is their job|^pour quand \?|when would you like it|chez vous ou sur le campus"
        r"|at your place or on campus|^dans quelle langue \?|in which language\?|budget en tête|budget in mind",
    ),
    (
        "seats",
        r"pour combien|combien de (?:personnes|places)|combien serez|how many|reste une seule place"
        r"|only one seat is left",
    ),
    ("summary", r"tout est correct|is everything right"),
    (
        "what_to_change",
        r"que dois-je changer|what shall i change|que voulez-vous changer|what would you like to change",
    ),
    ("background", r"d'où partez-vous|where do you start from|quel domaine|lequel vous attire|which one appeals"),
    (
        "subject",
        r"qu'aimeriez-vous apprendre|what would you like to learn|quel sujet vous|which subject interests"
        r"|un titre ou un sujet|a title or a subject|de quel sujet|or subject would",
    ),
    ("time", r"temps ou d'argent|time or money"),
    ("booking", r"quelle réservation|which booking|quelle liste|which waiting list"),
    ("also", r"aussi d'autre chose|mentioned something else"),
    (
        "unclear",
        r"pas certain de comprendre|not sure i understand|trouve toujours pas|still cannot find|dépasse ce que"
        r"|beyond what|pas bien compris|did not quite understand|en quelques mots|in a few words|pas fonctionné"
        r"|went wrong|ne peux pas répondre moi-même|cannot answer that myself|aucun doute|ne répond pas|not answering",
    ),
)
#: What is told, by words of the reply.
TOLD = {
    "booked": r"c'est réservé !|booked! reference",
    "moved": r"est maintenant :|is now:",
    "cancelled": r"c'est annulé :|^cancelled:|n'est plus gardé|no longer held",
    "changed": r"c'est changé : ebc|^changed: ebc",
    "waiting": r"vous êtes sur la liste d'attente|you are on the waiting list",
    "left": r"vous n'attendez plus|no longer waiting",
    "alerted": r"c'est demandé :|^requested:",
    "quoted": r"voici votre devis|here is your quote",
    "ordered": r"c'est commandé|it is ordered",
    "declined": r"est décliné|is declined",
    "passed_on": r"c'est transmis|i have passed it on",
    "exported": r"ce que nous gardons pour \S+@|what we keep for \S+@|ne gardons rien|keep nothing",
    "sent_again": r"repart à|on its way again",
    "released": r"rien n'est réservé et rien n'est gardé|nothing is booked and nothing is held",
}
REFUSING = re.compile(r"non\b|no\b|ne pas|do not|not |pas |laisser|leave|garder|keep|décliner|decline")
ELSEWHERE = re.compile(
    r"parler à|talk to|chercher|find a|mes réservations|my bookings|événements|events|voir |see |show |toutes les dates"
    r"|all dates|arrêter|stop|liste d|waiting list|join|renvoyer|send|me prévenir|tell me|un nouveau|a new|give the"
)
REFERENCE = re.compile(r"\bEB[CQ]-[0-9A-Z]{6}\b")


@dataclass(frozen=True)
class Shown:
    """A date or a course that the reply shows, as its card has it."""

    position: int
    title: str
    start: date | None
    free: int
    kind: str


@dataclass
class Reading:
    """One turn's reply as a person reads it."""

    heard: list[Said]

    @property
    def text(self) -> str:
        return plain("\n".join(one.text for one in self.heard))

    @property
    def last(self) -> str:
        return plain(self.heard[-1].text) if self.heard else ""

    @property
    def buttons(self) -> list[dict[str, Any]]:
        return list(self.heard[-1].buttons) if self.heard else []

    @property
    def lang(self) -> str:
        return self.heard[-1].lang if self.heard else ""

    @property
    def asked(self) -> str | None:
        """What the end of the reply wants to know; None: nothing."""
        if not self.heard:
            return None
        last = self.last.casefold()
        if any(shown.kind == "course" for shown in self.shown):
            last = last.splitlines()[-1]  # what is told of a course may well hold a question
        for kind, pattern in ASKED:
            if re.search(pattern, last):
                return kind
        if self.agreeing and (last.rstrip().endswith("?") or self.refusing):
            return "agree"
        if any(shown.kind == "session" for shown in self.shown) or re.search(r"quelle date|which date", last):
            return "date"
        if any(shown.kind == "course" for shown in self.shown):
            return "course" if len(self.shown) > 1 else "about_course"
        if re.search(r"quelle (?:de ces )?formation|which (?:of these )?course|laquelle|which one", last):
            return "course"
        return None

    @property
    def told(self) -> set[str]:
        """What the reply says was done."""
        return {
            kind
            for kind, pattern in TOLD.items()
            for one in self.heard
            if re.search(pattern, plain(one.text).casefold())
        }

    @property
    def references(self) -> list[str]:
        return REFERENCE.findall(self.text)

    @property
    def shown(self) -> list[Shown]:
        """The dates or courses listed last."""
        cards = next((one.cards for one in reversed(self.heard) if one.cards), ())
        found = []
        for position, card in enumerate(cards, 1):
            if card["type"] == "session":
                free = card["seats_free"] if card["state"] == "open" else 0
                found.append(Shown(position, card["title"], _day(card["meetings"][0]["start"]), free, "session"))
            elif card["type"] == "course":
                free = max((one["seats_free"] for one in card["next_sessions"]), default=0)
                found.append(Shown(position, card["title"], None, free, "course"))
        return found

    def button(self, pattern: str) -> dict[str, Any] | None:
        """The first button of the whole reply whose title fits."""
        offered = [*self.buttons, *(button for one in self.heard[:-1] for button in one.buttons)]
        return next((one for one in offered if re.search(pattern, plain(one["title"]), re.I)), None)

    def button_of_day(self, day: date) -> dict[str, Any] | None:
        """The button that names a day."""
        lang = self.lang or "fr"
        return next((one for one in self.buttons if is_named(day, plain(one["title"]), lang)), None)

    @property
    def agreeing(self) -> dict[str, Any] | None:
        """The button that does what was asked for."""
        for one in self.buttons:
            title = plain(one["title"]).casefold()
            if REFUSING.match(title) or ELSEWHERE.match(title):
                continue
            if re.match(
                r"oui|yes|réserver(?! :)|book(?!:)|déplacer|move|changer|change|commander|order|confirm|accept", title
            ):
                return one
        return None

    @property
    def refusing(self) -> dict[str, Any] | None:
        """The button that leaves it."""
        return next((one for one in self.buttons if REFUSING.match(plain(one["title"]).casefold())), None)


def plain(text: str) -> str:
    """White space of every kind but line ends as one plain space, plain apostrophes."""
    return re.sub(r"[^\S\n]+", " ", text.replace("’", "'")).strip()


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).date()
