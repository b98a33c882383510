"""Records the gates of the recurrence while the network reads the past of a series."""

from dataclasses import dataclass

import numpy as np

from gated.forecast.data.windows import WindowSource
from gated.forecast.model.inference import window_batches
from gated.forecast.model.network import SeasonNetwork
from gated.insight import BlockGates

__all__ = ["PastGates", "past_gates"]


@dataclass(frozen=True)
class PastGates:
    """The gates of each block over the T patches that the recurrence reads before a forecast.

    Attributes:
        blocks: the first block first; each of its steps is a patch.
        begin: the first step of the first patch, from the start of the series; it is negative
            where the patch begins before the series does.
        patch: steps in a patch.
    """

    blocks: tuple[BlockGates, ...]
    begin: int
    patch: int


def past_gates(
    network: SeasonNetwork, source: WindowSource, series: int, cutoff: int, h: int
) -> PastGates:
    """Record the gates of one series, from the first patch with an observed value.

    Args:
        network: the network.
        source: cuts the window.
        series: its index.
        cutoff: the first step to forecast, from the start of the series.
        h: steps ahead.
    """
    (batch,) = window_batches(source, np.array([series]), np.array([cutoff]), h)
    windows = batch.windows
    found = [
        BlockGates(gates["z"][0], gates["r"][0], gates["h"][0]) for gates in network.gates(windows)
    ]
    observed = windows.visible[0, windows.read].any(1)
    first = int(observed.argmax())
    layout = windows.layout
    begin = int(batch.cutoff[0]) - (layout.context - first) * layout.patch
    return PastGates(tuple(block.after(first) for block in found), begin, layout.patch)
