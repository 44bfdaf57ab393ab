"""E-mail addresses, telephone numbers, references and codes: what has a fixed shape."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.nlu.addresses import emails, international, phones
from bot.nlu.component import Before, EntityComponent
from bot.nlu.references import references
from bot.nlu.spans import Found, overlaps


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ContactExtractor(EntityComponent):
    """Emits ``email phone booking_reference quote_reference po_number code access_code enterprise_number``."""

    def extract(self, text: str, before: Before) -> list[Found]:
        """What has a fixed shape; the most telling shape claims its stretch first."""
        claimed = list(before.claimed)
        found: list[Found] = []
        for reader in (emails, international, references, phones):
            for one in reader(text):
                if not overlaps(one.start, one.end, claimed):
                    claimed.append((one.start, one.end))
                    found.append(one)
        return found
