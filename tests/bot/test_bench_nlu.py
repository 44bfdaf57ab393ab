"""The comparison with Rasa's pipelines: its arithmetic against another's, its cuts, and where its tables go."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import bench_nlu_figures as arithmetic
import numpy as np
import pytest
import yaml
from bench_nlu_sets import OUT_OF_SCOPE, cut
from bench_page import write_page
from sklearn.metrics import f1_score, roc_auc_score

ROOT = Path(__file__).resolve().parents[2]
SETS: dict[str, Any] = yaml.safe_load((ROOT / "scripts" / "bench_nlu.yml").read_text(encoding="utf-8"))["sets"]


def test_auroc_is_that_of_scikit_learn_ties_included() -> None:
    random = np.random.default_rng(1)
    foreign, home = random.integers(3, 12, 200) / 12, random.integers(0, 9, 300) / 12
    expected = roc_auc_score([1] * 200 + [0] * 300, np.concatenate([foreign, home]))
    assert arithmetic.auroc(list(foreign), list(home)) == pytest.approx(expected)


def test_macro_f1_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(2)
    true, found = random.choice(list("abcd"), 300), random.choice(list("abcdx"), 300)
    expected = f1_score(true, found, average="macro", labels=list("abcd"))
    assert arithmetic.macro_f1(list(zip(true, found, strict=True))) == pytest.approx(expected)


def test_recall_refuses_no_more_than_it_may() -> None:
    home = [place / 100 for place in range(100)]
    assert arithmetic.recall([0.945, 0.955, 0.965, 2.0], home, 0.04) == 0.75  # .96 to .99 are refused, .95 is not
    assert arithmetic.recall([1.0, 1.0], [1.0] * 10, 0.04) == 0, "equal to a good message is not refused"


def test_slots_are_right_when_start_end_and_name_are() -> None:
    true = [[0, 4, "date"], [5, 9, "time"]]
    found = [[0, 4, "date"], [5, 9, "place"], [10, 12, "time"]]
    assert arithmetic.slot_f1([(true, found), ([], [])]) == pytest.approx(2 * 1 / (2 + 3))


def test_figures_of_a_cell_take_the_detector_where_there_is_one() -> None:
    def said(intent: str, best: str, confidence: float, foreign: float | None) -> dict[str, Any]:
        figures = {"confidence": confidence, "foreign": foreign, "ms": 2.0, "cpu_ms": 1.0}
        return {"intent": intent, "best": best, "slots": [], "entities": [], **figures}

    def cell(detects: bool) -> dict[str, float]:
        told = [said("a", "a", 0.3, 0.1), said("b", "a", 0.9, 0.2), said(OUT_OF_SCOPE, "a", 0.5, 0.7)]
        messages = [{**one, "foreign": one["foreign"] if detects else None} for one in told]
        train = {"seconds": 3.0, "cpu": 2.0, "model_size": 1.0, "memory_peak": 400.0}
        return arithmetic.figures({"messages": messages, "train": train, "answer": {"memory_loaded": 300.0}})

    assert cell(detects=True)["auroc"] == 1
    assert cell(detects=False)["auroc"] == 0.5
    assert cell(detects=True)["accuracy"] == 0.5
    assert "slot_f1" not in cell(detects=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the public sets of the specification, made up: 80 intents, 40 examples and 5 test messages each."""
    texts = [(f"intent{intent}", f"thing {intent} number {count}") for intent in range(80) for count in range(45)]
    texts += [("oos", f"something else {count}") for count in range(300)]
    for name in {one["file"] for one in SETS.values() if "file" in one}:
        rows = [
            {"text": text, "intent": intent, "split": "test" if place % 9 == 0 else "train", "lang": name[-2:]}
            for place, (intent, text) in enumerate(texts)
        ]
        rows += [{**row, "text": f" {row['text'].upper()}", "split": "train"} for row in rows if row["split"] == "test"]
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row) + "\n" for row in rows)
    return tmp_path


@pytest.mark.parametrize("name", SETS)
def test_nothing_is_both_taught_and_asked(name: str, folder: Path) -> None:
    found = cut(SETS[name], folder, 1)
    taught = [" ".join(row["text"].casefold().split()) for row in found.taught]
    assert len(taught) == len(set(taught))
    assert not {" ".join(row["text"].casefold().split()) for row in found.asked} & set(taught)
    assert {row["intent"] for row in found.asked} == {row["intent"] for row in found.taught}


@pytest.mark.parametrize("name", SETS)
def test_a_cut_is_the_same_each_time_and_another_with_another_seed(name: str, folder: Path) -> None:
    first, again, other = cut(SETS[name], folder, 1), cut(SETS[name], folder, 1), cut(SETS[name], folder, 2)
    assert first == again
    assert first.asked == other.asked
    taught = [{row["text"] for row in one.taught} for one in (first, other)]
    assert (taught[0] == taught[1]) == ("each" not in SETS[name])


def test_a_cut_has_as_many_examples_as_it_says(folder: Path) -> None:
    counts = Counter(row["intent"] for row in cut(SETS["clinc150"], folder, 1).taught)
    assert counts.pop(OUT_OF_SCOPE) == 100
    assert len(counts) == 60 and set(counts.values()) == {10}
    of_language = Counter((row["intent"], row["lang"]) for row in cut(SETS["own"], folder, 1).taught)
    assert set(of_language.values()) == {25} and len({intent for intent, _ in of_language}) * 2 == len(of_language)


def test_the_page_keeps_what_the_other_command_wrote(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    section = "<!-- understanding -->\nfirst\n<!-- end of understanding -->\n"
    write_page(text="# Speed\n", page=page)
    write_page(section=section, page=page)
    write_page(text="# Speed again\n", page=page)
    assert page.read_text() == f"# Speed again\n\n{section}"
    write_page(section=section.replace("first", "second"), page=page)
    assert page.read_text() == f"# Speed again\n\n{section.replace('first', 'second')}"


def test_the_page_keeps_what_was_written_of_conversations(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    by_hand = "<!-- conversations -->\nby hand\n<!-- end of conversations -->\n"
    measured = "<!-- understanding -->\nmeasured\n<!-- end of understanding -->\n"
    page.write_text(f"# Speed\n\n{by_hand}")
    write_page(section=measured, page=page)
    write_page(text="# Speed again\n", page=page)
    assert page.read_text() == f"# Speed again\n\n{by_hand}\n{measured}"
