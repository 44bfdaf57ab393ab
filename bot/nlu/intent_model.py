"""Tells intents apart by a sentence's vector, its words and its letters together: one linear machine over all three.

The vector knows what different words have in common, in either language; words and runs of letters tell apart what
means nearly the same ("réserver", "annuler", "déplacer ma réservation") and bear misspellings. One machine per intent
against all the rest (squared hinge loss) does better here than a multinomial regression, and needs a tenth of its time
once the vectors are turned onto their main axes. Its scores become probabilities by a sharpness found on held-out
examples.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.nlu.spans import fold

#: How many main axes of the vectors count; the rest is noise to the machine and time in training.
_AXES = 192
#: What the words and the letters weigh beside the vector; and while an intent has few examples, which share few words.
_WEIGHT = 0.8
_WEIGHT_OF_FEW = 0.5
#: So many examples an intent are still few (cross-validated on sets of 10 to 190 an intent).
_FEW = 60
#: Rare intents count a little more than their share of the examples, far from as much as the frequent ones.
_BALANCE = 0.3
_FOLDS = 3
_SEED = 42
#: From so many examples on, what stands in a single one of them is left out.
_MANY = 500
_PLACEHOLDERS = (
    (re.compile(r"\S+@\S+"), " _address_ "),
    (re.compile(r"\bebc[- ]?[0-9a-z]{6}\b"), " _booking_ "),
    (re.compile(r"\bebq[- ]?[0-9a-z]{6}\b"), " _quote_ "),
    (re.compile(r"\bbe ?0?\d{3}[. ]?\d{3}[. ]?\d{3}\b"), " _enterprise_ "),
    (re.compile(r"\+?\d[\d /.]{7,}\d"), " _phone_ "),
    (re.compile(r"\d"), "0"),
)


@dataclass
class IntentModel:
    """The fitted machines, in the terms of what a message gives: its vector and its terms."""

    labels: list[str]
    words: TfidfVectorizer
    letters: TfidfVectorizer
    of_vector: np.ndarray
    of_terms: np.ndarray
    offset: np.ndarray
    sharpness: float

    def probabilities(self, vectors: np.ndarray, texts: Sequence[str]) -> np.ndarray:
        """One row a text (with its vector of length 1), one column a label (in the order of ``labels``)."""
        terms = _terms(self.words, self.letters, [plain(text) for text in texts])
        return softmax(self.sharpness * (vectors @ self.of_vector + terms @ self.of_terms + self.offset))

    def as_arrays(self) -> dict[str, Any]:
        """For an ``.npz`` file; the large matrices in half precision."""
        return {
            "labels": np.array(self.labels),
            "of_vector": self.of_vector.astype(np.float16),
            "of_terms": self.of_terms.astype(np.float16),
            "offset": self.offset,
            "sharpness": np.array(self.sharpness),
            "words": np.array(json.dumps(_vocabulary(self.words))),
            "words_weights": self.words.idf_.astype(np.float32),
            "letters": np.array(json.dumps(_vocabulary(self.letters))),
            "letters_weights": self.letters.idf_.astype(np.float32),
        }

    @classmethod
    def from_arrays(cls, stored: dict[str, Any]) -> IntentModel:
        """From an ``.npz`` file.

        Raises:
            KeyError: the file is not one of ours.
        """
        return cls(
            labels=[str(label) for label in stored["labels"]],
            words=_restored(_words(), json.loads(str(stored["words"])), stored["words_weights"]),
            letters=_restored(_letters(), json.loads(str(stored["letters"])), stored["letters_weights"]),
            of_vector=stored["of_vector"].astype(np.float32),
            of_terms=stored["of_terms"].astype(np.float32),
            offset=stored["offset"],
            sharpness=float(stored["sharpness"]),
        )


@dataclass
class Lesson:
    """A fitted model, and what models that were not taught an example make of it."""

    model: IntentModel
    #: One row an example, one column a label: what the two thirds of which the example is none think of it.
    held_out: np.ndarray
    #: Which part of the examples each one was held out with; -1: never.
    fold_of: np.ndarray


_last: tuple[str, Lesson] | None = None


def learn(vectors: np.ndarray, texts: Sequence[str], labels: Sequence[str]) -> Lesson:
    """Fit a model on texts, their vectors of length 1 and their intents (at least two).

    The last lesson is remembered: the classifier and the out-of-scope detector take the same one in turn.
    """
    global _last
    digest = hashlib.sha256(json.dumps([list(texts), list(labels)]).encode() + np.ascontiguousarray(vectors).tobytes())
    if _last is None or _last[0] != digest.hexdigest():
        _last = (digest.hexdigest(), _learn(vectors.astype(np.float32), [plain(text) for text in texts], labels))
    return _last[1]


def _learn(vectors: np.ndarray, said: list[str], labels: Sequence[str]) -> Lesson:
    names, truth = np.unique(np.array(labels, dtype=str), return_inverse=True)
    words, letters = _words(len(said)).fit(said), _letters(len(said)).fit(said)
    weight = _WEIGHT_OF_FEW if len(said) <= _FEW * len(names) else _WEIGHT
    terms = _terms(words, letters, said) * weight
    middle = vectors.mean(axis=0)
    axes = _main_axes(vectors - middle)
    features = hstack([csr_matrix((vectors - middle) @ axes), terms]).tocsr()
    fold_of = _folds(truth)

    def fit(part: int | None) -> tuple[np.ndarray, np.ndarray]:
        kept = fold_of != part if part is not None else np.full(len(fold_of), True)
        return _fit(features[kept], truth[kept], len(names))

    with ThreadPoolExecutor(2) as pool:  # the fitting itself runs outside Python's lock
        (weights, offset), *others = pool.map(fit, [None, *range(_FOLDS)])
    scores = np.zeros((len(said), len(names)), dtype=np.float32)
    for part, (seen, start) in enumerate(others):
        scores[fold_of == part] = features[fold_of == part] @ seen + start
    held = fold_of >= 0
    sharpness = _sharpness(scores[held], truth[held])
    of_vector = axes @ weights[: axes.shape[1]]
    model = IntentModel(
        labels=[str(name) for name in names],
        words=words,
        letters=letters,
        of_vector=of_vector,
        of_terms=weights[axes.shape[1] :] * weight,
        offset=offset - middle @ of_vector,
        sharpness=sharpness,
    )
    return Lesson(model, softmax(sharpness * scores), fold_of)


def plain(text: str) -> str:
    """Folded, with addresses and references each made one word and all digits alike."""
    folded = fold(text)
    for pattern, word in _PLACEHOLDERS:
        folded = pattern.sub(word, folded)
    return folded


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities of each row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _words(examples: int = 0) -> TfidfVectorizer:
    return _vectorizer(examples, token_pattern=r"\w+|[?!]", ngram_range=(1, 2))


def _letters(examples: int = 0) -> TfidfVectorizer:
    return _vectorizer(examples, analyzer="char_wb", ngram_range=(2, 5))


def _vectorizer(examples: int, **shape: Any) -> TfidfVectorizer:
    return TfidfVectorizer(
        lowercase=False, sublinear_tf=True, min_df=2 if examples >= _MANY else 1, dtype=np.float32, **shape
    )


def _vocabulary(vectorizer: TfidfVectorizer) -> list[str]:
    return sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)


def _restored(vectorizer: TfidfVectorizer, vocabulary: list[str], weights: np.ndarray) -> TfidfVectorizer:
    vectorizer.vocabulary = vocabulary
    vectorizer.idf_ = weights
    return vectorizer


def _terms(words: TfidfVectorizer, letters: TfidfVectorizer, said: list[str]) -> csr_matrix:
    return hstack([words.transform(said), letters.transform(said)]).tocsr()


def _main_axes(vectors: np.ndarray) -> np.ndarray:
    """The directions in which the vectors differ most, one a column."""
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    return np.ascontiguousarray(directions[:, -_AXES:])


def _folds(truth: np.ndarray) -> np.ndarray:
    """A part for each example; each intent is dealt out evenly, and one met but once is never held out."""
    fold_of = np.full(len(truth), -1)
    shuffled = np.random.default_rng(_SEED).permutation(len(truth))
    for label in range(truth.max() + 1):
        members = shuffled[truth[shuffled] == label]
        if len(members) > 1:
            fold_of[members] = (np.arange(len(members)) + label) % _FOLDS
    return fold_of


def _fit(features: csr_matrix, truth: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights (a column a label) and offsets; a label without examples is never likely."""
    present, members = np.unique(truth, return_counts=True)
    balance = dict(zip(present, (members.mean() / members) ** _BALANCE, strict=True))
    machine = LinearSVC(C=1.0, tol=0.05, class_weight=balance, random_state=_SEED).fit(features, truth)
    fitted, offsets = machine.coef_, machine.intercept_
    if len(present) == 2:  # one machine answers for both then
        fitted, offsets = np.concatenate([-fitted, fitted]), np.concatenate([-offsets, offsets])
    weights = np.zeros((features.shape[1], count), dtype=np.float32)
    offset = np.full(count, -2.0, dtype=np.float32)
    weights[:, present], offset[present] = fitted.T, offsets
    return weights, offset


def _sharpness(scores: np.ndarray, truth: np.ndarray) -> float:
    """With which the held-out examples' intents are likeliest."""

    def surprise(sharpness: float) -> float:
        likely = softmax(sharpness * scores)[np.arange(len(truth)), truth]
        return float(-np.log(likely + 1e-9).mean())

    return float(minimize_scalar(surprise, bounds=(0.5, 20.0), method="bounded", options={"xatol": 0.05}).x)
