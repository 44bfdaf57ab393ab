"""Each part earns its place: with it these sentences are right, without it they are not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.nlu.conftest import Model

NAMED_IN_PASSING = [
    ("the booking is for Sophie Lambert and me", "Sophie Lambert"),
    ("Thomas Leroy viendra à ma place", "Thomas Leroy"),
]
SAID_IN = [
    ("je voudrais des renseignements", "fr"),
    ("could you help me please", "en"),
    ("c'est quand ?", "fr"),
    ("how much is it", "en"),
]


def test_names_in_passing_need_spacy(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    with_spacy = [name in model.entities(text, "person") for text, name in NAMED_IN_PASSING]
    with model.without("NameExtractor"):
        without = [name in model.entities(text, "person") for text, name in NAMED_IN_PASSING]
    assert all(with_spacy), with_spacy
    assert not any(without), without


def test_criteria_need_spacys_patterns(model: Model) -> None:
    text = "pas en anglais, plutôt en soirée"
    assert model.entities(text, "course_language") and model.entities(text, "day_part")
    with model.without("CriteriaExtractor"):
        assert not model.entities(text, "course_language") and not model.entities(text, "day_part")


def test_the_out_of_scope_detector_refuses_what_the_classifier_takes(model: Model) -> None:
    from tests.nlu.out_of_scope import recall

    whole = recall(model)
    with model.without("OutOfScopeDetector"):
        assert recall(model) < whole, "the classifier alone refuses as much"


def test_the_language_identifier_tells_the_language(model: Model) -> None:
    assert [model.entities(text, "language") for text, _ in SAID_IN] == [[language] for _, language in SAID_IN]
    with model.without("LanguageIdentifier"):
        assert [model.entities(text, "language") for text, _ in SAID_IN] == [[]] * len(SAID_IN)


def test_a_yes_needs_the_stories(model: Model) -> None:
    policies = [node for name, node in model.nodes.items() if "AugmentedMemoizationPolicy" in name]
    assert len(policies) == 1
    assert after_dates(model) == "booking_form", "yes after the dates books"
    kept = policies[0]._component.lookup
    policies[0]._component.lookup = {}
    try:
        assert after_dates(model) != "booking_form"
    finally:
        policies[0]._component.lookup = kept


def after_dates(model: Model) -> str:
    """What is done when somebody says yes after being shown dates."""
    from rasa.shared.core.events import ActionExecuted, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    assert model.agent.domain is not None and model.agent.processor is not None

    def said(intent: str) -> Any:
        return UserUttered(intent, {"name": intent, "confidence": 1.0})

    tracker = DialogueStateTracker.from_events(
        "ablation",
        [
            ActionExecuted("action_listen"),
            said("list_sessions"),
            ActionExecuted("action_list_sessions"),
            ActionExecuted("action_listen"),
            said("affirm"),
        ],
        domain=model.agent.domain,
        slots=model.agent.domain.slots,
    )
    action, _ = model.agent.processor.predict_next_with_tracker_if_should(tracker)
    return str(action.name())
