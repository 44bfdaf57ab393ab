"""The words that people use every day, collected from the training examples: they are neither slips nor names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.language_model import WORD

#: Its examples are names and figures more often than words.
_DATA_INTENTS = frozenset({"inform"})


def everyday_words(examples: Iterable[Message], least: int) -> frozenset[str]:
    """The words that stand, written small, in at least so many examples."""
    texts = [one.get(TEXT) for one in examples if one.get(TEXT) and one.get(INTENT) not in _DATA_INTENTS]
    counts = Counter(word for text in texts for word in set(WORD.findall(text)) if word.islower())
    return frozenset(word for word, count in counts.items() if count >= least)
