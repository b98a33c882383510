"""Pictures of gates for the terminal and for pages: heat maps, and the half-lives of units.

"Kept" is the update gate z of h_t = z_t ⊙ h_{t-1} + (1 − z_t) ⊙ n_t: the share of the old state,
the memory, that a unit keeps in a step. The rest, 1 − z, is overwritten.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.insight.memory import BlockGates
from gated.plot.colours import KEPT, averaged
from gated.plot.panels.heat import HeatMap
from gated.plot.panels.picture import Panel
from gated.text import counted, grouped

__all__ = ["CONVENTION", "gate_panels", "half_life_shares"]

CONVENTION = (
    "Kept is the update gate z, averaged over the units: the share of the memory h that a step "
    "keeps. The rest, 1 − z, is overwritten."
)
"""What the numbers and the colours mean."""

_ROWS = 64  # of a heat map: more units are averaged
_CLASSES = 6  # of half-lives below the longest class


def gate_panels(
    blocks: Sequence[BlockGates], begin: float, end: float, groups: IntArray | None = None
) -> list[Panel]:
    """A heat map of the update gate of each block.

    Args:
        blocks: of one sequence.
        begin, end: times of the first and after the last step.
        groups: [T] the part of the picture of each step, rising from 0, where several steps make
            one part: its values are averaged. None: each step is a part.
    """
    panels: list[Panel] = []
    for index, block in enumerate(blocks, 1):
        update = np.asarray(block.update, dtype=np.float64)
        order = np.argsort(-update.mean(0), kind="stable")
        rows = update[:, order].T  # [H, T], the unit that keeps most at the top
        if groups is not None:
            rows = _grouped(rows, groups)
        shown = averaged(rows.T, _ROWS).T if len(rows) > _ROWS else rows
        title = (
            f"Block {index}: share of the memory kept in a step (z), "
            f"{counted(len(rows), 'unit')} by their mean"
        )
        panels.append(HeatMap(title, shown, begin, end, KEPT, pixels=110.0, text_rows=6))
    return panels


def half_life_shares(half_lives: FloatArray, step: int, noun: str) -> list[tuple[str, float]]:
    """The histogram of half-lives: the share of the units in each class, each twice as long.

    Args:
        half_lives: [H] in steps of the recurrence; infinite where a unit keeps everything.
        step: how many of the units of time that are named one step of the recurrence is.
        noun: the unit of time, such as "day".

    Returns:
        (class, share), the shortest first; classes after the longest half-life are left out.

    >>> half_life_shares(np.array([0.4, 0.6, 3.0, 900.0]), 7, "day")[:3]
    [('below 7 days', 0.5), ('7 to 14 days', 0.0), ('14 to 28 days', 0.25)]
    """
    edges = step * 2 ** np.arange(_CLASSES)
    place = np.searchsorted(edges, half_lives * step, side="right")
    counts = np.bincount(place, minlength=_CLASSES + 1) / len(half_lives)
    names = [f"below {counted(int(edges[0]), noun)}"]
    names += [f"{grouped(int(low))} to {counted(int(high), noun)}" for low, high in pairwise(edges)]
    names.append(f"{counted(int(edges[-1]), noun)} and more")
    last = int(np.flatnonzero(counts)[-1]) + 1
    return [(name, float(share)) for name, share in zip(names[:last], counts[:last], strict=True)]


def _grouped(rows: FloatArray, groups: IntArray) -> FloatArray:
    """[H, parts] the means of the steps of each part."""
    begins = np.flatnonzero(np.diff(groups, prepend=-1))
    counts = np.diff(np.append(begins, len(groups)))
    return np.asarray(np.add.reduceat(rows, begins, axis=1) / counts)
