"""A forecaster checked on its past: from several cutoffs, each forecast from what was known then.

Nothing that lies after a cutoff is seen before it: the table is cut first, and facts, scales,
calendar, network and verdict are learned from what is left.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.errors import DataError, UsageError
from gated.forecast.fitting import Fitted, fit
from gated.forecast.predicting import forecast_columns
from gated.forecast.result import Asked
from gated.forecast.settings import Settings
from gated.table import Table
from gated.table.earlier import as_it_was
from gated.train import Progress

__all__ = ["Cutoffs", "Window", "as_columns", "backtest"]

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Cutoffs:
    """Where the past is cut: the last horizon of each series, and equal steps before it.

    Attributes:
        h: steps forecast from each cutoff.
        n_windows: how many cutoffs.
        step_size: steps between one and the next.
    """

    h: int
    n_windows: int
    step_size: int

    def __post_init__(self) -> None:
        for name in ("n_windows", "step_size"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
                raise UsageError(f"{name} is {value!r}. Expected a whole number, at least 1.")

    def ends(self, lengths: IntArray) -> Iterator[IntArray]:
        """[N] the steps of each series before each cutoff, the earliest first; 0 or less: none.

        >>> [end.tolist() for end in Cutoffs(h=3, n_windows=2, step_size=2).ends(np.array([9, 4]))]
        [[4, -1], [6, 1]]
        """
        for window in reversed(range(self.n_windows)):
            yield lengths - self.h - window * self.step_size

    def require_room(self, lengths: IntArray) -> None:
        """At the first cutoff there must be something to learn from.

        Raises:
            DataError: there is not.
        """
        longest, needed = int(lengths.max()), self.h + (self.n_windows - 1) * self.step_size + 2
        if longest < needed:
            raise DataError(
                f"The longest series has {longest:,} steps. {self.n_windows} cutoffs, "
                f"{self.step_size:,} steps apart, with {self.h:,} steps to forecast after each, "
                f"need at least {needed:,}. Ask for fewer windows, smaller steps between them, or "
                "a shorter horizon."
            )


@dataclass(frozen=True)
class Window:
    """The forecasts from one cutoff, of the n series that had begun by then.

    Attributes:
        series: [n] which series of the table.
        cutoff: [n] the last time that was seen of each.
        ds: [n, h] the times that were forecast.
        y: [n, h] what came, NaN where it was not observed.
        columns: name to [n, h] forecasts.
    """

    series: IntArray
    cutoff: NDArray[np.generic]
    ds: NDArray[np.generic]
    y: FloatArray
    columns: dict[str, FloatArray]


def backtest(
    table: Table,
    cutoffs: Cutoffs,
    settings: Settings,
    asked: Asked,
    *,
    refit: bool,
    progress: Callable[[str, Progress], None] | None = None,
) -> Iterator[Window]:
    """Forecast from each cutoff in turn, the earliest first.

    Args:
        table: the whole past.
        cutoffs: where to cut it.
        settings: of the fits.
        asked: columns of the forecasts.
        refit: whether to learn anew at each cutoff, or once, at the first one.
        progress: as in `fit`.

    Raises:
        DataError: the series are too short.
    """
    cutoffs.require_room(table.lengths)
    fitted: Fitted | None = None
    for end in cutoffs.ends(table.lengths):
        past, series = as_it_was(table, end)
        if fitted is None or refit:
            fitted = fit(past, cutoffs.h, settings, progress=progress)
        first = table.offsets[:-1][series] + end[series]
        ahead = first[:, None] + np.arange(cutoffs.h)  # [n, h] rows of the whole table
        yield Window(
            series=series,
            cutoff=past.last_ds,
            ds=table.ds[ahead],
            y=table.y[ahead],
            columns=forecast_columns(fitted, past, table.covariates[ahead], asked),
        )


def as_columns(table: Table, windows: Sequence[Window]) -> dict[str, NDArray[Any]]:
    """The forecasts of a backtest as columns, by series and cutoff."""
    series = np.concatenate([window.series for window in windows])
    order = np.argsort(series, kind="stable")  # windows come in the order of their cutoffs
    h = windows[0].y.shape[1]

    def joined(parts: Iterable[NDArray[Any]]) -> NDArray[Any]:
        """Parts [n, h] under each other, as one column."""
        column: NDArray[Any] = np.concatenate(list(parts))[order].reshape(-1)
        return column

    cutoffs = [np.repeat(window.cutoff[:, None], h, axis=1) for window in windows]
    return {
        table.schema.id_col: np.repeat(table.ids[series[order]], h),
        table.schema.time_col: joined(window.ds for window in windows),
        "cutoff": joined(cutoffs),
        table.schema.target_col: joined(window.y for window in windows),
        **{name: joined(window.columns[name] for window in windows) for name in windows[0].columns},
    }
