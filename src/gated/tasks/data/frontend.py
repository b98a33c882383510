"""Converts what an estimator is given into the steps that its network reads."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gated.errors import DataError
from gated.media.audio.log_mel import LogMel, LogMelStream

__all__ = [
    "ArrayFrontend",
    "Frontend",
    "FrontendStream",
    "SoundFrontend",
    "checked_part",
    "frontend_of",
]

Values = NDArray[np.float32]


class FrontendStream(Protocol):
    """Converts the parts of one sequence."""

    pending: Values

    def push(self, chunk: Values) -> Values:
        """[t, I] the steps that are complete with this part."""


class Frontend(Protocol):
    """Converts whole sequences, and makes streams.

    Attributes:
        width: values I of a step.
        axes: of an array that is given: 2 for steps, 1 for samples of sound.
        rate: samples a second of sound; None for steps.
    """

    @property
    def width(self) -> int: ...

    @property
    def axes(self) -> int: ...

    @property
    def rate(self) -> int | None: ...

    def steps(self, values: Values) -> Values:
        """[T, I] the steps of a sequence."""

    def stream(self, pending: Values | None = None) -> FrontendStream:
        """A stream, which begins with samples that belong to no complete step yet."""

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values."""


@dataclass(frozen=True)
class ArrayFrontend:
    """Steps are given as they are.

    Attributes:
        width: channels I.
    """

    width: int
    axes: ClassVar[int] = 2
    rate: ClassVar[None] = None

    def steps(self, values: Values) -> Values:
        """Return the values."""
        return values

    def stream(self, pending: Values | None = None) -> FrontendStream:
        """A stream that returns each part."""
        return _PassedOn()

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values."""
        return {"kind": "arrays", "width": self.width}


class _PassedOn:
    def __init__(self) -> None:
        self.pending: Values = np.zeros(0, dtype=np.float32)

    def push(self, chunk: Values) -> Values:
        return chunk


@dataclass(frozen=True)
class SoundFrontend:
    """Samples of sound become log-mel frames.

    Attributes:
        log_mel: how.
    """

    log_mel: LogMel
    axes: ClassVar[int] = 1

    @property
    def width(self) -> int:
        """Bins of a frame."""
        return self.log_mel.bins

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self.log_mel.rate

    def steps(self, values: Values) -> Values:
        """Return the frames of samples [N]."""
        return self.log_mel.frames(values)

    def stream(self, pending: Values | None = None) -> FrontendStream:
        """A stream of frames."""
        return LogMelStream(self.log_mel, pending)

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values."""
        return {"kind": "sound", **self.log_mel.to_json()}


def frontend_for(rate: int | None, array: Values) -> ArrayFrontend | SoundFrontend:
    """The frontend of a training: of sound, or of arrays as wide as the first one.

    Args:
        rate: samples a second of sound; None for arrays.
        array: the first sequence.
    """
    return ArrayFrontend(array.shape[1]) if rate is None else SoundFrontend(LogMel(rate))


def frontend_of(stored: dict[str, Any]) -> ArrayFrontend | SoundFrontend:
    """Undo `to_json` of either."""
    rest = {name: value for name, value in stored.items() if name != "kind"}
    if stored["kind"] == "arrays":
        return ArrayFrontend(**rest)
    return SoundFrontend(LogMel(**rest))


def checked_part(frontend: Frontend, part: ArrayLike) -> Values:
    """The next part of a stream: [t, I] steps, or [n] samples of sound.

    Raises:
        DataError: the part has another shape, or values that are not finite.
    """
    values = np.asarray(part, dtype=np.float32)
    axes, width = frontend.axes, frontend.width
    if values.ndim != axes or (axes == 2 and values.shape[1] != width):
        expected = "[n] samples" if axes == 1 else f"[t, {width}] steps"
        raise DataError(f"The part has shape {list(values.shape)}. Expected {expected}.")
    if not np.isfinite(values).all():
        raise DataError("The part holds values that are not finite. Expected finite numbers.")
    return values
