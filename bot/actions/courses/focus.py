"""Which course a message is about, and what it says of its subject."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

from bot import responses, snapshot
from bot.actions import criteria as crit
from bot.actions import subjects
from bot.actions.criteria import Criteria
from bot.actions.references import pointed_at, shown_items
from bot.actions.turn import Turn

#: Criteria that choose among the sessions of a course.
OF_A_SESSION = ("period", "language", "format", "seats", "day_part", "access_code")


def about(turn: Turn, *, free_words: bool = True) -> Criteria:
    """The criteria of a message with its subject: a topic, else the words.

    Words also where they describe a problem, or where they are what one course of the topic is called ("HPLC").

    Args:
        free_words: words that no entity explains count as a subject too.
    """
    criteria = crit.read(turn)
    described = subjects.said(turn, keep=("topic", "format"))
    if not described or not (free_words or "topic" in criteria):
        return criteria
    named = named_course(turn, whole_name=True)
    if "topic" in criteria and named is None and not subjects.tells_more(turn, described):
        return criteria
    if "topic" not in criteria or free_words or named is not None:
        criteria.pop("topic", None)
        criteria = {"q": [described], **criteria}
    return criteria


def session_criteria(criteria: Criteria) -> Criteria:
    """The criteria that choose among the sessions of a course."""
    return {name: values for name, values in criteria.items() if name in OF_A_SESSION}


def keep_code(turn: Turn, criteria: Criteria) -> None:
    """An access code that was given once opens closed sessions for the rest of the conversation."""
    code = turn.slot("access_code")
    if code and "access_code" not in criteria:
        criteria["access_code"] = [code]


def named_course(turn: Turn, whole_name: bool = False) -> str | None:
    """The course that a message names: by its title, or by words that are a subject's and one course's alike.

    Args:
        whole_name: words that are only part of a title name no course.
    """
    if turn.first("course"):
        return str(turn.first("course"))
    if turn.intent in ("thank", "greet"):
        return None  # "thanks a lot" is about no batch records, whose French title has a "lot"
    spans = [turn.text[e["start"] : e["end"]] for e in turn.entities if e["entity"] == "topic" and "start" in e]
    said = {gist(words) for words in (*spans, crit.words_left(turn, (), keep=("topic",)))} - {""}
    names = _names()
    meant = {course for course, title, aliases in names if said & {title, *aliases}}
    longer = _by_run(turn)
    if longer and len(meant) <= 1 and longer not in meant:
        return longer  # "GMP fundamentals" is no "GMP", though that is one course's other name
    if not meant and not whole_name:
        meant = {course for course, title, _ in names if any(set(one.split()) <= set(title.split()) for one in said)}
    return str(meant.pop()) if len(meant) == 1 else None


def _by_run(turn: Turn) -> str | None:
    """The one course whose title begins with words that stand together in a message: two of them and more."""
    said = f" {gist(turn.text)} "
    longest: dict[str, int] = {}
    for course, title, _ in _names():
        words = title.split()
        run = next((size for size in range(len(words), 1, -1) if f" {' '.join(words[:size])} " in said), 0)
        longest[course] = max(run, longest.get(course, 0))
    most = max(longest.values(), default=0)
    found = [course for course, run in longest.items() if run == most]
    return found[0] if most and len(found) == 1 else None


def called(words: str) -> set[str]:
    """The courses that are called by these words: all of them stand in the title or in one other name."""
    wanted = {_singular(word) for word in gist(words).split()}
    if not wanted:
        return set()
    return {
        course
        for course, title, aliases in _names()
        if any(wanted <= {_singular(word) for word in name.split()} for name in (title, *aliases))
    }


async def only_course(turn: Turn, criteria: Criteria) -> str | None:
    """The one course that a message with these criteria can mean, if there is just one."""
    words = subjects.said(turn, booking=True, keep=("topic",))
    for wanted in ({**criteria, "q": [words]} if words else {}, criteria):
        if not any(subject in wanted for subject in crit.SUBJECT):
            continue
        found = await turn.service.courses(**crit.query(wanted), kind="course", limit=2)
        if len(found["items"]) == 1:
            return str(found["items"][0]["id"])
    return None


def course_in_focus(turn: Turn) -> str | None:
    """The course that a message is about: named, pointed at, or the one talked about last."""
    named = named_course(turn)
    if named:
        return named
    item = pointed_at(turn, shown_items(turn))
    if item:
        return str(item["id"] if item["kind"] == "course" else item["course"])
    if turn.first("topic"):
        return None
    return on_screen(turn)


def on_screen(turn: Turn) -> str | None:
    """The course that "it" means, whatever the message says."""
    focus = turn.slot("course")
    if focus:
        return str(focus)
    courses = shown_items(turn, "course")
    return str(courses[0]["id"]) if len(courses) == 1 else None


def topic_buttons(turn: Turn) -> list[dict[str, str]]:
    """A few fields to begin with."""
    names = snapshot.names(turn.lang)["topic"]
    return [
        {"title": names[topic], "payload": f'/search_courses{{"topic": "{topic}"}}'}
        for topic in _FIRST_TOPICS
        if topic in names
    ]


_FIRST_TOPICS = ("gmp", "aseptic-processing", "digital-twins", "data-integrity", "first-steps")


def gist(text: str) -> str:
    """The words that carry what a title or a request is about, folded."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", " ").replace("'", " ").replace("-", " "))
    letters = "".join(character for character in plain if character.isalnum() or character.isspace())
    return " ".join(word for word in letters.split() if word not in _carrying_nothing())


def _names() -> list[tuple[str, str, frozenset[str]]]:
    """Each course with its title and its other names, once a language."""
    current = snapshot.load()
    global _known
    if _known is None or _known[0] is not current:
        names = [
            (course["id"], gist(course["title"][lang]), frozenset(gist(alias) for alias in course["aliases"][lang]))
            for course in current["courses"]
            if course.get("kind", "course") == "course"
            for lang in responses.LANGUAGES
        ]
        _known = (current, names)
    return _known[1]


_known: tuple[dict[str, Any], list[tuple[str, str, frozenset[str]]]] | None = None


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word[-1] in "sx" else word


@lru_cache(maxsize=1)
def _carrying_nothing() -> frozenset[str]:
    words = subjects.request_words() | subjects.booking_words()
    plain = (unicodedata.normalize("NFKD", word) for word in words)
    return frozenset("".join(c for c in word if not unicodedata.combining(c)) for word in plain)
