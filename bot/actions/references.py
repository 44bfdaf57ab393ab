"""What "the second one", "the one in March" and "the cheapest" point at: an item of what was last shown."""

from __future__ import annotations

import re
from typing import Any

from bot import responses, snapshot
from bot.actions.turn import Turn
from bot.nlu.spans import fold, words_of

Item = dict[str, Any]

#: "Celle de mars", "the gowning one": somebody points, and does not begin another search.
_POINTING = re.compile(
    r"\b(?:celle|celui|celles|ceux|(?:the|that|this) (?:[\w-]+ ){0,4}(?:one|course))\b"
    r"|^(?:la|le|l')(?: ?[\w-]+){1,4}\W*$"
)
#: The one beside that which is talked about.
_BESIDE = re.compile(
    r"\b(?:celle d'avant|celui d'avant|la precedente|the one before|the previous one|the one above"
    r"|(?P<next>celle d'apres|celui d'apres|la suivante|the one after|the next one|the one below))\b"
)
#: Words of such a message that tell nothing of a title.
_PLAIN = re.compile(r"[\w]{3,}")


def shown_items(turn: Turn, kind: str | None = None) -> list[Item]:
    """What was last shown, in its order; of one kind (`course` or `session`) where one is asked for."""
    items = (turn.slot("shown") or {}).get("items") or []
    return [item for item in items if kind is None or item["kind"] == kind]


def pointed_at(turn: Turn, items: list[Item]) -> Item | None:
    """The one item that the message points at, or None where it points at none or could be several."""
    if not items:
        return None
    asked = turn.slot("requested_slot")
    choosing = asked in (None, "session_id") or (asked == "hold" and not turn.slot("session_id"))
    if choosing and turn.text.strip().isdigit():
        return _by_reference(turn.text.strip(), items)
    for reference in turn.values("reference"):
        item = _by_reference(str(reference), items)
        if item:
            return item
    beside = _BESIDE.search(fold(turn.text))
    at = next((place for place, item in enumerate(items) if item["id"] == turn.slot("course")), None)
    if beside and at is not None:
        place = at + (1 if beside["next"] else -1)
        return items[place] if 0 <= place < len(items) else None
    fitting = items
    pointing = bool(_POINTING.search(fold(turn.text)))
    if pointing:
        titled = by_title(turn, items)
        if titled:
            return titled
    courses = any(item["kind"] == "course" for item in items)
    if courses and not pointing and any(turn.values(criterion) for criterion in _CRITERIA):
        return None  # "in February, at most 800": another search among all, not one of these
    for operator in turn.values("operator"):
        fitting = [item for item in fitting if item.get("operator") == operator]
    for topic in turn.values("topic"):
        fitting = [item for item in fitting if topic in item.get("topics", [])]
    for interval in turn.values("period"):
        fitting = [item for item in fitting if within(item.get("start"), str(interval))]
    for code in turn.values("course_language"):
        fitting = [item for item in fitting if item.get("language") == code]
    for way in turn.values("format"):
        fitting = [item for item in fitting if item.get("format") == way]
    return fitting[0] if len(fitting) == 1 and len(items) > len(fitting) else None


#: Criteria that refine a search where nobody points.
_CRITERIA = ("period", "course_language", "format", "max_price", "max_days", "seats", "level", "day_part", "topic")


def extreme(items: list[Item], reference: str) -> Item | None:
    """The cheapest, the shortest, the longest, … of some items."""
    return _by_reference(reference, items)


def by_title(turn: Turn, items: list[Item]) -> Item | None:
    """The one item whose title, of all those shown, has the words of the message."""
    titles = {
        course["id"]: set(_stems(" ".join(course["title"][lang] for lang in responses.LANGUAGES)))
        for course in snapshot.load()["courses"]
    }
    told = {item["id"]: titles.get(item.get("course", item["id"]), set()) for item in items}
    common = set.intersection(*told.values()) if told else set()
    text = turn.without("period", "seats", "reference")
    said = [stem for stem in _stems(text) if stem not in common]
    hits = {
        name: sum(any(stem.startswith(word) or word.startswith(stem) for word in words) for stem in said)
        for name, words in told.items()
    }
    best = max(hits.values(), default=0)
    chosen = [item for item in items if hits[item["id"]] == best]
    return chosen[0] if best and len(chosen) == 1 else None


def _stems(text: str) -> list[str]:
    """The words of some length, without the ends that change."""
    words = [word for word in _PLAIN.findall(fold(text)) if word not in _EMPTY]
    return [word[: max(4, len(word) - 2)] for word in words]


_EMPTY = words_of(
    "celle celui celles ceux the that this one ones course cours formation formations les des sur pour avec dans une "
    "and for with about please svp plait que qui par est plus moins more info infos tell sur from "
    "day days jour jours give want voudrais veux prends prendre take book reserver"
)


def _by_reference(reference: str, items: list[Item]) -> Item | None:
    if reference.isdigit():
        position = int(reference)
        return items[position - 1] if 1 <= position <= len(items) else None
    if reference == "last":
        return items[-1]
    if reference == "current":
        return items[0] if len(items) == 1 else None
    by = {"cheapest": "price", "earliest": "start", "shortest": "days", "longest": "days"}.get(reference, "")
    known = [item for item in items if item.get(by) is not None]
    if not known:
        return None
    choose = max if reference == "longest" else min
    return choose(known, key=lambda item: item[by] if by == "start" else float(item[by]))


def within(start: str | None, interval: str) -> bool:
    """Whether a time (ISO) lies in a half-open interval of ISO dates, `..` for an open end."""
    if not start:
        return False
    first, _, after = interval.partition("/")
    day = start[:10]
    return (first == ".." or day >= first[:10]) and (after == ".." or day < after[:10])
