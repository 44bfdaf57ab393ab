"""What holds a conversation together: language, beginning again, taking back, and what to do when lost."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk.events import AllSlotsReset, FollowupAction, SlotSet

from bot import responses
from bot.actions import criteria as crit
from bot.actions.bookings import again
from bot.actions.bookings.changing import names_given, seats_given
from bot.actions.bookings.checking import CheckBooking, own_bookings
from bot.actions.bookings.holding import release
from bot.actions.bookings.picking import chooses, picked, wants_seat
from bot.actions.bookings.telling import MayBeAboutBooking
from bot.actions.bookings.wishes import SLOT as WAITING_WISH
from bot.actions.bookings.words import has, only
from bot.actions.courses.advising import AskAdvice
from bot.actions.courses.focus import OF_A_SESSION, about, topic_buttons
from bot.actions.courses.instead import FITS_WELL, LIKELY, courses_instead
from bot.actions.courses.searching import RefineSearch, SearchCourses, show_courses
from bot.actions.courses.sessions import ListSessions, show_sessions
from bot.actions.courses.telling import CourseDetails, answer_on_screen, tell_course, tell_item
from bot.actions.distress import angry, distressed, offer_person
from bot.actions.identity import ask_for_code
from bot.actions.knowledge import ASKED, KNOWN, SURE, Answer, answered_surely, find_answer, tell
from bot.actions.references import pointed_at, shown_items
from bot.actions.tasks import KINDS, begin, kind_of
from bot.actions.turn import CampusAction, Event, Turn
from bot.nlu.spans import fold, in_another_script
from bot.responses import FIXED

#: Intents that may be offered as a reading of an unclear message, each with the response that names it.
READINGS = frozenset(
    [
        "search_courses",
        "list_sessions",
        "course_details",
        "book_session",
        "check_booking",
        "cancel_booking",
        "search_events",
        "help",
    ]
)

#: Confidence from which another reading may take over.
LIKELY_AT_ALL = 0.1
FORMS = {"book_session": "booking_form", "cancel_booking": "cancel_form"}
DONE_HERE: dict[str, type[CampusAction]] = {
    "search_courses": SearchCourses,
    "list_sessions": ListSessions,
    "course_details": CourseDetails,
    "check_booking": CheckBooking,
    "ask_campus": Answer,
}
_LOST = ("utter_not_understood", "utter_out_of_scope")


class SwitchLanguage(CampusAction):
    """Speak the language that is asked for, and keep to it.

    What is not said to the assistant is about the courses on screen ("they only speak French"); who speaks a language
    badly is not answered in it for good; a language that the assistant has not is said to be none of its own.
    """

    action = "action_switch_language"
    yields = "utter_courses_on_subject"

    async def act(self, turn: Turn) -> list[Event]:
        if turn.answer_key.get("key") == _HOW and await answered_surely(turn, KNOWN):
            return []
        if _ANY_LANGUAGE.search(fold(turn.text)) and "language" in (turn.slot("criteria") or {}):
            turn.entities.append({"entity": "dropped_criterion", "value": "course_language"})
            return await RefineSearch().act(turn)
        if turn.first("course"):  # the language is part of a course's title
            instead = await second_reading(turn)
            if instead is not None:
                return instead
        wanted = next(reversed(turn.values("requested_language")), None)  # "my English is bad, en français svp"
        folded = fold(turn.text)
        if not turn.pressed:
            if _OTHER_LANGUAGE.search(folded) and wanted not in responses.LANGUAGES:
                turn.say("utter_only_these_languages")
                return []
            lacked = _LACKED.search(folded)
            if lacked:
                wanted = "en" if re.search("francais|french", lacked.group()) else "fr"
                if wanted != turn.lang and wanted not in turn.values("requested_language"):
                    # said in the language that they lack: they may have neither
                    turn.say("utter_language_offered")
                    return []
            elif wanted and not _SPOKEN_TO.search(folded) and _something_on_screen(turn):
                return await _of_teaching(turn)
        if not turn.pressed and wanted is None and _WHICH_LANGUAGE.search(folded) and turn.slot("course"):
            turn.entities.append({"entity": "course_attribute", "value": "language"})
            return await CourseDetails().answer(turn)  # "in which language is it?"
        if wanted not in responses.LANGUAGES and not turn.pressed and turn.confidence < SURELY_SWITCHED:
            instead = await second_reading(turn)
            return await lost(turn) if instead is None else instead
        if wanted not in responses.LANGUAGES:
            wanted = "en" if turn.lang == "fr" else "fr"
        turn.lang = wanted
        turn.say("utter_language_switched")
        return [SlotSet("language", f"{wanted}{FIXED}")]


#: The answer to how the language is changed, which changes nothing.
_HOW = "change_language_how"
_ANY_LANGUAGE = re.compile(
    r"\b(?:any|whatever|whichever|n'importe (?:quelle|la)|peu importe la|toutes? (?:les )?) ?"
    r"(?:language|lang|langues?)\b"
)
_WHICH_LANGUAGE = re.compile(r"\b(?:quelles?|kelles?|kel|which|what) (?:langues?|languages?)\b")
#: Confidence from which somebody wants to be spoken to in the other language without naming it.
SURELY_SWITCHED = 0.8
_OTHER_LANGUAGE = re.compile(
    r"\b(?:neerlandais|nederlands|flamand|vlaams|dutch|flemish|allemand|deutsch|german|espagnol|spanish|espanol|"
    r"italien|"
    r"italian|italiano|arabe|arabic|turc|turkish|polonais|polish|portugais|portuguese|chinois|chinese|roumain|romanian|"
    r"ukrainien|ukrainian|russe|russian)\b"
)
_LACKED = re.compile(
    r"(?:(?:parle|comprends?|lis|ecris|maitrise)s? (?:vraiment |toujours )?(?:mal|tres mal|pas) (?:tres bien |bien |"
    r"beaucoup |trop |assez )?"
    r"(?:le |l')?|(?:do not|don't|dont|cannot|can't) (?:really )?(?:speak|understand|read|write) (?:much |good |any )?"
    r"|not (?:so |very )?good (?:at|in) )(?:francais|french|anglais|english)\b"
    r"|\b(?:francais|french|anglais|english) (?:is|est) (?:\w+ ){0,2}(?:bad|poor|weak|rusty|terrible|mauvais|nul|"
    r"faible|limite)\b"
)
#: Words with which somebody speaks to the assistant about speaking.
_SPOKEN_TO = re.compile(
    r"\b(?:parl(?:e|es|ez|er|ons)|repon\w*|ecri(?:s|re|vez|vons)|contin\w*|passe[rsz]?|repass\w*|chang\w*|bascul\w*|"
    r"chat|convers\w*|discut\w*|comprend\w*|tradu\w*|interface|mets|mettez|retour|langue|svp|stp|plait|"
    r"speak\w*|talk\w*|answer\w*|repl\w*|switch\w*|chang\w*|writ\w*|understand\w*|translat\w*|back|please|pls|plz|"
    r"thanks|lang|language|carry on|with me)\b"
)


def _something_on_screen(turn: Turn) -> bool:
    return bool(turn.slot("criteria") or turn.slot("course") or shown_items(turn))


async def _of_teaching(turn: Turn) -> list[Event]:
    """The same message, about the language in which is taught."""
    for entity in turn.entities:
        if entity["entity"] == "requested_language":
            entity["entity"] = "course_language"
    return await RefineSearch().act(turn)


class Said:
    """A sentence that needs nothing looked up; said by an action, so that what else the message wants is taken up."""

    key = ""

    async def act(self, turn: Turn) -> list[Event]:
        """Say the response, unless the message says more than its intent."""
        events = await _says_more(turn)
        if events is None:
            turn.say(self._key(turn))
        return events or []

    def _key(self, turn: Turn) -> str:
        return self.key


class Greet(Said, CampusAction):
    """Answers a greeting."""

    action = "action_greet"
    key = "utter_greet"


class Goodbye(Said, CampusAction):
    """Answers a goodbye."""

    action = "action_goodbye"
    key = "utter_goodbye"


class Thank(Said, CampusAction):
    """Answers thanks, and a goodbye beside them."""

    action = "action_thank"
    key = "utter_thank"

    def _key(self, turn: Turn) -> str:
        return "utter_goodbye" if has(turn.text, "end") else self.key


class NotThat(Said):
    """A no to what was said last; "no thanks" is to all of it."""

    def _key(self, turn: Turn) -> str:
        enough = has(turn.text, "thanks") or has(turn.text, "end")
        return "utter_glad" if enough else super()._key(turn)


async def _says_more(turn: Turn) -> list[Event] | None:
    """What a yes, a no or a courtesy goes on to say: "yes, the one on chemicals", "ok, any day will do"."""
    if turn.pressed or turn.tracker.active_loop.get("name") or only(turn.text, "no", "polite"):
        return None
    item = pointed_at(turn, shown_items(turn))
    if item:
        return await _take_up(turn, item)
    if turn.values("dropped_criterion") and turn.slot("criteria"):
        return await RefineSearch().act(turn)
    return None


class Glad(Said, CampusAction):
    """Nothing else is wanted."""

    action = "action_glad"
    key = "utter_glad"


class AtHand(Said, CampusAction):
    """A yes to nothing in particular."""

    action = "action_at_hand"
    key = "utter_at_hand"


class Rephrase(Said, CampusAction):
    """A yes to an offer of help: with what?"""

    action = "action_rephrase"
    key = "utter_rephrase"


class LostAgain(NotThat, CampusAction):
    """A no to what was guessed."""

    action = "action_lost_again"
    key = "utter_lost_again"


class AskOtherCriteria(NotThat, CampusAction):
    """A no to what was found."""

    action = "action_ask_other_criteria"
    key = "utter_ask_other_criteria"


class AskQuestion(Said, CampusAction):
    """A yes to another question."""

    action = "action_ask_question"
    key = "utter_ask_question"


class BotChallenge(CampusAction):
    """Say what is speaking."""

    action = "action_bot_challenge"
    yields = "utter_courses_on_subject"
    asks_first = ASKED

    async def act(self, turn: Turn) -> list[Event]:
        turn.say("utter_bot_challenge")
        return []


class Help(CampusAction):
    """What can be said; whoever needs help at once is offered a person first."""

    action = "action_help"
    asks_first = KNOWN

    async def act(self, turn: Turn) -> list[Event]:
        if distressed(turn):
            offer_person(turn)
        else:
            turn.say("utter_help")
        return []


#: Told or asked about what is kept of a person.
_OF_DATA = frozenset({"utter_ask_export_email", "utter_ask_data_email", "utter_data_exported", "utter_data_stopped"})
_ERASES = re.compile(r"\b(?:effac\w*|supprim\w*|delet\w*|eras\w*|wipe)\b")


class StartOver(CampusAction):
    """Forget the conversation; what is held is let go, what is booked stays."""

    action = "action_start_over"
    yields = "utter_courses_on_subject"

    async def act(self, turn: Turn) -> list[Event]:
        if not turn.pressed and turn.told_last & _OF_DATA and _ERASES.search(fold(turn.text)):
            return begin(turn, KINDS["erase"])  # "delete everything", said of what is kept
        if turn.slot("hold"):
            await release(turn, turn.slot("hold"))
        key = "utter_started_over_released" if turn.slot("hold") else "utter_started_over"
        turn.say(key, buttons=topic_buttons(turn))
        ended = {"event": "active_loop", "name": None, "timestamp": None}  # whatever was being asked
        return [AllSlotsReset(), SlotSet("language", turn.lang), ended, FollowupAction("action_listen")]


class Undo(CampusAction):
    """Take back the last change of a search: it is as it was before. Where there is none, that is said."""

    action = "action_undo"
    yields = "utter_courses_on_subject"

    async def act(self, turn: Turn) -> list[Event]:
        item = pointed_at(turn, shown_items(turn))
        if item:
            return await _take_up(turn, item)  # "no, the one before that"
        if crit.read(turn):
            return await RefineSearch().act(turn)  # "sorry, my mistake, May"
        if "utter_booking_confirmed" in turn.told_last:
            # which tells the terms, and asks first
            return [SlotSet("cancel_reference", turn.slot("last_booking")), FollowupAction("cancel_form")]
        if "utter_cancelled" in turn.told_last and turn.slot("last_booking"):
            return await again.back(turn)
        before = criteria_before(turn)
        if before:
            return await show_courses(turn, before, None)
        held: crit.Criteria = turn.slot("criteria") or {}
        if len(held) > 1:  # all came in one message: the last of them
            return await show_courses(turn, dict(list(held.items())[:-1]), None)
        turn.say("utter_nothing_to_undo")
        return []


def criteria_before(turn: Turn) -> crit.Criteria | None:
    """What the search asked for before its last change, None where there was no change; each undoing goes further back.

    What an undoing itself leaves behind is on the way back, and no change to be undone.
    """
    past: list[crit.Criteria] = []
    action = ""
    for event in turn.tracker.events:
        if event.get("event") == "action":
            action = str(event.get("name"))
        elif event.get("event") == "reset_slots":
            past = []
        elif event.get("event") == "slot" and event.get("name") == "criteria":
            value = event.get("value") or {}
            if action == Undo.action:
                past = past[:-1]
                if not past or past[-1] != value:
                    past.append(value)
            elif not past or past[-1] != value:
                past.append(value)
    return past[-2] if len(past) > 1 and past[-2] else None


class Inform(CampusAction):
    """A bare answer outside a form: read by what was just shown or searched."""

    action = "action_inform"

    async def act(self, turn: Turn) -> list[Event]:
        if turn.tracker.active_loop.get("name"):
            return []
        goes_on = turn.slot("hold") and only(turn.text, "go_on", "polite", "yes", all_of=("go_on",))
        people = names_given(turn)
        if people is not None:
            return people
        if turn.slot(WAITING_WISH) and turn.first("email"):
            return ask_for_code(turn)
        counted_anew = await seats_given(turn)
        if counted_anew is not None:
            return counted_anew
        item = picked(turn) if chooses(turn) else None
        if item:
            return await _take_up(turn, item)
        counted = shown_items(turn, "session") and turn.first("seats") is not None
        if goes_on or (counted and (turn.text.strip().isdigit() or only(turn.text, "me", "polite", all_of=("me",)))):
            return [FollowupAction("booking_form")]
        code = turn.first("access_code")
        remembered = [SlotSet("access_code", code)] if code else []
        answered = await answer_on_screen(turn)
        if answered is not None:
            return [*remembered, *answered]
        item = pointed_at(turn, shown_items(turn))
        if item:
            return [*remembered, *(await _take_up(turn, item))]
        if turn.first("booking_reference"):
            return [*remembered, FollowupAction("action_check_booking")]
        if turn.first("course"):
            return [*remembered, *(await tell_course(turn, str(turn.first("course")), crit.read(turn)))]
        if _person_offered(turn) and {"talk_to_human", "affirm"} & {one["name"] for one in turn.ranking[:2]}:
            return [FollowupAction("handoff_form")]  # "yes, a person please" counts nobody
        named = about(turn, free_words=False)
        if named:
            after = crit.changed(turn.slot("criteria") or {}, turn, named)
            if turn.slot("course") and shown_items(turn, "session") and not set(named) - set(OF_A_SESSION):
                return [*remembered, *(await show_sessions(turn, str(turn.slot("course")), after))]
            return [*remembered, *(await show_courses(turn, after, None))]
        if (turn.first("phone") or turn.first("email")) and _person_offered(turn):
            return [FollowupAction("handoff_form")]
        return [*remembered, *(await lost(turn))]


def _person_offered(turn: Turn) -> bool:
    """Whether the reply before offered a person and nothing much else: an address or a number then is for them."""
    for event in reversed(turn.tracker.events):
        if event.get("event") == "bot":
            return (event.get("metadata") or {}).get("utter_action") in _OFFERS
    return False


_OFFERS = ("utter_person_at_once", "utter_feedback", "utter_lost_again", "utter_out_of_scope", "utter_no_answer")


class BeginTask(MayBeAboutBooking):
    """Begins what takes a few questions and a yes; a doubtful reading gives way to one that is better founded."""

    action = "action_begin_task"
    yields = "utter_courses_on_subject"

    async def answer(self, turn: Turn) -> list[Event]:
        if turn.intent == "withdraw_contract" and await answered_surely(turn, SURE):
            return []  # "do I have 14 days to withdraw?" withdraws nothing
        of_search = turn.intent == "change_booking" and turn.slot("criteria") and set(crit.read(turn)) == {"seats"}
        if of_search and not await own_bookings(turn):
            return await RefineSearch().act(turn)  # "we'll be four in the end": of what is looked for
        if (turn.doubtful and angry(turn) and not turn.values("topic")) or _UNTOLD.search(fold(turn.text)):
            turn.say("utter_feedback")
            return []  # a complaint that something was moved moves nothing
        if turn.doubtful:
            instead = await second_reading(turn)
            if instead is not None:
                return instead
        kind = kind_of(turn.intent)
        return begin(turn, kind) if kind is not None else await lost(turn)


_UNTOLD = re.compile(
    r"\b(?:sans (?:me |nous |rien )?(?:prevenir|avertir|dire)|without (?:telling|warning|asking|notice|a word)|"
    r"nobody (?:told|warned|let)|personne ne (?:m'a|nous a) (?:prevenu|averti)\w*)\b"
)


async def second_reading(turn: Turn) -> list[Event] | None:
    """Do what the likeliest other reading asks for, if that can be done here and is likely at all."""
    for reading in turn.ranking:
        name = reading["name"]
        if name == turn.intent or reading["confidence"] < LIKELY_AT_ALL:
            continue
        if name in FORMS:
            return [FollowupAction(FORMS[name])]
        kind = kind_of(name)
        if kind is not None:
            return begin(turn, kind)
        if name in DONE_HERE:
            return await DONE_HERE[name]().act(turn)
    return None


async def _take_up(turn: Turn, item: dict[str, Any]) -> list[Event]:
    """A course that is pointed at is told about; a session is booked, for it was asked which one suits."""
    earlier = pointed_at(turn, (turn.slot("shown") or {}).get("courses") or []) if turn.question else None
    if earlier:  # "when is the second one?" – "and the first one?"
        return await show_sessions(turn, str(earlier["id"]), {})
    if item["kind"] == "session" and not turn.question:
        return [SlotSet("session_id", item["id"]), FollowupAction("booking_form")]
    return await tell_item(turn, item)


class DefaultFallback(CampusAction):
    """Not understood: the knowledge base if it knows, else the likeliest readings, the second time a person."""

    action = "action_default_fallback"

    async def act(self, turn: Turn) -> list[Event]:
        events = await lost(turn)
        # without a named next step the policy would predict the fallback again, ten times over
        if any(event.get("event") == "followup" for event in events):
            return events
        return [*events, FollowupAction(turn.tracker.active_loop.get("name") or "action_listen")]

    def after_failure(self, turn: Turn) -> list[Event]:
        """As after a fallback that went well."""
        return [FollowupAction("action_listen")]


class OutOfScope(MayBeAboutBooking):
    """Nothing that a training campus can help with, or not understood."""

    action = "action_out_of_scope"

    async def answer(self, turn: Turn) -> list[Event]:
        words = _WORD.findall(fold(turn.text))
        if words and not turn.pressed and all(_SMALL_SOUND.fullmatch(word) for word in words):
            turn.say("utter_small_reply")
            return []
        return await lost(turn)


class SmallTalk(CampusAction):
    """Small talk; a short sound between two thoughts ("hmm", "let me think") gets as short a reply."""

    action = "action_chitchat"
    yields = "utter_courses_on_subject"
    asks_first = KNOWN

    async def act(self, turn: Turn) -> list[Event]:
        if turn.tracker.active_loop.get("name"):
            return []
        answered = await answer_on_screen(turn)
        if answered is not None:
            return answered
        item = pointed_at(turn, shown_items(turn))
        if item and turn.values("reference"):
            return await _take_up(turn, item)
        folded = fold(turn.text)
        if _SORRY.search(folded):
            turn.say("utter_no_worries")
        elif _WAITING.search(folded):
            turn.say("utter_take_your_time")
        elif all(_SMALL_SOUND.fullmatch(word) for word in _WORD.findall(folded)):
            turn.say("utter_small_reply")
        else:
            turn.say("utter_chitchat")
        return []


_SORRY = re.compile(r"\b(?:sorry|desolee?|pardon|excus\w*|apolog\w*|oops|oups|my bad)\b")
_WAITING = re.compile(
    r"\b(?:attend\w*|minute|instant|seconde?|moment|agenda|calendrier|reflechi\w*|regarde|verifie|demande a|"
    r"wait|hold on|"
    r"hang on|let me|thinking|think about|check my|diary|calendar|brb|sec)\b"
)
_WORD = re.compile(r"[^\W_]+")
_SMALL_SOUND = re.compile(
    r"h+m+|m+h+m*|a+h+|o+h+|eu+h+|(?:ha)+h?|(?:ah){2,}a?|(?:he)+h?|(?:hi){2,}|lol|mdr|ptdr|xd|ok\w*|nice|cool|great|super|"
    r"genial|top|chouette|sympa|parfait|wow|waw|bien|tres|very|vu|tiens|bon|ben|bah|alors|je|vois|i|see|interesting|"
    r"interessant|fair|enough|right|sure|good|ca|va|d|accord|trop|c|est|it|s|that|thats|funny|drole|marrant|no|non|nope|"
    r"thanks|merci"
)


#: "I don't know" is no refusal.
_UNDECIDED = re.compile(
    r"^\W*(?:idk|dk|dunno|no idea|no clue|not sure|i (?:don't|dont|do not) know|je (?:ne )?sais pas|j'?sais pas|"
    r"chais pas|"
    r"aucune idee|jsp|j'en sais rien|bof)\b"
)


_OUT_OF_WORK = re.compile(
    r"\b(?:(?:au )?chomage|chomeu(?:r|se)|sans (?:emploi|travail|boulot)|perdu mon (?:emploi|travail|boulot|job)|"
    r"licenciee?|"
    r"out of (?:work|a job)|unemployed|jobless|lost my job|laid off|made redundant)\b"
)


async def lost(turn: Turn) -> list[Event]:
    """What to say to a message that no rule or story takes."""
    if turn.tracker.active_loop.get("name"):
        return []  # the form asks again
    if in_another_script(turn.text):
        turn.say("utter_only_these_languages")
        return []
    people = names_given(turn)
    if people is not None:
        return people
    likely = {one["name"]: one["confidence"] for one in turn.ranking}
    if likely.get("cancel_booking", 0.0) >= KNOWN and has(turn.text, "cancelling") and await own_bookings(turn):
        return [FollowupAction("cancel_form")]  # "can you cancel it, my mother is in hospital": it asks before it does
    if wants_seat(turn):
        return [FollowupAction("booking_form")]
    rest = turn.slot("booking_rest")
    if rest and turn.intent in ("affirm", "confirm_booking"):  # the others of the same group
        seats = SlotSet("seats", rest[0]["seats"])
        return [SlotSet("session_id", rest[0]["session_id"]), seats, FollowupAction("booking_form")]
    if turn.intent == "affirm" and _person_offered(turn):
        return [FollowupAction("handoff_form")]
    if turn.intent in ("affirm", "deny", "chitchat", "inform") and set(crit.read(turn)) - {"seats"}:
        return await RefineSearch().act(turn)  # a bare month is no yes
    if turn.intent == "affirm" and turn.slot("hold"):
        return [FollowupAction("booking_form")]  # the seat is still held: the summary comes again
    if turn.intent in ("affirm", "deny"):
        if turn.intent == "deny" and _UNDECIDED.match(fold(turn.text)):
            return await AskAdvice().act(turn)
        turn.say("utter_at_hand" if turn.intent == "affirm" else "utter_glad")
        return []
    if angry(turn):
        turn.say("utter_feedback")
        return []
    if turn.intent == "out_of_scope" and has(turn.text, "invoice") and not distressed(turn):
        tell(turn, await turn.service.answer("invoice"))  # who sends it and where it goes, with a person beside
        return []
    if turn.intent == "out_of_scope" and _OUT_OF_WORK.search(fold(turn.text)):
        return await AskAdvice().act(turn)  # whoever lost their work is guided, not sent away
    if distressed(turn):
        offer_person(turn)
        return []
    item = pointed_at(turn, shown_items(turn))
    if item and turn.values("reference"):
        return await _take_up(turn, item)
    if turn.intent in ("out_of_scope", "nlu_fallback", "inform", "chitchat"):
        key = "utter_courses_beside" if turn.intent == "out_of_scope" else "utter_courses_on_subject"
        answer = await find_answer(turn, SURE)
        instead = await courses_instead(turn, key, LIKELY if answer is None else FITS_WELL)
        if instead is not None:
            return instead
        if answer is not None:
            tell(turn, answer)
            return []
    if _lost_before(turn):
        turn.say("utter_lost_again")
        return []
    readings = [
        {"title": responses.text(f"utter_reading_{name}", turn.lang), "payload": f"/{name}"}
        for name in _likeliest(turn)
    ]
    turn.say("utter_out_of_scope" if turn.intent == "out_of_scope" else "utter_not_understood", buttons=readings)
    return []


def _lost_before(turn: Turn) -> bool:
    """Whether the turn before this one was not understood either."""
    users = 0
    for event in reversed(turn.tracker.events):
        users += event.get("event") == "user"
        if users == 1 and event.get("event") == "bot":
            return (event.get("metadata") or {}).get("utter_action") in _LOST
    return False


def _likeliest(turn: Turn) -> list[str]:
    ranked = [reading["name"] for reading in turn.ranking if reading.get("name") in READINGS]
    return (ranked or ["search_courses", "help"])[:2]
