"""Tells how a message was understood, for whoever writes training data: what was decided, and what spoke for it."""

from __future__ import annotations

from typing import Any

from bot.nlu.answers import ANSWER_KEY, AnswerFinder
from bot.nlu.courtesies import without
from bot.nlu.out_of_scope import SCORE, OutOfScopeDetector
from bot.nlu.parsing import Parser
from bot.nlu.second import SECOND

#: Lines of the ranking, and nearest examples.
_INTENTS = 5
_EXAMPLES = 8


def explain(parser: Parser, text: str) -> str:
    """What is understood of a text and why, a few lines to read."""
    read, raw = parser.parse(text), parser.raw(text)
    wanted = text[: raw[SECOND]["cut"]] if raw.get(SECOND) else text
    start, end = without(wanted)
    wanted = wanted[start:end]
    lines = [text, ""]
    lines += _titled("language", [read["language"] or "does not show"])
    lines += _titled("intent", [f"{one['confidence']:.3f}  {one['name']}" for one in read["ranking"][:_INTENTS]])
    lines += _titled("out of scope", _foreign(raw))
    lines += _titled("near" if wanted == text else f"near “{wanted}”", _near(parser, wanted))
    lines += _titled("entities", [_entity(text, one) for one in read["entities"]] or ["none"])
    lines += _titled("answer", _answers(parser, wanted, raw, read["answer_key"]))
    lines += _titled("second", _second(text, read["second"]))
    return "\n".join(lines)


def _titled(title: str, lines: list[str]) -> list[str]:
    """Lines beside their title, under it where it is long."""
    if len(title) > 12:
        return [title, *(f"{'':14}{line}" for line in lines)]
    return [f"{title if i == 0 else '':14}{line}" for i, line in enumerate(lines)]


def _foreign(raw: dict[str, Any]) -> list[str]:
    told = raw.get(SCORE)
    if not told:
        return ["not judged"]
    refused = raw["intent"]["name"] == "out_of_scope"
    verdict = "refused" if refused else "kept" if told["score"] < told["threshold"] else "kept, for what it names"
    return [f"{told['score']:.3f}  {verdict} (threshold {told['threshold']:.3f})"]


def _near(parser: Parser, text: str) -> list[str]:
    encoder = parser.encoder
    vector = encoder.encode([text])[0]
    examples = parser.component(OutOfScopeDetector).nearest(vector, _EXAMPLES)
    closeness = encoder.encode([example for example, _ in examples]) @ vector
    found = sorted(zip(closeness, examples, strict=True), key=lambda one: -float(one[0]))
    return [f"{near:.3f}  {intent:20}  {example}" for near, (example, intent) in found]


def _entity(text: str, one: dict[str, Any]) -> str:
    role = f" ({one['role']})" if one["role"] else ""
    return f"{one['entity']}{role}: {one['value']}  “{text[one['start'] : one['end']]}”"


def _answers(parser: Parser, text: str, raw: dict[str, Any], said: str | None) -> list[str]:
    ranked = parser.component(AnswerFinder).ranking(text)[:2]
    sure = (raw.get(ANSWER_KEY) or {}).get("confidence", 0.0)
    notes = [f"{sure:.3f} likely right{'' if said else ', so not said'}", "runner-up"]
    return [f"{score:.3f}  {key}  ({note})" for (key, score), note in zip(ranked, notes, strict=False)] or [
        "none known"
    ]


def _second(text: str, second: dict[str, Any] | None) -> list[str]:
    if not second:
        return ["none"]
    intent = second["intent"]
    lines = [f"{intent['confidence']:.3f}  {intent['name']}  “{second['text']}”"]
    lines += [_entity(text, one) for one in second["entities"]]
    return [*lines, f"answer: {second['answer_key']}"] if second["answer_key"] else lines
