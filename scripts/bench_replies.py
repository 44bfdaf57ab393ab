"""Replies over the development channel: without and with the service, one person and eight, short and long."""

from __future__ import annotations

import random
import statistics
import time

import httpx
from bench_people import Messages, Person, Sorted, subjects, together
from bench_results import Budget, Results
from stack import Stack

LANGS = ("fr", "en")
PEOPLE = 8


def messages_of(results: Results, stack: Stack) -> Messages:
    """What is said to this stack."""
    return Messages(results.spec["messages"], subjects(stack.page_url))


def replies(results: Results, stack: Stack, budget: Budget) -> None:
    """Figures of the part `replies`."""
    messages = messages_of(results, stack)
    _warm_up(stack, messages)
    _channel(results, stack)
    for kind, once in (("plain", 10), ("search", 30)):
        for people in (1, PEOPLE):
            rounds = results.count(once if people == 1 else max(2, once // 6))
            first, more, seconds = _crowd(results, stack, messages, kind, people, rounds, budget)
            results.add(f"{kind}_rate_{people}", [len(first.ms + more.ms) / seconds])
            if kind == "search" and people == 1:
                results.add("search_new_1", first.ms, first.note)
                results.add("search_more_1", more.ms, more.note)
            else:
                both = Sorted(first.ms + more.ms, first.others + more.others)
                results.add(f"{kind}_{people}", both.ms, both.note)
    _paced(results, stack, messages, budget)


def _warm_up(stack: Stack, messages: Messages) -> None:
    """A few messages of each kind: the first of a process loads what is loaded late."""
    for lang in LANGS:
        person = Person(stack.rest_url)
        for said in (messages.plain(lang, 99), messages.searches(lang, 99), messages.criteria(lang, 99)):
            for _ in range(3):
                person.say(next(said))
        person.close()


def _channel(results: Results, stack: Stack) -> None:
    url, times = stack.rest_url.rpartition("/")[0] + "/", []
    with httpx.Client(trust_env=False) as client:
        for _ in range(results.count(100)):
            began = time.perf_counter()
            client.get(url).raise_for_status()
            times.append((time.perf_counter() - began) * 1000)
    results.add("channel", times)


def _crowd(
    results: Results, stack: Stack, messages: Messages, kind: str, people: int, rounds: int, budget: Budget
) -> tuple[Sorted, Sorted, float]:
    """So many people hold so many conversations each, without a pause.

    Returns:
        The first messages of the conversations, the later ones, and the seconds that all of it took.
    """
    first, later, expected = Sorted(), Sorted(), results.spec["replies"][kind]

    def one(number: int) -> None:
        person = Person(stack.rest_url)
        for turn in range(rounds):
            person.again()
            lang, seed = LANGS[(number + turn) % 2], 1000 * people + 100 * number + turn
            if kind == "search":
                opening, more = messages.searches(lang, seed), messages.criteria(lang, seed)
            else:
                opening = more = messages.plain(lang, seed)
            first.take(person.say(next(opening)), expected)
            for _ in range(2 if kind == "search" else 5):
                if budget.left:
                    later.take(person.say(next(more)), expected)
        person.close()

    seconds = together(people, one)
    return first, later, seconds


def _paced(results: Results, stack: Stack, messages: Messages, budget: Budget) -> None:
    """People who read what they are told before they go on: what eight at once feel like."""
    split = {"plain": Sorted(), "search": Sorted()}

    def one(number: int) -> None:
        lang, chance = LANGS[number % 2], random.Random(number)
        person = Person(stack.rest_url)
        said = {"plain": messages.plain(lang, number), "search": messages.searches(lang, 50 + number)}
        for turn in range(results.count(12)):
            time.sleep(chance.uniform(0.5, 3.5))
            if not budget.left:
                break
            kind = "search" if turn % 2 else "plain"
            split[kind].take(person.say(next(said[kind])), results.spec["replies"][kind])
        person.close()

    together(PEOPLE, one)
    for kind, found in split.items():
        results.add(f"{kind}_paced", found.ms, found.note)


def long(results: Results, stack: Stack, budget: Budget) -> None:
    """Figures of the part `long`: whole conversations of 200 messages, timed at their beginning, middle and end."""
    messages = messages_of(results, stack)
    windows = {"first": range(3, 23), "100": range(81, 101), "200": range(181, 201)}
    found = {(kind, name): Sorted() for kind in ("plain", "search") for name in windows}
    for number in range(results.count(3)):
        lang = LANGS[number % 2]
        person = Person(stack.rest_url)
        said = {"plain": messages.plain(lang, number), "search": messages.searches(lang, 70 + number)}
        for position in range(1, 201):
            if not budget.left:
                results.problems.append(f"long: no time left at message {position} of conversation {number + 1}")
                break
            name = next((name for name, window in windows.items() if position in window), None)
            kind = "search" if name and position % 2 else "plain"
            answer = person.say(next(said[kind]))
            if name:
                found[kind, name].take(answer, results.spec["replies"][kind])
        person.close()
    for (kind, name), one in found.items():
        results.add(f"long_{kind}_{name}", one.ms, one.note)
    for kind in ("plain", "search"):
        first, last = found[kind, "first"].ms, found[kind, "200"].ms
        if first and last:
            results.add(f"long_{kind}_ratio", [statistics.median(last) / statistics.median(first)])
