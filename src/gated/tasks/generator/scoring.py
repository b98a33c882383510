"""Scores pieces: the nats of each unit, the true past given at every step."""

from collections.abc import Sequence

import numpy as np

from gated.errors import DataError
from gated.tasks.generator.codecs import Codec, Symbols
from gated.tasks.generator.network import GeneratorNetwork
from gated.tasks.generator.steps import stack

__all__ = ["check_units", "has_units", "nats_per_unit"]

_MOST_STEPS = 16_384  # of a batch
_PART = 4_096  # steps of a long piece at a time: bounds memory
_INPUTS = 16_777_216  # values of a batch


def has_units(codec: Codec, pieces: Sequence[Symbols]) -> bool:
    """Whether a score of these pieces counts anything: a roll of one frame has none."""
    return any(codec.steps(piece, 0, len(piece)).units.any() for piece in pieces)


def check_units(codec: Codec, pieces: Sequence[Symbols]) -> None:
    """Check that a score of these pieces counts something.

    Raises:
        DataError: it does not.
    """
    if not has_units(codec, pieces):
        raise DataError(
            f"The pieces have no {codec.unit} to score: the first of a piece is not counted. "
            "Expected longer pieces."
        )


def nats_per_unit(network: GeneratorNetwork, codec: Codec, pieces: Sequence[Symbols]) -> float:
    """The nats of all scored steps, divided by the number of units.

    Each piece is read once from its beginning, with the state carried through.

    Args:
        network: with fixed weights.
        codec: of the pieces.
        pieces: symbols of whole pieces.

    Raises:
        DataError: they have no unit to score.
    """
    check_units(codec, pieces)
    nats, units = 0.0, 0
    for group in _groups(pieces, codec.width):
        found = _scored(network, codec, [pieces[index] for index in group])
        nats, units = nats + found[0], units + found[1]
    return nats / units


def _groups(pieces: Sequence[Symbols], width: int) -> list[list[int]]:
    """Indices of pieces of similar lengths, few enough for memory."""
    most = max(min(_MOST_STEPS, _INPUTS // width), 1)
    order = sorted(range(len(pieces)), key=lambda index: len(pieces[index]))
    groups: list[list[int]] = []
    for index in order:
        longest = min(len(pieces[index]), _PART)
        if groups and (len(groups[-1]) + 1) * longest <= most:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def _scored(
    network: GeneratorNetwork, codec: Codec, pieces: Sequence[Symbols]
) -> tuple[float, int]:
    """Nats and units of pieces of a batch, read in parts."""
    state = network.initial_state(len(pieces))
    nats, units = 0.0, 0
    longest = max(map(len, pieces))
    for begin in range(0, longest, _PART):
        parts = [
            codec.steps(piece, min(begin, len(piece) - 1), min(begin + _PART, len(piece)))
            for piece in pieces
        ]
        is_read = np.array([begin < len(piece) for piece in pieces])
        found, state = network.nats(stack(parts), state)
        for row, part in enumerate(parts):
            if is_read[row]:
                nats += float(found[row, : len(part)][part.scored].sum(dtype=np.float64))
                units += int(part.units.sum())
    return nats, units
