"""The sets on which understanding is measured, cut to a number of examples: the same cut for every pipeline."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from stack import ROOT

OUT_OF_SCOPE = "out_of_scope"

#: A message: ``text``, ``intent``, ``lang``, and ``entities`` (start, end, entity) where a set has them.
Row = dict[str, Any]


@dataclass
class Cut:
    """What a cell is taught and what it is asked; no text is in both."""

    taught: list[Row]
    asked: list[Row]


def cut(spec: dict[str, Any], folder: Path, seed: int) -> Cut:
    """The cut of a set of bench_nlu.yml.

    Args:
        spec: the set's ``file`` (none: this project's own), and optionally ``intents`` (how many of them), ``each``
            (examples of an intent and language) and ``foreign`` (examples of what is out of scope).
        folder: where the public sets are.
        seed: another seed draws other examples of the same intents; the test split stays the same.

    Raises:
        FileNotFoundError: the set is not in the folder.
    """
    rows = list(_public(folder / f"{spec['file']}.jsonl.gz") if "file" in spec else _own())
    kept = _intents(rows, spec.get("intents"))
    asked = [row for row in rows if row["split"] == "test" and row["intent"] in kept]
    known = {_same(row["text"]) for row in asked}
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row["split"] == "train" and row["intent"] in kept and _same(row["text"]) not in known:
            known.add(_same(row["text"]))
            groups[row["intent"], row["lang"]].append(row)
    taught = []
    for (intent, _), group in sorted(groups.items()):
        count = spec.get("foreign", spec.get("each")) if intent == OUT_OF_SCOPE else spec.get("each")
        taught += sorted(group, key=lambda row: _dealt(seed, row["text"]))[:count]
    return Cut(taught, asked)


def _intents(rows: Iterable[Row], count: int | None) -> set[str]:
    """So many intents, always the same ones, and what is out of scope."""
    names = {row["intent"] for row in rows}
    return set(sorted(names - {OUT_OF_SCOPE}, key=lambda name: _dealt(0, name))[:count]) | (names & {OUT_OF_SCOPE})


def _dealt(seed: int, text: str) -> str:
    """An order that no machine and no version of anything changes."""
    return hashlib.sha256(f"{seed} {text}".encode()).hexdigest()


def _same(text: str) -> str:
    return " ".join(text.casefold().split())


def _public(path: Path) -> Iterable[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield {**row, "intent": OUT_OF_SCOPE} if row["intent"] == "oos" else row


def _own() -> Iterable[Row]:
    """The project's examples to be taught, its quality set to be asked."""
    for lang in ("en", "fr"):
        for path in sorted((ROOT / "data" / "nlu" / lang).glob("*.yml")):
            for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
                for line in block["examples"].splitlines():
                    yield {
                        "text": line.removeprefix("- ").strip(),
                        "intent": block["intent"],
                        "lang": lang,
                        "split": "train",
                    }
        quality = ROOT / "tests" / "nlu" / f"quality_intents_{lang}.yml"
        for intent, texts in yaml.safe_load(quality.read_text(encoding="utf-8")).items():
            for text in texts:
                yield {"text": str(text), "intent": intent, "lang": lang, "split": "test"}
