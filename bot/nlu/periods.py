"""Dates and stretches of time, as the search takes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.clock import now
from bot.nlu.component import Before, EntityComponent
from bot.nlu.dates.relations import periods
from bot.nlu.spans import Found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PeriodExtractor(EntityComponent):
    """Emits ``period``: half-open ISO dates, Europe/Brussels, counted forward from the business clock."""

    #: The business clock; a test may put another in its place.
    clock: Callable[[], datetime] = staticmethod(now)

    def extract(self, text: str, before: Before) -> list[Found]:
        """The stretches of time; what an earlier component has read ("Annexe 1", a telephone number) is left alone."""
        today = self.clock().date()
        return [Found("period", str(one.interval), one.start, one.end) for one in periods(text, today, before.claimed)]
