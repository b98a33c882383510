"""Defines `Forecast`, the forecast of a table: its frame, plots, report and explanation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray
from gated.errors import UsageError
from gated.forecast.config import MEAN_NAME, MODEL_NAME
from gated.forecast.model.inspection.memory_weights import explanation, weight_by_distance
from gated.forecast.prediction.columns import (
    DEFAULT_LEVEL,
    ForecastColumns,
    Numbers,
    check_distinct,
)
from gated.forecast.prediction.paths import (
    DEFAULT_PATHS,
    check_paths,
    path_blocks,
    paths_for_totals,
)
from gated.forecast.prediction.sums import Sums, check_bounds
from gated.forecast.prediction.totals import Period, quantiles_of, share_of
from gated.forecast.prediction.values import ForecastValues
from gated.forecast.prediction.what_if import Changes, changed
from gated.forecast.validation.combination import Combination
from gated.forecast.views.notes.profile import profile_notes
from gated.forecast.views.series_index import index_of
from gated.libraries import has_torch
from gated.overview import FIRST_ROWS, Overview, Overviewed, not_shown
from gated.table import to_frame
from gated.text import counted

if TYPE_CHECKING:  # they load when a forecast is explained or drawn
    from gated.forecast.explain import Explanation, SeriesGates
    from gated.forecast.prediction.counterfactual import Counterfactual
    from gated.forecast.views.plots import Engine

__all__ = ["Forecast"]


@dataclass(frozen=True, repr=False)
class Forecast(ForecastValues, Overviewed):
    """The forecast of all series of a table. `Forecaster.forecast` returns it.

    `print` shows the first rows and the validation result; a notebook shows them as HTML.

    Attributes:
        fitted: profile, network and combination.
        table: the past.
        future: [N, h, F] covariates of the steps ahead.
        requested: the columns of `frame`.
        future_notes: notes on the future covariates.
    """

    future_notes: tuple[str, ...]

    @property
    def _title(self) -> str:
        series, steps = counted(len(self.ids), "series", "series"), counted(self.h, "step")
        frequency = self.table.frequency.description
        span = self.table.span(self.ds)
        return f"Forecast of {series}, {steps} ahead, {span}, {frequency}."

    def _overview(self) -> Overview:
        schema, shown = self.table.schema, min(FIRST_ROWS, self.h)
        columns: dict[str, Sequence[Any]] = {
            schema.id_col: [str(self.ids[0])] * shown,
            schema.time_col: list(self.table.local(self.ds[0, :shown])),
            **{name: list(column[0, :shown]) for name, column in self.columns.items()},
        }
        more = not_shown(len(self.ids) * self.h - shown, ".frame")
        which = f"{MODEL_NAME} is the median, {MEAN_NAME} the mean. {self.point.text}"
        return Overview(self._title, columns, (*more, which, self.verdict.describe(self.h)))

    @property
    def verdict(self) -> Combination:
        """The validation result of network and baselines, and their combination."""
        return self.fitted.combination

    @property
    def findings(self) -> tuple[str, ...]:
        """Notes of the fit on the table, one sentence each."""
        return profile_notes(self.fitted.profile, self.table.schema.target_col)

    @property
    def notes(self) -> tuple[str, ...]:
        """All notes: on the table, on the fit and on the future covariates."""
        return (*self.table.notes, *self.findings, *self.future_notes)

    @cached_property
    def memory(self) -> list[tuple[str, float]]:
        """(description, share) of the memory weights at each past distance, largest first."""
        return weight_by_distance(self.fitted.network, self.table, self.data, self.h)

    def remembered(self, top: int = 3) -> Any:
        """The `top` past steps with the largest memory weights; see `Forecaster.remembered`.

        Raises:
            UsageError: `top` is below 1.
        """
        if top < 1:
            raise UsageError(f"top is {top!r}. Expected a whole number, at least 1.")
        columns = explanation(self.fitted.network, self.table, self.data, self.h, top)
        return to_frame(self.table.schema, columns)

    def explain(self, series: object = None) -> "Explanation":
        """What the forecast of one series, or of all, consists of; see `Forecaster.explain`."""
        ids = self.table.ids
        return self._explained(range(len(ids)) if series is None else [index_of(ids, series)])

    @cached_property
    def explained(self) -> "Explanation":
        """What the forecasts of a few series consist of, for the report."""
        from gated.forecast.explain import few_of

        return self._explained(few_of(self.data.history, self.h))

    def _explained(self, series: Sequence[int]) -> "Explanation":
        from gated.forecast.explain import explain

        return explain(self.fitted, self.table, self.data, self.future, self.point.name, series)

    def gates(self, series: object = None) -> "tuple[SeriesGates, ...]":
        """The gates of the network over the past of one series, or of a few."""
        from gated.forecast.explain import few_of, gates_of

        ids, history = self.table.ids, self.data.history
        chosen = few_of(history, self.h) if series is None else [index_of(ids, series)]
        return gates_of(self.fitted.network, self.table, self.data, self.h, chosen)

    def what_if(self, changes: Changes, *, series: object = None) -> "Counterfactual":
        """Forecast again with other past values or covariates; see `Forecaster.what_if`."""
        from gated.forecast.prediction.counterfactual import Counterfactual

        chosen = np.arange(len(self.table.ids))
        if series is not None:
            chosen = chosen[[index_of(self.table.ids, series)]]
        non_negative = self.prediction.is_non_negative
        table, future = changed(self.table, self.future, changes, chosen, non_negative=non_negative)
        return Counterfactual(self, replace(self, table=table, future=future))

    def simulate(
        self, n_paths: int = DEFAULT_PATHS, *, seed: int = 0, as_arrays: bool = False
    ) -> Any:
        """Draw paths of the future, joint over the steps of a series and over all series.

        Each path is one possible future of the whole table. At every step, the paths have the
        quantiles and the mean of the forecast, are 0 at closed steps, and non-negative or whole
        numbers if all past values were. Steps and series depend on each other by a Gaussian copula
        that was estimated on the held-out windows.

        Args:
            n_paths: number of paths.
            seed: the same seed gives the same bits.
            as_arrays: whether to return an array instead of a frame.

        Returns:
            A frame of the same kind as the table: id, time, `path` (0 to n_paths − 1) and `value`,
            by series, path and time; or an array [N + K, n_paths, h] float64 in the order of `ids`.

        Raises:
            UsageError: n_paths or seed is out of range.

        >>> import numpy as np, pandas as pd
        >>> from gated import Forecaster
        >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
        >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
        >>> paths = Forecaster().forecast(sales, h=7).simulate(3, seed=1)
        >>> paths.columns.tolist(), len(paths)
        (['unique_id', 'ds', 'path', 'value'], 21)
        """
        check_paths(n_paths, seed)
        blocks = path_blocks(self.marginals, self.fitted.dependence, n_paths, seed)
        values = np.concatenate([block.swapaxes(1, 2) for _, block in blocks])
        if as_arrays:
            return values
        schema, h = self.table.schema, self.h
        columns: dict[str, NDArray[Any]] = {
            schema.id_col: np.repeat(self.ids, n_paths * h),
            schema.time_col: np.repeat(self.ds[:, None], n_paths, axis=1).reshape(-1),
            "path": np.tile(np.repeat(np.arange(n_paths), h), len(self.ids)),
            "value": values.reshape(-1),
        }
        return to_frame(schema, columns)

    def totals(
        self,
        by: Period | None = None,
        *,
        over_series: bool = False,
        level: Numbers = DEFAULT_LEVEL,
        n_paths: int = DEFAULT_PATHS,
        seed: int = 0,
    ) -> Any:
        """Sum the forecast over periods, with intervals of the sums.

        Args:
            by: "horizon" (the default) for one total, or "day", "week" (from Monday), "month",
                "quarter", "year". The first and the last period may be incomplete.
            over_series: whether to sum over all series too.
            level: central intervals in percent, such as 80 or [80, 95].
            n_paths, seed: as of `simulate`; the intervals are quantiles of the paths' totals.

        Returns:
            A frame of the same kind as the table: id ("all series" with `over_series`), `first` and
            `last` (times of the period's first and last step), `steps` (their number over all
            series), `gated-mean` (the sum of the means), `gated-lo-80`, `gated-hi-80` and so on.

        Raises:
            UsageError: an argument is out of range, or the steps have no dates.

        >>> import numpy as np, pandas as pd
        >>> from gated import Forecaster
        >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
        >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
        >>> weeks = Forecaster().forecast(sales, h=14).totals("week")
        >>> weeks["gated-mean"].round().tolist(), weeks["steps"].tolist()
        ([80.0, 80.0], [7, 7])
        """
        check_paths(n_paths, seed)
        bounds = ForecastColumns.of(level).columns
        shares = {name: share for name, share in bounds.items() if name != MODEL_NAME}
        sums, summary = self._sums(by, over_series), quantiles_of(list(shares.values()))
        numbers = sums.numbers(self.fitted.dependence, summary, n_paths, seed)
        return sums.frame({MEAN_NAME: sums.mean, **dict(zip(shares, numbers.T, strict=True))})

    def probability(
        self,
        *,
        at_least: float | None = None,
        at_most: float | None = None,
        by: Period | None = None,
        over_series: bool = False,
        series: object = None,
        n_paths: int = DEFAULT_PATHS,
        seed: int = 0,
    ) -> Any:
        """The probability that totals are at least or at most a number: will 500 be enough?

        Args:
            at_least, at_most: one or both bounds of the total, inclusive.
            by: the periods, as of `totals`.
            over_series: whether to sum over all series.
            series: the label of one series; None: all.
            n_paths, seed: as of `simulate`; the probability is a share of the paths, and so has an
                error of about 0.5 / √n_paths at most.

        Returns:
            A frame of the same kind as the table: id, `first`, `last`, `steps` and `probability`.

        Raises:
            UsageError: an argument is out of range, or there is no such series.

        >>> import numpy as np, pandas as pd
        >>> from gated import Forecaster
        >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
        >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
        >>> made = Forecaster().forecast(sales, h=7)
        >>> made.probability(at_most=100)["probability"].tolist()
        [1.0]
        """
        check_bounds(at_least, at_most)
        if over_series and series is not None:
            raise UsageError(
                f"series is {series!r}, but over_series sums over all of them. Give one of the two."
            )
        check_paths(n_paths, seed)
        one = None if series is None else index_of(self.ids, series)
        sums, summary = self._sums(by, over_series, one), share_of(at_least, at_most)
        shares = sums.numbers(self.fitted.dependence, summary, n_paths, seed)
        return sums.frame({"probability": shares[:, 0]})

    def total_paths(self, which: BoolArray) -> FloatArray:
        """Possible totals of the series `which` [N + K], joint over the steps: [h, paths]."""
        paths = paths_for_totals(len(self.ids), self.h)
        totals = np.zeros((self.h, paths))
        for rows, values in path_blocks(self.marginals, self.fitted.dependence, paths, 0):
            totals += values[which[rows]].sum(axis=0)
        return totals

    def _sums(self, by: Period | None, over_series: bool, one: int | None = None) -> Sums:
        """The totals of all series, or of one."""
        rows = slice(None) if one is None else slice(one, one + 1)
        ids, ds, marginals = self.ids[rows], self.ds[rows], self.marginals.part(rows)
        return Sums(self.table, ids, ds, marginals, by, over_series)

    @property
    def frame(self) -> Any:
        """A frame of id, time, `gated`, `gated-mean` and the requested columns, by series.

        Raises:
            UsageError: the id or the time column has the name of another one.
        """
        schema = self.table.schema
        check_distinct((schema.id_col, schema.time_col, *self.columns))
        columns: dict[str, NDArray[Any]] = {
            schema.id_col: np.repeat(self.ids, self.h),
            schema.time_col: self.ds.reshape(-1),
        }
        for name, column in self.columns.items():
            columns[name] = column.reshape(-1)
        return to_frame(schema, columns)

    def plot(self, series: object = None, *, engine: "Engine" = "matplotlib") -> Any:
        """Plot the past and the forecast of one series; the line is the `point`.

        Args:
            series: its label; by default the first.
            engine: "matplotlib" or "plotly" (`pip install "gated[plot]"`).

        Returns:
            A `matplotlib.figure.Figure` or a `plotly.graph_objects.Figure`.

        Raises:
            UsageError: there is no such series or engine, or the library is not installed.
        """
        from gated.forecast.views.plots import drawn

        which = index_of(self.ids, series)
        bands = {level: (lo[which], hi[which]) for level, (lo, hi) in self.bands.items()}
        until = int(self.table.lengths[which]) if which < self.table.n_series else 0
        columns = (self.columns[self.point.column][which], bands)
        return drawn(engine, self.table, which, until, self.ds[which], columns)

    def report(self, *, explanation: "Explanation | None" = None, **settings: object) -> str:
        """The forecast as one HTML page: charts of all series, notes, validation, explanation.

        Args:
            explanation: of some series; by default of three, chosen evenly, where torch is
                installed, which differentiates the network.
            settings: further settings to list at the end, by name.

        Returns:
            A complete HTML document without external resources.
        """
        from gated.forecast.views.forecast_report import forecast_report
        from gated.report import page

        listed = {name: str(value) for name, value in settings.items()}
        found = self.explained if explanation is None and has_torch() else explanation
        gates = self.gates(found.first_moved)[0] if found is not None and found.series else None
        return page(forecast_report(self, listed, found, gates))
