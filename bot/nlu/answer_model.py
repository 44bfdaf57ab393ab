"""Which answer of the knowledge base a question asks for, and how likely that is right.

Kernel ridge regression over all the ways in which the questions are put: the kernel adds the closeness of the sentence
vectors (what is meant) and of the character n-grams (typos, missing accents). It is solved in closed form, which gives
the scores of every question as if it had been left out for free; on those, and on sentences that ask for something
else, a small judge learns how likely the best key is right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.spans import fold

#: How fast closeness of vectors falls off, what n-grams count beside them, and how much the regression is held back:
#: the best of a grid in ten-fold cross-validation over questions as written, with typos, and with polite words around.
_SHARPNESS = 3.0
_NGRAMS_COUNT = 0.1
_HELD_BACK = 0.1
_NEIGHBOURS = 3
#: The judge where there is nothing to learn it from: only the closeness to the nearest question counts.
_PLAIN_JUDGE = np.array([0.0, 0.0, 12.0, 0.0, 0.0, -8.0])

Question = tuple[str, str]  # its words, its key


@dataclass(frozen=True)
class Foreign:
    """Sentences that no answer is meant for, their vectors, and how much each counts for the judge."""

    texts: list[str]
    vectors: np.ndarray
    counts: np.ndarray


class Ngrams:
    """Character n-grams inside words, weighted by how telling they are; rows of length 1."""

    _cut: Callable[[str], list[str]] = staticmethod(
        CountVectorizer(analyzer="char_wb", ngram_range=(3, 4), preprocessor=fold).build_analyzer()
    )

    def __init__(self, known: Sequence[str], telling: np.ndarray) -> None:
        self.known = list(known)
        self.telling = telling
        self._column = {ngram: i for i, ngram in enumerate(self.known)}

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Ngrams:
        """Those that occur in the texts."""
        met = Counter(ngram for text in texts for ngram in set(cls._cut(text)))
        known = sorted(met)
        return cls(known, np.log((1 + len(texts)) / (1 + np.array([met[ngram] for ngram in known]))) + 1)

    def rows(self, texts: Sequence[str]) -> csr_matrix:
        """A row a text."""
        values: list[np.ndarray] = [np.zeros(0)]
        columns: list[int] = []
        ends = [0]
        for text in texts:
            counted = Counter(self._column[ngram] for ngram in self._cut(text) if ngram in self._column)
            here = list(counted)
            row = (1 + np.log(np.fromiter(counted.values(), float, len(here)))) * self.telling[here] if here else []
            values.append(np.asarray(row) / max(float(np.linalg.norm(row)), 1e-9))
            columns += here
            ends.append(len(columns))
        return csr_matrix(
            (np.concatenate(values).astype(np.float32), columns, ends), shape=(len(texts), len(self.known))
        )


@dataclass
class AnswerModel:
    """Finds the key of a question."""

    questions: list[Question]
    vectors: np.ndarray
    keys: list[str]
    #: What each question says for each key, and each n-gram.
    by_question: np.ndarray
    by_ngram: np.ndarray
    ngrams: Ngrams
    foreign: np.ndarray
    judge: np.ndarray

    def __post_init__(self) -> None:
        place = {key: i for i, key in enumerate(self.keys)}
        self._own = np.array([place[key] for _, key in self.questions])

    @classmethod
    def fit(cls, questions: Sequence[Question], vectors: np.ndarray, foreign: Foreign) -> AnswerModel:
        """Learn from questions and their vectors (rows of length 1); about a second for 1,500 of them."""
        keys = sorted({key for _, key in questions})
        own = np.array([keys.index(key) for _, key in questions])
        truth = np.eye(len(keys))[own]
        ngrams = Ngrams.fit([text for text, _ in questions])
        rows = ngrams.rows([text for text, _ in questions])
        cosines = vectors @ vectors.T
        kernel = np.exp(_SHARPNESS * (cosines - 1)) + _NGRAMS_COUNT * (rows @ rows.T).toarray()
        inverse = np.linalg.inv(kernel + _HELD_BACK * np.eye(len(questions)))
        solved = inverse @ truth
        model = cls(
            questions=list(questions),
            vectors=vectors.astype(np.float32),
            keys=keys,
            by_question=solved.astype(np.float32),
            by_ngram=(_NGRAMS_COUNT * (rows.T @ solved)).astype(np.float32),
            ngrams=ngrams,
            foreign=foreign.vectors.astype(np.float32),
            judge=_PLAIN_JUDGE,
        )
        np.fill_diagonal(cosines, -1)
        left_out = truth - solved / np.diag(inverse)[:, None]
        model._learn_to_judge(left_out, cosines, own, foreign)
        return model

    def _learn_to_judge(self, left_out: np.ndarray, cosines: np.ndarray, own: np.ndarray, foreign: Foreign) -> None:
        """Half of what the judge sees are questions, each seen as if it were new; half is foreign."""
        if not len(foreign.texts):
            return
        signs = [self._signs(left_out, cosines, self.vectors @ self.foreign.T)]
        scores = self._scores(foreign.texts, foreign.vectors)
        among = foreign.vectors @ self.foreign.T
        np.fill_diagonal(among, -1)
        signs.append(self._signs(scores, foreign.vectors @ self.vectors.T, among))
        right = np.concatenate([left_out.argmax(axis=1) == own, np.zeros(len(scores), dtype=bool)])
        counts = np.concatenate([np.full(len(own), 1 / len(own)), foreign.counts / foreign.counts.sum()])
        seen = np.vstack(signs)
        if right.any():
            centre, spread = seen.mean(axis=0), seen.std(axis=0) + 1e-9
            judge = LogisticRegression(C=10.0, max_iter=1000)
            judge.fit((seen - centre) / spread, right, sample_weight=counts * len(right) / counts.sum())
            weights = judge.coef_[0] / spread
            self.judge = np.append(weights, judge.intercept_[0] - weights @ centre)

    def find(self, texts: Sequence[str], vectors: np.ndarray) -> list[tuple[str, float]]:
        """The likeliest key of each text with its sentence vector (a row), and how likely it is right (0 to 1)."""
        cosines = vectors @ self.vectors.T
        scores = self._scores(texts, vectors, cosines)
        signs = self._signs(scores, cosines, vectors @ self.foreign.T)
        sure = 1 / (1 + np.exp(-(signs @ self.judge[:-1] + self.judge[-1])))
        return [(self.keys[best], float(each)) for best, each in zip(scores.argmax(axis=1), sure, strict=True)]

    def ranking(self, text: str, vector: np.ndarray) -> list[tuple[str, float]]:
        """All keys with what speaks for each (about 0 to 1), the likeliest first."""
        scores = self._scores([text], np.asarray(vector, dtype=np.float32)[np.newaxis, :])[0]
        return [(self.keys[i], float(scores[i])) for i in np.argsort(-scores, kind="stable")]

    def _scores(self, texts: Sequence[str], vectors: np.ndarray, cosines: np.ndarray | None = None) -> np.ndarray:
        """What speaks for each key: a row a text."""
        cosines = vectors @ self.vectors.T if cosines is None else cosines
        return np.asarray(
            np.exp(_SHARPNESS * (cosines - 1)) @ self.by_question + self.ngrams.rows(texts) @ self.by_ngram
        )

    def _signs(self, scores: np.ndarray, cosines: np.ndarray, to_foreign: np.ndarray) -> np.ndarray:
        """What the judge looks at, a row a text: best score, lead, and closeness to its questions and to others."""
        best = scores.argmax(axis=1)
        ranked = _highest(np.pad(scores, ((0, 0), (1, 0))), 2)
        near = [row[self._own == key].max() for row, key in zip(cosines, best, strict=True)]
        others = _highest(to_foreign, _NEIGHBOURS) if to_foreign.shape[1] else np.zeros((len(scores), 1))
        return np.stack(
            [ranked[:, -1], ranked[:, -1] - ranked[:, -2], np.array(near), others.mean(axis=1), others[:, -1]], axis=1
        )

    def save(self, file: Path, writer: int = 0) -> None:
        """Write it to an ``.npz`` file that appears whole, whoever else (``writer``) writes the same one.

        Raises:
            OSError: it cannot be written.
        """
        half = file.with_suffix(f".{writer}.half")
        with half.open("wb") as opened:
            np.savez(
                opened,
                texts=np.array([text for text, _ in self.questions]),
                own=np.array([key for _, key in self.questions]),
                vectors=self.vectors.astype(np.float16),
                by_question=self.by_question,
                by_ngram=self.by_ngram.astype(np.float16),
                known=np.array(self.ngrams.known),
                telling=self.ngrams.telling,
                foreign=self.foreign.astype(np.float16),
                judge=self.judge,
            )
        half.replace(file)

    @classmethod
    def load(cls, file: Path) -> AnswerModel:
        """Read what ``save`` wrote.

        Raises:
            OSError, ValueError, KeyError: there is no such file, or it holds something else.
        """
        with np.load(file, allow_pickle=False) as opened:
            stored: dict[str, Any] = dict(opened)
        own = [str(key) for key in stored["own"]]
        return cls(
            questions=list(zip((str(text) for text in stored["texts"]), own, strict=True)),
            vectors=stored["vectors"].astype(np.float32),
            keys=sorted(set(own)),
            by_question=stored["by_question"],
            by_ngram=stored["by_ngram"].astype(np.float32),
            ngrams=Ngrams([str(ngram) for ngram in stored["known"]], stored["telling"]),
            foreign=stored["foreign"].astype(np.float32),
            judge=stored["judge"],
        )


def _highest(rows: np.ndarray, count: int) -> np.ndarray:
    """The highest values of each row, ascending."""
    count = min(count, rows.shape[1])
    return np.sort(np.partition(rows, -count, axis=1)[:, -count:], axis=1)
