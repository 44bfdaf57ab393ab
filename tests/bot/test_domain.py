"""The domain against the code, the rules and the training data: nothing is named that nobody made, and the reverse."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor

from bot import responses
from bot.actions.bookings.booking import STEPS
from bot.settings import ROOT

DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
INTENTS = [name for entry in DOMAIN["intents"] for name in (entry if isinstance(entry, dict) else [entry])]
DATA = ROOT / "data"
words = re.compile(r"\w+").findall

#: The intents of the vocabulary that the training data, the actions and the tests share.
VOCABULARY = words(
    "greet goodbye thank affirm deny help bot_challenge switch_language start_over undo chitchat out_of_scope "
    "talk_to_human give_feedback search_courses refine_search show_more ask_advice compare_courses course_details "
    "list_sessions search_events book_session check_booking cancel_booking reschedule_booking confirm_booking "
    "change_booking join_waitlist leave_waitlist accept_offer decline_offer alert_me request_document extend_hold "
    "withdraw_contract company_training request_quote accept_quote export_my_data erase_my_data inform ask_campus "
    "staff_sign_in staff_sign_out staff_roster staff_occupancy staff_today staff_find_booking staff_book_for "
    "staff_change_capacity staff_waitlist staff_attendance staff_alerts staff_cancel_session "
    "staff_message_session staff_handoffs"
)
ENTITIES = words(
    "course topic operator level format course_language period max_price seats max_days course_attribute "
    "reference booking_reference quote_reference po_number code access_code email phone person company "
    "enterprise_number language requested_language comparative dropped_criterion day_part profile"
)


@lru_cache(maxsize=1)
def registered() -> frozenset[str]:
    """Names of the actions that the action server would answer for."""
    executor = ActionExecutor()
    executor.register_package("bot.actions")
    return frozenset(name for name, run in executor.actions.items() if run.__self__.__module__.startswith("bot."))


def documents(folder: str) -> list[tuple[Path, dict[str, Any]]]:
    return [(path, yaml.safe_load(path.read_text(encoding="utf-8"))) for path in sorted((DATA / folder).rglob("*.yml"))]


def steps() -> list[tuple[str, dict[str, Any]]]:
    """Every step of every rule and story, with the name of its rule or story."""
    found = []
    for folder, many, one in (("rules", "rules", "rule"), ("stories", "stories", "story")):
        for _, document in documents(folder):
            for story in document[many]:
                found += [(story[one], step) for step in story["steps"]]
    return found


def test_every_action_of_the_domain_is_there() -> None:
    assert sorted(set(DOMAIN["actions"]) - registered()) == []


def test_every_action_there_is_of_the_domain() -> None:
    """The base class too: an action without a name is one that somebody can call."""
    assert sorted(registered() - set(DOMAIN["actions"])) == []


def test_no_action_stands_twice() -> None:
    assert len(set(DOMAIN["actions"])) == len(DOMAIN["actions"])


def test_every_validator_is_of_a_form() -> None:
    """A misspelt one would never be called, and Rasa only warns."""
    validators = {name for name in registered() if name.startswith("validate_")}
    assert validators == {f"validate_{form}" for form in DOMAIN["forms"]}


def test_every_slot_of_a_form_is_asked_for() -> None:
    for form, said in DOMAIN["forms"].items():
        for slot in said["required_slots"]:
            assert slot in DOMAIN["slots"]
            asked = f"action_ask_{form}_{slot}" in registered() or responses.exists(f"utter_ask_{form}_{slot}")
            # the hold is never asked for: it is filled by the service, and waiting for it asks nothing
            assert asked is (slot != "hold"), f"{form} {'asks for' if asked else 'does not ask for'} {slot}"


def test_every_question_is_of_a_slot() -> None:
    questions = {name for name in registered() if name.startswith("action_ask_") and name.count("_form_")}
    wanted = {f"action_ask_{form}_{slot}" for form, said in DOMAIN["forms"].items() for slot in said["required_slots"]}
    assert questions <= wanted


def test_the_form_s_steps_are_those_of_the_domain() -> None:
    assert list(STEPS) == DOMAIN["forms"]["booking_form"]["required_slots"]


def test_every_slot_that_code_sets_is_of_the_domain() -> None:
    """Rasa drops an unknown slot without a word."""
    used = set()
    for path in (ROOT / "bot" / "actions").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"SlotSet\(\"([a-z_]+)\"", source))
        used |= set(re.findall(r"(?:turn\.slot|booking\.set)\(\"([a-z_]+)\"", source))
    assert used
    assert sorted(used - set(DOMAIN["slots"]) - {"requested_slot"}) == []


def test_no_slot_but_the_language_is_filled_behind_the_actions_back() -> None:
    mapped = {name for name, slot in DOMAIN["slots"].items() if slot["mappings"] != [{"type": "custom"}]}
    assert mapped == {"language"}
    assert DOMAIN["slots"]["language"]["type"] == "bot.slots.LanguageSlot"


def test_the_domain_has_the_words_of_the_vocabulary_and_no_other() -> None:
    assert sorted(set(INTENTS) - set(VOCABULARY)) == []
    assert len(set(INTENTS)) == len(INTENTS) > 30
    assert set(ENTITIES) <= set(DOMAIN["entities"])


def test_every_intent_leads_somewhere() -> None:
    begun = {step["intent"] for _, step in steps() if "intent" in step}
    assert sorted(set(INTENTS) - begun) == []


def test_rules_and_stories_name_what_there_is() -> None:
    known = registered() | set(DOMAIN["forms"]) | {"action_listen", "action_deactivate_loop"}
    for name, step in steps():
        assert step.get("intent", INTENTS[0]) in INTENTS, name
        action = step.get("action")
        assert action is None or action in known or responses.exists(action), f"{name}: {action}"
        assert step.get("active_loop") in (None, *DOMAIN["forms"]), name


def test_no_rule_or_story_stands_twice() -> None:
    for folder, many, one in (("rules", "rules", "rule"), ("stories", "stories", "story")):
        names = [story[one] for _, document in documents(folder) for story in document[many]]
        assert len(set(names)) == len(names)


@lru_cache(maxsize=2)
def examples(language: str) -> dict[str, list[str]]:
    """Training sentences by intent."""
    found: dict[str, list[str]] = {}
    for _, document in documents(f"nlu/{language}"):
        for part in document["nlu"]:
            if "intent" in part:
                lines = re.findall(r"^\s*- (.+)$", part["examples"], re.MULTILINE)
                found.setdefault(part["intent"], []).extend(lines)
    return found


@pytest.mark.parametrize("language", responses.LANGUAGES)
def test_every_intent_is_trained_in_both_languages(language: str) -> None:
    assert sorted(examples(language)) == sorted(INTENTS)
    few = {intent: len(set(lines)) for intent, lines in examples(language).items() if len(set(lines)) < 25}
    assert few == {}


@pytest.mark.parametrize("language", responses.LANGUAGES)
def test_no_sentence_means_two_things(language: str) -> None:
    seen: dict[str, str] = {}
    for intent, lines in examples(language).items():
        for line in lines:
            text = " ".join(re.sub(r"\[([^\]]+)\](\([^)]*\)|\{[^}]*\})", r"\1", line).casefold().split())
            assert seen.setdefault(text, intent) == intent, f"“{line}” is trained as {seen[text]} and {intent}"


def test_the_same_files_stand_in_both_languages() -> None:
    french, english = ({path.name for path, _ in documents(f"nlu/{language}")} for language in responses.LANGUAGES)
    assert french == english


def test_a_conversation_outlives_a_restart_and_has_no_end() -> None:
    endpoints = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
    assert "type: SQL" in endpoints
    assert "enable_selective_domain: true" in endpoints
    assert "127.0.0.1" in endpoints
    assert DOMAIN["session_config"]["session_expiration_time"] == 0
    assert DOMAIN["session_config"]["carry_over_slots_to_new_session"]


def test_actions_are_sent_the_domain_only_if_they_ask() -> None:
    """None of ours reads it: sending it with every call takes longer than the call."""
    text = (ROOT / "domain.yml").read_text(encoding="utf-8")
    assert "send_domain" not in text
