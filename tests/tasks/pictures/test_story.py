"""The picture of an answer: its rows, its marks, long stories, and the sentences below."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from gated.errors import UsageError
from gated.plot.panels.story import StoryTable
from gated.tasks.answerer.answer import Answer, LayerGates
from gated.tasks.pictures import story_picture


def answer(count: int, positions: tuple[int, ...]) -> tuple[list[str], Answer]:
    rng = np.random.default_rng(0)
    shares = np.zeros(count)
    shares[list(positions)] = 1 / max(len(positions), 1)
    gates = tuple(LayerGates(*rng.random((3, count))) for _ in range(3))
    sentences = [f"Sentence <{index}> & more." for index in range(1, count + 1)]
    chosen = tuple(sentences[place] for place in positions)
    return sentences, Answer("garden", 0.9, chosen, positions, shares, gates, ())


def test_every_sentence_has_a_row():
    sentences, found = answer(4, (1, 3))
    drawn = story_picture(sentences, "Where is Mary?", found)
    root = ET.fromstring(drawn.picture.svg())
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert set(sentences) <= set(texts)
    text = drawn.picture.render(80, ascii_only=True).plain.splitlines()
    assert text[0] == "Where is Mary? garden (90 % sure)"
    assert [line[0] for line in text[1:]] == [" ", ">", " ", ">"]
    assert "50 % of sentence 2 and 50 % of sentence 4" in drawn.explanation.sentences[0]
    assert [len(layer["kept"]) for layer in drawn.explanation.blocks] == [4, 4, 4]


def test_of_a_long_story_the_sentences_with_the_largest_shares_are_shown():
    sentences, found = answer(2_000, (5, 1_999))
    drawn = story_picture(sentences, "Where?", found)
    lines = drawn.picture.render(60, ascii_only=True).plain.splitlines()
    assert lines[0].endswith("40 of 2,000 sentences, by their shares")
    assert len(lines) == 41
    assert lines[-1].startswith(">2,000")
    assert all(len(line) <= 60 for line in lines[1:])


def test_control_characters_are_not_drawn():
    sentences, found = answer(2, (0,))
    sentences[0] = "Mary \x1b[31mleft.\x00"
    drawn = story_picture(sentences, "Who\x1b?", found)
    ET.fromstring(drawn.picture.svg())
    assert "\x1b" not in drawn.picture.render(80, ascii_only=True).plain


def test_an_empty_memory_is_said():
    sentences, found = answer(2, ())
    drawn = story_picture(sentences, "Where?", found)
    assert "no sentence was written" in drawn.explanation.sentences[0]


@pytest.mark.parametrize("kept", [np.zeros((2, 1)), np.zeros(1)])
def test_arrays_of_other_lengths_are_refused(kept):
    with pytest.raises(UsageError, match="Expected at least one, with a row of gates each"):
        StoryTable("a", ("x",), np.ones(1, np.int64), np.ones(1), kept, (True,))
