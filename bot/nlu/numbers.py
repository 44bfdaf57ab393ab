"""For how many people, for how much money, for how many days."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.nlu.budgets import prices
from bot.nlu.component import Before, EntityComponent
from bot.nlu.headcounts import seats
from bot.nlu.lengths import lengths
from bot.nlu.spans import Found, fold, overlaps


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class NumberExtractor(EntityComponent):
    """Emits ``max_price`` (EUR), ``max_days`` and ``seats``; a message that is only a number is ``seats``, unsurely."""

    def extract(self, text: str, before: Before) -> list[Found]:
        """Amounts with a unit or a telling phrase; what is read already (a date, a code) is left alone."""
        claimed = list(before.claimed)
        folded = fold(text)
        found: list[Found] = []
        for reader in (prices, lengths, seats):
            for one in reader(folded):
                if not overlaps(one.start, one.end, claimed):
                    claimed.append((one.start, one.end))
                    found.append(one)
        return found
