"""Measures the coverage of intervals after a shift, and how many values are flagged.

Daily series are drawn with a weekly season, noise (of every third one with long tails) and, in
every second one, a level that wanders. Then the level moves by 25 or −20, at noise of 3; or the
noise is three times as large; or another season begins. Every forecast is made once, and adapted
with both settings.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.common.report import Row
from benchmarks.live.speed import H
from gated import Forecaster
from gated.forecast.live.surprise import probabilities
from gated.forecast.live.widths import AdaptiveWidths
from gated.forecast.quantiles import QUANTILES

__all__ = ["KINDS", "drawn", "measure"]

KINDS = ("none", "level", "scale", "season")
"""What shifts."""

_PAST, _BEFORE, _AFTER = 400, 100, 200
_WARM = 30  # forecast values before the first that counts
_NOISE, _SPIKE = 3.0, 8.0
_LOW, _HIGH, _MEDIAN = (QUANTILES.index(level) for level in (0.1, 0.9, 0.5))
_UNLIKELY = 0.001

Floats = NDArray[np.float64]


def measure(count: int) -> tuple[list[Row], list[Row]]:
    """Rows of coverage, and rows of flagged values.

    Args:
        count: series of each kind.
    """
    y = np.stack([drawn(kind, number) for kind in KINDS for number in range(count)])
    forecasts = _forecasts(y)
    actual = y[:, _PAST:]
    rows: list[Row] = []
    flagged: list[Row] = []
    for name, is_adaptive in (("fixed", False), ("adaptive", True)):
        given, likely = _adapted(forecasts, actual, is_adaptive)
        inside = _inside(given, actual)
        width = given[..., _HIGH] - given[..., _LOW]
        for place, kind in enumerate(KINDS):
            part = slice(place * count, (place + 1) * count)
            before, after = inside[_WARM:_BEFORE, part], inside[_BEFORE:, part]
            rows.append(
                {
                    "what": f"{kind}, {name}",
                    "before": 100 * float(np.nanmean(before)),
                    "after": 100 * float(np.nanmean(after)),
                    "step1": 100 * float(np.nanmean(after[..., 0])),
                    "step28": 100 * float(np.nanmean(after[..., H - 1])),
                    "width": float(
                        np.median(width[-_AFTER // 2 :, part])
                        / np.median(width[_WARM:_BEFORE, part])
                    ),
                }
            )
        usual = slice(0, count)  # without a shift
        odd = probabilities(
            np.full(count * (len(given) - _WARM), _SPIKE * _NOISE),
            (given - given[..., _MEDIAN, None])[_WARM:, usual, 0].reshape(-1, len(QUANTILES)),
        )
        flagged.append(
            {
                "what": name,
                "usual": 1e3 * float((likely[_WARM:, usual] < _UNLIKELY).mean()),
                "odd": 1e3 * float((odd < _UNLIKELY).mean()),
            }
        )
    return rows, flagged


def drawn(kind: str, number: int) -> Floats:
    """[T] one series; the shift comes after the past and the values before it."""
    rng = np.random.default_rng(100 + number)
    length = _PAST + _BEFORE + _AFTER
    t, shift = np.arange(length), _PAST + _BEFORE
    noise = rng.normal(0, _NOISE, length)
    if number % 3 == 1:
        noise = rng.standard_t(4, length) * _NOISE / np.sqrt(2)
    shape = rng.normal(0, 8, 7)
    level = 100 + (np.cumsum(rng.normal(0, 0.4, length)) if number % 2 else 0.0)
    season = shape[t % 7]
    if kind == "season":
        season[shift:] = -rng.permutation(shape)[t[shift:] % 7]
    if kind == "scale":
        noise[shift:] *= 3
    y: Floats = level + season + noise
    if kind == "level":
        y[shift:] += -20 if number % 2 else 25
    return y


def _forecasts(y: Floats) -> Floats:
    """[T, N, h, Q] the forecast before each value, without adapting."""
    ids = np.array([f"s{number}" for number in range(len(y))], dtype=object)
    days = pd.date_range("2021-01-04", periods=y.shape[1])
    past = pd.DataFrame(
        {
            "unique_id": np.repeat(ids, _PAST),
            "ds": np.tile(days[:_PAST], len(ids)),
            "y": y[:, :_PAST].reshape(-1),
        }
    )
    live = Forecaster().watch(past, h=H, adaptive=False)
    found = []
    for step in range(_PAST, y.shape[1]):
        found.append(live._predicted(np.arange(len(ids)), H).quantiles)
        live.update(pd.DataFrame({"unique_id": ids, "ds": days[step], "y": y[:, step]}))
    return np.stack(found)


def _adapted(forecasts: Floats, actual: Floats, is_adaptive: bool) -> tuple[Floats, Floats]:
    """[T, N, h, Q] the forecasts as they are given, [T, N] the probability of each value."""
    series = np.arange(len(actual))
    widths, given = AdaptiveWidths(len(actual), H), np.empty_like(forecasts)
    likely = np.empty(actual.shape[::-1])
    for step, made in enumerate(forecasts):
        given[step] = widths.adapted(series, made) if is_adaptive else made
        likely[step] = probabilities(actual[:, step], given[step, :, 0])
        widths.note(series, np.full(len(series), step), given[step])
        widths.observe(series, np.full(len(series), step), actual[:, step])
    return given, likely


def _inside(given: Floats, actual: Floats) -> Floats:
    """[T, N, h] 1 where a value was inside of the interval k steps before, NaN without one."""
    steps = len(given)
    inside = np.full(given.shape[:3], np.nan)
    for ahead in range(min(H, steps)):
        y, made = actual[:, ahead:].T, given[: steps - ahead, :, ahead]
        inside[ahead:, :, ahead] = (y >= made[..., _LOW]) & (y <= made[..., _HIGH])
    return inside
