"""Titles of courses put short, in messages and in the training data."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import snapshot
from bot.nlu.clauses import PARTS, ClauseSplitter
from bot.nlu.second import MENDED, SecondMeaning
from bot.nlu.spelling import Spelling
from bot.nlu.titles import Titles
from tests.bot.test_nlu_catalogue import SNAPSHOT


@pytest.fixture(autouse=True)
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue of these tests."""
    monkeypatch.setattr(snapshot, "load", lambda: SNAPSHOT)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("un devis pour Python pour biologistes, 3 personnes", "un devis pour GMP, 3 personnes"),
        ("book python for biologists", "book GMP"),
        ("Sterile gowning, step by step or Supplier audits?", "GMP or GMP?"),
        ("when is the open day?", "when is the open day?"),
        ("je cherche du python", "je cherche du python"),
        ("what do you teach about GMP?", "what do you teach about GMP?"),
        ("une alerte bioréacteurs à usage unique svp", "une alerte GMP svp"),
        ("single-use bioreactors, when?", "GMP, when?"),
        ("the bioreactor is leaking", "the bioreactor is leaking"),
        ("", ""),
    ],
)
def test_what_names_a_course_becomes_a_short_subject(text: str, short: str) -> None:
    assert Titles().short(text) == short


def test_a_course_that_is_new_in_the_catalogue_is_put_short_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    titles = Titles()
    assert titles.short("réservez Lire un spectre") == "réservez Lire un spectre"
    spectra = {"id": "spectra", "kind": "course", "title": {"fr": "Lire un spectre", "en": "Reading spectra"}}
    monkeypatch.setattr(snapshot, "load", lambda: {**SNAPSHOT, "courses": [*SNAPSHOT["courses"], spectra]})
    assert titles.short("réservez Lire un spectre") == "réservez GMP"


def splitter() -> ClauseSplitter:
    """A trained one, whose training data knew few words."""
    words = {"fr": ["réservez", "bonjour"] * 3, "en": ["book", "hello"] * 3}
    return ClauseSplitter({}, None, None, Spelling.learn(words))  # type: ignore[arg-type]


def test_a_message_is_also_read_with_its_title_put_short() -> None:
    message = Message({TEXT: "réservez Python pour biologistes"})
    read = splitter().process([message])
    assert [part.get(TEXT) for part in read] == ["réservez Python pour biologistes", "réservez GMP"]
    message.set(INTENT, {"name": "ask_campus", "confidence": 0.9})
    read[1].set(INTENT, {"name": "book_session", "confidence": 0.8})
    SecondMeaning({}).process(read)
    assert read == [message]
    assert message.get(INTENT)["name"] == "book_session"
    assert message.get(MENDED) == "réservez GMP"
    assert message.get(TEXT) == "réservez Python pour biologistes"
    assert message.get(PARTS) is None


def test_examples_that_name_a_course_are_learned_twice() -> None:
    said = [
        ("réservez Python pour biologistes", "book_session"),
        ("réservez Audit des fournisseurs", "book_session"),
        ("bonjour", "greet"),
        ("who runs supplier audits on the moon", "out_of_scope"),
        ("book GMP", "book_session"),
        ("book Supplier audits", "book_session"),
    ]
    before = TrainingData([Message({TEXT: text, INTENT: intent}) for text, intent in said])
    after = splitter().process_training_data(before)
    told = [(one.get(TEXT), one.get(INTENT)) for one in after.intent_examples]
    assert told == [*said, ("réservez GMP", "book_session")]


def test_an_untrained_splitter_says_so() -> None:
    with pytest.raises(RuntimeError):
        ClauseSplitter({}, None, None).process_training_data(TrainingData([]))  # type: ignore[arg-type]
