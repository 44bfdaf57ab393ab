"""Language, beginning again, taking back, being lost, practical questions, and the way to a person."""

from __future__ import annotations

from typing import Any

import pytest

from bot.actions import conversation, handoffs, knowledge, staff
from bot.service import Unavailable
from bot.settings import ROOT
from tests.bot.acting import (
    FakeService,
    act,
    booking,
    course,
    course_shown,
    entity,
    listed,
    problem,
    ran,
    said,
    session,
    session_shown,
    user,
)

PARKING = {
    "key": "parking",
    "text": "Il y a un parking.",
    "source": "https://campus.example/acces",
    "checked_on": "2026-11-20",
    "score": 0.9,
}


# -- language ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoken", "said", "then"),
    [
        ("fr", [entity("requested_language", "en")], "en"),
        ("en", [entity("requested_language", "fr")], "fr"),
        ("fr", [entity("requested_language", "fr")], "fr"),
        ("fr", [], "en"),
        ("en!", [], "fr"),
        ("fr", [entity("requested_language", "nl")], "en"),
    ],
)
def test_a_language_is_chosen_and_holds(snapshot_file: Any, spoken: str, said: Any, then: str) -> None:
    done = act(conversation.SwitchLanguage, "…", "switch_language", said, lang=spoken)
    assert done.keys == ["utter_language_switched"]
    assert done.replies[0]["lang"] == then
    assert done.slots["language"] == f"{then}!"


# -- beginning again and taking back ----------------------------------------------------------------------------------


def test_beginning_again_forgets_all_but_what_is_booked(service: FakeService) -> None:
    service.says("cancel", booking(state="released"))
    done = act(conversation.StartOver, "on recommence", "start_over", slots={"hold": "EBC-7K2M9Q"}, lang="en")
    assert service.called("cancel")[0]["reference"] == "EBC-7K2M9Q"
    assert done.keys == ["utter_started_over"]
    assert [event["event"] for event in done.events] == ["reset_slots", "slot"]
    assert done.slots == {"language": "en"}


def test_beginning_again_with_nothing_held_calls_nobody(service: FakeService) -> None:
    act(conversation.StartOver, "on recommence", "start_over")
    assert service.calls == []


def test_the_last_criterion_is_taken_back(service: FakeService) -> None:
    service.says("courses", listed(course()))
    slots = {"criteria": {"topic": ["gmp"], "language": ["en"]}}
    done = act(conversation.Undo, "retirez ça", "undo", slots=slots)
    assert done.slots["criteria"] == {"topic": ["gmp"]}
    assert done.keys == ["utter_courses_found"]


def test_each_undoing_goes_further_back(service: FakeService) -> None:
    service.says("courses", listed(course()))
    first, second, third = {"topic": ["gmp"]}, {"topic": ["gmp"], "level": ["beginner"]}, {"topic": ["gmp"], "q": ["x"]}

    def changed(action: str, criteria: Any) -> list[dict[str, Any]]:
        slot = {"event": "slot", "name": "criteria", "value": criteria}
        return [{"event": "action", "name": action}, slot]

    past = [event for one in (first, second, third) for event in changed("action_refine_search", one)]
    done = act(conversation.Undo, "undo", "undo", slots={"criteria": third}, before=past)
    assert done.slots["criteria"] == second
    past += changed("action_undo", second)
    done = act(conversation.Undo, "undo", "undo", slots={"criteria": second}, before=past)
    assert done.slots["criteria"] == first


@pytest.mark.parametrize("criteria", [None, {}, {"topic": ["gmp"]}])
def test_there_may_be_nothing_to_take_back(service: FakeService, criteria: Any) -> None:
    done = act(conversation.Undo, "retirez ça", "undo", slots={"criteria": criteria})
    assert done.keys == ["utter_nothing_to_undo"]


# -- a bare answer ----------------------------------------------------------------------------------------------------


def test_a_course_pointed_at_is_told_about(service: FakeService) -> None:
    service.says("course", course(id="robots"))
    done = act(conversation.Inform, "la deuxième", "inform", [entity("reference", "2")], {"shown": course_shown(1, 2)})
    assert done.keys == ["utter_course_summary"]


@pytest.mark.parametrize(("text", "seats"), [("9", 9), ("juste moi", 1), ("just me", 1)])
def test_a_number_after_a_list_of_dates_begins_the_booking(service: FakeService, text: str, seats: int) -> None:
    done = act(conversation.Inform, text, "inform", [entity("seats", seats)], {"shown": session_shown(1, 2)})
    assert done.next_action == "booking_form"


def test_a_session_pointed_at_is_booked(service: FakeService) -> None:
    done = act(conversation.Inform, "la deuxième", "inform", [entity("reference", "2")], {"shown": session_shown(1, 2)})
    assert done.next_action == "booking_form"
    assert done.slots["session_id"] == "gmp-basics-202702"


def test_a_bare_reference_is_looked_up(service: FakeService) -> None:
    done = act(conversation.Inform, "EBC-7K2M9Q", "inform", [entity("booking_reference", "EBC-7K2M9Q")])
    assert done.next_action == "action_check_booking"


def test_a_bare_criterion_refines_the_search(service: FakeService) -> None:
    service.says("courses", listed(course()))
    done = act(
        conversation.Inform, "débutant", "inform", [entity("level", "beginner")], {"criteria": {"topic": ["gmp"]}}
    )
    assert done.slots["criteria"] == {"topic": ["gmp"], "level": ["beginner"]}


def test_a_bare_month_after_the_dates_of_a_course_is_of_that_course(service: FakeService) -> None:
    service.says("course_sessions", listed(session(3)))
    slots = {"course": "gmp-basics", "shown": session_shown(1)}
    done = act(conversation.Inform, "en mars", "inform", [entity("period", "2027-03-01/2027-04-01")], slots)
    assert done.keys == ["utter_sessions_of_course"]


def test_an_access_code_is_kept(service: FakeService) -> None:
    service.says("courses", listed(course()))
    done = act(conversation.Inform, "TAKEDA-2027", "inform", [entity("access_code", "TAKEDA-2027")])
    assert done.slots["access_code"] == "TAKEDA-2027"
    assert "TAKEDA-2027" not in done.text


def test_inside_a_form_the_form_speaks(service: FakeService) -> None:
    done = act(conversation.Inform, "12", "inform", loop="booking_form")
    assert (done.keys, done.events) == ([], [])


# -- lost -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def unknown(service: FakeService) -> FakeService:
    """A knowledge base that does not know, and a catalogue without such a subject."""
    service.says("answers", listed())
    service.says("courses", listed())
    return service


def lost(text: str = "blabla", intent: str = "out_of_scope", **more: Any) -> Any:
    return act(conversation.OutOfScope, text, intent, **more)


def test_a_problem_that_a_course_solves_is_no_dead_end(unknown: FakeService) -> None:
    unknown.says("courses", listed(course(score=0.5)))
    done = lost("our people keep failing the gown test", lang="en")
    assert done.keys == ["utter_courses_beside"]
    assert unknown.called("courses")[0]["q"] == ["our people keep failing the gown test"]
    assert done.slots["course"] == "gmp-basics"


@pytest.mark.parametrize(("score", "key"), [(0.5, "utter_answer"), (0.6, "utter_courses_beside")])
def test_a_course_that_fits_well_is_more_to_the_point_than_an_answer(
    unknown: FakeService, score: float, key: str
) -> None:
    unknown.says("answer", PARKING)
    unknown.says("courses", listed(course(score=score)))
    assert lost("on se gare mal", answer_key={"key": "parking", "confidence": 0.8}).keys == [key]


@pytest.mark.parametrize("score", [0.2, None])
def test_a_course_that_hardly_fits_is_none(unknown: FakeService, score: float | None) -> None:
    unknown.says("courses", listed(course(score=score)))
    assert lost("explain the offside rule").keys == ["utter_out_of_scope"]


@pytest.mark.parametrize(
    ("action", "intent"),
    [
        (conversation.StartOver, "start_over"),
        (conversation.Undo, "undo"),
        (conversation.BeginTask, "reschedule_booking"),
        (handoffs.Feedback, "give_feedback"),
    ],
)
def test_a_doubtful_reading_gives_way_to_a_subject(service: FakeService, action: Any, intent: str) -> None:
    service.says("courses", listed(course(score=0.6)))
    done = act(action, "we keep having the same deviation", intent, confidence=0.4, slots={"hold": "EBC-7K2M9Q"})
    assert done.keys == ["utter_courses_on_subject"]
    assert [call for call in service.calls if call[0] != "courses"] == []  # the held seat stays held
    sure = act(action, "we keep having the same deviation", intent, confidence=0.9)
    assert "utter_courses_on_subject" not in sure.keys


@pytest.mark.parametrize("confidence", [0.4, 1.0])
def test_a_visitor_speaks_of_a_subject_rather_than_as_staff(service: FakeService, confidence: float) -> None:
    service.says("courses", listed(course(score=0.6)))
    done = act(staff.StaffElsewhere, "empty full capsid ratio", "staff_occupancy", confidence=confidence)
    assert done.keys == ["utter_courses_on_subject"]


def test_who_comes_is_told_to_no_visitor(service: FakeService) -> None:
    service.says("courses", listed())
    service.says("answer", {**PARKING, "key": "participants_private", "text": "Cela reste entre nous."})
    done = act(staff.StaffElsewhere, "qui est inscrit à ELISA ?", "staff_roster")
    assert (done.keys, service.called("answer")[0]["key"]) == (["utter_answer"], "participants_private")
    service.says("answer", problem(404, "not-found"))
    assert act(staff.StaffElsewhere, "qui est inscrit ?", "staff_roster").keys == ["utter_staff_elsewhere"]
    assert act(staff.StaffElsewhere, "annule la session de mardi", "staff_cancel_session").keys == [
        "utter_staff_elsewhere"
    ]


def test_at_first_readings_are_offered(unknown: FakeService) -> None:
    done = lost(ranking=["greet", "list_sessions", "book_session", "help"])
    assert done.keys == ["utter_out_of_scope"]
    assert done.payloads[:2] == ["/list_sessions", "/book_session"]
    assert "/talk_to_human" in done.payloads


def test_without_any_reading_the_usual_ones_are_offered(unknown: FakeService) -> None:
    assert lost(ranking=["greet"]).payloads[:2] == ["/search_courses", "/help"]


def test_nothing_that_destroys_is_offered_without_being_asked(unknown: FakeService) -> None:
    """Cancelling asks for a yes; erasing has its own rule and is never a guess."""
    assert {"erase_my_data", "staff_cancel_session"}.isdisjoint(conversation.READINGS)


@pytest.mark.parametrize("key", ["utter_out_of_scope", "utter_not_understood"])
def test_the_second_time_a_person_is_offered(unknown: FakeService, key: str) -> None:
    done = lost(before=[user("avant"), ran("action_out_of_scope"), said(key)])
    assert done.keys == ["utter_lost_again"]
    assert done.payloads[0] == "/talk_to_human"


def test_what_was_said_in_this_turn_does_not_count(unknown: FakeService) -> None:
    before = [user("avant"), said("utter_out_of_scope")]
    assert lost(before=before, after=[said("utter_held")]).keys == ["utter_lost_again"]


def test_once_understood_in_between_it_is_the_first_time_again(unknown: FakeService) -> None:
    before = [user("avant"), said("utter_out_of_scope"), user("bonjour"), said("utter_greet")]
    assert lost(before=before).keys == ["utter_out_of_scope"]


@pytest.mark.parametrize("intent", ["out_of_scope", "nlu_fallback", "inform", "chitchat"])
def test_the_knowledge_base_may_know(unknown: FakeService, intent: str) -> None:
    unknown.says("answer", PARKING)
    done = lost("le parking", intent, answer_key={"key": "parking", "confidence": 0.8})
    assert done.keys == ["utter_answer"]


def test_it_is_not_answered_from_it_unless_sure(unknown: FakeService) -> None:
    unknown.says("answers", listed({**PARKING, "score": knowledge.SURE - 0.1}))
    done = lost(answer_key={"key": "parking", "confidence": knowledge.SURE - 0.1})
    assert done.keys == ["utter_out_of_scope"]


@pytest.mark.parametrize(("intent", "key"), [("affirm", "utter_at_hand"), ("deny", "utter_glad")])
def test_a_yes_or_no_to_nothing(unknown: FakeService, intent: str, key: str) -> None:
    assert act(conversation.DefaultFallback, "oui", intent).keys == [key]


def test_a_fallback_names_the_next_step(unknown: FakeService) -> None:
    """Without one the policy predicts the fallback again, ten times over."""
    assert act(conversation.DefaultFallback, "blabla", "nlu_fallback").next_action == "action_listen"
    done = act(conversation.DefaultFallback, "blabla", "nlu_fallback", loop="booking_form")
    assert (done.keys, done.next_action) == ([], "booking_form")


def test_a_fallback_that_fails_names_it_too(service: FakeService) -> None:
    service.says("answers", Unavailable("down"))
    done = act(conversation.DefaultFallback, "blabla", "out_of_scope")
    assert done.keys == ["utter_service_unavailable"]
    assert done.next_action == "action_listen"


# -- practical questions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "date"), [("fr", "20 novembre 2026"), ("en", "20 November 2026")])
def test_an_answer_is_told_with_its_source_and_date(service: FakeService, lang: str, date: str) -> None:
    service.says("answer", PARKING)
    done = act(
        knowledge.Answer, "le parking ?", "ask_campus", answer_key={"key": "parking", "confidence": 0.4}, lang=lang
    )
    assert service.called("answer")[0]["key"] == "parking"
    assert done.keys == ["utter_answer"]
    for words in ("Il y a un parking.", "https://campus.example/acces", date):
        assert words in done.text.replace("\u00a0", " ")


def test_an_answer_without_a_source_has_none(service: FakeService) -> None:
    service.says("answer", {**PARKING, "source": None, "checked_on": None})
    done = act(knowledge.Answer, "…", "ask_campus", answer_key={"key": "parking", "confidence": 0.9})
    assert done.text == "Il y a un parking."


def test_an_answer_taken_out_meanwhile_is_looked_for(service: FakeService) -> None:
    service.says("answer", problem(404, "not-found"))
    service.says("answers", listed(PARKING))
    done = act(knowledge.Answer, "le parking ?", "ask_campus", answer_key={"key": "gone", "confidence": 0.9})
    assert done.keys == ["utter_answer"]
    assert service.called("answers")[0]["q"] == "le parking ?"


def test_what_is_not_known_is_said_not_to_be(unknown: FakeService) -> None:
    done = act(knowledge.Answer, "l’âge du capitaine ?", "ask_campus")
    assert done.keys == ["utter_no_answer"]
    assert "/talk_to_human" in done.payloads


def test_a_pressed_button_is_no_question_to_search(service: FakeService) -> None:
    assert act(knowledge.Answer, "/ask_campus", "ask_campus").keys == ["utter_no_answer"]
    assert service.calls == []


# -- to a person ------------------------------------------------------------------------------------------------------

ASKED = {"requested_slot": "handoff_contact", "handoff_reason": "appelez-moi"}


def validate(text: str, intent: str, said: Any = (), slots: Any = None, **more: Any) -> Any:
    return act(handoffs.ValidateHandoffForm, text, intent, said, slots, loop="handoff_form", **more)


def test_how_to_reach_them_is_asked(service: FakeService) -> None:
    done = validate("je veux parler à quelqu’un", "talk_to_human")
    assert done.slots == {"handoff_reason": "je veux parler à quelqu’un", "requested_slot": "handoff_contact"}


def test_an_address_known_from_a_booking_is_offered_and_never_passed_on_unasked(service: FakeService) -> None:
    known = {"contact_email": "marie@exemple.be"}
    done = validate("un humain", "talk_to_human", slots=known)
    assert "handoff_contact" not in done.slots
    asked = act(handoffs.AskHandoffContact, "un humain", "talk_to_human", slots=known)
    assert asked.keys == ["utter_ask_handoff_known_contact"]
    assert "/affirm" in asked.payloads
    agreed = validate("oui merci", "affirm", slots={**ASKED, **known})
    assert agreed.slots["handoff_contact"] == "marie@exemple.be"
    assert validate("oui mais pas par mail", "affirm", slots={**ASKED, **known}).slots["handoff_contact"] is None


def test_a_name_given_to_the_hand_over_is_kept_for_it(service: FakeService) -> None:
    done = validate("Chloé Martin", "inform", [entity("person", "Chloé Martin")], ASKED)
    assert done.keys == ["utter_noted"]
    assert done.slots["contact_name"] == "Chloé Martin"
    assert done.slots["requested_slot"] == "handoff_contact"


def test_going_on_with_the_booking_ends_the_hand_over(service: FakeService) -> None:
    assert validate("ok on continue", "show_more", slots=ASKED).slots["requested_slot"] is None


@pytest.mark.parametrize("said", [[entity("email", "marie@exemple.be")], [entity("phone", "+32470123456")]])
def test_an_address_or_a_number_will_do(service: FakeService, said: Any) -> None:
    done = validate("…", "inform", said, ASKED)
    assert done.slots == {"handoff_contact": said[0]["value"], "requested_slot": None}


def test_what_is_neither_is_asked_again(service: FakeService) -> None:
    done = validate("oui", "affirm", slots=ASKED)
    assert done.keys == ["utter_invalid_contact"]
    assert done.slots["requested_slot"] == "handoff_contact"


@pytest.mark.parametrize("intent", ["deny", "undo", "start_over", "goodbye", "cancel_booking"])
def test_no_thanks(service: FakeService, intent: str) -> None:
    done = validate("non merci", intent, slots=ASKED)
    assert done.slots["requested_slot"] is None
    end = act(handoffs.SubmitHandoff, "non merci", intent, slots=ASKED)
    assert end.keys == ["utter_handoff_stopped"]
    assert service.calls == []


@pytest.mark.parametrize("known", [None, "marie@exemple.be"])
def test_where_a_person_can_answer_in_the_chat_no_address_is_needed(service: FakeService, known: str | None) -> None:
    slots = {**ASKED, "contact_email": known}
    asked = act(handoffs.AskHandoffContact, "un humain", "talk_to_human", slots=slots, sender="web:x")
    assert asked.payloads == [*(["/affirm"] if known else []), "/talk_to_human", "/deny"]
    done = validate("/talk_to_human", "talk_to_human", slots=slots, sender="web:x")
    assert done.slots == {"handoff_contact": handoffs.HERE, "requested_slot": None}
    for text, sender in (("un humain", "web:x"), ("/talk_to_human", "rest:x")):
        assert validate(text, "talk_to_human", slots=slots, sender=sender).slots["handoff_contact"] is None


@pytest.mark.parametrize(
    ("state", "key"), [("queued", "utter_handoff_here"), ("offline", "utter_handoff_here_offline")]
)
def test_an_answer_in_the_chat_passes_nothing_on(service: FakeService, state: str, key: str) -> None:
    service.says("hand_off", {"id": "HND-4T8W2K", "state": state})
    slots = {**ASKED, "handoff_contact": handoffs.HERE, "contact_name": "Marie", "contact_email": "marie@exemple.be"}
    done = act(handoffs.SubmitHandoff, "/talk_to_human", "talk_to_human", slots=slots, sender="web:x")
    assert done.keys == [key]
    assert service.called("hand_off")[0]["contact"] is None
    assert done.replies[0]["custom"]["handoff"] == "HND-4T8W2K", "the channel must know"


def test_a_digression_is_left_to_its_own_rule(service: FakeService) -> None:
    assert validate("où se garer ?", "ask_campus", slots=ASKED).events == []


def test_the_reason_of_a_pressed_button_is_what_was_said_before(service: FakeService) -> None:
    done = validate("/talk_to_human", "talk_to_human", before=[user("mon lot a échoué", "m0")])
    assert done.slots["handoff_reason"] == "mon lot a échoué"


@pytest.mark.parametrize(
    ("contact", "way", "state", "key"),
    [
        ("marie@exemple.be", {"email": "marie@exemple.be"}, "queued", "utter_handoff_queued"),
        ("+32470123456", {"phone": "+32470123456"}, "offline", "utter_handoff_offline"),
    ],
)
def test_it_reaches_the_desk(service: FakeService, contact: str, way: Any, state: str, key: str) -> None:
    service.says("hand_off", {"id": "h1", "state": state})
    slots = {**ASKED, "handoff_contact": contact, "contact_name": "Marie Dupont"}
    before = [user("bonjour", "a"), user("/help", "b"), user("mon lot a échoué", "c")]
    done = act(handoffs.SubmitHandoff, contact, "inform", slots=slots, before=before)
    (asked,) = service.called("hand_off")
    assert asked["contact"] == {"name": "Marie Dupont", **way}
    assert asked["reason"] == "appelez-moi"
    assert "mon lot a échoué" in asked["summary"]
    assert "/help" not in asked["summary"]
    assert done.keys == [key]
    assert contact in done.text
    asked_for = ("handoff_contact", "handoff_reason", "handoff_when", "handoff_operator")
    assert {name: done.slots[name] for name in asked_for} == dict.fromkeys(asked_for)
    assert done.slots["handoff"]["id"] == "h1", "it can be taken back"


def test_a_long_reason_is_cut(service: FakeService) -> None:
    service.says("hand_off", {"id": "h1", "state": "queued"})
    act(handoffs.SubmitHandoff, "…", slots={"handoff_reason": "x" * 2000, "handoff_contact": "a@b.be"})
    assert len(service.called("hand_off")[0]["reason"]) == 200


def test_while_the_service_is_away_the_address_is_kept(service: FakeService) -> None:
    service.says("hand_off", Unavailable("down"))
    done = act(handoffs.SubmitHandoff, "a@b.be", slots={**ASKED, "handoff_contact": "a@b.be"})
    assert done.keys == ["utter_service_unavailable"]
    assert "handoff_contact" not in done.slots


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("hmm", "utter_small_reply"),
        ("haha ok", "utter_small_reply"),
        ("ha" * 400 + " x y z", "utter_chitchat"),
        ("je vérifie mon agenda", "utter_take_your_time"),
        ("oups pardon", "utter_no_worries"),
        ("raconte une blague", "utter_chitchat"),
    ],
    ids=lambda value: value[:20],
)
def test_a_small_sound_gets_a_small_reply(service: FakeService, text: str, key: str) -> None:
    assert act(conversation.SmallTalk, text, "chitchat").keys == [key]


def test_who_is_angry_is_offered_a_person(service: FakeService) -> None:
    done = act(conversation.OutOfScope, "quelle bande d'incapables", "out_of_scope")
    assert done.keys == ["utter_feedback"]
    assert "/talk_to_human" in done.payloads


@pytest.mark.parametrize(
    ("text", "said", "slots", "key"),
    [
        ("elles parlent uniquement français", "fr", {"criteria": {"topic": ["gmp"]}}, "utter_courses_found"),
        ("parlez français", "fr", {"criteria": {"topic": ["gmp"]}}, "utter_language_switched"),
        ("je ne comprends pas bien le français", "fr", {}, "utter_language_offered"),
        ("sprechen sie deutsch", None, {}, "utter_only_these_languages"),
    ],
)
def test_which_language_is_meant(service: FakeService, text: str, said: str | None, slots: Any, key: str) -> None:
    service.says("courses", listed(course()))
    entities = [entity("requested_language", said)] if said else []
    assert act(conversation.SwitchLanguage, text, "switch_language", entities, slots).keys == [key]


def test_subjects_are_told_without_the_language_pipelines() -> None:
    """The action server answers its first message within its time: it does not load what only parsing needs."""
    import subprocess
    import sys

    code = "import sys; from bot.actions import subjects; subjects.small_words(); sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, check=False).returncode == 0


# -- a plain reply, and what else was said ----------------------------------------------------------------------------


def test_what_is_asked_beside_thanks_is_answered_after_them(service: FakeService) -> None:
    service.says("answer", PARKING)
    whole = "merci. Et où puis-je me garer ?"
    second = {
        "text": "où puis-je me garer ?",
        "cut": 6,
        "start": 10,
        "intent": {"name": "ask_campus", "confidence": 1.0},
        "entities": [],
        "answer_key": {"key": "parking", "confidence": 0.9},
    }
    done = act(conversation.Thank, whole, "thank", second=second)
    assert done.keys == ["utter_thank", "utter_answer"]


def test_thanks_and_goodbye_are_a_goodbye() -> None:
    assert act(conversation.Thank, "thanks a lot, bye", "thank").keys == ["utter_goodbye"]


@pytest.mark.parametrize(("text", "key"), [("non", "utter_ask_other_criteria"), ("non merci", "utter_glad")])
def test_no_thanks_is_a_no_to_all_of_it(text: str, key: str) -> None:
    assert act(conversation.AskOtherCriteria, text, "deny").keys == [key]


def test_a_question_is_answered_whatever_it_resembles_where_the_answer_is_sure(service: FakeService) -> None:
    service.says("answer", PARKING)
    key = {"key": "parking", "confidence": 0.95}
    assert act(conversation.Help, "où je mets ma voiture ?", "help", answer_key=key).keys == ["utter_answer"]
    unsure = {"key": "parking", "confidence": 0.8}
    assert act(conversation.Help, "où je mets ma voiture ?", "help", answer_key=unsure).keys == ["utter_help"]
