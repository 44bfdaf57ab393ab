"""The slot that holds the language of the reply."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slots import LanguageSlot


def slot() -> LanguageSlot:
    return LanguageSlot("language", mappings=[{}], initial_value="fr", influence_conversation=False)


@pytest.mark.parametrize(
    ("said", "spoken"),
    [
        (["en"], "en"),
        (["en", "fr"], "fr"),
        ([["en"]], "en"),  # the identifier's entity comes as a list
        ([["en", "fr"]], "en"),
        ([[]], "fr"),
        ([None], "fr"),
        (["en", None], "en"),
        (["en!"], "en"),  # a choice …
        (["en!", "fr"], "en"),  # … holds against what the next messages are written in
        (["en!", ["fr"], "fr"], "en"),
        (["en!", "fr!"], "fr"),  # … until another choice
        (["en!", "fr!", "en"], "fr"),
        (["en!", "!"], "en"),  # freed: nothing changes yet …
        (["en!", "!", "fr"], "fr"),  # … and the next message decides again
    ],
)
def test_the_language_follows_the_message_unless_one_was_chosen(said: list[Any], spoken: str) -> None:
    language = slot()
    for value in said:
        language.value = value
    assert language.value == spoken


def test_a_reset_forgets_the_choice() -> None:
    language = slot()
    language.value = "en!"
    language.reset()
    assert language.value == "fr"
    assert not language.has_been_set
    language.value = "en"
    assert language.value == "en"


def test_it_does_not_influence_what_is_done_next() -> None:
    language = slot()
    before = language.as_feature()
    language.value = "en"
    assert language.as_feature() == before or not language.influence_conversation


def test_a_tracker_replayed_from_its_events_keeps_the_choice() -> None:
    """The store keeps events: a choice must come back from them after a restart."""
    from rasa.shared.core.events import SlotSet
    from rasa.shared.core.trackers import DialogueStateTracker

    events = [SlotSet("language", "en"), SlotSet("language", "en!"), SlotSet("language", "fr")]
    replayed = DialogueStateTracker.from_events("somebody", events, slots=[slot()])
    assert replayed.get_slot("language") == "en"


def test_a_choice_can_be_carried_into_a_new_session() -> None:
    old, new = slot(), slot()
    old.value = "en!"
    new.value = old.choice
    new.value = "fr"
    assert new.value == "en"
    assert slot().choice == "fr"
