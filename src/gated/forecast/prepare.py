"""From a table to what a network eats; the facts learned on the way travel with the model."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.forecast.scale import SeriesScale
from gated.forecast.windows import Layout, WindowSource
from gated.table import Table

# A calendar feature is learned only where its cycle was seen this often, in a table of at least
# this many values: two Decembers do not make a law, and a network with little to learn from
# memorises dates instead (decision 2).
_CYCLES_NEEDED = 4
_VALUES_NEEDED = 2000
# A covariate value at which the target was always 0, this often at least, closes the shop.
_CLOSINGS_NEEDED = 5

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Closing:
    """A 0/1 covariate that shuts the series: whenever it is `value`, the target is 0."""

    covariate: str
    value: float
    times: int


@dataclass(frozen=True)
class Facts:
    """What was learned about the training table besides the network's weights.

    Attributes:
        covariate_names: the known-future covariates, in order.
        covariate_mean, covariate_spread: to standardise them.
        calendar_names: the calendar features in use.
        closing: the covariate that closes, if any.
        non_negative: no observed value was below 0.
        integer: every observed value was whole.
    """

    covariate_names: tuple[str, ...]
    covariate_mean: tuple[float, ...]
    covariate_spread: tuple[float, ...]
    calendar_names: tuple[str, ...]
    closing: Closing | None
    non_negative: bool
    integer: bool

    @classmethod
    def learn(cls, table: Table, end: NDArray[np.int64] | None = None) -> "Facts":
        """Look at a table once.

        Args:
            table: the past.
            end: [N] steps of each series from here on are held out: covariates are measured and
                closings found before them. Signs and whole numbers are taken from all.
        """
        observed = table.y[np.isfinite(table.y)]
        learned = before(end, table.offsets) if end is not None else slice(None)
        y, covariates = table.y[learned], table.covariates[learned]
        mean, spread = _mean_and_spread(covariates)
        longest = int(table.lengths.max())
        periods = table.frequency.feature_periods
        calendar = tuple(
            name
            for name, period in zip(table.frequency.feature_names, periods, strict=True)
            if longest >= _CYCLES_NEEDED * period and len(observed) >= _VALUES_NEEDED
        )
        return cls(
            covariate_names=table.covariate_names,
            covariate_mean=tuple(mean.tolist()),
            covariate_spread=tuple(spread.tolist()),
            calendar_names=calendar,
            closing=_find_closing(y, covariates, table.covariate_names),
            non_negative=bool((observed >= 0).all()),
            integer=bool((observed == np.round(observed)).all()),
        )

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Facts":
        """Back from plain values."""
        plain: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in stored.items()
        }
        if plain["closing"] is not None:
            plain["closing"] = Closing(**plain["closing"])
        return cls(**plain)

    def is_closed(self, covariates: FloatArray) -> NDArray[np.bool_]:
        """Where covariates [..., F] say that the series is shut: [...]."""
        if self.closing is None:
            return np.zeros(covariates.shape[:-1], dtype=bool)
        column = self.covariate_names.index(self.closing.covariate)
        closed: NDArray[np.bool_] = covariates[..., column] == self.closing.value
        return closed

    def standardise(self, covariates: FloatArray) -> NDArray[np.float32]:
        """Covariates [..., F] to mean 0, spread 1; unknown ones to 0, their mean."""
        scaled = (covariates - np.array(self.covariate_mean)) / np.array(self.covariate_spread)
        known: NDArray[np.float32] = np.where(np.isfinite(scaled), scaled, 0).astype(np.float32)
        return known


@dataclass(frozen=True)
class Extended:
    """A table followed, series by series, by steps still to come (unobserved).

    Attributes:
        values: [R] float64, NaN where unobserved or shut.
        scaled: [R] float64, the same on the series-scaled axis.
        covariates: [R, F] float64.
        closed: [R] where the series is known to be shut.
        offsets: [N+1].
        history: [N] steps of each series that lie in the past.
        scale: of each series.
        source: cuts windows.
    """

    values: FloatArray
    scaled: FloatArray
    covariates: FloatArray
    closed: NDArray[np.bool_]
    offsets: NDArray[np.int64]
    history: NDArray[np.int64]
    scale: SeriesScale
    source: WindowSource


def before(end: NDArray[np.int64], offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """[R] True on the rows of each series before its step `end` [N].

    >>> before(np.array([1, 2]), np.array([0, 3, 5])).tolist()
    [True, False, False, True, True]
    """
    lengths = np.diff(offsets)
    step = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)
    earlier: NDArray[np.bool_] = step < np.repeat(end, lengths)
    return earlier


def extend(
    table: Table,
    facts: Facts,
    layout: Layout,
    future: FloatArray,
    end: NDArray[np.int64] | None = None,
) -> Extended:
    """Lay the future steps behind each series and prepare all rows for the network.

    The future is filled up to whole patches: the network reads what is known of a patch as a
    whole. The steps filled in have the calendar's features and the last known covariates.

    Args:
        table: the past.
        facts: learned from the training table.
        layout: the geometry of the windows.
        future: [N, h, F] known-future covariates; F may be 0.
        end: [N] the scale of each series is measured before this step (default: on all).
    """
    wanted = future.shape[1]
    h = math.ceil(wanted / layout.patch) * layout.patch
    future = np.pad(future, ((0, 0), (0, h - wanted), (0, 0)), mode="edge")
    lengths = table.lengths
    offsets = np.concatenate([[0], np.cumsum(lengths + h)])
    past = np.arange(table.n_rows) + np.repeat(np.arange(len(lengths)) * h, lengths)
    rows = int(offsets[-1])
    ahead = np.ones(rows, dtype=bool)
    ahead[past] = False

    values = np.full(rows, np.nan)
    values[past] = table.y
    covariates = np.full((rows, len(table.covariate_names)), np.nan)
    covariates[past] = table.covariates
    ds = np.empty(rows, dtype=table.ds.dtype)
    ds[past] = table.ds
    ds[ahead] = table.frequency.future(table.last_ds, h).reshape(-1)
    covariates[ahead] = future.reshape(int(ahead.sum()), covariates.shape[1])

    # A shut day says nothing about demand: it is hidden, and forecast as the 0 it will be.
    closed = facts.is_closed(covariates)
    values[closed] = np.nan
    measured = values if end is None else np.where(before(end, offsets), values, np.nan)
    scale = SeriesScale.fit(measured, offsets)
    scaled = scale.forward(values, offsets)
    source = WindowSource(
        scaled,
        facts.standardise(covariates),
        _calendar(table, facts, ds),
        offsets,
        scale.zero,
        layout,
    )
    return Extended(values, scaled, covariates, closed, offsets, lengths, scale, source)


def _calendar(table: Table, facts: Facts, ds: NDArray[Any]) -> NDArray[np.float32]:
    if not facts.calendar_names:
        return np.zeros((len(ds), 0), dtype=np.float32)
    names = table.frequency.feature_names
    keep = [names.index(name) for name in facts.calendar_names]
    # Series share their days: each distinct time is looked up in the calendar once.
    distinct, position = np.unique(ds, return_inverse=True)
    return np.ascontiguousarray(table.frequency.features(distinct)[:, keep])[position]


def _mean_and_spread(covariates: FloatArray) -> tuple[FloatArray, FloatArray]:
    known = np.isfinite(covariates)
    count = np.maximum(known.sum(0), 1)
    filled = np.where(known, covariates, 0.0)
    # In units of the largest, so that squares stay finite and rounding noise is told from spread.
    unit = np.abs(filled).max(0, initial=0.0)
    unit = np.where(unit > 0, unit, 1.0)
    mean = (filled / unit).sum(0) / count
    spread = np.sqrt((np.where(known, filled / unit - mean, 0.0) ** 2).sum(0) / count)
    return mean * unit, np.where(spread > 1e-12, spread, 1.0) * unit


def _find_closing(y: FloatArray, covariates: FloatArray, names: tuple[str, ...]) -> Closing | None:
    """The 0/1 covariate, if any, one of whose values always came with a target of 0."""
    observed = np.isfinite(y)
    zero = y == 0
    for column, name in enumerate(names):
        covariate = covariates[:, column]
        if not np.isin(covariate[np.isfinite(covariate)], (0.0, 1.0)).all():
            continue
        for value in (0.0, 1.0):
            at = (covariate == value) & observed
            others = (covariate == 1 - value) & observed
            # Zeros must be the news of this value, not the habit of the series.
            others_mostly_sell = 2 * zero[others].sum() < others.sum()
            if at.sum() >= _CLOSINGS_NEEDED and zero[at].all() and others_mostly_sell:
                return Closing(name, value, int(at.sum()))
    return None
