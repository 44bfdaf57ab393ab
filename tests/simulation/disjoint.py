"""Which phrases of the simulated people the assistant was trained or measured on: those prove nothing.

``python -m tests.simulation.disjoint`` takes them out of the files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.simulation.phrases import FOLDER, LANGUAGES, Phrases

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("data/nlu/*/*.yml", "service/demo/answers/*.yml", "tests/nlu/quality_*.yml")
#: How many words may stand where a placeholder does; one for those that are not named.
WORDS = {
    "course": 8,
    "topic": 4,
    "operator": 3,
    "name": 4,
    "other": 4,
    "date": 4,
    "month": 2,
    "ordinal": 3,
    "company": 3,
}
_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def known_sentences() -> str:
    """Every sentence of the training data, the knowledge base and the quality sets, folded, a line each."""
    found = {
        folded(_ANNOTATION.sub(r"\1", text))
        for pattern in SOURCES
        for path in sorted(ROOT.glob(pattern))
        for text in _sentences(yaml.safe_load(path.read_text(encoding="utf-8")))
    }
    return "\n" + "\n".join(sorted(found - {""})) + "\n"


def leaked(phrases: Phrases, known: str) -> list[str]:
    """The phrases that stand there, a placeholder standing for any words; bare ones ("{n}") say nothing."""
    return [phrase for phrase in phrases if _PLACEHOLDER.sub("", phrase).strip(" .,!?") and _stands_in(phrase, known)]


def folded(text: str) -> str:
    """The words of a text without case, accents or punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"[a-z0-9]+", "".join(sign for sign in plain if not unicodedata.combining(sign))))


def _stands_in(phrase: str, known: str) -> bool:
    pieces = _PLACEHOLDER.split(phrase)
    literal = [folded(piece) for piece in pieces[::2]]
    if any(piece and piece not in known for piece in literal):
        return False
    words: list[str] = []
    for index, piece in enumerate(literal):
        if index:
            most = WORDS.get(pieces[2 * index - 1], 1)
            words.append(rf"[^ \n]+(?: [^ \n]+){{0,{most - 1}}}")
        words += [piece] if piece else []
    return re.search(r"\n" + " ".join(words) + r"\n", known) is not None


def _sentences(part: Any) -> Iterator[str]:
    """Every text in a file; a block of examples is one sentence a line."""
    if isinstance(part, str):
        for line in part.splitlines():
            yield line.removeprefix("- ").strip()
    elif isinstance(part, list):
        for one in part:
            yield from _sentences(one)
    elif isinstance(part, dict):
        for one in part.values():
            yield from _sentences(one)


def main() -> None:
    known = known_sentences()
    for lang in LANGUAGES:
        path = FOLDER / f"phrases_{lang}.yml"
        acts = yaml.safe_load(path.read_text(encoding="utf-8"))
        kept = {act: [one for one in phrases if one not in leaked(phrases, known)] for act, phrases in acts.items()}
        path.write_text(yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=1000), encoding="utf-8")
        for act in acts:
            print(lang, act, f"{len(kept[act])} of {len(acts[act])}")


if __name__ == "__main__":
    main()
