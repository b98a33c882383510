"""The picture of an answer: the sentences of the story, their shares and the update gates."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gated.plot.panels.picture import Picture
from gated.plot.panels.story import StoryTable
from gated.tasks.answerer.answer import Answer
from gated.tasks.pictures.explanation import Explained, Explanation
from gated.text import counted, joined, percent, printable

__all__ = ["story_picture"]

_ROWS = 40  # sentences of a picture at most: those with the largest shares


def story_picture(sentences: Sequence[str], question: str, answer: Answer) -> Explained:
    """Draw the sentences of a story with their shares in an answer, and the gates of each layer.

    Args:
        sentences: of the story, at least one.
        question: that was asked.
        answer: to it.
    """
    order = np.argsort(-answer.shares, kind="stable")[:_ROWS]
    rows = np.sort(order)
    kept = np.stack([layer.update for layer in answer.gates], axis=1)  # [T, K]
    title = printable(f"{question} {answer.text} ({percent(answer.confidence)} sure)")
    if len(rows) < len(sentences):
        title += f"; {len(rows)} of {counted(len(sentences), 'sentence')}, by their shares"
    table = StoryTable(
        title,
        tuple(sentences[row] for row in rows),
        rows + 1,
        answer.shares[rows],
        kept[rows],
        tuple(int(row) in answer.positions for row in rows),
    )
    explanation = _explanation(answer)
    notes = explanation.sentences
    return Explained(Picture(title, [table], 0.0, 1.0, None, notes), explanation)


def _explanation(answer: Answer) -> Explanation:
    """The gates in numbers and in words."""
    blocks: list[dict[str, Any]] = []
    for index, layer in enumerate(answer.gates, 1):
        values = {"kept": layer.update, "forward": layer.forward, "backward": layer.backward}
        numbers = {name: [round(float(gate), 4) for gate in of] for name, of in values.items()}
        blocks.append({"layer": index, **numbers})
    sentences = []
    if answer.positions:
        shares = answer.shares
        named = [
            f"{percent(float(shares[position]))} of sentence {position + 1}"
            for position in answer.positions
        ]
        sentences.append(f"The memory of the answer consists of {joined(named)}.")
    else:
        sentences.append("The memory of the answer is empty: no sentence was written.")
    sentences.append(
        "Share: of a sentence in the memory from which the answer is made. The squares are the "
        "update gates z of the layers: the share of the memory that a sentence keeps; the rest, "
        "1 − z, is overwritten."
    )
    return Explanation(blocks, tuple(sentences))
