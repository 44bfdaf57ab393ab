"""Courtesies around a wish, where a message may be cut, and when its two sides are two wishes."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.answers import ANSWER_KEY
from bot.nlu.clauses import PARTS, ClauseSplitter, places
from bot.nlu.courtesies import without
from bot.nlu.second import SECOND, SecondMeaning
from bot.nlu.spelling import Spelling


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Bonjour, je voudrais annuler", "je voudrais annuler"),
        ("hi, thanks! can I move to March?", "can I move to March?"),
        ("Bonsoir à toute l’équipe, petite question : c’est où ? Merci d’avance !", "c’est où ?"),
        ("hello there how do I get to you", "how do I get to you"),
        ("une place svp", "une place"),
        ("where can I park? have a nice day", "where can I park?"),
        ("bonjour à tous", "bonjour à tous"),
        ("merci beaucoup", "merci beaucoup"),
        ("hi, is anyone there?", "hi, is anyone there?"),
        ("hello campus", "hello campus"),
        ("la demande salut mondial", "la demande salut mondial"),
        ("Merci de m’inscrire", "Merci de m’inscrire"),
        ("thanks for nothing", "thanks for nothing"),
        ("", ""),
    ],
)
def test_courtesies_are_left_out_where_something_is_left(text: str, wanted: str) -> None:
    start, end = without(text)
    assert text[start:end] == wanted


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("annulez ma place et savoir où me garer", ("annulez ma place", "où me garer")),
        ("Où se garer ? Et y a-t-il une cantine ?", ("Où se garer ?", "y a-t-il une cantine ?")),
        ("cancel it. Also, is there a bus?", ("cancel it.", "is there a bus?")),
        ("a quote, and I'd like to know if lunch is included", ("a quote", "lunch is included")),
        ("une formation BPF, en mars", None),
        ("et en mars ?", None),
        ("merci...", None),
    ],
)
def test_where_a_message_may_be_cut(text: str, sides: tuple[str, str] | None) -> None:
    assert [(text[:end], text[start:]) for end, start in places(text, 9)] == ([sides] if sides else [])


def test_only_so_many_cuts_are_tried() -> None:
    assert len(places("a et b et c et d et e", 3)) == 3


#: What the parts of the messages below are taken for: intent, confidence, answer.
MEANINGS: dict[str, tuple[str, float, str | None]] = {
    "annulez ma place": ("cancel_booking", 0.95, None),
    "où est le parking": ("ask_campus", 0.9, "parking"),
    "y a-t-il une cantine": ("ask_campus", 0.9, "catering"),
    "où puis-je me garer": ("ask_campus", 0.9, "parking"),
    "où est-ce donc": ("ask_campus", 0.6, "address"),
    "quelque chose là-bas": ("ask_campus", 0.9, None),
    "cherchez-moi un cours": ("search_courses", 0.9, None),
    "j'aimerais réserver": ("book_session", 0.9, None),
    "peut-être une facture": ("request_document", 0.5, None),
    "envoyez-moi ma facture": ("request_document", 0.9, None),
    "déplacez ma réservation": ("reschedule_booking", 0.9, None),
    "facture": ("request_document", 0.9, None),
    "en mars à gosselies": ("inform", 0.95, None),
    "vous êtes très gentils": ("thank", 0.95, None),
}


def read(text: str, whole: str, confidence: float = 0.9, entities: list[dict[str, Any]] | None = None) -> Message:
    """A message through both components; its parts mean what stands above."""
    context = ExecutionContext(GraphSchema({}), "node")
    message = Message({TEXT: text})
    splitter = ClauseSplitter({}, None, None, Spelling.learn({"fr": list(MEANINGS) * 2}))  # type: ignore[arg-type]
    messages = splitter.process([message])
    message.set(INTENT, {"name": whole, "confidence": confidence})
    message.set(ENTITIES, entities or [])
    for part in messages[1:]:
        name, sure, key = MEANINGS.get(part.get(TEXT).lower().strip(" ?!.,"), ("out_of_scope", 0.9, None))
        part.set(INTENT, {"name": name, "confidence": sure})
        part.set(ANSWER_KEY, {"key": key or "wifi", "confidence": 0.95 if key else 0.01})
    read = SecondMeaning.create({}, None, None, context).process(messages)  # type: ignore[arg-type]
    assert read == [message]
    assert message.get(PARTS) is None
    return message


@pytest.mark.parametrize(
    ("text", "whole", "first", "second"),
    [
        ("annulez ma place, et où est le parking ?", "cancel_booking", "cancel_booking", "ask_campus"),
        ("annulez ma place. Où puis-je me garer ?", "ask_campus", "cancel_booking", "ask_campus"),
        ("bonjour, annulez ma place et où est le parking", "cancel_booking", "cancel_booking", "ask_campus"),
        ("où est le parking ? y a-t-il une cantine ?", "ask_campus", "ask_campus", "ask_campus"),
        ("où est le parking et envoyez-moi ma facture", "ask_campus", "ask_campus", "request_document"),
        ("annulez ma place et cherchez-moi un cours", "cancel_booking", "cancel_booking", "search_courses"),
        ("annulez ma place et où est-ce donc", "cancel_booking", "cancel_booking", "ask_campus"),
    ],
)
def test_two_wishes(text: str, whole: str, first: str, second: str) -> None:
    topic = {"entity": "topic", "value": "x", "start": len(text) - 3, "end": len(text)}
    message = read(text, whole, entities=[topic])
    assert message.get(INTENT)["name"] == first
    assert message.get(SECOND)["intent"]["name"] == second
    found = message.get(SECOND)
    assert text[found["start"] :] == found["text"]
    assert found["cut"] < found["start"]
    assert (found["answer_key"] is None) == (second != "ask_campus")
    assert found["entities"] == [topic]
    assert message.as_dict(only_output_properties=True)[SECOND] == found


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("où est le parking et où puis-je me garer", "ask_campus"),  # the same answer
        ("annulez ma place et déplacez ma réservation", "cancel_booking"),  # one wish in two steps
        ("j'aimerais réserver et cherchez-moi un cours", "book_session"),  # one is the way to the other
        ("annulez ma place et peut-être une facture", "cancel_booking"),  # not sure
        ("annulez ma place et quelque chose là-bas", "cancel_booking"),  # no answer known
        ("annulez ma place et en mars à Gosselies", "cancel_booking"),  # only data
        ("annulez ma place et vous êtes très gentils", "cancel_booking"),  # only polite
        ("annulez ma place et facture", "cancel_booking"),  # a word that the first may go on about
        ("annulez ma place et où est le parking", "give_feedback"),  # the whole is neither
        ("j'aimerais réserver et blablabla", "book_session"),
    ],
)
def test_what_is_one_wish(text: str, whole: str) -> None:
    message = read(text, whole)
    assert message.get(SECOND) is None
    assert message.get(INTENT)["name"] == whole


def test_each_wish_keeps_its_own_entities() -> None:
    text = "annulez ma place et où est le parking"
    both = [
        {"entity": "language", "value": "fr", "start": 0, "end": len(text)},
        {"entity": "reference", "value": "last", "start": 8, "end": 16},
        {"entity": "course_attribute", "value": "place", "start": 20, "end": 22},
    ]
    message = read(text, "cancel_booking", entities=both)
    assert [one["entity"] for one in message.get(ENTITIES)] == ["language", "reference"]


@pytest.mark.parametrize(
    ("text", "whole", "confidence", "meant"),
    [
        ("bonjour, annulez ma place", "greet", 0.99, "cancel_booking"),
        ("merci ! où est le parking ?", "thank", 0.99, "ask_campus"),
        ("annulez ma place, merci", "refine_search", 0.4, "cancel_booking"),
        ("bonjour, peut-être une facture", "refine_search", 0.4, "request_document"),
        ("bonjour, peut-être une facture", "refine_search", 0.9, "refine_search"),
        ("bonjour, en mars à Gosselies", "greet", 0.9, "inform"),
        ("bonjour, vous êtes très gentils", "greet", 0.9, "greet"),
        ("bonjour, blablabla", "greet", 0.9, "greet"),
    ],
)
def test_a_greeting_is_ignored_for_the_intent(text: str, whole: str, confidence: float, meant: str) -> None:
    message = read(text, whole, confidence)
    assert message.get(INTENT)["name"] == meant
    assert message.get(SECOND) is None


@pytest.mark.parametrize(
    ("text", "whole", "meant"),
    [
        ("ANNULEZ MA PLACE", "refine_search", "cancel_booking"),
        ("annukez ma placr", "refine_search", "cancel_booking"),
        ("annukez ma placr et ou est le parkng", "ask_campus", "cancel_booking"),
        ("envoyez-moi ma fatcure", "out_of_scope", "request_document"),
        ("Anulez Plase", "inform", "inform"),  # a name
        ("anulez moi ca", "cancel_booking", "cancel_booking"),  # mended to something foreign
    ],
)
def test_what_is_badly_written_means_what_it_means_well_written(text: str, whole: str, meant: str) -> None:
    message = read(text, whole)
    assert message.get(INTENT)["name"] == meant
    assert message.get(TEXT) == text


def test_a_command_has_no_parts() -> None:
    message = read('/inform{"seats": 2}. Et puis ?', "inform")
    assert message.get(INTENT)["name"] == "inform"


def test_no_title_is_cut_in_two() -> None:
    text = "annulez ma place et où est le parking"
    title = {"entity": "course", "value": "x", "start": 14, "end": 24}
    assert read(text, "cancel_booking", entities=[title]).get(SECOND) is None
