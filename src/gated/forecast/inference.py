"""Running a trained network over many windows, for any horizon."""

import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gated.forecast.network import NetworkOutput, SeasonNetwork
from gated.forecast.windows import Window, WindowSource

_WINDOWS_AT_ONCE = 512

IntArray = NDArray[np.int64]


def forecast_windows(
    network: SeasonNetwork, source: WindowSource, series: IntArray, cutoff: IntArray, h: int
) -> NDArray[np.float32]:
    """Quantiles on the series-scaled axis, sorted: [M, h, Q].

    A horizon beyond what the network forecasts at once is asked for in blocks: the cutoff moves
    on, and the steps in between are unobserved context that the memory is carried across. No
    forecast is ever fed back, so that intervals widen as they were trained to.

    Args:
        network: trained, in evaluation mode.
        source: where the windows lie; rows from `cutoff` on are hidden from the network.
        series: [M] which series.
        cutoff: [M] the first step to forecast, from the series' start.
        h: steps ahead.
    """
    groups = []
    for which, first in _groups(series, cutoff):
        blocks = []
        for _, output in _blocks(network, source, which, first, h):
            ahead = output.quantiles[:, -1].flatten(1, 2)  # [B, J·P, Q]
            blocks.append(output.scale.inverse(ahead).sort(-1).values)
        groups.append(torch.cat(blocks, 1)[:, :h].numpy())
    return np.concatenate(groups)


def recollect_windows(
    network: SeasonNetwork, source: WindowSource, series: IntArray, cutoff: IntArray, h: int
) -> tuple[NDArray[np.float32], IntArray]:
    """What the season memory looked up for each step ahead, and what it weighed.

    Returns:
        (weights, steps), both [M, h, K]: each step's weights sum to 1; `steps` counts from the
        series' start and is negative where the memory reached before it.
    """
    patch = source.layout.patch
    weights, steps = [], []
    for which, first in _groups(series, cutoff):
        weighed: list[Tensor] = []
        found: list[Tensor] = []
        for window, output in _blocks(network, source, which, first, h):
            memory = output.recollection
            weighed.append(memory.weights[:, -1].movedim(2, 3).flatten(1, 2))  # [B, J·P, K]
            # Patch `read.stop` of the window begins at the block's cutoff.
            ahead = sum(block.shape[1] for block in found)
            begin = first[:, None, None] + ahead + patch * (memory.where[:, -1] - window.read.stop)
            points = begin[:, :, None, :] + torch.arange(patch)[:, None]  # [B, J, P, K]
            found.append(points.flatten(1, 2))
        weights.append(torch.cat(weighed, 1)[:, :h].numpy())
        steps.append(torch.cat(found, 1)[:, :h].numpy())
    return np.concatenate(weights), np.concatenate(steps)


def _groups(series: IntArray, cutoff: IntArray) -> Iterator[tuple[Tensor, Tensor]]:
    for start in range(0, len(series), _WINDOWS_AT_ONCE):
        group = slice(start, start + _WINDOWS_AT_ONCE)
        yield torch.from_numpy(series[group]), torch.from_numpy(cutoff[group])


def _blocks(
    network: SeasonNetwork, source: WindowSource, series: Tensor, cutoff: Tensor, h: int
) -> Iterator[tuple[Window, NetworkOutput]]:
    layout = network.config.layout
    steps = layout.leads * layout.patch
    for block in range(math.ceil(h / steps)):
        window = source.cut(
            series, cutoff + block * steps, end=cutoff, extra_context=block * layout.leads
        )
        with torch.inference_mode():
            yield window, network(window)
