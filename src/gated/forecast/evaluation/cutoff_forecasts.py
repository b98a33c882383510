"""Backtests a forecaster: forecasts from several past cutoffs, and their actual values.

The table is cut at each cutoff first. Profile, scales, calendar, network and validation use only
the rows before it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray
from gated.errors import DataError
from gated.forecast.baselines.method_forecast import MethodForecast
from gated.forecast.config import ForecasterConfig, check_whole
from gated.forecast.data.dataset import build_dataset
from gated.forecast.evaluation.competitors import competitor_forecasts
from gated.forecast.evaluation.scores import Actuals
from gated.forecast.learning import fit_table
from gated.forecast.metrics import seasonal_naive_scale
from gated.forecast.prediction.predict import Prediction, predict
from gated.forecast.training.fitted import Fitted
from gated.forecast.user_warnings import warn_of_left_out
from gated.forecast.views.notes.profile import profile_notes
from gated.table import Frequency, Table
from gated.table.as_of import as_of
from gated.table.time.season import detect_long_season, detect_season
from gated.train.progress import Progress

__all__ = ["Cutoffs", "Window", "backtest"]


_ROUNDING = 1e-12  # of the largest value


@dataclass(frozen=True)
class Cutoffs:
    """The cutoffs of a backtest: one horizon before the end of each series, and equal steps back.

    Attributes:
        h: steps forecast from each cutoff.
        n_windows: number of cutoffs.
        step_size: steps from one cutoff to the next.
    """

    h: int
    n_windows: int
    step_size: int

    def __post_init__(self) -> None:
        check_whole("n_windows", self.n_windows, 1)
        check_whole("step_size", self.step_size, 1)

    def ends(self, lengths: IntArray) -> Iterator[IntArray]:
        """Yield the number of steps [N] of each series before each cutoff, oldest cutoff first.

        A number of 0 or less means that the series has not begun.

        >>> [end.tolist() for end in Cutoffs(h=3, n_windows=2, step_size=2).ends(np.array([9, 4]))]
        [[4, -1], [6, 1]]
        """
        for window in reversed(range(self.n_windows)):
            yield lengths - self.h - window * self.step_size

    def require_room(self, lengths: IntArray) -> None:
        """Check that the longest series has steps before the first cutoff.

        Raises:
            DataError: it has none.
        """
        longest, needed = int(lengths.max()), self.h + (self.n_windows - 1) * self.step_size + 2
        if longest < needed:
            raise DataError(
                f"The longest series has {longest:,} steps. {self.n_windows} cutoffs, "
                f"{self.step_size:,} steps apart, with {self.h:,} steps to forecast after each, "
                f"need at least {needed:,}. Request fewer windows, smaller steps between them, or "
                "a shorter horizon."
            )


@dataclass(frozen=True)
class Window:
    """The forecasts from one cutoff, of the n series that have begun before it.

    Attributes:
        series: [n] indices of the series in the table.
        cutoff: [n] the last time of each series before the forecast.
        ds: [n, h] the forecast times.
        actuals: the actual values, and the scale of each past.
        prediction: the forecast of gated.
        others: the forecasts of competing methods, by name.
        seconds: seconds spent on "fit", "predict" and the "others".
        notes: notes of the fit on the table.
    """

    series: IntArray
    cutoff: NDArray[np.generic]
    ds: NDArray[np.generic]
    actuals: Actuals
    prediction: Prediction
    others: dict[str, MethodForecast]
    seconds: dict[str, float]
    notes: tuple[str, ...]


def backtest(
    table: Table,
    cutoffs: Cutoffs,
    settings: ForecasterConfig,
    others: Sequence[str],
    *,
    refit: bool,
    progress: Callable[[str, Progress], None] | None = None,
) -> Iterator[Window]:
    """Forecast from each cutoff, the oldest first.

    Args:
        table: the whole past.
        cutoffs: the cutoffs.
        settings: hyperparameters of the fits.
        others: competing methods.
        refit: whether to fit again at each cutoff, or only at the first.
        progress: as in `fit`.

    Warns:
        GatedWarning: columns are not used.

    Raises:
        DataError: the series are too short.
    """
    cutoffs.require_room(table.lengths)
    fitted: Fitted | None = None
    season: tuple[str, ...] = ()
    for end in cutoffs.ends(table.lengths):
        clock = _Clock()
        past, series = as_of(table, end)
        if not len(series):
            raise DataError(
                f"No value was observed before the first of the {cutoffs.n_windows} cutoffs. "
                "Request fewer windows, or leave out the empty steps at the beginning."
            )
        if fitted is None and table.season_found:  # detected with later values: detect it again
            table, season = _in_season(table, past)
            past = replace(past, frequency=table.frequency)
        if fitted is None or refit:
            is_first = fitted is None
            with clock.timing("fit"):
                fitted = fit_table(past, cutoffs.h, settings, progress)
            if is_first:
                warn_of_left_out(table, fitted.profile)
        first = table.offsets[:-1][series] + end[series]
        ahead = first[:, None] + np.arange(cutoffs.h)  # [n, h] rows of the whole table
        future = table.covariates[ahead]
        with clock.timing("predict"):
            data = build_dataset(past, fitted.profile, fitted.network.config.layout, future)
            prediction = predict(fitted, data, past.frequency.season_length, cutoffs.h)
        with clock.timing("others"):
            forecasts = competitor_forecasts(others, fitted, past, future)
        yield Window(
            series=series,
            cutoff=past.last_ds,
            ds=table.ds[ahead],
            actuals=Actuals(table.y[ahead], _scale(past), prediction.closed),
            prediction=prediction,
            others=forecasts,
            seconds=clock.seconds,
            notes=(*season, *profile_notes(fitted.profile, table.schema.target_col)),
        )


def _in_season(table: Table, past: Table) -> tuple[Table, tuple[str, ...]]:
    """Set the season of the whole table to that detected in its past; and a note if it differs."""
    season = detect_season(past.y, past.offsets)
    longer = detect_long_season(past.y, past.offsets, season)
    frequency = Frequency.of(table.frequency.alias, season, longer)
    if frequency == table.frequency:
        return table, ()
    found = "no season" if season == 1 else f"a season of {season} steps"
    if longer is not None:
        found += f" within one of {longer}"
    note = f"{found} was found in the values before the first cutoff and is used for all cutoffs."
    return replace(table, frequency=frequency), (note,)


def _scale(past: Table) -> FloatArray:
    """[n] the divisor of MASE; NaN for a series that is periodic up to rounding."""
    scale = seasonal_naive_scale(past.y, past.offsets, past.frequency.season_length)
    largest = np.fmax.reduceat(np.abs(past.y), past.offsets[:-1])
    return np.where(scale > _ROUNDING * largest, scale, np.nan)


class _Clock:
    """Measures the seconds spent on named parts of the work."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(("fit", "predict", "others"), 0.0)

    @contextmanager
    def timing(self, part: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[part] += time.perf_counter() - started
