"""Defines `Backtest`, the result of a backtest: forecasts, actual values, scores, a summary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray
from gated.errors import UsageError
from gated.forecast.config import MODEL_NAME
from gated.forecast.evaluation.competitors import REFERENCE
from gated.forecast.evaluation.coverage.coverage_text import SIGNIFICANT, coverage_sentences
from gated.forecast.evaluation.coverage.interval_coverage import (
    REFERENCE_LEVELS,
    IntervalCoverage,
    coverage_columns,
    interval_coverage,
)
from gated.forecast.evaluation.coverage.miss_sequences import Sequences
from gated.forecast.evaluation.joined_windows import By, JoinedWindows
from gated.forecast.evaluation.scores import score
from gated.forecast.evaluation.summary import summary
from gated.forecast.evaluation.utilsforecast_losses import evaluate, forecast_columns
from gated.forecast.prediction.columns import ForecastColumns, check_distinct
from gated.forecast.quantiles import at_level
from gated.forecast.views.backtest_report import backtest_report
from gated.forecast.views.plots import Engine, drawn
from gated.forecast.views.series_index import index_of
from gated.overview import Overview, Overviewed
from gated.report import page
from gated.table import to_frame
from gated.text import counted

__all__ = ["Backtest"]


@dataclass(frozen=True, repr=False)
class Backtest(JoinedWindows, Overviewed):
    """Forecasts from several past cutoffs. `Forecaster.backtest` returns it.

    `print` shows the scores and the summary; a notebook shows them as HTML.

    Attributes:
        table, cutoffs, windows: see `JoinedWindows`.
        requested: the columns of gated's forecast in `frame`.
        levels: the levels of the scored intervals, in percent.
    """

    requested: ForecastColumns
    levels: tuple[float, ...]

    @property
    def _title(self) -> str:
        series = counted(len(np.unique(self.series)), "series", "series")
        cutoffs, steps = counted(len(self.windows), "cutoff"), counted(self.cutoffs.h, "step")
        span = self.table.span(self.ds)
        return f"Backtest of {series}: {steps} from each of {cutoffs}, {span}."

    def _overview(self) -> Overview:
        methods = list(self.overall)
        columns: dict[str, Sequence[Any]] = {"method": methods}
        for key in (
            "mase",
            "wape",
            "bias",
            "crps",
            *(f"coverage-{level:g}" for level in self.levels),
        ):
            columns[key] = [self.overall[method][key] for method in methods]
        return Overview(self._title, columns, (self.text,))

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on what was detected, assumed and repaired in the table, and notes of the fits."""
        return (*self.table.notes, *self.fit_notes)

    @property
    def fit_notes(self) -> tuple[str, ...]:
        """Notes of the fits on the table, for example on uninformative covariates."""
        return tuple(dict.fromkeys(note for window in self.windows for note in window.notes))

    @property
    def frame(self) -> Any:
        """The forecasts as a frame of the input's kind, one row per series, cutoff and step.

        Columns: id, time, `cutoff` (the last time before the forecast), the target, `gated` (the
        median), `gated-mean` and the requested columns, then one for each competing method.

        Raises:
            UsageError: a column of the table has the name of another one.
        """
        schema, h = self.table.schema, self.cutoffs.h
        columns: dict[str, NDArray[Any]] = {
            schema.id_col: np.repeat(self.table.ids[self.series], h),
            schema.time_col: self.joined(lambda window: window.ds).reshape(-1),
            "cutoff": np.repeat(self.joined(lambda window: window.cutoff), h),
            schema.target_col: self.actuals.y.reshape(-1),
        }
        ours = [window.prediction.columns(self.requested) for window in self.windows]
        names = (schema.id_col, schema.time_col, "cutoff", schema.target_col)
        check_distinct((*names, *ours[0]))
        for name in ours[0]:
            columns[name] = self.ordered([one[name] for one in ours]).reshape(-1)
        for name, forecast in self.forecasts.items():
            if name != MODEL_NAME:
                columns[name] = forecast.points.reshape(-1)
        return to_frame(schema, columns)

    def scores(self, by: By = "overall") -> Any:
        """Score gated and the competing methods.

        Args:
            by: "overall", or one row for each "series", "cutoff" or "step" ahead.

        Returns:
            A frame of the same kind as the table: the group, `method`, and mase, smape (0 to 200),
            wape, rmse (in the target's unit), bias (sum of forecasts ÷ sum of actual values; of the
            means, and of the points of a method without means), crps (relative to the target's
            size), and for each level coverage-80 (0 to 1) and msis-80. NaN if a score is not
            defined: MASE of an exactly periodic series, interval scores of a method without
            intervals.

        Raises:
            UsageError: `by` is unknown.
        """
        labels, group = self.groups(by)
        scored = self.scored(group, len(labels))
        columns = self._labels(by, len(scored))
        columns["method"] = np.repeat(np.array(list(scored), dtype=object), len(labels))
        for key in scored[MODEL_NAME]:
            columns[key] = np.concatenate([method[key] for method in scored.values()])
        return to_frame(self.table.schema, columns)

    def coverage(self, by: By = "overall") -> Any:
        """Measure the coverage of gated's intervals, and test it.

        A p-value below 0.05 means that chance hardly explains what was found. It is NaN where there
        are too few values for the test. The tests are those of Kupiec (1995) and Christoffersen
        (1998), with a design effect for values that depend on each other: see
        `gated.forecast.evaluation.coverage.interval_coverage`. Among many groups, one in twenty has
        a p-value below 0.05 by chance.

        Args:
            by: "overall", or one row for each "series", "cutoff" or "step" ahead.

        Returns:
            A frame of the same kind as the table, one row per group and level: the group, level (in
            percent), values (their number), coverage, below and above (shares of the values outside
            the interval), kupiec_p (of the share of misses), after_miss (share of misses among the
            values that follow a miss), after_miss_expected (that share if misses were independent),
            independence_p (of this difference), and conditional_p (of both). The value before is
            that of the time before; by step, that of the cutoff before. Closed steps are left out.

        Raises:
            UsageError: `by` is unknown.

        >>> import numpy as np, pandas as pd
        >>> days = pd.date_range("2024-01-01", periods=90, freq="D")
        >>> noise = np.random.default_rng(0).normal(size=90)
        >>> from gated import Forecaster
        >>> found = Forecaster().backtest(pd.DataFrame({"ds": days, "y": noise}), h=7)
        >>> found.coverage()[["level", "values", "coverage"]].round(2).to_numpy().tolist()
        [[80.0, 28.0, 0.68], [95.0, 28.0, 0.93]]
        """
        labels, _ = self.groups(by)
        measured = [self.coverage_of(level, by) for level in self.levels]
        columns = self._labels(by, len(measured))
        columns["level"] = np.repeat(np.array(self.levels, dtype=np.float64), len(labels))
        columns |= coverage_columns(measured)
        return to_frame(self.table.schema, columns)

    def _labels(self, by: By, times: int) -> dict[str, NDArray[Any]]:
        """The column with the labels of the groups, repeated; none for "overall"."""
        if by == "overall":
            return {}
        name = self.table.schema.id_col if by == "series" else by
        return {name: np.tile(self.groups(by)[0], times)}

    def coverage_of(self, level: float, by: By) -> IntervalCoverage:
        """The coverage of one level over the groups of `groups(by)`; see `coverage`."""
        if (level, by) not in self._measured:
            labels, group = self.groups(by)
            quantiles = self.forecasts[MODEL_NAME].quantiles
            assert quantiles is not None
            ends = {
                one: (
                    at_level(quantiles, (100 - one) / 200),
                    at_level(quantiles, (100 + one) / 200),
                )
                for one in {level, *REFERENCE_LEVELS}
            }
            y = np.where(self.actuals.closed, np.nan, self.actuals.y)
            self._measured[level, by] = interval_coverage(
                y, ends, level, self._sequences, group, len(labels), by
            )
        return self._measured[level, by]

    @cached_property
    def _measured(self) -> dict[tuple[float, By], IntervalCoverage]:
        return {}

    @cached_property
    def _sequences(self) -> Sequences:
        time = np.unique(self.ds, return_inverse=True)[1].reshape(self.ds.shape)
        return Sequences(self.series, self.cutoff_number, time, self.cutoffs.step_size)

    @cached_property
    def coverage_text(self) -> tuple[str, ...]:
        """What the tests of the coverage say, and how it changes, in sentences."""
        return coverage_sentences(self)

    def evaluate(self, metrics: Any) -> Any:
        """Score gated and its competitors with any losses of utilsforecast.

        Args:
            metrics: names in `utilsforecast.losses` ("mae", "bias", "mase", "scaled_crps" …), or
                such functions; or a single one. Losses of intervals ("coverage" …) are computed
                for the methods with intervals.

        Returns:
            A pandas frame: unique_id, cutoff, metric, and one column per method; `gated-mean` has
            the scores of the means. NaN if a method has no such score.
            Losses that are scaled by the past use the rows before the first cutoff of each
            series.

        Raises:
            UsageError: utilsforecast is not installed (`pip install "gated[evaluation]"`), or has
                no such loss.
        """
        if isinstance(metrics, str) or callable(metrics):
            metrics = [metrics]
        ids = self.table.ids.astype(str)
        h = self.cutoffs.h
        columns: dict[str, Any] = {
            "unique_id": np.repeat(ids[self.series], h),
            "ds": self.ds.reshape(-1),
            "cutoff": np.repeat(self.joined(lambda window: window.cutoff), h),
            "y": self.actuals.y.reshape(-1),
        }
        forecasts, models = forecast_columns(self.forecasts, self.levels)
        return evaluate(
            columns | forecasts,
            self._history(),
            metrics,
            models,
            levels=self.levels,
            season_length=self.table.frequency.season_length,
        )

    def _history(self) -> dict[str, Any]:
        """The rows of every series before its first cutoff: unique_id, ds, y."""
        table = self.table
        end = next(self.cutoffs.ends(table.lengths))
        step = np.arange(table.n_rows) - np.repeat(table.offsets[:-1], table.lengths)
        rows = step < np.repeat(end, table.lengths)
        ids = np.repeat(table.ids.astype(str), table.lengths)
        return {"unique_id": ids[rows], "ds": table.ds[rows], "y": table.y[rows]}

    def scored(
        self, group: IntArray, count: int, levels: Sequence[float] | None = None
    ) -> dict[str, dict[str, FloatArray]]:
        """Maps method → score → [count] values, over groups of steps of `actuals`; see `score`."""
        checked = self.levels if levels is None else levels
        return score(self.actuals, self.forecasts, checked, group, count)

    @cached_property
    def overall(self) -> Mapping[str, Mapping[str, float]]:
        """Maps method → score → value."""
        scored = self.scored(self.groups("overall")[1], 1)
        return {
            method: {key: float(value[0]) for key, value in scores.items()}
            for method, scores in scored.items()
        }

    def plot(
        self, series: object = None, *, window: int = -1, engine: Engine = "matplotlib"
    ) -> Any:
        """Plot the forecast of one series from one cutoff, with the actual values.

        Args:
            series: its label; by default the first.
            window: index of the cutoff; by default the last.
            engine: "matplotlib" or "plotly" (`pip install "gated[plot]"`).

        Returns:
            A `matplotlib.figure.Figure` or a `plotly.graph_objects.Figure`.

        Raises:
            UsageError: there is no such series, window or engine, or the library is not installed.
        """
        count = len(self.windows)
        if not -count <= window < count:
            raise UsageError(f"window is {window}. Expected a cutoff from 0 to {count - 1}.")
        chosen = self.windows[window]
        which = index_of(self.table.ids, series)
        if which not in chosen.series:
            raise UsageError(
                f"Series {self.table.ids[which]!r} has no value before cutoff {window}. Choose a "
                "later cutoff or another series."
            )
        row = int(np.flatnonzero(chosen.series == which)[0])
        until = int(self.table.lengths[which]) - self.cutoffs.h
        until -= (count - 1 - window % count) * self.cutoffs.step_size
        ours = chosen.prediction.columns(ForecastColumns.of(self.levels))
        bands = {
            level: (
                ours[f"{MODEL_NAME}-lo-{level:g}"][row],
                ours[f"{MODEL_NAME}-hi-{level:g}"][row],
            )
            for level in self.levels
        }
        actual = chosen.actuals.y[row]
        return drawn(
            engine, self.table, which, until, chosen.ds[row], (ours[MODEL_NAME][row], bands), actual
        )

    def report(self, **settings: object) -> str:
        """The backtest as one HTML page: charts, accuracy, error by step, coverage.

        Args:
            settings: further settings to list at the end, by name.

        Returns:
            A complete HTML document without external resources.
        """
        return page(backtest_report(self, {name: str(value) for name, value in settings.items()}))

    @property
    def text(self) -> str:
        """The summary in sentences."""
        unlike = {
            level
            for level in self.levels
            if self.coverage_of(level, "overall").kupiec[0] < SIGNIFICANT
        }
        return summary(self.overall, REFERENCE, len(self.windows), self.levels, unlike)

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds spent on "fit", "predict" and the "others", over all cutoffs."""
        parts = self.windows[0].seconds
        return {part: sum(window.seconds[part] for window in self.windows) for part in parts}
