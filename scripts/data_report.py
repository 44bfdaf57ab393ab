"""What the training data look like: ``make data-report``.

Examples of each intent and language, what stands in them twice, what has leaked into the quality sets, and how even the
languages are. ``tests/nlu/test_data.py`` fails on a gap.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rapidfuzz import fuzz, process

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.nlu.courtesies import without  # noqa: E402
from bot.nlu.spans import fold, words_of  # noqa: E402

LANGUAGES = ("fr", "en")
DATA = ROOT / "data" / "nlu"
ANSWERS = ROOT / "service" / "demo" / "answers"
QUALITY = ROOT / "tests" / "nlu"

#: The least examples of an intent and language; those of whoever looks, books or orders differ the most.
LEAST, LEAST_OF_MANY = 25, 40
MANY = words_of(
    """search_courses refine_search show_more ask_advice compare_courses course_details list_sessions search_events
    book_session check_booking cancel_booking reschedule_booking confirm_booking change_booking join_waitlist
    leave_waitlist accept_offer decline_offer alert_me request_document extend_hold withdraw_contract
    company_training request_quote accept_quote"""
)
#: By how much one language may have fewer examples of an intent than the other.
UNEVEN = 0.25
#: Words from which on two people do not say the same by chance.
LONG_ENOUGH = 7
#: How alike the letters (0 to 100) of two sentences are that differ in nothing to speak of.
ALIKE = 96
#: How close vectors (0 to 1) of two examples are that teach the same.
CLOSE = 0.97
_SHOWN = 15
_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Example:
    """One sentence of the training data, or a question of the knowledge base (``intent`` is then its key)."""

    text: str
    intent: str
    language: str


def examples(folder: Path = DATA) -> list[Example]:
    """All examples of the training data."""
    return [
        Example(_ANNOTATION.sub(r"\1", line[1:].strip()), entry["intent"], language)
        for language in LANGUAGES
        for path in sorted((folder / language).glob("**/*.yml"))
        for entry in (_read(path) or {}).get("nlu") or []
        if "intent" in entry
        for line in str(entry["examples"]).splitlines()
        if line.startswith("-") and line[1:].strip()
    ]


def questions(folder: Path = ANSWERS) -> list[Example]:
    """All questions of the demonstration's knowledge base."""
    return [
        Example(question, answer["key"], language)
        for path in sorted(folder.glob("*.yml"))
        for answer in _answers(_read(path))
        for language in LANGUAGES
        for question in answer["questions"][language]
    ]


def quality(folder: Path = QUALITY) -> list[tuple[str, str]]:
    """All sentences of the quality sets: the set's file and the sentence."""
    return [(path.name, text) for path in sorted(folder.glob("quality_*.yml")) for text in _sentences(_read(path))]


def counts(found: Sequence[Example]) -> dict[str, Counter[str]]:
    """How many examples each intent has in each language."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        counted[one.intent][one.language] += 1
    return dict(sorted(counted.items()))


def gaps(found: Sequence[Example], intents: Sequence[str]) -> list[str]:
    """Intents with too few examples in a language."""
    counted = counts(found)
    return [
        f"{intent} has {have} examples in {language}, {least} are the least"
        for intent in sorted(intents)
        for language in LANGUAGES
        for least in [LEAST_OF_MANY if intent in MANY else LEAST]
        for have in [counted.get(intent, Counter())[language]]
        if have < least
    ]


def uneven(found: Sequence[Example]) -> list[str]:
    """Intents of which one language has far fewer examples than the other."""
    return [
        f"{intent}: {', '.join(f'{of[language]} in {language}' for language in LANGUAGES)}"
        for intent, of in counts(found).items()
        if max(of.values()) - min(of[language] for language in LANGUAGES) > UNEVEN * max(of.values())
    ]


def letters(text: str) -> str:
    """The words of a text without courtesies, folded: what is left when capitals, accents and signs do not matter."""
    start, end = without(text)
    return " ".join(_WORD.findall(fold(text[start:end]))) or text


def repeated(found: Sequence[Example]) -> list[tuple[str, list[Example]]]:
    """Examples that are the same but for capitals, accents and signs."""
    alike: dict[str, list[Example]] = defaultdict(list)
    for one in found:
        alike[letters(one.text)].append(one)
    return [(text, ones) for text, ones in alike.items() if len(ones) > 1]


def leaked(found: Sequence[Example], held_out: Sequence[tuple[str, str]]) -> list[str]:
    """Sentences of a quality set that are trained on, word for word or nearly, and too long for that to be chance."""
    taught = {letters(one.text): one for one in found}
    leaks = []
    for name, text in held_out:
        said = letters(text)
        if len(text.split()) >= LONG_ENOUGH:
            near = process.extractOne(said, taught.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
            if near:
                leaks.append(f"{name}: “{text}” is trained on as “{taught[near[0]].text}” ({taught[near[0]].intent})")
    return leaks


def coinciding(found: Sequence[Example], held_out: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Sentences of a quality set that the training data say in the same words: they measure nothing."""
    taught = {letters(one.text) for one in found}
    return [(name, text) for name, text in held_out if letters(text) in taught]


def close(found: Sequence[Example], vectors: np.ndarray) -> list[tuple[float, Example, Example]]:
    """Pairs of examples whose vectors (rows of length 1) are all but the same, the closest first."""
    pairs = []
    for start in range(0, len(found), 1000):
        closeness = vectors[start : start + 1000] @ vectors.T
        for row, column in zip(*np.nonzero(closeness >= CLOSE), strict=True):
            if column > row + start:
                pairs.append((float(closeness[row, column]), found[row + start], found[column]))
    return sorted(pairs, key=lambda pair: -pair[0])


def main() -> int:
    """Print the report; 1 where something is missing, uneven or leaked."""
    from bot.launcher import prepare

    prepare(ROOT / "config.yml")  # before anything imports Rasa
    from bot.nlu.encoder import shared_encoder

    found = examples()
    intents = [name for entry in _read(ROOT / "domain.yml")["intents"] for name in entry]
    print(f"{'intent':24}{''.join(f'{language:>7}' for language in LANGUAGES)}")
    for intent, of in counts(found).items():
        print(f"{intent:24}{''.join(f'{of[language]:7}' for language in LANGUAGES)}")
    totals = Counter(one.language for one in found)
    print(f"{'together':24}{''.join(f'{totals[language]:7}' for language in LANGUAGES)}")
    pairs = close(found, shared_encoder().encode([one.text for one in found]))
    twice = [(text, ones) for text, ones in repeated(found) if len({one.intent for one in ones}) > 1]
    _print(
        "meant differently though the words are the same",
        [f"“{text}”: {', '.join(sorted({one.intent for one in ones}))}" for text, ones in twice],
    )
    _print("said twice in one intent and language", _same(repeated(found)))
    _print(
        f"meant differently though as close as {CLOSE}",
        [
            f"{near:.3f}  “{a.text}” ({a.intent}), “{b.text}” ({b.intent})"
            for near, a, b in pairs
            if a.intent != b.intent
        ],
    )
    _print(
        f"as close as {CLOSE} in one intent and language",
        [
            f"{near:.3f}  “{a.text}”, “{b.text}” ({a.intent})"
            for near, a, b in pairs
            if (a.intent, a.language) == (b.intent, b.language)
        ],
    )
    both = coinciding([*found, *questions()], quality())
    sets = Counter(name for name, _ in quality())
    told = Counter(name for name, _ in both)
    _print(
        "left out of what is measured, as trained on too", [f"{name}: {told[name]} of {sets[name]}" for name in sets]
    )
    missing, odd, leaks = gaps(found, intents), uneven(found), leaked([*found, *questions()], quality())
    _print("too few", missing, everything=True)
    _print("uneven", odd, everything=True)
    _print("leaked into a quality set", leaks, everything=True)
    return int(bool(missing or odd or leaks))


def _same(alike: list[tuple[str, list[Example]]]) -> list[str]:
    found = Counter((one.intent, one.language, text) for text, ones in alike for one in ones)
    return [
        f"“{text}” ({intent}, {language}): {times} times"
        for (intent, language, text), times in found.items()
        if times > 1
    ]


def _print(title: str, lines: list[str], everything: bool = False) -> None:
    print(f"\n{title}: {len(lines) or 'none'}")
    shown = lines if everything else lines[:_SHOWN]
    print("".join(f"  {line}\n" for line in shown), end="")
    if len(shown) < len(lines):
        print(f"  … and {len(lines) - len(shown)} more")


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _answers(document: Any) -> list[dict[str, Any]]:
    return list(document["answers"] if isinstance(document, dict) else document)


def _sentences(document: Any) -> Iterator[str]:
    """The strings of lists and the values of ``text``, wherever they stand in a set."""
    if isinstance(document, dict):
        if "text" in document:
            yield str(document["text"])
        else:
            for value in document.values():
                yield from _sentences(value)
    elif isinstance(document, list):
        for value in document:
            yield from _sentences(value)
    elif isinstance(document, str):
        yield document


if __name__ == "__main__":
    sys.exit(main())
