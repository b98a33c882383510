"""The benchmark of conversation: its dialogues, its tables, and what it refuses."""

import json
import tarfile
from itertools import pairwise

import pytest

from benchmarks.answers.bookings import bookings
from gated import Conversationalist


def test_the_call_of_a_booking_has_the_last_value_of_each_slot():
    drawn = bookings(200, 0)
    assert drawn == bookings(200, 0)
    assert drawn != bookings(200, 1)
    for each in drawn:
        assert len(each.turns) % 2 == 0
        assert 4 <= len(each.turns) // 2 <= 10
        _, food, place, size, price = each.turns[-1].split()
        for value in (food, place, size, price):
            assert any(value in turn.split() for turn in each.turns[:-1:2])
        changes = [
            said.split()[-1]
            for asked, said in pairwise(each.turns)
            if asked == "sure anything else" and said.startswith(("instead", "actually", "change"))
        ]
        assert not changes or changes[-1] in (food, place, size, price)


@pytest.fixture
def quick(monkeypatch):
    """A small network, in this process."""
    monkeypatch.setattr(
        "benchmarks.answers.conversation.Conversationalist",
        lambda seed: Conversationalist(hidden_size=8, max_steps=4, seed=seed),
    )
    monkeypatch.setattr(
        "benchmarks.answers.conversation.in_fresh_process", lambda _, run, *args: run(*args)
    )


def test_bookings(call, quick, monkeypatch):
    monkeypatch.setattr("benchmarks.answers.conversation._LEARNED", 30)
    monkeypatch.setattr("benchmarks.answers.conversation._TESTED", 10)
    code, output, errors = call("conversation", "--data", "bookings", "--seeds", "0", "--json")
    assert code == 0, errors
    rows = json.loads(output)["methods"]
    assert [row["method"] for row in rows] == ["ours", "TF-IDF of words", "bag of words"]
    assert all(0 <= row["right"] <= 100 for row in rows)


def test_chatterbot(call, quick, tmp_path):
    source = tmp_path / "talk.yml"
    source.write_text("".join(f"- [question {n}, reply {n}]\n" for n in range(300)))
    (tmp_path / "dialogue").mkdir()
    with tarfile.open(tmp_path / "dialogue" / "chatterbot_english.tar.gz", "w:gz") as archive:
        archive.add(source, "talk.yml")
    given = ("--data", "chatterbot", "--seeds", "0,1", "--data-dir", str(tmp_path), "--json")
    code, output, errors = call("conversation", *given)
    assert code == 0, errors
    ours, *theirs = json.loads(output)["methods"]
    assert ours["method"] == "ours"
    assert [each["method"] for each in theirs] == ["TF-IDF of words", "TF-IDF of n-grams"]
    assert 0 <= ours["hits"]["median"] <= 100


def test_refused(call):
    code, _, errors = call("conversation", "--data", "talk")
    assert code == 2
    assert "--data talk is unknown. Expected one of chatterbot, bookings" in errors
