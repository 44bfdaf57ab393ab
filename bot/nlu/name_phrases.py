"""Names that the words around them announce: "je m'appelle …", "on behalf of …", "… speaking".

The phrases stand in ``patterns/names.yml``; what may follow each of them stands here.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.nlu.matching import matcher
from bot.nlu.name_readers import Reader
from bot.nlu.name_words import Word
from bot.nlu.spans import Found, fold

PHRASES = "names"


def announced(reader: Reader) -> Iterator[Found]:
    """Names that the words before or after them announce."""
    phrases = matcher(PHRASES).find(reader.text)
    yield from _of_a_form(reader, phrases)
    for phrase in phrases:
        at = reader.from_place(phrase.end)
        if phrase.entity == "closing":
            if name := reader.person_before(phrase.start):
                yield found_at("person", reader, name, 0.9)
        elif reader.adjoining(phrase.end, at):
            person, company = _after(reader, phrase, at)
            if person:
                yield found_at("person", reader, person, 0.95)
                for other in reader.and_more(person):
                    yield found_at("person", reader, other, 0.9)
            elif company:
                yield found_at("company", reader, company, 0.9)


def _after(reader: Reader, phrase: Found, at: int) -> tuple[list[Word], list[Word]]:
    """The person or the company that follows a phrase."""
    if phrase.entity == "called":
        return reader.person_at(at, small=True), []
    if phrase.entity == "titled":
        return reader.person_at(at) or _surname(reader, at), []
    if phrase.entity == "given":
        return reader.strong_person_at(at), []
    if phrase.entity == "asked":
        return reader.strong_person_at(at, alone=True), []
    if phrase.entity == "opening":
        opens = reader.opens(phrase.start)
        return (reader.strong_person_at(at, alone=True) or reader.small_person_at(at) if opens else []), []
    if phrase.entity == "either":
        named = fold(reader.text[phrase.start : phrase.end]).startswith(("au nom", "in the name", "booked under"))
        return reader.strong_person_at(at, alone=named), reader.strong_company_at(at, alone=False)
    if phrase.entity == "employer":
        return [], reader.company_at(at, small=True, operators=True)
    if phrase.entity == "firm":
        return [], reader.company_at(at, operators=True)
    if phrase.entity == "company":
        return [], reader.strong_company_at(at, alone=True)
    return [], []


def _surname(reader: Reader, at: int) -> list[Word]:
    """A surname in small letters after a title."""
    return [reader.words[at]] if reader.lists.unusual(reader.words[at]) else []


def _of_a_form(reader: Reader, phrases: list[Found]) -> Iterator[Found]:
    """First name and surname asked for apart make one person, first name first."""
    parts: dict[str, list[Word]] = {}
    for phrase in phrases:
        at = reader.from_place(phrase.end)
        if phrase.entity in ("first", "last") and reader.adjoining(phrase.end, at):
            parts.setdefault(phrase.entity, reader.person_at(at, small=True))
    said = [name for name in (parts.get("first"), parts.get("last")) if name]
    if said:
        value = " ".join(reader.text[name[0].start : name[-1].end] for name in said)
        yield Found("person", value, min(name[0].start for name in said), max(name[-1].end for name in said), 0.95)


def found_at(entity: str, reader: Reader, name: list[Word], confidence: float) -> Found:
    """Words of a message as an entity, as written."""
    start, end = reader.span(name)
    return Found(entity, reader.text[start:end], start, end, confidence)
