"""The knowledge base over HTTP."""

from __future__ import annotations

from .conftest import Reader


def test_a_question_finds_its_answer_in_either_language(catalogue: Reader) -> None:
    for question in ("ou puis-je me garer ?", "where do I park my car", "Parking"):
        found = catalogue.get("/v1/answers", q=question, lang="en")["items"]
        assert found and found[0]["key"] == "parking", question
        assert found[0]["text"] == "There is a car park in front of the building."
        assert (found[0]["source"], found[0]["checked_on"]) == ("https://example.org/parking", "2026-11-20")
        assert 0 < found[0]["score"] <= 1


def test_what_it_does_not_know(catalogue: Reader) -> None:
    for question in ("qui a gagné le match hier", "write me a poem", "🧬", "?", "x" * 20_000):
        assert catalogue.get("/v1/answers", q=question)["items"] == [], question[:20]


def test_all_answers_and_one(catalogue: Reader) -> None:
    everything = catalogue.get("/v1/answers")
    assert everything["total"] == 2 and everything["items"][0]["score"] is None
    assert catalogue.get("/v1/answers/wifi")["source"] is None
    assert catalogue.client.get("/v1/answers/nothing").status_code == 404
