"""The answer finder: which key, how sure, and what happens when the knowledge base changes under it."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import answers as module
from bot.nlu.answer_model import AnswerModel, Foreign, Ngrams
from bot.nlu.answer_states import KEPT, foreign_of
from bot.nlu.answers import AnswerFinder
from bot.nlu.encoder import SentenceEncoder, shared_encoder
from bot.settings import Settings

QUESTIONS = {
    "parking": {
        "fr": ["où puis-je me garer ?", "y a-t-il un parking ?", "le parking est-il payant ?", "où laisser ma voiture"],
        "en": ["where can I park?", "is there a car park?", "do I have to pay for parking?", "where do I leave my car"],
    },
    "catering": {
        "fr": ["le repas de midi est-il compris ?", "où manger à midi ?", "y a-t-il une cantine ?"],
        "en": ["is lunch included?", "where can I eat at noon?", "is there a canteen?"],
    },
    "wifi": {
        "fr": ["quel est le mot de passe du wifi ?", "y a-t-il du wifi ?", "comment se connecter à internet ?"],
        "en": ["what is the wifi password?", "is there wifi?", "how do I get online?"],
    },
    "vat": {
        "fr": ["les prix sont-ils TVA comprise ?", "faut-il ajouter la TVA ?", "la TVA est-elle récupérable ?"],
        "en": ["do prices include VAT?", "is VAT added to the price?", "can we reclaim the VAT?"],
    },
}
DRESS = {"fr": ["comment dois-je m'habiller ?", "quelle tenue porter ?"], "en": ["what should I wear?", "dress code?"]}
ELSEWHERE = [
    ("quel temps fera-t-il demain ?", "out_of_scope"),
    ("what is the capital of France?", "out_of_scope"),
    ("raconte-moi une blague", "out_of_scope"),
    ("who won the football match?", "out_of_scope"),
    ("écris un poème", "out_of_scope"),
    ("I would like to book the GMP course", "book_session"),
    ("cherche une formation en robotique", "search_courses"),
    ("annulez ma réservation", "cancel_booking"),
    ("bonjour", "greet"),
    ("où me garer quand je viens ?", "ask_campus"),
]
Know = Callable[[dict[str, dict[str, list[str]]]], None]


@pytest.fixture
def know(settings: Settings) -> Know:
    """Puts questions into the snapshot, each time as a newer file."""
    times = iter(range(1_000_000_000, 1_000_000_100))

    def write(questions: dict[str, dict[str, list[str]]]) -> None:
        settings.var_dir.mkdir(parents=True, exist_ok=True)
        asked = [{"key": key, "questions": said} for key, said in questions.items()]
        settings.snapshot.write_text(json.dumps({"answers": asked}), encoding="utf-8")
        now = next(times)
        os.utime(settings.snapshot, (now, now))

    return write


@pytest.fixture
def doubts() -> Foreign:
    """Sentences that ask for something else."""
    texts = [text for text, _ in ELSEWHERE]
    at, counts = foreign_of(texts, [intent for _, intent in ELSEWHERE])
    kept = [texts[i] for i in at]
    return Foreign(kept, shared_encoder().encode(kept), np.array(counts))


def ask(finder: AnswerFinder, text: str) -> dict[str, Any] | None:
    """What the finder writes on a message, as it leaves the pipeline."""
    message = Message({TEXT: text})
    finder.process([message])
    found: dict[str, Any] | None = message.as_dict(only_output_properties=True).get("answer_key")
    return found


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("je peux garer ma voiture où ?", "parking"),
        ("ou est ce que je peut me garé", "parking"),
        ("any place to park?", "parking"),
        ("on mange quoi à midi chez vous ?", "catering"),
        ("is food included at lunchtime", "catering"),
        ("c'est quoi le code wifi", "wifi"),
        ("wifi pasword?", "wifi"),
        ("prix HTVA ou TVAC ?", "vat"),
        ("is the VAT in the price", "vat"),
    ],
)
def test_a_question_finds_its_key(know: Know, doubts: Foreign, text: str, key: str) -> None:
    know(QUESTIONS)
    found = ask(AnswerFinder({}, foreign=doubts), text)
    assert found is not None and found["key"] == key


def test_sure_of_a_question_and_not_of_what_is_none(know: Know, doubts: Foreign) -> None:
    know(QUESTIONS)
    finder = AnswerFinder({}, foreign=doubts)
    for text in ("y a-t-il un parking ?", "is lunch included?", "what is the wifi password?"):
        assert (ask(finder, text) or {})["confidence"] > 0.5, text
    for text in ("donne-moi une recette de crêpes", "what will the weather be like?", "tell me a poem"):
        assert (ask(finder, text) or {})["confidence"] < 0.5, text


def test_without_anything_to_doubt_it_goes_by_closeness(know: Know) -> None:
    know(QUESTIONS)
    finder = AnswerFinder({})
    assert (ask(finder, "y a-t-il un parking ?") or {})["confidence"] > 0.9
    assert (ask(finder, "donne-moi une recette de crêpes") or {})["confidence"] < 0.2


def test_no_answers_no_key(know: Know) -> None:
    know({})
    assert ask(AnswerFinder({}), "où puis-je me garer ?") is None


def test_no_snapshot_no_key(settings: Settings) -> None:
    assert ask(AnswerFinder({}), "où puis-je me garer ?") is None


def test_a_button_asks_nothing(know: Know) -> None:
    know(QUESTIONS)
    assert ask(AnswerFinder({}), "/affirm") is None


def test_one_question_of_one_key_is_enough_to_begin_with(know: Know, doubts: Foreign) -> None:
    know({"wifi": {"fr": ["quel est le code du wifi ?"], "en": []}})
    assert (ask(AnswerFinder({}, foreign=doubts), "le code wifi ?") or {})["key"] == "wifi"


def test_what_was_learned_is_read_at_the_next_start(
    know: Know, doubts: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(QUESTIONS)
    first = ask(AnswerFinder({}, foreign=doubts), "je peux garer ma voiture où ?")
    monkeypatch.setattr(module.AnswerModel, "fit", None)  # nothing can be learned any more
    again = ask(AnswerFinder({}, foreign=doubts), "je peux garer ma voiture où ?")
    assert first is not None and again is not None
    assert again["key"] == first["key"] and again["confidence"] == pytest.approx(first["confidence"], abs=0.01)


def test_a_damaged_file_is_learned_again(know: Know, settings: Settings) -> None:
    know(QUESTIONS)
    ask(AnswerFinder({}), "wifi ?")
    (file,) = (settings.var_dir / "answers").glob("*.npz")
    file.write_bytes(b"half a fi")
    assert (ask(AnswerFinder({}), "wifi ?") or {})["key"] == "wifi"


def test_a_folder_that_cannot_be_written_is_no_obstacle(know: Know, settings: Settings) -> None:
    know(QUESTIONS)
    (settings.var_dir / "answers").write_text("a file where the folder should be", encoding="utf-8")
    assert (ask(AnswerFinder({}), "wifi ?") or {})["key"] == "wifi"


def test_a_new_answer_is_found_without_training_and_without_waiting(
    know: Know, doubts: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(QUESTIONS)
    finder = AnswerFinder({}, foreign=doubts)
    assert (ask(finder, "comment faut-il s'habiller ?") or {})["key"] != "dress_code"
    encoded: list[str] = []
    encode = finder._encoder.encode
    monkeypatch.setattr(
        finder,
        "_encoder",
        type("Counting", (), {"name": "use", "encode": lambda _, texts: encoded.extend(texts) or encode(texts)})(),
    )
    know({**QUESTIONS, "dress_code": DRESS})
    assert ask(finder, "y a-t-il un parking ?") is not None, "the state before answers meanwhile"
    assert wait_until(lambda: (ask(finder, "comment faut-il s'habiller ?") or {})["key"] == "dress_code")
    learned = [text for text in encoded if text in [*DRESS["fr"], *DRESS["en"], *QUESTIONS["parking"]["en"]]]
    assert sorted(learned) == sorted([*DRESS["fr"], *DRESS["en"]]), "what was known is not encoded again"


def test_an_answer_that_is_taken_out_is_forgotten(know: Know) -> None:
    know(QUESTIONS)
    finder = AnswerFinder({})
    assert (ask(finder, "is there wifi?") or {})["key"] == "wifi"
    know({key: said for key, said in QUESTIONS.items() if key != "wifi"})
    assert wait_until(lambda: (ask(finder, "is there wifi?") or {})["key"] != "wifi")


def test_few_states_stay_on_disk(know: Know, settings: Settings) -> None:
    for number in range(KEPT + 2):
        know({"wifi": {"fr": [f"wifi {number} ?", "internet ?"], "en": ["wifi?"]}})
        ask(AnswerFinder({}), "wifi ?")
    assert len(list((settings.var_dir / "answers").iterdir())) == KEPT


def test_training_keeps_what_it_doubts_by(know: Know, settings: Settings, tmp_path: Path) -> None:
    know(QUESTIONS)
    storage, resource = _trained(tmp_path)
    finder = AnswerFinder.load({}, storage, resource, None)  # type: ignore[arg-type]
    assert (ask(finder, "raconte une blague") or {})["confidence"] < 0.5
    assert not any("garer quand" in text for text in finder._foreign.texts), "questions to the campus are not foreign"


def test_a_model_starts_at_once_where_nothing_was_ever_run(
    know: Know, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(QUESTIONS)
    storage, resource = _trained(tmp_path)
    shutil.rmtree(settings.var_dir / "answers")
    monkeypatch.setattr(module.AnswerModel, "fit", None)  # nothing can be learned any more
    assert (ask(AnswerFinder.load({}, storage, resource, None), "wifi ?") or {})["key"] == "wifi"  # type: ignore[arg-type]


def test_a_start_waits_for_a_knowledge_base_that_changed_since_training(know: Know, tmp_path: Path) -> None:
    know(QUESTIONS)
    storage, resource = _trained(tmp_path)
    know({**QUESTIONS, "dress_code": DRESS})
    finder = AnswerFinder.load({}, storage, resource, None)  # type: ignore[arg-type]
    assert (ask(finder, "comment faut-il s'habiller ?") or {})["key"] == "dress_code"


def test_a_model_trained_without_a_knowledge_base_finds_nothing_until_there_is_one(know: Know, tmp_path: Path) -> None:
    know({})
    storage, resource = _trained(tmp_path)
    finder = AnswerFinder.load({}, storage, resource, None)  # type: ignore[arg-type]
    assert ask(finder, "wifi ?") is None
    know(QUESTIONS)
    assert (ask(finder, "wifi ?") or {})["key"] == "wifi"


def test_half_of_the_doubt_comes_from_out_of_scope() -> None:
    intents = ["out_of_scope"] * 4 + ["book_session"] * 100 + ["greet"] * 10 + ["ask_campus"] * 50
    at, counts = foreign_of(["…"] * len(intents), intents)
    weight = {name: sum(count for i, count in zip(at, counts, strict=True) if intents[i] == name) for name in intents}
    assert weight["out_of_scope"] == pytest.approx(0.5)
    assert weight["ask_campus"] == 0
    assert weight["book_session"] == pytest.approx(0.5 * 12 / 22)
    assert at == sorted(set(at), key=at.index) and len(at) == 4 + 12 + 10


def test_saved_and_read_it_is_the_same(tmp_path: Path, doubts: Foreign) -> None:
    asked = [(text, key) for key, said in QUESTIONS.items() for texts in said.values() for text in texts]
    vectors = shared_encoder().encode([text for text, _ in asked])
    model = AnswerModel.fit(asked, vectors, doubts)
    model.save(tmp_path / "model.npz")
    read = AnswerModel.load(tmp_path / "model.npz")
    new = ["ou garer ma voiture", "on mange quoi ici"]
    found = model.find(new, shared_encoder().encode(new))
    assert read.find(new, shared_encoder().encode(new)) == [(key, pytest.approx(sure, abs=0.01)) for key, sure in found]
    for text, (key, sure) in zip(new, found, strict=True):
        assert model.find([text], shared_encoder().encode([text])) == [(key, pytest.approx(sure, abs=1e-4))]


def test_ngrams_do_not_mind_accents_capitals_or_words_never_met() -> None:
    ngrams = Ngrams.fit(["où se garer", "le repas"])
    plain, written, strange = ngrams.rows(["ou se garer", "OÙ SE GARER", "qqqq"])
    assert (plain @ written.T).toarray()[0, 0] == pytest.approx(1, abs=1e-5)
    assert strange.nnz == 0


def _trained(folder: Path) -> tuple[ModelStorage, Resource]:
    """Where a trained finder lies."""
    examples = [Message.build(text, intent) for text, intent in ELSEWHERE]
    SentenceEncoder({}, "encoder").process(examples)
    storage, resource = LocalModelStorage.create(folder), Resource("AnswerFinder")
    AnswerFinder({}, storage, resource).train(TrainingData(examples))
    return storage, resource


def wait_until(done: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if done():
            return True
        time.sleep(0.05)
    return False
