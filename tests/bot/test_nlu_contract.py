"""What every component of the pipeline promises Rasa: a graph that validates, and a model that comes back whole."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphModelConfiguration, GraphSchema
from rasa.engine.recipes.recipe import Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.validation import validate
from rasa.shared.data import TrainingType
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.settings import ROOT

CONFIG: dict[str, Any] = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
OURS = [part for part in CONFIG["pipeline"] if part["name"].startswith("bot.")]
EXAMPLES = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - {greet}
- intent: search_courses
  examples: |
    - {search}
- intent: out_of_scope
  examples: |
    - {outside}
- intent: inform
  examples: |
    - {inform}
"""
FRENCH = {
    "greet": "bonjour|salut|bonsoir à tous|coucou|bien le bonjour|salut à vous",
    "search": "je cherche une formation|une formation en mars|des cours le soir|vos formations|je cherche un cours",
    "outside": "quel temps fait-il|une pizza svp|qui a gagné le match|raconte la guerre|mon chat est malade",
    "inform": "Marie Dupont|quatre|en mars|le 12 janvier|deux personnes",
}
ENGLISH = {
    "greet": "hello|hi there|good morning|good evening|hey you|morning all",
    "search": "I'm looking for a course|a course in March|evening courses|your courses|do you have training",
    "outside": "what's the weather|one pizza please|who won the match|tell me about the war|my cat is ill",
    "inform": "Mary Smith|four|in March|12 January|two people",
}


def _class(name: str) -> type[GraphComponent]:
    module, _, attribute = name.rpartition(".")
    found: type[GraphComponent] = getattr(importlib.import_module(module), attribute)
    return found


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a few examples in both languages."""
    folder = tmp_path_factory.mktemp("nlu")
    for language, examples in (("fr", FRENCH), ("en", ENGLISH)):
        (folder / language).mkdir()
        listed = {name: "\n    - ".join(said.split("|")) for name, said in examples.items()}
        (folder / language / "all.yml").write_text(EXAMPLES.format(**listed), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStorage:
    """A model storage of this module's own."""
    return LocalModelStorage(tmp_path_factory.mktemp("model"))


@pytest.fixture
def context() -> ExecutionContext:
    """What a graph node is told."""
    return ExecutionContext(GraphSchema({}), node_name="node")


def _trained_with(part: dict[str, Any], data: Path) -> tuple[dict[str, Any], TrainingData]:
    """The component's settings, and examples with vectors."""
    settings = {**_class(part["name"]).get_default_config(), **{k: v for k, v in part.items() if k != "name"}}
    if "data" in settings:
        settings["data"] = str(data)
    examples = load_data(str(data))
    encoder = _class("bot.nlu.encoder.SentenceEncoder")
    encoder.create(encoder.get_default_config(), None, None, _named("encoder")).process_training_data(examples)  # type: ignore
    return settings, examples


def _named(name: str) -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), node_name=name)


def _trainable(part: dict[str, Any]) -> bool:
    return hasattr(_class(part["name"]), "train")


def test_the_graph_validates() -> None:
    """Every method is annotated and every need is met, for training and for prediction."""
    recipe = Recipe.recipe_for_name("default.v1")
    configuration: GraphModelConfiguration = recipe.graph_config_for_recipe(
        yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8")), {}, TrainingType.BOTH
    )
    validate(configuration)


@pytest.mark.parametrize("part", OURS, ids=lambda part: part["name"])
def test_settings_that_nobody_reads_are_refused_by_this_test(part: dict[str, Any]) -> None:
    known = _class(part["name"]).get_default_config()
    assert set(part) - {"name"} <= set(known), "a setting in config.yml that the component does not know"


@pytest.mark.parametrize("part", [part for part in OURS if _trainable(part)], ids=lambda part: part["name"])
def test_comes_back_from_the_model_as_it_was(
    part: dict[str, Any], data: Path, storage: LocalModelStorage, context: ExecutionContext, settings: Any
) -> None:
    component = _class(part["name"])
    config, examples = _trained_with(part, data)
    resource = Resource(part["name"])
    trained = component.create(config, storage, resource, context)
    trained.train(examples)  # type: ignore[attr-defined]
    loaded = component.load(config, storage, resource, context)
    for text in ("bonjour, une formation en mars pour Sophie Dubois", "hello, do you teach robotics", "ok"):
        before, after = (_processed(one, text) for one in (trained, loaded))
        assert before == after


def _processed(component: Any, text: str) -> dict[str, Any]:
    ranking = [{"name": "greet", "confidence": 0.6}, {"name": "out_of_scope", "confidence": 0.4}]
    message = Message({"text": text, "intent": ranking[0], "intent_ranking": ranking, "entities": []})
    encoder = _class("bot.nlu.encoder.SentenceEncoder")
    encoder.create(encoder.get_default_config(), None, None, _named("encoder")).process([message])  # type: ignore
    found: dict[str, Any] = component.process([message])[0].as_dict(only_output_properties=True)
    return _rounded(found)


def _rounded(value: Any) -> Any:
    """Half-precision vectors on disk: equal to three digits."""
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return round(value, 2) if isinstance(value, float) else value


@pytest.mark.parametrize("part", [part for part in OURS if _trainable(part)], ids=lambda part: part["name"])
def test_a_missing_model_is_an_error(
    part: dict[str, Any], storage: LocalModelStorage, context: ExecutionContext
) -> None:
    component = _class(part["name"])
    with pytest.raises(ValueError):
        component.load(component.get_default_config(), storage, Resource("nothing"), context)


@pytest.mark.parametrize("part", [part for part in OURS if not _trainable(part)], ids=lambda part: part["name"])
def test_needs_no_training(
    part: dict[str, Any], storage: LocalModelStorage, context: ExecutionContext, settings: Any
) -> None:
    component = _class(part["name"])
    config = {**component.get_default_config(), **{k: v for k, v in part.items() if k != "name"}}
    loaded: Any = component.load(config, storage, Resource("nothing"), context)
    messages = [Message({"text": "deux places en mars, pas en ligne"}), Message({"text": ""}), Message({})]
    assert loaded.process(messages) is messages
