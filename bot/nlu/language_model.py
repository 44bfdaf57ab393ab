"""A naive Bayes on character n-grams for two languages, that says when it is sure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

WORD = re.compile(r"[^\W\d_]+")
_FOLDS = 5
#: Added to every count, so that an n-gram met once does not decide alone.
_SMOOTHING = 0.3


def words(text: str) -> list[str]:
    """The words of a text in lower case, accents kept."""
    return WORD.findall(text.lower())


@dataclass
class NgramModel:
    """What each n-gram says for the second language (the first: negative), and from where on that is enough."""

    languages: tuple[str, str]
    weights: dict[str, float]
    #: Slope and offset of the probability over the summed weights.
    slope: float
    offset: float
    #: The summed weight (either sign) from which on it speaks.
    margin: float
    #: Words met more than once in training: a short message without any of them is likely a name.
    known: frozenset[str]

    @classmethod
    def fit(cls, texts: Sequence[str], languages: Sequence[str], precision: float) -> NgramModel:
        """Train on texts, and find on held-out ones the margin from which on ``precision`` of the answers are right.

        Whole messages and their first one to three words are held out: people write short.
        """
        first, second = sorted(set(languages))
        truth = np.array([language == second for language in languages])
        vectorizer = _vectorizer()
        counts = vectorizer.fit_transform(texts)
        scores, right = _held_out(list(texts), counts, vectorizer, truth)
        platt = LogisticRegression(C=1e3, max_iter=1000).fit(scores[:, None], right)
        met = Counter(word for text in texts for word in set(words(text)))
        odds = _odds(counts, truth)
        return cls(
            languages=(first, second),
            weights={ngram: float(odds[i]) for ngram, i in sorted(vectorizer.vocabulary_.items())},
            slope=float(platt.coef_[0, 0]),
            offset=float(platt.intercept_[0]),
            margin=_margin(scores, right, precision),
            known=frozenset(word for word, count in met.items() if count > 1),
        )

    def score(self, text: str) -> float:
        """The summed weights: above zero speaks for the second language."""
        return sum(self.weights.get(ngram, 0.0) for ngram in _ngrams(text.lower()))

    def sure(self, text: str) -> tuple[str, float] | None:
        """The language and how probable it is, or nothing."""
        said = words(text)
        if sum(map(len, said)) < 2:
            return None
        if len(said) <= 3 and not self.known.intersection(said):
            return None
        score = self.score(text)
        return None if abs(score) < self.margin else self._told(score)

    def likelier(self, text: str) -> tuple[str, float] | None:
        """The likelier language and how probable it is, nothing where no letter of the text tells."""
        score = self.score(text)
        return self._told(score) if score else None

    def _told(self, score: float) -> tuple[str, float]:
        probability = float(1 / (1 + np.exp(-(self.slope * score + self.offset))))
        return (self.languages[1], probability) if score > 0 else (self.languages[0], 1 - probability)

    def as_dict(self) -> dict[str, Any]:
        """For a JSON file."""
        return {**vars(self), "known": sorted(self.known)}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> NgramModel:
        """From a JSON file."""
        languages = (stored["languages"][0], stored["languages"][1])
        return cls(**{**stored, "languages": languages, "known": frozenset(stored["known"])})


def _vectorizer() -> CountVectorizer:
    return CountVectorizer(analyzer="char_wb", ngram_range=(1, 4), lowercase=True)


_ngrams = _vectorizer().build_analyzer()


def _odds(counts: csr_matrix, truth: np.ndarray) -> np.ndarray:
    """What each n-gram (a column) says for the second language; nothing where it does not occur."""
    told = [np.asarray(counts[truth == second].sum(axis=0), dtype=float).ravel() for second in (False, True)]
    met = told[0] + told[1] > 0
    first, second = (np.log(each + _SMOOTHING) - np.log(each.sum() + _SMOOTHING * met.sum()) for each in told)
    return np.asarray(np.where(met, np.round(second - first, 3), 0.0))


def _held_out(
    texts: list[str], counts: csr_matrix, vectorizer: CountVectorizer, truth: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Scores of held-out texts and of their beginnings, and whether each is of the second language."""
    fold_of = np.random.default_rng(7).permutation(len(texts)) % _FOLDS
    parts: list[str] = []
    whose: list[int] = []
    for i, text in enumerate(texts):
        said = text.split()
        beginnings = {" ".join(said[:length]) for length in (1, 2, 3, len(said))}
        parts += sorted(beginnings)
        whose += [i] * len(beginnings)
    different = sorted(set(parts))
    row_of = {part: row for row, part in enumerate(different)}
    part_counts = vectorizer.transform(different)[[row_of[part] for part in parts]]
    owner = np.array(whose)
    scores = np.zeros(len(parts))
    for fold in range(_FOLDS):
        held = fold_of[owner] == fold
        scores[held] = part_counts[held] @ _odds(counts[fold_of != fold], truth[fold_of != fold])
    return scores, truth[owner]


def _margin(scores: np.ndarray, right: np.ndarray, precision: float) -> float:
    """The smallest margin from which on the answers are right often enough."""
    order = np.argsort(-np.abs(scores))
    correct = (scores[order] > 0) == right[order]
    enough = np.flatnonzero(np.cumsum(correct) / np.arange(1, len(correct) + 1) >= precision)
    return float(np.abs(scores[order][enough[-1]])) if len(enough) else float("inf")
