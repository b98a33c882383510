"""Defines an answer, and the gates that led to it."""

from dataclasses import dataclass

from gated.arrays import FloatArray
from gated.insight.memory import half_life

__all__ = ["Answer", "LayerGates"]


@dataclass(frozen=True)
class LayerGates:
    """The gates of one layer over the T sentences of a story, each a number from 0 to 1.

    Attributes:
        update: [T], z: the share of its memory that the layer keeps at a sentence. Near 0 the
            sentence overwrites it.
        forward: [T], the reset gate of the memory that is passed to later sentences: near 0 they
            do not see the content of this one.
        backward: [T], the same for earlier sentences.
    """

    update: FloatArray
    forward: FloatArray
    backward: FloatArray

    @property
    def half_life(self) -> float:
        """Sentences until half of what the layer stored is overwritten; infinite if all is kept.

        Example:
            >>> import numpy as np
            >>> z = np.array([0.9, 0.9, 0.2])  # the last sentence overwrites most of the memory
            >>> round(LayerGates(z, z, z).half_life, 2)
            1.14
        """
        return float(half_life(self.update))


@dataclass(frozen=True)
class Answer:
    """The answer to a question about a story.

    Attributes:
        text: the answer.
        confidence: its calibrated probability, 0 to 1. At most 1 − 1 / (n + 2) after n held-out
            answers: n answers cannot show more.
        sentences: those that the memory of the answer consists of, in the order of the story.
        positions: their positions in the story, from 0.
        shares: [T] of each sentence of the story in the memory of the answer; they sum to 1, or
            are all 0 where the memory kept nothing.
        gates: of each layer, the first layer first.
        unknown: words of the question and the story that were not learned.
    """

    text: str
    confidence: float
    sentences: tuple[str, ...]
    positions: tuple[int, ...]
    shares: FloatArray
    gates: tuple[LayerGates, ...]
    unknown: tuple[str, ...]
