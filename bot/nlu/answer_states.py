"""What the answer finder learned of each state of the knowledge base, kept on disk; and what it learns doubt from."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from bot.nlu.answer_model import AnswerModel, Question
from bot.nlu.foreignness import OUT_OF_SCOPE
from bot.settings import get_settings

logger = logging.getLogger(__name__)

_ASKS = "ask_campus"
#: Sentences kept to learn doubt from, of ``out_of_scope`` and of each other intent.
_MOST = {OUT_OF_SCOPE: 500}
_MOST_OTHERS = 12
#: A new number when what the files hold or how it is learned changes.
_VERSION = "1"
#: States of the knowledge base that stay on disk.
KEPT = 3


def foreign_of(texts: Sequence[str], intents: Sequence[str]) -> tuple[list[int], list[float]]:
    """Positions of sentences to learn doubt from, evenly out of each intent, and how much each counts.

    Half of the weight is on ``out_of_scope``: those are the sentences for which an answer is looked for unasked.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for i, intent in enumerate(intents):
        if intent != _ASKS:
            places[intent].append(i)
    at: list[int] = []
    for intent, all_of_it in sorted(places.items()):
        most = min(len(all_of_it), _MOST.get(intent, _MOST_OTHERS))
        at += [all_of_it[i * len(all_of_it) // most] for i in range(most)]
    outside = sum(intents[i] == OUT_OF_SCOPE for i in at)
    counts = [0.5 / outside if intents[i] == OUT_OF_SCOPE else 0.5 / max(1, len(at) - outside) for i in at]
    return at, counts


def state_of(questions: list[Question], foreign: list[str], encoder: str) -> str:
    """A name for what is known, how it is learned and by which encoder: equal names, equal models."""
    told = json.dumps([_VERSION, encoder, questions, foreign], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def _folder() -> Path:
    return get_settings().var_dir / "answers"


def stored(state: str) -> AnswerModel | None:
    """The model of a state, where it was learned before."""
    try:
        return AnswerModel.load(_folder() / f"{state}.npz")
    except FileNotFoundError:
        return None
    except Exception as error:  # a damaged file is learned again
        logger.warning("%s.npz cannot be read: %s", state, type(error).__name__)
        return None


def store(state: str, model: AnswerModel) -> None:
    """Keep the state on disk, and of the older ones the newest; without a disk it is learned at the next start."""
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        model.save(_folder() / f"{state}.npz", os.getpid())
        by_age = sorted(_folder().glob("*.npz"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in by_age[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("What was learned of the knowledge base is not kept: %s", error)
