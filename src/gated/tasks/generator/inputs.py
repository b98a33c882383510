"""Converts what a generator is given to pieces, and pieces to symbols."""

from collections.abc import Iterable
from typing import Any

from gated.errors import DataError
from gated.tasks.generator.codecs import Codec, Symbols

__all__ = ["encoded", "listed"]


def listed(pieces: Any, purpose: str = "to learn from") -> list[Any]:
    """A list of pieces; a single text is one piece.

    Args:
        pieces: as a user gives them.
        purpose: of the pieces, for the message.

    Raises:
        DataError: they are no pieces, or there is none.
    """
    if isinstance(pieces, str):
        return [pieces]
    if isinstance(pieces, (bytes, dict)) or not isinstance(pieces, Iterable):
        raise DataError(
            f"The pieces are of type {type(pieces).__name__}. Expected a list of pieces."
        )
    listed = list(pieces)
    if not listed:
        raise DataError(f"There is no piece {purpose}. Expected at least one.")
    return listed


def encoded(codec: Codec, pieces: list[Any]) -> list[Symbols]:
    """The symbols of pieces.

    Raises:
        DataError: a piece is not of the medium, or has what the training did not have.
    """
    names = codec.names(len(pieces))
    return [codec.encode(piece, name) for piece, name in zip(pieces, names, strict=True)]
