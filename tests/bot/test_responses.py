"""The sentences: both languages alike, every key used is there and the reverse, typography, and none in code."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import responses
from bot.actions.privacy import TOLD
from bot.responses import FOLDER, LANGUAGES, MissingResponse
from bot.settings import ROOT

ALL = responses.load()
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
INTENTS = {name for entry in DOMAIN["intents"] for name in (entry if isinstance(entry, dict) else [entry])}
CODE = [path for path in (ROOT / "bot").rglob("*.py") if "nlu" not in path.parts]
PAYLOAD = re.compile(r"^/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?$")

words = re.compile(r"\w+").findall
NARROW, FIXED = "\u202f", "\u00a0"
ATTRIBUTES = words("content price duration prerequisites certificate trainer language place funding audience")
LEVELS = words("beginner intermediate advanced")
FORMATS = words("onsite online hybrid")
DAY_PARTS = words("evening weekend weekday monday tuesday wednesday thursday friday saturday sunday morning afternoon")
BOOKING_STATES = words(
    "held confirmed cancelled released expired waiting offered withdrawn declined lapsed left attended no_show"
)
NEEDS = words("subject people functions period place language budget")
READINGS = words(
    "search_courses list_sessions course_details book_session check_booking cancel_booking search_events help"
)

#: What each key that is put together in code can become, by the words of the code.
BUILT = {
    "say:f'utter_ask_alert_{task.asked}'": ["utter_ask_alert_about", "utter_ask_alert_email"],
    "say:f'utter_ask_wait_{task.asked}'": ["utter_ask_wait_name", "utter_ask_wait_email"],
    "say:f'utter_ask_quote_{task.asked}'": [
        f"utter_ask_quote_{step}" for step in ("needs", "seats", "company", "name", "email", "po")
    ],
    "say:f'utter_ask_accept_{task.asked}'": ["utter_ask_accept_quote", "utter_ask_accept_po"],
    "say:f'utter_ask_contact_{task.asked}'": [f"utter_ask_contact_{step}" for step in ("name", "email", "message")],
    "say:f'utter_ask_needs_{asked}'": [f"utter_ask_needs_{step}" for step in NEEDS],
    "button:f'needs_{one}'": [f"utter_button_needs_{value}" for value in ("client", "campus", "fr", "en")],
    "part:f'needs_{place}'": ["utter_part_needs_client", "utter_part_needs_campus"],
    "part:f'needs_line_{name}'": [f"utter_part_needs_line_{step}" for step in NEEDS],
    "part:f\"funding_{scheme['status']}\"": [f"utter_part_funding_{value}" for value in ("open", "frozen", "unknown")],
    "part:f'callback_{part}'": ["utter_part_callback_morning", "utter_part_callback_afternoon"],
    "button:f'callback_{part}'": ["utter_button_callback_morning", "utter_button_callback_afternoon"],
    "part:f'data_{name}'": [f"utter_part_data_{name}" for name in TOLD if name != "bookings"],
    "part:f\"withdraw_{str(told['rule']).replace('-', '_')}\"": [
        f"utter_part_withdraw_{rule}" for rule in ("business_customer", "free_of_charge", "withdrawal_period_over")
    ],
    "part:f\"quote_{quote['state']}\"": [f"utter_part_quote_{state}" for state in ("accepted", "declined", "expired")],
    "button:f'paper_{paper}'": [f"utter_button_paper_{paper}" for paper in ("confirmation", "certificate", "invoice")],
    "say:f'utter_course_{name}'": [
        f"utter_course_{value}"
        for value in (*ATTRIBUTES, "level", "format", "times", "times_unknown", "price_free", "price_group")
    ],
    "part:f'label_{name}'": [
        f"utter_part_label_{value}" for value in ("length", "price", "level", "language", "format", "date")
    ],
    "part:f'verdict_{asked}'": [
        f"utter_part_verdict_{value}" for value in ("longest", "shortest", "cheapest", "dearest", "earliest")
    ],
    "part:f\"level_{course['level']}\"": [f"utter_part_level_{value}" for value in LEVELS],
    "part:f\"format_{course['format']}\"": [f"utter_part_format_{value}" for value in FORMATS],
    "part:f\"format_{session['format']}\"": [f"utter_part_format_{value}" for value in FORMATS],
    "part:f\"state_{session['state']}\"": [f"utter_part_state_{value}" for value in ("cancelled", "closed")],
    "part:f\"booking_{booking['state']}\"": [f"utter_part_booking_{value}" for value in BOOKING_STATES],
    "button:f'advice_{name}'": [
        f"utter_button_advice_{value}" for value in ("beginning", "lab", "production", "free", "day", "days")
    ],
    "part:f'advice_words_{profile}'": ["utter_part_advice_words_lab", "utter_part_advice_words_production"],
    "button:f'send_again{suffix}'": ["utter_button_send_again", "utter_button_send_again_of"],
    "button:f'cancel{suffix}'": ["utter_button_cancel", "utter_button_cancel_of"],
    "text:f'utter_reading_{name}'": [f"utter_reading_{value}" for value in READINGS],
    "text:f'utter_part_criterion_{name}'": ["utter_part_criterion_topic", "utter_part_criterion_operator"],
    "say:f\"utter_{problem.code.replace('-', '_')}\"": [
        f"utter_session_{value}" for value in ("closed", "cancelled", "full")
    ],
    "key:f'utter_part_in_{code}'": [f"utter_part_in_{value}" for value in ("fr", "en", "nl", "de")],
    "key:f'utter_part_{name}_{value}'": [
        *(f"utter_part_level_{value}" for value in LEVELS),
        *(f"utter_part_format_{value}" for value in FORMATS),
        *(f"utter_part_day_part_{value}" for value in DAY_PARTS),
    ],
}
#: Functions that put the prefix or the suffix to a key themselves.
_PREFIX = {"part": "utter_part_", "button": "utter_button_", "say": "", "text": "", "buttons": "", "_own": ""}


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Every text and button title of a language, each with its key."""
    for key, by_language in ALL.items():
        variation = by_language[language]
        yield key, variation["text"]
        for button in variation.get("buttons") or []:
            yield key, button["title"]


def variables(text: str) -> set[str]:
    return set(re.findall(r"\{([a-z_]+)\}", text))


def buttons(key: str, language: str) -> list[dict[str, str]]:
    return ALL[key][language].get("buttons") or []


# -- both languages alike ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ALL)
def test_every_response_is_alike_in_both_languages(key: str) -> None:
    assert set(ALL[key]) == set(LANGUAGES)
    french, english = (ALL[key][language] for language in LANGUAGES)
    assert variables(french["text"]) == variables(english["text"])
    assert french["text"].strip()
    assert english["text"].strip()
    assert [button["payload"] for button in buttons(key, "fr")] == [button["payload"] for button in buttons(key, "en")]
    for ours, theirs in zip(buttons(key, "fr"), buttons(key, "en"), strict=True):
        assert variables(ours["title"]) == variables(theirs["title"])
        assert ours["title"].strip()
        assert theirs["title"].strip()
    for language in LANGUAGES:
        titles = [button["title"] for button in buttons(key, language)]
        assert len(set(titles)) == len(titles)
        assert set(ALL[key][language]) <= {"condition", "text", "buttons"}


def test_every_variation_names_its_language_and_none_stands_twice() -> None:
    seen: set[str] = set()
    for path in FOLDER.glob("*.yml"):
        for key, variations in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items():
            assert key not in seen, f"{key} stands in two files"
            seen.add(key)
            named = [variation["condition"] for variation in variations]
            assert named == [[{"type": "slot", "name": "language", "value": language}] for language in LANGUAGES], key


@pytest.mark.parametrize("key", [key for key in ALL if any(buttons(key, language) for language in LANGUAGES)])
def test_every_button_is_understood(key: str) -> None:
    for button in buttons(key, "fr"):
        if button["payload"] == "{again}":
            continue
        pressed = PAYLOAD.match(button["payload"])
        assert pressed, f"{button['payload']} is no payload"
        assert pressed["intent"] in INTENTS
        entities = json.loads(pressed["entities"] or "{}")
        assert set(entities) <= set(DOMAIN["entities"])


def test_payloads_made_in_code_are_understood() -> None:
    found = set()
    for path in (ROOT / "bot" / "actions").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(re.findall(r"^/([a-z_]+)(?:\{|$)", node.value))
    assert {"book_session", "course_details", "affirm", "deny"} <= found
    assert found <= INTENTS


# -- used and there ---------------------------------------------------------------------------------------------------


class _Keys(ast.NodeVisitor):
    """The keys that a file uses."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.used: set[str] = set()
        self.plurals: set[str] = set()
        self.names: list[dict[str, list[ast.expr]]] = [{}]

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if node.name == "yes_and_no":  # its callers are looked at
            self.used |= {f"utter_button_{one.value}" for one in node.args.defaults if isinstance(one, ast.Constant)}
            return
        assigned: dict[str, list[ast.expr]] = {}
        for part in ast.walk(node):
            if isinstance(part, ast.Assign):
                for target in part.targets:
                    if isinstance(target, ast.Name):
                        assigned.setdefault(target.id, []).append(part.value)
        self.names.append(assigned)
        self.generic_visit(node)
        self.names.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and re.fullmatch(r"utter_(?!action$)[a-z_]*[a-z]", node.value):
            self.used.add(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        first = node.values[0]
        if isinstance(first, ast.Constant) and str(first.value).startswith("utter_"):
            self._built(node, ("say", "text", "key"))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in ("part", "button") and isinstance(node.func, ast.Attribute) and node.args:
            for value in self._values(node.args[0]):
                self._use(name, value)
        if name == "yes_and_no":
            for value in node.args[1:]:
                for one in self._values(value):
                    self._use("button", one)
        if name == "plural" and isinstance(node.args[0], ast.Constant):
            key = str(node.args[0].value)
            self.plurals.add(key)
            self.used |= {f"{key}_one", f"{key}_many"}
        self.generic_visit(node)

    def _use(self, function: str, value: ast.expr) -> None:
        if isinstance(value, ast.Constant):
            self.used.add(_PREFIX[function] + str(value.value))
        elif isinstance(value, ast.JoinedStr):
            self._built(value, (function,))
        else:
            raise AssertionError(f"{self.where}: the test cannot tell what {function}({ast.unparse(value)}) says")

    def _built(self, node: ast.JoinedStr, functions: tuple[str, ...]) -> None:
        words = ast.unparse(node)
        known = [BUILT[name] for function in functions if (name := f"{function}:{words}") in BUILT]
        if words == "f'utter_part_{key}'" or words == "f'utter_button_{name}'":
            return  # in `Turn` itself: its callers are looked at
        if words.startswith(("f\"{key}_{'one'", "f'{key}_")):
            return
        assert known, f"{self.where}: {words} is put together; say in BUILT what it can become"
        self.used |= {key for keys in known for key in keys}

    def _values(self, node: ast.expr) -> list[ast.expr]:
        if isinstance(node, ast.IfExp):
            return [*self._values(node.body), *self._values(node.orelse)]
        if isinstance(node, ast.Name):
            assigned = self.names[-1].get(node.id)
            assert assigned, f"{self.where}: the test cannot tell what {node.id} is"
            return [value for one in assigned for value in self._values(one)]
        return [node]


@lru_cache(maxsize=1)
def used() -> dict[str, str]:
    """Every key that is used, with a place that uses it."""
    found: dict[str, str] = {}
    for path in CODE:
        keys = _Keys(path.relative_to(ROOT).as_posix())
        keys.visit(ast.parse(path.read_text(encoding="utf-8")))
        found |= dict.fromkeys(keys.used - keys.plurals, keys.where)
    for path in [*(ROOT / "data" / "rules").glob("*.yml"), *(ROOT / "data" / "stories").glob("*.yml")]:
        for key in re.findall(r"action: (utter_[a-z_]+)", path.read_text(encoding="utf-8")):
            found[key] = path.relative_to(ROOT).as_posix()
    for form, said in DOMAIN["forms"].items():
        for slot in said["required_slots"]:
            key = f"utter_ask_{form}_{slot}"
            if key in ALL:
                found[key] = "domain.yml"
    return found


def test_every_key_that_is_used_is_there() -> None:
    assert {key: where for key, where in used().items() if key not in ALL} == {}


def test_every_key_that_is_there_is_used() -> None:
    assert sorted(set(ALL) - set(used())) == []


def test_what_is_put_together_is_still_put_together() -> None:
    """A line of `BUILT` that no code asks for any more would keep dead sentences alive."""
    code = "\n".join(ast.unparse(ast.parse(path.read_text(encoding="utf-8"))) for path in CODE)
    assert [name for name in BUILT if name.partition(":")[2] not in code] == []


def test_every_variable_of_a_sentence_is_given() -> None:
    """Where a literal key is said with plainly written variables; the rest is run by the tests of the actions."""
    wrong = {}
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
            if not isinstance(node, ast.Call) or name not in ("say", "part", "button", "text") or not node.args:
                continue
            key = node.args[0]
            given = {keyword.arg for keyword in node.keywords}
            if not isinstance(key, ast.Constant) or None in given or _PREFIX[name] + str(key.value) not in ALL:
                continue
            variation = ALL[_PREFIX[name] + str(key.value)]["fr"]
            wanted = variables(variation["text"])
            for button in variation.get("buttons") or []:
                wanted |= variables(button["title"]) | variables(button["payload"])
            if wanted - given:
                wrong[f"{path.name}:{node.lineno}"] = wanted - given
    assert wrong == {}


@pytest.mark.parametrize("state", BOOKING_STATES)
def test_every_state_of_a_booking_has_its_words(state: str) -> None:
    assert f"utter_part_booking_{state}" in ALL


def test_what_rules_say_needs_no_variable() -> None:
    """Rasa fills a response of its own with slots only."""
    for path in [*(ROOT / "data" / "rules").glob("*.yml"), *(ROOT / "data" / "stories").glob("*.yml")]:
        for key in re.findall(r"action: (utter_[a-z_]+)", path.read_text(encoding="utf-8")):
            assert not variables(ALL[key]["fr"]["text"]), key


# -- typography and tone ----------------------------------------------------------------------------------------------


def test_french_spaces_before_punctuation() -> None:
    wrong = []
    for key, text in texts("fr"):
        bare = re.sub(r"https?://\S+|\{[a-z_]+\}", "x", text)
        wrong += [
            (key, text)
            for pattern in (
                rf"[^{NARROW}][!?;]",  # a narrow no-break space before ! ? ;
                rf"[^{FIXED}\d]:(?!\d)",  # a no-break space before :
                rf"«[^{FIXED}]",
                rf"[^{FIXED}]»",
                rf"[^{FIXED}\d]€",
                rf"[^{FIXED}{NARROW}]%",
            )
            if re.search(pattern, bare)
        ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_apostrophes_and_quotes_are_curly(language: str) -> None:
    assert [(key, text) for key, text in texts(language) if "'" in text or '"' in text] == []


def test_english_has_no_space_before_punctuation() -> None:
    """Save in the French words that an English sentence quotes."""
    wrong = []
    for key, text in texts("en"):
        bare = re.sub(rf"«{FIXED}[^»]*{FIXED}»", "", text)
        if NARROW in bare or re.search(r"\s[!?;:%](?!\S)", bare):
            wrong.append((key, text))
    assert wrong == []


def test_people_are_addressed_with_vous() -> None:
    familiar = re.compile(r"\b(tu|te|toi|ton|ta|tes|t[’'])(?=\W|$)", re.IGNORECASE)
    assert [(key, text) for key, text in texts("fr") if familiar.search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_double_spaces_and_none_at_the_ends(language: str) -> None:
    attached = {"utter_part_for_criteria", "utter_part_source"} | {key for key in ALL if "_vat" in key}
    wrong = [
        (key, text)
        for key, text in texts(language)
        if "  " in text or (key not in attached and text != text.strip()) or " ." in text or " ," in text
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_replies_are_short(language: str) -> None:
    assert [(key, text) for key, text in texts(language) if len(text.split()) > 80] == []
    assert [button for key in ALL for button in buttons(key, language) if len(button["title"]) > 60] == []


# -- no sentence in code ----------------------------------------------------------------------------------------------


def _not_said(tree: ast.AST) -> set[int]:
    """Ids of the strings that nobody reads in the chat: documentation, logs, errors, patterns, lists of words."""
    quiet: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                quiet |= {id(part) for part in ast.walk(first)}
        if isinstance(node, ast.Raise):
            quiet |= {id(part) for part in ast.walk(node)}
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.startswith(("logger.", "re.", "logging.")) or called.endswith(
                (".split", "words_of", "Blueprint", ".get")
            ):
                quiet |= {id(part) for part in ast.walk(node)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            quiet.add(id(node.value))
    return quiet


def test_no_sentence_stands_in_code() -> None:
    """A string with two words in it, in an action or in what channels share, is a sentence that escaped the data."""
    found = []
    shared = [ROOT / "bot" / "channels" / "base.py", ROOT / "bot" / "responses.py"]
    for path in [*(ROOT / "bot" / "actions").rglob("*.py"), *shared]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        quiet = _not_said(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in quiet:
                continue
            if re.search(r"[^\W\d_]{2,}[’',:]? [^\W\d_]{2,}", node.value):
                found.append((path.name, node.lineno, node.value))
    formats = {"EEEE d MMMM", "LLLL y"}
    assert [(name, line, text) for name, line, text in found if text not in formats] == []


def test_the_search_for_sentences_finds_one() -> None:
    tree = ast.parse('def f(x):\n    """Two words."""\n    x.utter_message(text="Bonjour tout le monde")')
    said = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in _not_said(tree)]
    assert said == ["Bonjour tout le monde"]


# -- the loader -------------------------------------------------------------------------------------------------------


def test_a_text_takes_its_variables() -> None:
    assert responses.text("utter_part_criterion_operator", "fr", value="Siemens") == "chez Siemens"
    assert responses.text("utter_part_criterion_operator", "en", value="Siemens", more=1) == "with Siemens"


@pytest.mark.parametrize(("key", "given"), [("utter_nothing_like_this", {}), ("utter_part_people_many", {})])
def test_what_is_missing_is_a_fault(key: str, given: dict[str, Any]) -> None:
    with pytest.raises(MissingResponse):
        responses.text(key, "fr", **given)


def test_an_unknown_language_gets_the_default() -> None:
    assert responses.text("utter_part_free", "nl") == "gratuit"


def test_what_a_person_wrote_is_not_filled_in_again() -> None:
    """A value with braces in it is text, not a variable."""
    assert responses.fill("{value} {x}", {"value": "{x}", "x": "1"}) == "{x} 1"
    assert responses.fill('/inform{"seats": 1}', {}) == '/inform{"seats": 1}'


def test_buttons_are_copies() -> None:
    responses.buttons("utter_greet", "fr")[0]["title"] = "changed"
    assert responses.buttons("utter_greet", "fr")[0]["title"] != "changed"


def test_lines_end_where_the_text_does(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("responses:\n  utter_x:\n  - text: |\n      a\n", encoding="utf-8")
    assert responses.load(tmp_path)["utter_x"]["fr"]["text"] == "a\n"
    (tmp_path / "y.yml").write_text("", encoding="utf-8")
    assert set(responses.load(tmp_path)) == {"utter_x"}
