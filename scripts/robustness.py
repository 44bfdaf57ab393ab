"""How much less is understood when the quality set is written as people write: ``make robustness``.

Each kind of change is applied to sentences of the intent quality set, with a fixed seed, and the intents are compared
with those of the same sentences as they stand there. ``tests/nlu/test_robustness.py`` holds the floor.
"""

from __future__ import annotations

import random
import re
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

QUALITY = ROOT / "tests" / "nlu"
SEED = 20261124
LANGUAGES = ("fr", "en")

Change = Callable[[str, str, random.Random], str]

#: Rows of keys as they lie under the fingers, by language.
_KEYS = {"fr": ("azertyuiop", "qsdfghjklm", "wxcvbn"), "en": ("qwertyuiop", "asdfghjkl", "zxcvbnm")}
_BEFORE = {
    "fr": ("Bonjour, ", "bonsoir, ", "Salut ! ", "Bonjour, petite question : ", "coucou, ", "merci ! "),
    "en": ("Hello, ", "hi, ", "Hi there! ", "Good morning, quick question: ", "hey, ", "thanks! "),
}
_AFTER = {
    "fr": (" svp", " s'il vous plaît", ", merci", ", merci d'avance", " Bonne journée !", ", merci beaucoup"),
    "en": (" please", ", thanks", ", thank you", " Thanks in advance!", ", cheers", " Have a nice day!"),
}
#: What changes between vous and tu; the longer first.
_VOUS_TU = (
    ("pourriez-vous", "pourrais-tu"),
    ("pouvez-vous", "peux-tu"),
    ("auriez-vous", "aurais-tu"),
    ("avez-vous", "as-tu"),
    ("êtes-vous", "es-tu"),
    ("proposez-vous", "proposes-tu"),
    ("donnez-vous", "donnes-tu"),
    ("faites-vous", "fais-tu"),
    ("parlez-vous", "parles-tu"),
    ("s'il vous plaît", "s'il te plaît"),
    ("vous pouvez", "tu peux"),
    ("vous pourriez", "tu pourrais"),
    ("vous avez", "tu as"),
    ("vous êtes", "tu es"),
    ("vous proposez", "tu proposes"),
    ("vous donnez", "tu donnes"),
    ("vous faites", "tu fais"),
    ("vous savez", "tu sais"),
    ("inscrivez-moi", "inscris-moi"),
    ("mettez-moi", "mets-moi"),
    ("envoyez-moi", "envoie-moi"),
    ("prévenez-moi", "préviens-moi"),
    ("montrez-moi", "montre-moi"),
    ("déplacez-moi", "déplace-moi"),
    ("retirez-moi", "retire-moi"),
    ("enlevez-moi", "enlève-moi"),
    ("donnez-moi", "donne-moi"),
    ("passez-moi", "passe-moi"),
    ("rappelez-moi", "rappelle-moi"),
    ("ajoutez-moi", "ajoute-moi"),
    ("votre", "ton"),
    ("vos", "tes"),
    ("chez vous", "chez toi"),
    ("svp", "stp"),
)


def typos(text: str, language: str, dice: random.Random) -> str:
    """A letter left out, said twice or exchanged with the next, one in each twelve letters."""
    letters = list(text)
    places = [i for i in range(1, len(letters) - 1) if letters[i].isalpha() and letters[i + 1].isalpha()]
    for i in sorted(dice.sample(places, min(len(places), max(1, len(places) // 12))), reverse=True):
        kind = dice.randrange(3)
        if kind == 0:
            del letters[i]
        elif kind == 1:
            letters.insert(i, letters[i])
        else:
            letters[i], letters[i + 1] = letters[i + 1], letters[i]
    return "".join(letters)


def slips(text: str, language: str, dice: random.Random) -> str:
    """A key beside the right one, one in each fifteen letters."""
    letters = list(text)
    places = [i for i, letter in enumerate(letters) if _neighbours(letter.lower(), language)]
    for i in dice.sample(places, min(len(places), max(1, len(places) // 15))):
        letters[i] = dice.choice(_neighbours(letters[i].lower(), language))
    return "".join(letters)


def _neighbours(letter: str, language: str) -> list[str]:
    rows = _KEYS[language]
    for y, row in enumerate(rows):
        x = row.find(letter)
        if x >= 0 and letter:
            near = [(y, x - 1), (y, x + 1), (y - 1, x), (y - 1, x + 1), (y + 1, x), (y + 1, x - 1)]
            return [rows[b][a] for b, a in near if 0 <= b < len(rows) and 0 <= a < len(rows[b])]
    return []


def no_accents(text: str, language: str, dice: random.Random) -> str:
    """As on a keyboard without them."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def no_apostrophes(text: str, language: str, dice: random.Random) -> str:
    """Left out, or a space in their place."""
    return re.sub(r"['’]", lambda _: dice.choice(("", " ")), text)


def capitals(text: str, language: str, dice: random.Random) -> str:
    """The key that nobody saw was pressed."""
    return text.upper()


def polite(text: str, language: str, dice: random.Random) -> str:
    """A greeting in front, a please or thanks behind, or both."""
    kind = dice.randrange(3)
    before = dice.choice(_BEFORE[language]) if kind != 1 else ""
    return (
        before
        + (text if before == "" else text[:1].lower() + text[1:])
        + (dice.choice(_AFTER[language]) if kind else "")
    )


def tu_vous(text: str, language: str, dice: random.Random) -> str:
    """The other way to address somebody (French)."""
    if language != "fr":
        return text
    forms = (
        [*_VOUS_TU]
        if re.search(r"\b(?:vous|votre|vos|\w+ez|svp)\b", text, re.IGNORECASE)
        else [(b, a) for a, b in _VOUS_TU]
    )
    for one, other in forms:
        text = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", other, text, flags=re.IGNORECASE)
    return text


CHANGES: dict[str, Change] = {
    "typos": typos,
    "slips of the keyboard": slips,
    "no accents": no_accents,
    "no apostrophes": no_apostrophes,
    "capitals": capitals,
    "polite words around": polite,
    "tu and vous": tu_vous,
}


@dataclass(frozen=True)
class Fall:
    """What a kind of change costs, on the sentences that it changes.

    Attributes:
        clean: share (0 to 1) of their intents that are right as they stand in the set.
        changed: the same, changed.
        lost: those that are right only as they stand: intent, what it is taken for, sentence.
    """

    language: str
    kind: str
    sentences: int
    clean: float
    changed: float
    lost: tuple[tuple[str, str, str], ...]


def sentences(language: str) -> list[tuple[str, str]]:
    """Intents and sentences of the quality set."""
    read = yaml.safe_load((QUALITY / f"quality_intents_{language}.yml").read_text(encoding="utf-8"))
    return [(intent, str(text)) for intent in read for text in read[intent]]


def falls(intent: Callable[[str], str], language: str, asked: Sequence[tuple[str, str]], most: int) -> list[Fall]:
    """What each kind of change costs.

    Args:
        intent: what a text is taken for.
        asked: intents and sentences.
        most: how many sentences are changed in each way, drawn with a fixed seed.
    """
    found = []
    for kind, change in CHANGES.items():
        dice = random.Random(f"{SEED} {kind} {language}")
        changed = [(name, text, change(text, language, dice)) for name, text in asked]
        drawn = [one for one in changed if one[1] != one[2]]
        drawn = dice.sample(drawn, min(most, len(drawn)))
        if not drawn:
            continue
        clean = [intent(text) == name for name, text, _ in drawn]
        taken = [intent(text) for _, _, text in drawn]
        right = [one == name for (name, _, _), one in zip(drawn, taken, strict=True)]
        lost = tuple(
            (name, one, text)
            for (name, _, text), one, before, after in zip(drawn, taken, clean, right, strict=True)
            if before and not after
        )
        count = len(drawn)
        found.append(Fall(language, kind, count, sum(clean) / count, sum(right) / count, lost))
    return found


def together(found: Sequence[Fall]) -> tuple[float, float]:
    """Clean and changed over all kinds, each sentence counted once a kind."""
    count = sum(one.sentences for one in found)
    clean, changed = (sum(getattr(one, name) * one.sentences for one in found) / count for name in ("clean", "changed"))
    return clean, changed


def table(found: Sequence[Fall]) -> str:
    """A line a kind and language."""
    lines = [f"{'':26}{'sentences':>10}{'clean':>8}{'changed':>9}{'fall':>7}"]
    for one in found:
        fall = one.clean - one.changed
        lines.append(f"{one.language} {one.kind:23}{one.sentences:10}{one.clean:8.3f}{one.changed:9.3f}{fall:7.3f}")
    clean, changed = together(found)
    lines.append(
        f"{'together':26}{sum(one.sentences for one in found):10}{clean:8.3f}{changed:9.3f}{clean - changed:7.3f}"
    )
    return "\n".join(lines)


def main() -> int:
    """Measure with the newest model on all sentences, print the table and what is lost."""
    from bot.launcher import prepare

    prepare(ROOT / "config.yml")
    from bot.nlu.parsing import Parser

    parser = Parser(ROOT / "models")
    found = [
        one
        for language in LANGUAGES
        for one in falls(lambda text: str(parser.raw(text)["intent"]["name"]), language, sentences(language), 10_000)
    ]
    for one in found:
        for name, taken, text in one.lost:
            print(f"{one.kind}: {name} taken for {taken}: {text}")
    print(table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
