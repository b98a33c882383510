"""Explains a forecast by the weights of the season memory, as past times and distances."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, IntArray
from gated.forecast.data.dataset import Dataset
from gated.forecast.model.inference import memory_weights
from gated.forecast.model.network import SeasonNetwork
from gated.forecast.model.season_references import UNDATED
from gated.table import Table
from gated.table.time.calendar import Frequency
from gated.text import counted

_SERIES_SAMPLED = 512
_LEVEL = "its latest level and drift"


def explanation(
    network: SeasonNetwork, table: Table, data: Dataset, h: int, top: int
) -> dict[str, NDArray[Any]]:
    """The `top` past steps with the largest weights for every step ahead, in N·h·top rows.

    Only observed steps are listed: steps before the series, missing and closed steps have no
    effect on the forecast. If fewer than `top` remain, there are fewer rows.
    """
    series = np.arange(len(table.ids))
    weights, steps = memory_weights(network, data.source, series, data.history, h)
    heaviest = np.argsort(-weights, axis=-1, kind="stable")[..., :top]  # [N, h, top]
    weight = np.take_along_axis(weights, heaviest, -1)
    step = np.take_along_axis(steps, heaviest, -1)
    ahead = np.arange(h)[:, None] + data.history[:, None, None]  # [N, h, 1]
    real = _observed(data, series, step)
    row = np.where(real, step + table.offsets[:-1, None, None], 0)
    future = table.frequency.future(table.last_ds, h)[:, :, None]
    shape = weight.shape
    season = table.frequency.season_length
    columns = {
        table.schema.id_col: np.broadcast_to(table.ids[:, None, None], shape),
        table.schema.time_col: np.broadcast_to(future, shape),
        "remembered": table.ds[row],
        "seasons": (ahead - step) / season,
        "weight": weight.astype(np.float64),
    }
    return {name: column[real] for name, column in columns.items()}


def weight_by_distance(
    network: SeasonNetwork, table: Table, data: Dataset, h: int
) -> list[tuple[str, float]]:
    """The share of the memory weights at each distance in the past, over all open steps ahead.

    For thousands of series, a few hundred evenly chosen ones are used.

    Returns:
        (description, share), largest first: ("1 week before", 0.46), ("52 weeks before", 0.2),
        ("its latest level and drift", 0.1) … The shares sum to 1.
    """
    count = len(table.ids)
    series = np.unique(np.linspace(0, count - 1, min(count, _SERIES_SAMPLED)).astype(np.int64))
    history = data.history[series]
    weights, steps = memory_weights(network, data.source, series, history, h)
    is_open = ~data.closed[data.ahead(h)[series]]
    if is_open.any():  # a closed step ahead is 0, whatever its weights
        weights = np.where(is_open[:, :, None], weights, 0)
    ahead = np.arange(h)[:, None] + history[:, None, None]
    distance = np.broadcast_to(ahead - steps, weights.shape)
    real = _observed(data, series, steps)
    level = steps < UNDATED // 2
    back, position = np.unique(distance[real], return_inverse=True)
    total = weights[real].sum() + weights[level].sum()
    shares = np.bincount(position, weights=weights[real]) / total
    described = [
        (_description(int(at), table.frequency), float(share))
        for at, share in zip(back, shares, strict=True)
    ]
    described.append((_LEVEL, float(weights[level].sum() / total)))
    return sorted(described, key=lambda pair: -pair[1])


def _observed(data: Dataset, series: IntArray, step: IntArray) -> BoolArray:
    """Whether steps [M, h, K], counted from the start of `series` [M], have an observed value."""
    inside = (step >= 0) & (step < data.history[series, None, None])
    row = np.where(inside, step + data.offsets[series, None, None], 0)
    observed: BoolArray = inside & np.isfinite(data.values[row])
    return observed


def _description(distance: int, frequency: Frequency) -> str:
    """Describe a distance in steps: whole seasons by their unit of time, others by steps."""
    seasons, rest = divmod(distance, frequency.season_length)
    unit = frequency.season_unit
    if unit is None or rest:
        return f"{counted(distance, 'step')} before"
    return f"{counted(seasons * unit[0], unit[1])} before"
