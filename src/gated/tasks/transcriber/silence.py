"""Makes the silence after the end of a sound, in which its last symbol may be written."""

import numpy as np
from numpy.typing import NDArray

from gated.tasks.data.frontend import ArrayFrontend, SoundFrontend

__all__ = ["DELAY", "silence_after", "with_silence"]

DELAY = 0.15
"""Seconds after a word within which its symbol is written. As much silence follows a sound."""

Values = NDArray[np.float32]


def silence_after(frontend: ArrayFrontend | SoundFrontend) -> Values:
    """The silence after the end of a sequence, in which its last symbol may be written.

    [n] samples for sound; [0, I] steps for other sequences, which have no silence.
    """
    if isinstance(frontend, ArrayFrontend):
        return np.zeros((0, frontend.width), dtype=np.float32)
    return np.zeros(round(DELAY * frontend.log_mel.rate), dtype=np.float32)


def with_silence(values: Values, frontend: ArrayFrontend | SoundFrontend) -> Values:
    """A sequence with the silence after its end."""
    return np.concatenate([values, silence_after(frontend)])
