"""What the answers of a cell amount to: how many are right, what is told apart, how long it takes."""

from __future__ import annotations

import statistics
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from bench_nlu_sets import OUT_OF_SCOPE
from bench_numbers import p95

#: The share of good messages that may be refused where recall is told.
REFUSED = 0.04

Row = dict[str, Any]


def figures(cell: Row) -> dict[str, float]:
    """The figures of a cell, by the names of the columns in bench_nlu.yml; those that its set cannot give are missing.

    Accuracy and F1 are those of the likeliest intent that is not ``out_of_scope``, on messages that have an intent:
    whether a message is refused is a question of its own.
    """
    home = [one for one in cell["messages"] if one["intent"] != OUT_OF_SCOPE]
    foreign = [one for one in cell["messages"] if one["intent"] == OUT_OF_SCOPE]
    pairs = [(one["intent"], one["best"]) for one in home]
    found = {
        "accuracy": accuracy(pairs),
        "macro_f1": macro_f1(pairs),
        "train": cell["train"]["seconds"],
        "train_cpu": cell["train"]["cpu"],
        "ms_p50": statistics.median(one["ms"] for one in cell["messages"]),
        "ms_p95": p95([one["ms"] for one in cell["messages"]]),
        "cpu_ms_p50": statistics.median(one["cpu_ms"] for one in cell["messages"]),
        "cpu_ms_p95": p95([one["cpu_ms"] for one in cell["messages"]]),
        "model": cell["train"]["model_size"],
        "memory_train": cell["train"]["memory_peak"],
        "memory_loaded": cell["answer"]["memory_loaded"],
    }
    if foreign:
        strange, usual = [_foreignness(one) for one in foreign], [_foreignness(one) for one in home]
        found |= {"auroc": auroc(strange, usual), "recall": recall(strange, usual, REFUSED)}
    if any(one["slots"] for one in home):
        found["slot_f1"] = slot_f1((one["slots"], one["entities"]) for one in home)
    return found


def _foreignness(message: Row) -> float:
    """How likely it is that no intent fits: by the detector, where a pipeline has one, else by the classifier."""
    return float(1 - message["confidence"] if message["foreign"] is None else message["foreign"])


def accuracy(pairs: Sequence[tuple[str, str]]) -> float:
    """The share of (true, found) pairs that are equal."""
    return sum(true == found for true, found in pairs) / len(pairs)


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """The mean of F1 over the true intents, each with the same weight."""
    true, found = Counter(one for one, _ in pairs), Counter(one for _, one in pairs)
    right = Counter(one for one, other in pairs if one == other)
    return statistics.fmean(2 * right[name] / (true[name] + found[name]) for name in true)


def auroc(foreign: Sequence[float], home: Sequence[float]) -> float:
    """How often a foreign message seems more foreign than one that is not; a tie counts half."""
    ranked = sorted(home)
    below = sum(bisect_left(ranked, one) + bisect_right(ranked, one) for one in foreign)
    return below / (2 * len(foreign) * len(home))


def recall(foreign: Sequence[float], home: Sequence[float], refused: float) -> float:
    """The share of foreign messages that is refused where at most the share ``refused`` of the others is."""
    threshold = sorted(home, reverse=True)[int(refused * len(home))]
    return sum(one > threshold for one in foreign) / len(foreign)


def slot_f1(pairs: Iterable[tuple[list[list[Any]], list[list[Any]]]]) -> float:
    """F1 of entities over all messages; one is right when start, end and name are."""
    right = true = found = 0
    for slots, entities in pairs:
        slots_, entities_ = {tuple(one) for one in slots}, {tuple(one) for one in entities}
        right, true, found = right + len(slots_ & entities_), true + len(slots_), found + len(entities_)
    return 2 * right / max(1, true + found)
