"""Cross-validation and backtests of an estimator: forecasts from earlier cutoffs."""

from collections.abc import Callable, Sequence
from typing import Any

from gated.forecast.base import Estimator
from gated.forecast.data.inputs import Columns, horizon_for, read_given
from gated.forecast.evaluation.backtest import Cutoffs, backtest
from gated.forecast.evaluation.competitors import checked_names
from gated.forecast.evaluation.result import Backtest
from gated.forecast.losses import warn_of_rejected
from gated.forecast.prediction.columns import ForecastColumns, Numbers
from gated.table import Table
from gated.train import Progress

__all__ = ["CrossValidating"]


class CrossValidating(Estimator):
    """An estimator that can be checked on the past; it stays as it is, fitted or not."""

    def cross_validation(
        self,
        df: Any,
        h: int | None = None,
        n_windows: int = 1,
        step_size: int | None = None,
        *,
        refit: bool = False,
        level: Numbers | None = None,
        quantiles: Numbers | None = None,
        covariates: Sequence[str] | None = None,
        past_covariates: Sequence[str] | None = None,
        static_df: Any = None,
        id_col: str | None = None,
        time_col: str | None = None,
        target_col: str | None = None,
        progress: Callable[[str, Progress], None] | None = None,
    ) -> Any:
        """Forecast from several earlier cutoffs, next to the actual values.

        Each forecast is made from what was known at its cutoff: the table is cut before anything
        is learned or measured. The forecaster itself stays as it is, fitted or not.

        Args:
            df, covariates, past_covariates, static_df, id_col, time_col, target_col: as in `fit`.
                The covariates' values after a cutoff are taken from the table: they were known in
                advance.
            h: steps to forecast from each cutoff; by default the horizon to train for.
            n_windows: how many cutoffs; the last one lies `h` steps before each series' end.
            step_size: steps between two cutoffs; by default `h`, so that no step is forecast twice.
            refit: whether to learn anew at each cutoff, or once, before the first.
            level, quantiles: as in `predict`.
            progress: as in `fit`; each fit begins again at step 1.

        Returns:
            A frame of the kind that was given: id, time, `cutoff` (the last time seen), the target,
            `gated` and the requested columns, by series and cutoff. A series is missing at the
            cutoffs before its first observed value.

        Warns:
            GatedWarning: series were left out, or columns are not used.

        Raises:
            DataError: the table cannot be read or forecast, or is too short.
            UsageError: an argument is out of range.

        >>> import numpy as np, pandas as pd
        >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
        >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
        >>> from gated import Forecaster
        >>> checked = Forecaster().cross_validation(sales, h=7, n_windows=2)
        >>> checked.columns.tolist(), checked["cutoff"].dt.day_of_year.unique().tolist()
        (['unique_id', 'ds', 'cutoff', 'y', 'gated', 'gated-lo-80', 'gated-hi-80'], [56, 63])
        """
        columns = Columns(covariates, past_covariates, static_df, id_col, time_col, target_col)
        settings, asked = self._config(), ForecastColumns.of(level, quantiles)
        table, cutoffs = self._cut(df, columns, h, n_windows, step_size)
        windows = backtest(table, cutoffs, settings, (), refit=refit, progress=progress)
        return Backtest(table, cutoffs, tuple(windows), asked, ()).frame

    def backtest(
        self,
        df: Any,
        h: int | None = None,
        n_windows: int = 4,
        step_size: int | None = None,
        *,
        refit: bool = False,
        level: Numbers = (80, 95),
        against: Sequence[str] | None = None,
        covariates: Sequence[str] | None = None,
        past_covariates: Sequence[str] | None = None,
        static_df: Any = None,
        id_col: str | None = None,
        time_col: str | None = None,
        target_col: str | None = None,
        progress: Callable[[str, Progress], None] | None = None,
    ) -> Backtest:
        """Forecast as `cross_validation` does, also by competing methods, and score all.

        Args:
            df, h, step_size, refit, progress: as in `cross_validation`.
            covariates, past_covariates, static_df, id_col, time_col, target_col: as in `fit`.
            n_windows: how many cutoffs.
            level: the intervals to check, in percent.
            against: the competing methods: baselines ("naive", "seasonal_naive", "drift",
                "seasonal_mean", "theta" …) and, with the extra `gated[statsforecast]`,
                "AutoETS", "AutoTheta" and "AutoARIMA"; by default the first four. Seasonal naive is
                always there.

        Returns:
            What was found: `frame`, `scores(by=…)` and the verdict in words, `text`.

        Warns:
            GatedWarning: as `cross_validation`.

        Raises:
            DataError: the table cannot be read or forecast, or is too short.
            UsageError: an argument is out of range, or a library is missing.

        >>> import numpy as np, pandas as pd
        >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
        >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
        >>> from gated import Forecaster
        >>> found = Forecaster().backtest(sales, h=7, n_windows=2, against=["drift"])
        >>> found.scores()["method"].tolist(), found.scores(by="cutoff").shape
        (['gated', 'seasonal_naive', 'drift'], (6, 11))
        """
        columns = Columns(covariates, past_covariates, static_df, id_col, time_col, target_col)
        settings, asked, others = (
            self._config(),
            ForecastColumns.of(level),
            checked_names(against),
        )
        table, cutoffs = self._cut(df, columns, h, n_windows, step_size)
        windows = backtest(table, cutoffs, settings, others, refit=refit, progress=progress)
        return Backtest(table, cutoffs, tuple(windows), asked, asked.levels)

    def _cut(
        self, df: Any, columns: Columns, h: int | None, n_windows: int, step_size: int | None
    ) -> tuple[Table, Cutoffs]:
        """The table to be checked on, and where it is cut."""
        table = read_given(df, columns, self.freq, self.season_length).past
        warn_of_rejected(table)
        h = horizon_for(table, self.h if h is None else h)
        return table, Cutoffs(h, n_windows, h if step_size is None else step_size)
