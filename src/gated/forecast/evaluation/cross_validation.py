"""Adds cross-validation and backtests to an estimator: forecasts from past cutoffs."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gated.forecast.estimator import Estimator
from gated.forecast.inputs import Columns, horizon_for, read_given
from gated.forecast.prediction.columns import ForecastColumns, Numbers
from gated.table import Table
from gated.train.progress import Progress

if TYPE_CHECKING:  # they load when a backtest is made
    from gated.forecast.evaluation.backtest import Backtest
    from gated.forecast.evaluation.cutoff_forecasts import Cutoffs

__all__ = ["CrossValidating"]


class CrossValidating(Estimator):
    """An estimator with cross-validation and backtests, which do not change its fit."""

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
        id_col: str | Sequence[str] | None = None,
        time_col: str | None = None,
        target_col: str | None = None,
        progress: Callable[[str, Progress], None] | None = None,
    ) -> Any:
        """Forecast from several past cutoffs, and return forecasts and actual values.

        Each forecast uses only rows before its cutoff: the table is cut before anything is fitted
        or measured. The forecaster itself does not change.

        Args:
            df, covariates, past_covariates, static_df, id_col, time_col, target_col: as in `fit`.
                The future values of `covariates` after a cutoff are taken from the table. By
                default the covariates of the fit are used, if the forecaster is fitted and the
                table has these columns; `covariates=[]` uses none.
            h: steps to forecast from each cutoff; by default the horizon of the constructor.
            n_windows: number of cutoffs; the last one is `h` steps before the end of each series.
            step_size: steps between two cutoffs; by default `h`, so that no step is forecast twice.
            refit: whether to fit again at each cutoff, or only at the first.
            level, quantiles: as in `predict`.
            progress: as in `fit`; each fit begins again at step 1.

        Returns:
            A frame of the same kind as the table: id, time, `cutoff` (the last time before the
            forecast), the target, `gated` (the median), `gated-mean` and the requested columns, by
            series and cutoff. A series has no rows for cutoffs before its first observed value.

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
        >>> checked.columns.tolist()[2:], checked["cutoff"].dt.day_of_year.unique().tolist()
        (['cutoff', 'y', 'gated', 'gated-mean', 'gated-lo-80', 'gated-hi-80'], [56, 63])
        """
        from gated.forecast.evaluation.backtest import Backtest
        from gated.forecast.evaluation.cutoff_forecasts import backtest

        columns = Columns(covariates, past_covariates, static_df, id_col, time_col, target_col)
        settings, requested = self._config(), ForecastColumns.of(level, quantiles)
        table, cutoffs = self._cut(df, columns, h, n_windows, step_size)
        windows = backtest(table, cutoffs, settings, (), refit=refit, progress=progress)
        return Backtest(table, cutoffs, tuple(windows), requested, ()).frame

    def backtest(
        self,
        df: Any,
        h: int | None = None,
        n_windows: int = 4,
        step_size: int | None = None,
        *,
        refit: bool = False,
        level: Numbers = (80, 95),
        against: str | Sequence[str] | None = None,
        covariates: Sequence[str] | None = None,
        past_covariates: Sequence[str] | None = None,
        static_df: Any = None,
        id_col: str | Sequence[str] | None = None,
        time_col: str | None = None,
        target_col: str | None = None,
        progress: Callable[[str, Progress], None] | None = None,
    ) -> "Backtest":
        """Forecast as `cross_validation`, also with competing methods, and score all.

        Args:
            df, h, step_size, refit, progress: as in `cross_validation`.
            covariates, past_covariates, static_df, id_col, time_col, target_col: as in
                `cross_validation`.
            n_windows: number of cutoffs.
            level: the levels of the intervals, in percent.
            against: the competing methods: baselines ("naive", "seasonal_naive", "drift",
                "seasonal_mean", "theta" …) and, with the extra `gated[statsforecast]`,
                "AutoETS", "AutoTheta" and "AutoARIMA"; by default the first four. Seasonal naive is
                always included.

        Returns:
            The result, with `frame`, `scores(by=…)` and a summary, `text`.

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
        (['gated', 'seasonal_naive', 'drift'], (6, 12))
        """
        from gated.forecast.evaluation.backtest import Backtest
        from gated.forecast.evaluation.competitors import checked_names
        from gated.forecast.evaluation.cutoff_forecasts import backtest

        columns = Columns(covariates, past_covariates, static_df, id_col, time_col, target_col)
        settings, requested, others = (
            self._config(),
            ForecastColumns.of(level),
            checked_names(against),
        )
        table, cutoffs = self._cut(df, columns, h, n_windows, step_size)
        windows = backtest(table, cutoffs, settings, others, refit=refit, progress=progress)
        return Backtest(table, cutoffs, tuple(windows), requested, requested.levels)

    def _cut(
        self, df: Any, columns: Columns, h: int | None, n_windows: int, step_size: int | None
    ) -> "tuple[Table, Cutoffs]":
        """Read the table, and choose the cutoffs."""
        from gated.forecast.evaluation.cutoff_forecasts import Cutoffs

        if self.is_fitted and not isinstance(df, Table):
            columns = columns.or_fitted(self.table_, df)
        table = read_given(df, columns, self.freq, self.season_length).past
        h = horizon_for(table, self.h if h is None else h)
        return table, Cutoffs(h, n_windows, h if step_size is None else step_size)
