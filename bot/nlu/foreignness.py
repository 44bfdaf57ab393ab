"""How foreign a message is to everything that the assistant was taught: probability and distance together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from bot.nlu.intent_model import Lesson, learn

OUT_OF_SCOPE = "out_of_scope"
#: The main directions of the vectors in which distance is measured: as telling as all 512, and a quarter of the work.
_AXES = 128
#: How much more seldom a message of ours looks certainly foreign than it is refused.
_CERTAIN = 4


@dataclass(frozen=True)
class Measured:
    """How well examples are judged by what was taught the others: shares of 1.

    Attributes:
        auroc: how likely a foreign example is judged more foreign than one of ours.
        caught: foreign examples that are refused.
        refused: examples of ours that are refused.
        examples: how many were judged.
    """

    auroc: float
    caught: float
    refused: float
    examples: int


@dataclass
class Foreignness:
    """The examples' vectors, how much each sign of foreignness counts, and from where on a message is refused."""

    axes: np.ndarray
    at_home: np.ndarray
    foreign: np.ndarray
    weights: np.ndarray
    offset: float
    threshold: float
    #: From where on hardly anything is ours.
    certain: float
    neighbours: int

    @classmethod
    def fit(
        cls, vectors: np.ndarray, texts: Sequence[str], labels: np.ndarray, config: dict[str, Any]
    ) -> tuple[Foreignness, Measured]:
        """Learn from held-out examples: a vector of length 1, a text and an intent each.

        Whoever judges an example when the threshold is sought was not taught it: neither the classifier, nor the
        neighbours, nor the judge who weighs the signs.
        """
        lesson = learn(vectors, texts, [str(label) for label in labels])
        axes = _half(np.linalg.eigh(vectors.T @ vectors)[1][:, -_AXES:])
        placed = _half(vectors @ axes)
        truth = labels == OUT_OF_SCOPE
        signs = _held_out_signs(placed, truth, lesson, config["neighbours"])
        weights, offset = _judge(signs, truth, lesson.fold_of >= 0)  # an intent's only example is never held out
        scores = _cross_validated(signs, truth, lesson.fold_of)
        ours, theirs = (scores[(lesson.fold_of >= 0) & (truth == foreign)] for foreign in (False, True))
        threshold, certain = np.quantile(ours, [1 - config["refused"], 1 - config["refused"] / _CERTAIN])
        measured = Measured(
            auroc=float(roc_auc_score([False] * len(ours) + [True] * len(theirs), np.concatenate([ours, theirs]))),
            caught=float((theirs >= threshold).mean()),
            refused=float((ours >= threshold).mean()),
            examples=len(ours) + len(theirs),
        )
        foreignness = cls(
            axes=axes,
            at_home=placed[~truth],
            foreign=placed[truth],
            weights=weights,
            offset=offset,
            threshold=float(threshold),
            certain=float(certain),
            neighbours=config["neighbours"],
        )
        return foreignness, measured

    def of(self, vectors: np.ndarray, rankings: Sequence[Sequence[dict[str, Any]]]) -> np.ndarray:
        """How likely it is of each message that no intent fits, 0 to 1: a vector and the classifier's ranking each."""
        best = [
            sorted([*(one["confidence"] for one in ranking if one["name"] != OUT_OF_SCOPE), 0.0, 0.0])[:-3:-1]
            for ranking in rankings
        ]
        foreseen = [sum(one["confidence"] for one in ranking if one["name"] == OUT_OF_SCOPE) for ranking in rankings]
        placed = vectors @ self.axes
        signs = _signs(np.array(best), np.array(foreseen), placed, self.at_home, self.foreign, self.neighbours)
        return _logistic(signs @ self.weights + self.offset)

    def nearest(self, vector: np.ndarray, count: int) -> list[int]:
        """Places of the nearest examples, the nearest first: those of ours come first in the count, then the others."""
        closeness = np.concatenate([self.at_home, self.foreign]) @ (vector @ self.axes)
        return [int(place) for place in np.argsort(-closeness, kind="stable")[:count]]

    def as_arrays(self) -> dict[str, Any]:
        """For an ``.npz`` file; the vectors in half precision."""
        return {
            "axes": self.axes.astype(np.float16),
            "at_home": self.at_home.astype(np.float16),
            "foreign": self.foreign.astype(np.float16),
            "weights": self.weights,
            "numbers": np.array([self.offset, self.threshold, self.certain, self.neighbours]),
        }

    @classmethod
    def from_arrays(cls, stored: dict[str, np.ndarray]) -> Foreignness:
        """From an ``.npz`` file."""
        offset, threshold, certain, neighbours = stored["numbers"]
        return cls(
            axes=stored["axes"].astype(np.float32),
            at_home=stored["at_home"].astype(np.float32),
            foreign=stored["foreign"].astype(np.float32),
            weights=stored["weights"],
            offset=float(offset),
            threshold=float(threshold),
            certain=float(certain),
            neighbours=int(neighbours),
        )


def _half(values: np.ndarray) -> np.ndarray:
    """As they will be read from the file, so that training and answering see the same."""
    return np.asarray(values.astype(np.float16).astype(np.float32))


def _logistic(values: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-values)))


def _near(placed: np.ndarray, others: np.ndarray, counts: Sequence[int]) -> list[np.ndarray]:
    """For each row the mean closeness to so many of the nearest others, once for each of the counts."""
    if not len(others):
        return [np.zeros(len(placed)) for _ in counts]
    closeness = placed @ others.T
    most = min(max(counts), closeness.shape[1])
    nearest = -np.sort(-np.partition(closeness, -most, axis=1)[:, -most:], axis=1)
    return [nearest[:, :count].mean(axis=1) for count in counts]


def _signs(
    best: np.ndarray,
    foreseen: np.ndarray,
    placed: np.ndarray,
    at_home: np.ndarray,
    foreign: np.ndarray,
    neighbours: int,
) -> np.ndarray:
    """One row a message: what the classifier thinks of it, and how near the taught examples are.

    ``best`` has the confidence of the two likeliest intents, ``foreseen`` that of ``out_of_scope``.
    """
    return np.column_stack(
        [
            np.log(best[:, 0] + 1e-4),
            best[:, 0] - best[:, 1],
            np.log(foreseen + 1e-3),
            *_near(placed, at_home, (1, neighbours)),
            *_near(placed, foreign, (neighbours,)),
        ]
    )


def _judge(signs: np.ndarray, truth: np.ndarray, taught: np.ndarray) -> tuple[np.ndarray, float]:
    """How much each sign counts, and the offset, learned from the rows that are taught."""
    centre, spread = signs[taught].mean(axis=0), signs[taught].std(axis=0) + 1e-9
    judge = LogisticRegression(class_weight="balanced", max_iter=1000)
    judge.fit((signs[taught] - centre) / spread, truth[taught])
    weights = judge.coef_[0] / spread
    return weights, float(judge.intercept_[0] - (weights * centre).sum())


def _cross_validated(signs: np.ndarray, truth: np.ndarray, fold_of: np.ndarray) -> np.ndarray:
    """How foreign each example is to those who were taught the other parts; NaN where it was never held out."""
    scores = np.full(len(signs), np.nan)
    for part in range(fold_of.max() + 1):
        here = fold_of == part
        weights, offset = _judge(signs, truth, (fold_of >= 0) & ~here)
        scores[here] = _logistic(signs[here] @ weights + offset)
    return scores


def _held_out_signs(placed: np.ndarray, truth: np.ndarray, lesson: Lesson, neighbours: int) -> np.ndarray:
    """The signs of every example, as those see it that were not taught it."""
    outside = lesson.model.labels.index(OUT_OF_SCOPE)
    best = -np.sort(-np.delete(lesson.held_out, outside, axis=1), axis=1)[:, :2]
    if best.shape[1] < 2:
        best = np.column_stack([best, np.zeros(len(best))])
    foreseen = lesson.held_out[:, outside]
    signs = np.zeros((len(placed), 6))
    for part in np.unique(lesson.fold_of):
        here, there = lesson.fold_of == part, lesson.fold_of != part
        signs[here] = _signs(
            best[here], foreseen[here], placed[here], placed[there & ~truth], placed[there & truth], neighbours
        )
    return signs
