"""Explains synthetic series whose drivers are known, and scores which drivers are named.

Each kind of series has one or two true drivers, and the explanation names all groups of past values
and all covariates with their shares. A share divided by the largest of its series is read as "this
is a driver" above a threshold; over all thresholds between 0 and 1 (Crabbé & van der Schaar 2021,
arXiv 2106.05303):

- AUP: the mean share of true drivers among those that are named;
- AUR: the mean share of the true drivers that are named.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gated import Forecaster
from gated.arrays import FloatArray

__all__ = ["KINDS", "precision_and_recall", "shares_of"]

_STEPS, _H, _PER_KIND = 500, 14, 8
_THRESHOLDS = np.linspace(0.01, 0.99, 99)

Group = tuple[str, ...]
"""Drivers of an explanation that count as one."""

_WEEKDAY: Group = ("same weekday, last 4 weeks", "same weekday, earlier weeks")
_YEAR: Group = ("same time last year", "same time in earlier years")
_RECENT: Group = ("the last day", "the last week, other days")
_AFTER: Group = ("after the step",)
_BEFORE: Group = ("before the step",)


@dataclass(frozen=True)
class Kind:
    """A kind of synthetic series.

    Attributes:
        drivers: the groups of the explanation that are true drivers; groups of one tuple count as
            one driver.
        covariates: whether the series has covariates, `promotion` and `noise`.
    """

    drivers: tuple[Group, ...]
    covariates: bool = False


KINDS = {
    "weekday": Kind((_WEEKDAY,)),
    "step": Kind((_AFTER,)),
    "year": Kind((_YEAR,)),
    "promotion": Kind((("promotion",),), covariates=True),
    "weekday and promotion": Kind((_WEEKDAY, ("promotion",)), covariates=True),
}
"""The kinds by name."""
_GROUPS: tuple[Group, ...] = (
    _WEEKDAY,
    _YEAR,
    _RECENT,
    ("other days before",),
    ("promotion",),
    ("noise",),
    _AFTER,
    _BEFORE,
)
_STEP_BACK = (21, 70)  # days from the step of the level to the end


@dataclass(frozen=True)
class Drawn:
    """A synthetic series of past and future.

    Attributes:
        y: [L] its values.
        covariates: [L, 2] promotion and noise.
        since: for a step of the level, how many past values come after it.
    """

    y: FloatArray
    covariates: FloatArray
    since: int


def _drawn(kind: str, rng: np.random.Generator) -> Drawn:
    steps = (3 * 365 if kind == "year" else _STEPS) + _H
    day, since = np.arange(steps), int(rng.integers(*_STEP_BACK))
    y = 0.3 * rng.standard_normal(steps)
    covariates = (rng.random((steps, 2)) < 0.25).astype(np.float64)
    if "weekday" in kind:  # each weekday has a level of its own, which drifts by itself
        weeks = -(-steps // 7)
        levels = 3 * rng.standard_normal(7) + 0.4 * rng.standard_normal((weeks, 7)).cumsum(axis=0)
        y += levels.reshape(-1)[:steps]
    if kind == "step":
        y[steps - _H - since :] += rng.choice([-1, 1]) * rng.uniform(4, 8)
    if kind == "year":  # bumps at dates of the year, whatever the weekday
        for _ in range(12):
            centre, width = rng.uniform(0, 365), rng.uniform(4, 10)
            distance = (day - centre + 182) % 365.25 - 182
            y += rng.uniform(3, 8) * rng.choice([-1, 1]) * np.exp(-((distance / width) ** 2))
    if "promotion" in kind:
        covariates[-_H:, 0] = np.arange(_H) % 2 == 0
        y += 5 * covariates[:, 0]
    return Drawn(y, covariates, since)


def shares_of(kind: str, seed: int) -> list[dict[Group, float]]:
    """The share of each group of drivers in the sum of absolute contributions, of each series.

    With covariates, only the forecast steps with a promotion count.

    Args:
        kind: of the series.
        seed: of the random numbers.
    """
    drawn = [
        _drawn(kind, np.random.default_rng([seed, number, len(kind)]))
        for number in range(_PER_KIND)
    ]
    frame = pd.concat(
        pd.DataFrame(
            {
                "unique_id": f"{number}",
                "ds": pd.date_range("2021-01-01", periods=len(one.y)),
                "y": np.where(np.arange(len(one.y)) < len(one.y) - _H, one.y, np.nan),
                "promotion": one.covariates[:, 0],
                "noise": one.covariates[:, 1],
            }
        )
        for number, one in enumerate(drawn)
    )
    has_covariates = KINDS[kind].covariates
    past, ahead = frame[frame["y"].notna()], frame[frame["y"].isna()].drop(columns="y")
    if has_covariates:
        model = Forecaster(h=_H).fit(past, covariates=["promotion", "noise"])
        explanation = model.explain(X_df=ahead)
    else:
        model = Forecaster(h=_H).fit(past.drop(columns=["promotion", "noise"]))
        explanation = model.explain()
    steps = np.arange(0, _H, 2 if has_covariates else 1)
    found = []
    for one, series in zip(explanation.series, drawn, strict=True):
        parts = {name: part[steps] for name, part in one.drivers.items()}
        if kind == "step":
            past_parts = one.parts.past[steps]
            parts = {
                _AFTER[0]: past_parts[:, -series.since :].sum(axis=1),
                _BEFORE[0]: past_parts[:, : -series.since].sum(axis=1),
            }
        total = {
            group: float(np.abs(sum(parts.get(name, 0.0) for name in group)).sum())
            for group in _GROUPS
        }
        found.append({group: part / sum(total.values()) for group, part in total.items()})
    return found


def precision_and_recall(kind: str, shares: Mapping[Group, float]) -> tuple[float, float]:
    """AUP and AUR of one series.

    >>> only = dict.fromkeys(_GROUPS, 0.0) | {_WEEKDAY: 0.8}
    >>> precision_and_recall("weekday", only)
    (1.0, 1.0)
    """
    largest = max(shares.values()) or 1.0
    is_true = np.array([group in KINDS[kind].drivers for group in shares])
    size = np.array([share / largest for share in shares.values()])
    named = size[None, :] >= _THRESHOLDS[:, None]
    right = (named & is_true).sum(axis=1)
    precision = right / np.maximum(named.sum(axis=1), 1)
    return float(precision.mean()), float((right / is_true.sum()).mean())
