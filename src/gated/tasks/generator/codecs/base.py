"""Defines what a codec is: it converts pieces of one medium to steps of a network, and back.

A piece is what a user has: a text, a tune, a drawing. Its symbols are what the network predicts,
one at a step: a character, a key of a chord, a point with its pen. A new medium is one new module
with a `Codec` and a `History`, and one for its files (docs/guide/generating.md).
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array, BoolArray
from gated.errors import DataError
from gated.tasks.generator.heads import HeadConfig
from gated.tasks.generator.steps import Steps

__all__ = ["Codec", "Decoder", "Defaults", "Feedback", "History", "Symbols", "as_numbers"]

Symbols = NDArray[Any]
"""The symbols of a piece: [T] int64, or [T, D] float32."""


@dataclass(frozen=True)
class Defaults:
    """Hyperparameters that suit a medium; see `Generator`."""

    hidden_size: int
    num_layers: int
    dropout: float
    window: int
    batch_size: int
    max_steps: int
    learning_rate: float


@dataclass(frozen=True)
class Feedback:
    """How predictions become inputs in the training; see `gated.tasks.generator.feedback`.

    Attributes:
        passes: over a window.
        longest: steps of a stretch of predictions; the shortest is 1.
        share: of the steps that are in stretches, about.
        temperature: of the predictions.
    """

    passes: int
    longest: int
    share: float
    temperature: float = 1.0


class History(ABC):
    """What the codec keeps of the symbols so far, to make the input of the next step."""

    @abstractmethod
    def inputs(self) -> NDArray[Any]:
        """[I] the input of the next step: float32, or int64 of a lookup."""

    def allowed(self) -> BoolArray | None:
        """[K] which symbols can come next; None for all."""
        return None

    @abstractmethod
    def push(self, symbol: Any) -> None:
        """Go on by one symbol."""

    @property
    @abstractmethod
    def length(self) -> int:
        """The number of complete units so far: characters, frames, points."""

    @property
    def room(self) -> int | None:
        """How many symbols can still follow; None for any number."""
        return None

    @property
    def is_complete(self) -> bool:
        """Whether the piece has ended by itself."""
        return False

    @property
    @abstractmethod
    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that is kept, by name, for a state."""

    @abstractmethod
    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Undo `arrays`."""


class Decoder:
    """Converts the symbols of a piece that goes on, run after run.

    By default each run is converted by itself; a motion goes on in its place.
    """

    def __init__(self, codec: "Codec") -> None:
        self._codec = codec

    def read(self, piece: Any) -> None:
        """Go on after a piece that was read."""

    def decode(self, symbols: Symbols) -> Any:
        """Convert the next symbols to a part of the piece."""
        return self._codec.decode(symbols)

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that is kept, by name, for a state."""
        return {}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Undo `arrays`."""


class Codec(ABC):
    """Converts pieces of one medium.

    Attributes:
        medium: its name.
        unit: what a score is given per, such as "character".
        length_unit: what a length counts, such as "characters".
        length: of a generated piece, where none is given.
        defaults: hyperparameters.
        decoded_at_once: whether the parts of a piece are decoded together where nobody waits for
            the first: many poses at a time are faster.
        feedback: how the predictions of the network become its inputs in the training, if at all.
    """

    medium: ClassVar[str]
    unit: ClassVar[str]
    length_unit: ClassVar[str]
    length: ClassVar[int]
    defaults: ClassVar[Defaults]
    decoded_at_once: ClassVar[bool] = False
    feedback: ClassVar[Feedback | None] = None

    @classmethod
    def learn(cls, pieces: Sequence[Any], names: Sequence[str] | None = None) -> Self:
        """Make the codec of training pieces: their alphabet, their scale.

        Args:
            pieces: at least one.
            names: how messages name each; by default by the medium and a number.

        Raises:
            DataError: a piece is not of this medium.
        """
        return cls._learned(pieces, cls.names(len(pieces)) if names is None else names)

    @classmethod
    def names(cls, count: int) -> list[str]:
        """Names of pieces that have none."""
        return [f"{cls.medium.capitalize()} {index}" for index in range(count)]

    @classmethod
    @abstractmethod
    def _learned(cls, pieces: Sequence[Any], names: Sequence[str]) -> Self:
        """See `learn`."""

    @property
    @abstractmethod
    def width(self) -> int:
        """Values I of an input, or its indices where the codec has a lookup."""

    @property
    def lookup(self) -> int:
        """Rows of the table in which inputs are looked up; 0 where they are values."""
        return 0

    @property
    @abstractmethod
    def head(self) -> HeadConfig:
        """What a step predicts."""

    @abstractmethod
    def encode(self, piece: Any, name: str) -> Symbols:
        """Convert a piece to symbols, at least one.

        Args:
            piece: see the codec.
            name: how messages name it.

        Raises:
            DataError: it is not of this medium, or has what the codec does not know.
        """

    def encode_prompt(self, piece: Any) -> Symbols:
        """Convert the beginning of a piece; by default like a whole one."""
        return self.encode(piece, "The prompt")

    def stacked(self, symbols: Sequence[Any]) -> Symbols:
        """Join symbols that were drawn one after another."""
        return np.array(symbols, dtype=np.int64)

    def cut(self, symbols: Symbols, near: int) -> int:
        """Where a piece can be divided into two, at `near` or before it; 0: nowhere."""
        return 0

    @abstractmethod
    def decode(self, symbols: Symbols) -> Any:
        """Convert symbols to a piece."""

    def joined(self, parts: list[Any], prompt: Any = None) -> Any:
        """Join the parts of a generated piece, by default without its prompt."""
        return np.concatenate(parts) if parts else self.decode(self.stacked([]))

    @abstractmethod
    def steps(self, symbols: Symbols, begin: int, end: int) -> Steps:
        """The steps from begin to end of a whole piece: the fast form of `History`."""

    def augmented(self, symbols: Symbols, generator: np.random.Generator) -> Symbols:
        """Vary a training piece at random."""
        return symbols

    @abstractmethod
    def history(self) -> History:
        """The history before the first symbol."""

    def decoder(self) -> Decoder:
        """The decoder before the first symbol."""
        return Decoder(self)

    def fed_back(self, inputs: Array, symbols: Array) -> Array:
        """[B, T, I] the inputs of steps, of the inputs of a window and other symbols [B, T, D].

        Only a codec with `feedback` needs it.
        """
        raise NotImplementedError(f"{self.medium} has no feedback")

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """Convert to plain values, without the medium; a value may also be a float32 array."""

    @classmethod
    @abstractmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Undo `to_json`.

        Raises:
            ValueError: the values are not those of this codec.
        """


def as_numbers(piece: Any, name: str) -> NDArray[Any]:
    """Convert what a user passes to an array of numbers.

    Raises:
        DataError: it is none.
    """
    try:
        array = np.asarray(piece)
    except ValueError as error:  # of rows of unequal length
        raise DataError(f"{name} has rows of unequal length. Expected an array.") from error
    if array.dtype.kind not in "biuf":
        raise DataError(f"{name} is of type {array.dtype}. Expected an array of numbers.")
    return array
