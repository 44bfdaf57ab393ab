"""Finding courses, sessions and events: what is asked of the service, and what is said of its answer."""

from __future__ import annotations

from typing import Any

import pytest

from bot.actions.courses.advising import AskAdvice, SubmitAdvice
from bot.actions.courses.comparing import CompareCourses
from bot.actions.courses.focus import course_in_focus, named_course
from bot.actions.courses.lists import COURSES
from bot.actions.courses.searching import RefineSearch, SearchCourses, ShowMore
from bot.actions.courses.sessions import ListSessions, SearchEvents
from bot.actions.courses.telling import CourseDetails
from tests.bot.acting import FakeService, act, course, course_shown, entity, listed, problem, session, session_shown

TOPIC = entity("topic", "gmp")


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


# -- searching ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_search_shows_what_fits(service: FakeService, lang: str) -> None:
    service.says("courses", listed(course(), course(id="robots", title="Robots"), cursor="c1", total=7))
    done = act(SearchCourses, "GMP en ligne", "search_courses", [TOPIC, entity("format", "online")], lang=lang)
    assert done.keys == ["utter_courses_found"]
    (asked,) = service.called("courses")
    assert (asked["topic"], asked["format"], asked["kind"]) == (["gmp"], ["online"], "course")
    assert asked["limit"] == COURSES
    assert done.slots["criteria"] == {"topic": ["gmp"], "format": ["online"]}
    assert [item["id"] for item in done.slots["shown"]["items"]] == ["gmp-basics", "robots"]
    assert done.slots["shown"]["next"]["cursor"] == "c1"
    assert done.payloads[:3] == [
        '/course_details{"course": "gmp-basics"}',
        '/course_details{"course": "robots"}',
        "/show_more",
    ]
    assert "7" in done.text
    assert [card["type"] for card in done.replies[0]["custom"]["cards"]] == ["course", "course"]


def test_a_search_for_words_that_no_topic_has(service: FakeService) -> None:
    service.says("courses", listed(course()))
    done = act(SearchCourses, "je cherche une formation sur l’électroporation", "search_courses")
    assert service.called("courses")[0]["q"] == ["électroporation"]
    assert done.slots["criteria"] == {"q": ["électroporation"]}


def test_a_search_without_any_word_shows_what_there_is(service: FakeService) -> None:
    service.says("courses", listed(course()))
    act(SearchCourses, "quelles formations proposez-vous ?", "search_courses")
    assert "q" not in service.called("courses")[0]


def test_a_title_is_told_about(service: FakeService) -> None:
    service.says("course", course())
    done = act(SearchCourses, "les BPF en pratique", "search_courses", [entity("course", "gmp-basics")])
    assert done.keys == ["utter_course_summary"]
    assert done.slots["course"] == "gmp-basics"


def test_an_access_code_opens_every_later_search(service: FakeService) -> None:
    service.says("courses", listed(course()))
    act(SearchCourses, "GMP", "search_courses", [TOPIC], {"access_code": "TAKEDA-2027"})
    assert service.called("courses")[0]["access_code"] == ["TAKEDA-2027"]


def test_a_code_is_never_said_back(service: FakeService) -> None:
    service.says("courses", listed(), listed(course()))
    said = [TOPIC, entity("access_code", "TAKEDA-2027"), entity("level", "advanced")]
    done = act(SearchCourses, "GMP", "search_courses", said)
    assert "TAKEDA-2027" not in done.text


def test_what_is_not_taught_is_said_not_to_be(service: FakeService) -> None:
    service.says("courses", listed())
    done = act(SearchCourses, "formation couture", "search_courses", [entity("topic", "couture")])
    assert done.keys == ["utter_not_taught"]
    assert "couture" in done.text
    assert done.slots["criteria"] == {}
    assert done.slots["shown"]["items"] == []
    assert any("search_courses" in payload for payload in done.payloads)


def test_one_criterion_is_given_up_and_named(service: FakeService) -> None:
    def fits(asked: dict[str, Any]) -> Any:
        return listed() if asked.get("level") else listed(course())

    service.says("courses", fits)
    said = [TOPIC, entity("level", "advanced"), entity("course_language", "en")]
    done = act(SearchCourses, "GMP avancé en anglais", "search_courses", said)
    assert done.keys == ["utter_courses_relaxed"]
    assert "niveau avancé" in done.text
    assert "level" not in done.slots["criteria"]
    assert done.slots["criteria"]["topic"] == ["gmp"], "what it is about is never given up"


def test_the_subject_is_named_when_it_alone_finds_nothing(service: FakeService) -> None:
    service.says("courses", listed())
    said = [entity("topic", "couture"), entity("level", "advanced")]
    done = act(SearchCourses, "couture avancée", "search_courses", said)
    assert done.keys == ["utter_not_taught"]
    assert "couture" in done.text
    assert "avancé" not in done.text


def test_criteria_that_nothing_fits_are_said(service: FakeService) -> None:
    service.says("courses", listed())
    done = act(SearchCourses, "gratuit", "search_courses", [entity("max_price", 0, at=(0, 7))])
    assert done.keys == ["utter_nothing_fits"]


# -- refining ----------------------------------------------------------------------------------------------------------


def test_a_criterion_is_added_to_the_last_search(service: FakeService) -> None:
    service.says("courses", listed(course()))
    slots = {"criteria": {"topic": ["gmp"]}, "shown": course_shown(1, 2)}
    done = act(RefineSearch, "plutôt en anglais", "refine_search", [entity("course_language", "en")], slots)
    assert done.slots["criteria"] == {"topic": ["gmp"], "language": ["en"]}


def test_cheaper_is_beside_what_was_shown(service: FakeService) -> None:
    service.says("courses", listed(course()))
    slots = {"criteria": {"topic": ["gmp"]}, "shown": course_shown(1, 2)}
    act(RefineSearch, "moins cher", "refine_search", [entity("comparative", "cheaper")], slots)
    (asked,) = service.called("courses")
    assert (asked["max_price"], asked["sort"]) == ([599.99], "price")


def test_a_period_after_the_dates_of_a_course_is_of_that_course(service: FakeService) -> None:
    service.says("course_sessions", listed(session(3)))
    slots = {"course": "gmp-basics", "shown": session_shown(1, 2), "criteria": {"topic": ["gmp"]}}
    said = [entity("period", "2027-03-01/2027-04-01")]
    done = act(RefineSearch, "et en mars ?", "refine_search", said, slots)
    (asked,) = service.called("course_sessions")
    assert (asked["course_id"], asked["from"], asked["to"]) == ("gmp-basics", "2027-03-01", "2027-04-01")
    assert done.keys == ["utter_sessions_of_course"]


def test_what_points_at_one_that_was_shown_tells_about_it(service: FakeService) -> None:
    service.says("course", course(id="robots"))
    done = act(
        RefineSearch,
        "la deuxième",
        "refine_search",
        [entity("reference", "2")],
        {"shown": course_shown(1, 2)},
    )
    assert done.keys == ["utter_course_summary"]
    assert service.called("course")[0]["course_id"] == "robots"


def test_nothing_to_go_by_is_asked_for(service: FakeService) -> None:
    done = act(RefineSearch, "autre chose", "refine_search", slots={"criteria": {"topic": ["gmp"]}})
    assert done.keys == ["utter_ask_criterion"]


def test_more_of_the_same(service: FakeService) -> None:
    service.says("courses", listed(course(id="robots", title="Robots")))
    slots = {"criteria": {"topic": ["gmp"]}, "shown": {**course_shown(1), "next": {"cursor": "c1", "sort": "price"}}}
    done = act(ShowMore, "la suite", "show_more", slots=slots)
    (asked,) = service.called("courses")
    assert (asked["cursor"], asked["sort"], asked["topic"]) == ("c1", "price", ["gmp"])
    assert done.keys == ["utter_more_courses"]
    assert "/show_more" not in done.payloads


@pytest.mark.parametrize("shown", [None, {"items": []}, {**course_shown(1), "next": None}])
def test_no_more(service: FakeService, shown: Any) -> None:
    assert act(ShowMore, "la suite", "show_more", slots={"shown": shown}).keys == ["utter_no_more"]


# -- one course --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(
    ("attribute", "words"),
    [
        ("content", "Hygiène"),
        ("price", "210"),
        ("duration", "14"),
        ("prerequisites", "Aucun prérequis"),
        ("certificate", "Attestation"),
        ("trainer", "Takeda Academy"),
        ("language", {"fr": "en anglais", "en": "in English"}),
        ("place", "Salle Sambre"),
        ("funding", {"fr": "Aucune information", "en": "No funding information"}),
        ("audience", "Les BPF en pratique"),
    ],
)
def test_an_attribute_is_told(service: FakeService, attribute: str, words: Any, lang: str) -> None:
    service.says("course", course())
    said = [entity("course", "gmp-basics"), entity("course_attribute", attribute)]
    done = act(CourseDetails, "…", "course_details", said, lang=lang)
    assert done.keys == [f"utter_course_{attribute}"]
    assert (words[lang] if isinstance(words, dict) else words) in plain(done.text)


def test_two_attributes_are_told_with_buttons_once(service: FakeService) -> None:
    service.says("course", course())
    said = [
        entity("course_attribute", "price"),
        entity("course_attribute", "duration"),
        entity("course_attribute", "price"),
    ]
    done = act(CourseDetails, "prix et durée", "course_details", said, {"course": "gmp-basics"})
    assert done.keys == ["utter_course_price", "utter_course_duration"]
    assert len([payload for payload in done.payloads if "list_sessions" in payload]) == 1


@pytest.mark.parametrize(
    "bare",
    [
        {"next_sessions": [], "funding": None, "certificate": None, "trainers": None, "content": None, "hours": None},
        {"prerequisites": None, "funding": [{"scheme": "x", "note": "Chèques"}], "days": 0.5},
        {"price": {"amount": "0.00", "currency": "EUR", "vat_rate": "0.00", "vat_included": True}},
        {"price": {"amount": "100.00", "currency": "EUR", "vat_rate": "21.00", "vat_included": False}},
        {"demo": False, "languages": ["nl"]},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "attribute", [None, "content", "price", "duration", "certificate", "trainer", "place", "funding"]
)
def test_what_a_course_lacks_breaks_no_sentence(
    service: FakeService, bare: dict[str, Any], attribute: str | None
) -> None:
    service.says("course", course(**bare))
    said = [entity("course", "gmp-basics"), *([entity("course_attribute", attribute)] if attribute else [])]
    done = act(CourseDetails, "…", "course_details", said)
    assert done.keys[0].startswith("utter_course_")
    assert "None" not in done.text


def test_an_event_asked_about_shows_its_dates(service: FakeService) -> None:
    service.says("course", course(id="open-day", kind="event"))
    service.says("course_sessions", listed(session(1, course_id="open-day", kind="event")))
    done = act(CourseDetails, "les portes ouvertes", "course_details", [entity("course", "open-day")])
    assert done.keys == ["utter_sessions_of_course"]


def test_a_course_that_is_gone_is_said_to_be(service: FakeService) -> None:
    service.says("course", problem(404, "not-found"))
    service.says("course_sessions", problem(404, "not-found"))
    for action in (CourseDetails, ListSessions):
        assert act(action, "…", "course_details", [entity("course", "gone")]).keys == ["utter_course_gone"]


@pytest.mark.parametrize(
    ("said", "slots", "which"),
    [
        ([entity("course", "robots")], {"course": "gmp-basics"}, "robots"),
        ([entity("reference", "2")], {"shown": course_shown(1, 2), "course": "gmp-basics"}, "robots"),
        ([entity("reference", "1")], {"shown": session_shown(1, 2)}, "gmp-basics"),
        ([], {"course": "gmp-basics"}, "gmp-basics"),
        ([], {"shown": course_shown(2)}, "robots"),
        ([], {"shown": course_shown(1, 2)}, None),
        ([TOPIC], {"course": "robots"}, None),
        ([], {}, None),
    ],
    ids=str,
)
def test_the_course_in_focus(service: FakeService, said: Any, slots: Any, which: str | None) -> None:
    from tests.bot.acting import turn

    assert course_in_focus(turn("…", "course_details", said, slots)) == which


def test_a_word_of_one_title_only_means_that_course(service: FakeService) -> None:
    from tests.bot.acting import turn

    assert named_course(turn("réservez les robots", "book_session")) == "robots"
    assert named_course(turn("réservez", "book_session")) is None
    assert named_course(turn("une formation", "book_session", [entity("topic", "x", at=(0, 13))])) is None


def test_which_of_those_shown_is_asked_with_the_same_question(service: FakeService) -> None:
    said = [entity("course_attribute", "price")]
    done = act(CourseDetails, "c’est combien ?", "course_details", said, {"shown": course_shown(1, 2)})
    assert done.keys == ["utter_ask_which_of_these"]
    assert done.payloads[0] == '/course_details{"course": "gmp-basics", "course_attribute": "price"}'


def test_which_course_is_asked(service: FakeService) -> None:
    done = act(CourseDetails, "c’est combien ?", "course_details")
    assert done.keys == ["utter_ask_which_course"]
    service.says("courses", listed(course()))
    done = act(CourseDetails, "c’est quoi l’électroporation ?", "course_details")
    assert done.keys == ["utter_which_course"]


# -- dates -------------------------------------------------------------------------------------------------------------


def test_the_dates_of_a_course(service: FakeService) -> None:
    service.says("course_sessions", listed(session(1), session(2, seats_free=0, state="full")))
    done = act(ListSessions, "c’est quand ?", "list_sessions", slots={"course": "gmp-basics"})
    assert done.keys == ["utter_sessions_of_course"]
    assert [item["id"] for item in done.slots["shown"]["items"]] == ["gmp-basics-202701", "gmp-basics-202702"]
    assert "complet" in done.text
    assert len([payload for payload in done.payloads if "book_session" in payload]) == 1


@pytest.mark.parametrize(
    ("text", "period", "shown", "chosen"),
    [
        ("le mercredi 13 serait bien", "2027-01-13/2027-01-14", (1, 2), True),
        ("Could I have 13 January?", "2027-01-13/2027-01-14", (1, 2), False),
        ("Could I have 13 January?", "2027-01-13/2027-01-14", (2,), True),
        ("en janvier", "2027-01-01/2027-02-01", (1, 2), False),
        ("le 20", "2027-01-20/2027-01-21", (1, 2), False),
    ],
)
def test_the_very_day_of_a_date_just_offered_chooses_it(
    service: FakeService, text: str, period: str, shown: tuple[int, ...], chosen: bool
) -> None:
    service.says("course_sessions", listed(session(1), session(2)))
    slots = {"course": "gmp-basics", "shown": session_shown(*shown)}
    done = act(ListSessions, text, "list_sessions", [entity("period", period)], slots)
    assert (done.next_action == "booking_form") is chosen


def test_the_other_dates_where_none_fits(service: FakeService) -> None:
    def fits(asked: dict[str, Any]) -> Any:
        return listed() if asked.get("from") else listed(session(1))

    service.says("course_sessions", fits)
    said = [entity("period", "2027-06-01/2027-07-01")]
    done = act(ListSessions, "en juin ?", "list_sessions", said, {"course": "gmp-basics"})
    assert done.keys == ["utter_sessions_relaxed"]
    assert "en juin 2027" in done.text


def test_no_date_at_all(service: FakeService) -> None:
    service.says("course_sessions", listed())
    service.says("course", course())
    done = act(ListSessions, "c’est quand ?", "list_sessions", slots={"course": "gmp-basics"})
    assert done.keys == ["utter_no_sessions"]


def test_dates_on_a_subject(service: FakeService) -> None:
    service.says("courses", listed(course(), course(id="robots")))
    service.says("sessions", listed(session(1)))
    done = act(ListSessions, "des dates en qualité ?", "list_sessions", [TOPIC], {"course": "robots"})
    assert done.keys == ["utter_sessions_found"]
    (asked,) = service.called("sessions")
    assert (asked["topic"], asked["kind"], asked["sort"]) == (["gmp"], "course", "start")


def test_a_code_given_once_shows_closed_dates(service: FakeService) -> None:
    service.says("course_sessions", listed(session(1)))
    act(ListSessions, "…", "list_sessions", slots={"course": "gmp-basics", "access_code": "X-1"})
    assert service.called("course_sessions")[0]["access_code"] == ["X-1"]


# -- events and advice -------------------------------------------------------------------------------------------------


def test_events_on_other_dates(service: FakeService) -> None:
    def fits(asked: dict[str, Any]) -> Any:
        return listed() if asked.get("from") else listed(session(1, course_id="open-day", kind="event"))

    service.says("sessions", fits)
    said = [entity("period", "2027-06-01/2027-07-01")]
    assert act(SearchEvents, "…", "search_events", said).keys == ["utter_events_other_dates"]
    assert act(SearchEvents, "…", "search_events").keys == ["utter_events_found"]
    assert all(asked["kind"] == "event" for asked in service.called("sessions"))
    service.says("sessions", listed())
    assert act(SearchEvents, "…", "search_events").keys == ["utter_no_events"]


def test_one_event_by_its_name(service: FakeService) -> None:
    service.says("course_sessions", listed(session(1, course_id="open-day", kind="event")))
    act(SearchEvents, "portes ouvertes", "search_events", [entity("course", "open-day")])
    assert service.called("course_sessions")[0]["course_id"] == "open-day"


def test_advice_begins_with_questions_unless_a_subject_is_named(service: FakeService) -> None:
    service.says("courses", listed(course(score=0.2)))  # the words of the question fit no course
    done = act(AskAdvice, "vers quoi m’orienter ?", "ask_advice")
    assert done.keys == ["utter_advice_begins"]
    service.says("courses", listed(course(score=0.6)))
    assert act(AskAdvice, "ANOVA makes my head spin", "ask_advice").keys == ["utter_courses_on_subject"]
    assert act(AskAdvice, "…", "ask_advice", [TOPIC]).keys == ["utter_courses_found"]


def test_advice_without_any_answer_is_what_asks_for_nothing(service: FakeService) -> None:
    service.says("courses", listed(course(), course(id="robots", title="Robots")))
    skipped = {"advice_profile": "-", "advice_subject": "-", "advice_time": "-"}
    done = act(SubmitAdvice, "passer", "deny", slots=skipped)
    assert done.keys == ["utter_advice"]
    asked = service.called("courses")[0]
    assert (asked["topic"], asked["level"], asked["sort"]) == (["first-steps"], ["beginner"], "price")
    assert [item["id"] for item in done.slots["shown"]["items"]] == ["gmp-basics", "robots"]


def test_who_is_afraid_is_reassured_first(service: FakeService) -> None:
    service.says("courses", listed(course()))
    assert "Rassurez-vous" in act(AskAdvice, "je me sens trop vieille pour ça", "ask_advice").text
    assert "Rassurez-vous" not in act(AskAdvice, "vers quoi m’orienter ?", "ask_advice").text


def test_where_nothing_is_for_beginners_the_fields_are_asked(service: FakeService) -> None:
    service.says("courses", listed())
    skipped = {"advice_profile": "-", "advice_subject": "-", "advice_time": "-"}
    done = act(SubmitAdvice, "passer", "deny", slots=skipped)
    assert done.keys == ["utter_ask_field"]
    assert '/search_courses{"topic": "gmp"}' in done.payloads


# -- the subject is never given up -------------------------------------------------------------------------------------


def test_other_courses_are_no_answer_to_one_by_its_name(service: FakeService) -> None:
    """ "GMP in practice" has no room for twelve: its own dates are shown, not another course that has."""

    def fits(asked: dict[str, Any]) -> Any:
        return listed(course(id="robots", title="Robots")) if asked.get("seats") else listed(course())

    service.says("courses", fits)
    service.says("course_sessions", lambda asked: listed() if asked.get("seats") else listed(session(1)))
    said = [entity("seats", 12, at=(0, 10))]
    done = act(SearchCourses, "12 people, something on GMP practice", "search_courses", said, lang="en")
    assert done.keys == ["utter_sessions_relaxed"]
    assert "nothing for 12 people" in plain(done.text)
    assert done.slots["course"] == "gmp-basics"


def test_two_criteria_are_given_up_where_one_is_not_enough(service: FakeService) -> None:
    def fits(asked: dict[str, Any]) -> Any:
        return listed() if asked.get("level") or asked.get("max_price") else listed(course(), course(id="robots"))

    service.says("courses", fits)
    said = [TOPIC, entity("level", "advanced"), entity("max_price", 100), entity("course_language", "en")]
    done = act(SearchCourses, "GMP", "search_courses", said)
    assert done.keys == ["utter_courses_relaxed"]
    assert done.slots["criteria"] == {"topic": ["gmp"], "language": ["en"]}


def test_nothing_cheaper_is_said_to_be_so(service: FakeService) -> None:
    service.says("courses", lambda asked: listed() if asked.get("max_price") else listed(course(), course(id="robots")))
    slots = {"criteria": {"topic": ["gmp"]}, "shown": course_shown(1, 2)}
    done = act(RefineSearch, "moins cher", "refine_search", [entity("comparative", "cheaper")], slots)
    assert done.keys == ["utter_already_cheapest"]
    assert done.slots["criteria"] == {"topic": ["gmp"]}


def test_a_description_is_not_quoted_as_a_subject(service: FakeService) -> None:
    service.says("courses", listed())
    text = "mes gâteaux retombent toujours quand je les sors trop vite du four à convection"
    done = act(SearchCourses, text, "search_courses")
    assert done.keys == ["utter_nothing_described"]
    assert "gâteaux" not in done.text


# -- questions about the course on screen ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said", "key", "lead"),
    [
        ("c'est en français ?", entity("course_language", "fr"), "utter_course_language", "Oui."),
        ("c'est en néerlandais ?", entity("course_language", "nl"), "utter_course_language", "Non."),
        ("c'est à distance ?", entity("format", "online"), "utter_course_format", "Non."),
        ("c'est pour débutants ?", entity("level", "beginner"), "utter_course_level", "Oui."),
        ("c'est payant ?", entity("x", ""), "utter_course_price", "Non."),
        ("c'est le soir ?", entity("day_part", "evening"), "utter_course_times", "Non."),
    ],
    ids=str,
)
@pytest.mark.parametrize("action", [SearchCourses, RefineSearch, CourseDetails])
def test_a_yes_or_no_question_is_answered_first(
    service: FakeService, action: Any, text: str, said: Any, key: str, lead: str
) -> None:
    service.says("course", course())
    service.says("course_sessions", listed())
    done = act(action, text, "refine_search", [said], {"course": "gmp-basics", "criteria": {"topic": ["gmp"]}})
    assert done.keys == [key]
    assert done.text.startswith(lead)


def test_the_price_for_some_people_is_counted(service: FakeService) -> None:
    service.says("course", course())
    said = [entity("course_attribute", "price"), entity("seats", 6)]
    done = act(CourseDetails, "combien pour 6 ?", "course_details", said, {"course": "gmp-basics"})
    assert done.keys == ["utter_course_price_group"]
    assert "7 260,00 €" in plain(done.text)


def test_what_is_free_has_no_price_per_person(service: FakeService) -> None:
    service.says(
        "course", course(price={"amount": "0.00", "currency": "EUR", "vat_rate": "0.00", "vat_included": True})
    )
    done = act(CourseDetails, "…", "course_details", [entity("course", "gmp-basics")], lang="en")
    assert "free per person" not in done.text
    assert "free" in done.text


def test_a_card_says_that_no_date_fits_what_was_asked(service: FakeService) -> None:
    service.says("course", lambda asked: course(next_sessions=[]) if asked.get("from") else course())
    slots = {"criteria": {"period": ["2027-06-01/2027-07-01"]}}
    done = act(CourseDetails, "…", "course_details", [entity("course", "gmp-basics")], slots)
    assert "Aucune date avec des places libres – en juin 2027" in plain(done.text)


# -- side by side ------------------------------------------------------------------------------------------------------


def test_courses_are_compared_field_by_field(service: FakeService) -> None:
    service.says("course", course(), course(id="robots", title="Robots", days=1, level="advanced"))
    done = act(
        CompareCourses,
        "laquelle est la plus courte ?",
        "compare_courses",
        slots={"shown": course_shown(1, 2)},
    )
    assert done.keys == ["utter_compared"]
    assert "La plus courte est « Robots »" in plain(done.text)
    assert "2 jours" in plain(done.text)
    (card,) = done.replies[0]["custom"]["cards"]
    assert card["type"] == "comparison"
    assert [subject["id"] for subject in card["subjects"]] == ["gmp-basics", "robots"]


def test_the_first_two_of_three_are_compared(service: FakeService) -> None:
    service.says("course", course(), course(id="robots"))
    items = [*course_shown(1, 2)["items"], {**course_shown(1)["items"][0], "id": "third"}]
    act(CompareCourses, "les deux premières", "compare_courses", slots={"shown": {"items": items}})
    assert [asked["course_id"] for asked in service.called("course")] == ["gmp-basics", "robots"]


def test_nothing_to_compare_is_asked_for(service: FakeService) -> None:
    assert act(CompareCourses, "compare", "compare_courses").keys == ["utter_ask_which_course"]


def test_who_comes_to_a_course_is_told_to_nobody(service: FakeService) -> None:
    service.says("answer", {"key": "participants_private", "text": "…", "source": None, "checked_on": None})
    asked = {"key": "participants_private", "confidence": 0.9}
    done = act(CourseDetails, "qui vient ?", "course_details", [TOPIC], answer_key=asked)
    assert done.keys == ["utter_answer"]


def test_a_free_half_day_reads_like_a_sentence(service: FakeService) -> None:
    """No line begins with a small letter, and what is free is not "free per person"."""
    free = {"amount": "0.00", "currency": "EUR", "vat_rate": "0.00", "vat_included": True}
    service.says("course", course(days=0.5, price=free))
    done = act(CourseDetails, "tell me more", "course_details", slots={"course": "gmp-basics"}, lang="en")
    assert "\nHalf a day" in done.text
    assert "free per person" not in done.text
