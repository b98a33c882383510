"""Defines `gated.Forecaster`, which forecasts the series of a table with prediction intervals."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from gated.forecast.engine_frames import engine_of, predict_frame
from gated.forecast.estimator import Fit
from gated.forecast.evaluation.cross_validation import CrossValidating
from gated.forecast.explaining import Explaining
from gated.forecast.future_frames import FutureFrames
from gated.forecast.inputs import Columns, GivenTable, horizon_for, read_given
from gated.forecast.learning import learned
from gated.forecast.live.watching import Watching
from gated.forecast.model_file.model_file import load_model, save_model
from gated.forecast.prediction.columns import ForecastColumns, Numbers
from gated.forecast.prediction.forecast import Forecast
from gated.forecast.prediction.paths import DEFAULT_PATHS, check_paths
from gated.forecast.request import Request
from gated.forecast.training.fitted import Fitted
from gated.forecast.training.zero_shot import fit_zero_shot
from gated.forecast.user_warnings import warn, warn_of_left_out
from gated.train.progress import Progress

if TYPE_CHECKING:
    from gated.train.checkpoint import Checkpoint


class Forecaster(Explaining, FutureFrames, CrossValidating, Watching):
    """Forecasts all series of a table with one gated recurrent network.

    The network is pretrained: `predict(df, h)` forecasts any table at once. `fit` stores a table,
    so that `predict(h=…)` needs none; with `training` it also trains the network on the table. In
    both cases the last part of the table is held out first, to compare the network with baselines
    (seasonal naive, weekday means, theta …) and to calibrate the intervals for the requested
    horizon; `verdict_.text` describes the validation result and the combination.

    Args:
        h: the horizon in steps; by default two to four short seasons (28 days, 48 hours, 24
            months). `predict` accepts any other.
        freq: pandas alias of the step ("D", "h", "MS"); by default inferred from the times.
        season_length: steps in the main cycle; by default the frequency's usual one.
        holidays: place of the public holidays to use: a country code, with or without a region
            ("GB", "DE-BY"); for steps of a day or shorter. Holidays that were closed are closed
            again; other effects need training.
        hidden_size: size of the recurrent state.
        num_layers: number of residual recurrent blocks.
        dropout: share of features dropped in training; by default smaller for more data.
        max_steps: gradient steps at most; by default 100 + 6·√(observed values), at most 1,400.
        batch_size: number of windows in a step.
        learning_rate: the maximum of the one-cycle schedule.
        seed: the same seed, data and number of threads give the same bits.
        training: "none" uses the pretrained network unchanged; "tune" fine-tunes it on the table;
            "scratch" trains a new network of `hidden_size` and `num_layers`; "auto" does both and
            selects the network with the lower error on the held-out windows.
        device: torch device for training: "cpu", "cuda", "cuda:1", "mps".

    Attributes:
        verdict_: the validation result: errors of network and baselines on the held-out windows,
            and the ensemble weight of the network (`text`, `errors`, `share`).
        notes_: notes on what was detected, assumed and repaired in the table.
        rejected_: series that were left out, with the reasons.
        h_: the horizon of the fit.
        table_: the fitted table.

    After `predict(df, h)` without `fit`, they belong to that forecast.

    >>> import numpy as np, pandas as pd
    >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
    >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
    >>> model = Forecaster().fit(sales)
    >>> model.predict(h=3).columns.tolist()
    ['unique_id', 'ds', 'gated', 'gated-mean', 'gated-lo-80', 'gated-hi-80']
    """

    def __init__(
        self,
        *,
        h: int | None = None,
        freq: str | None = None,
        season_length: int | None = None,
        holidays: str | None = None,
        hidden_size: int = 128,
        num_layers: int = 2,
        dropout: float | None = None,
        max_steps: int | None = None,
        batch_size: int = 64,
        learning_rate: float = 3e-3,
        seed: int = 0,
        training: str = "none",
        device: str = "cpu",
    ) -> None:
        self.h = h
        self.freq = freq
        self.season_length = season_length
        self.holidays = holidays
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.dropout = dropout
        self.max_steps = max_steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.seed = seed
        self.training = training
        self.device = device

    def fit(
        self,
        df: Any,
        *,
        covariates: Sequence[str] | None = None,
        past_covariates: Sequence[str] | None = None,
        static_df: Any = None,
        id_col: str | Sequence[str] | None = None,
        time_col: str | None = None,
        target_col: str | None = None,
        progress: Callable[[str, Progress], None] | None = None,
        checkpoint: "str | Path | Checkpoint | None" = None,
    ) -> Self:
        """Store a table, validate and calibrate on it, and train according to `training`.

        Args:
            df: a pandas, polars or arrow frame, the path of a CSV or Parquet file, or a `Table`
                from `gated.read_table` (then without the column arguments below).
            covariates: columns whose future values are known: numbers, true and false, or
                categories as text; `predict` then needs their future values, from X_df or from
                rows after the last target. A regression on them is added to the pretrained
                network's forecast, or a network is trained with them (`training`), where that
                lowers the error on the held-out windows. The others are left out, with a note in
                `notes_`, and need no future values.
            past_covariates: columns that are known only in the past.
            static_df: a frame or path with one row per series: its id, and features that do not
                change with time. A series of this table without a past is forecast from the most
                similar series.
            id_col, time_col, target_col: column names; by default detected by name and type, with
                a note in `notes_`.
            progress: called after every training step with the stage: "tune", "scratch" or
                "finish".
            checkpoint: path of a file that is written if Ctrl-C (or SIGTERM, SIGHUP, an error)
                interrupts the fit. A later call with the same data resumes from it, to the same
                bits. The file is removed after the fit.

        Warns:
            GatedWarning: series were left out, or columns are not used.

        Raises:
            DataError: the table cannot be read or forecast.
            UsageError: an argument or hyperparameter is out of range.
        """
        columns = Columns(covariates, past_covariates, static_df, id_col, time_col, target_col)
        config = self._config()
        given = read_given(df, columns, self.freq, self.season_length)
        h = horizon_for(given.past, self.h)
        with learned(given.past, h, config, progress, checkpoint) as fitted:
            self._fit = Fit(fitted, given, h)
            self._validated = {h: fitted}
            self._latest = None
        warn_of_left_out(given.past, fitted.profile)
        return self

    def predict(
        self,
        df: Any = None,
        h: int | None = None,
        *,
        level: Numbers | None = None,
        quantiles: Numbers | None = None,
        X_df: Any = None,
        futr_df: Any = None,
        static_df: Any = None,
        id_col: str | Sequence[str] | None = None,
        time_col: str | None = None,
        target_col: str | None = None,
    ) -> Any:
        """Forecast the `h` steps after each series' end.

        Args:
            df: another table with the same columns; by default the fitted one. Without `fit`, any
                table: the pretrained network forecasts it at once. A Dataset of Ray or a DataFrame
                of Spark or Dask becomes one again, see `gated.scale.forecast`.
            h: steps ahead; by default the horizon of the constructor. Without training, the
                forecast is validated and calibrated for this horizon.
            level: central intervals in percent, such as 80 or [80, 95]: `gated-lo-80`,
                `gated-hi-80` and so on; by default 80, unless quantiles are requested; [] for none.
            quantiles: quantile levels between 0 and 1: `gated-q-90` and so on.
            X_df: future values of the covariates, with id and time columns; by default the rows
                after the last target of the table.
            futr_df: another name for X_df.
            static_df: with `df`: the static features of its series, if the fitted table had some.
            id_col, time_col, target_col: without `fit`: column names; by default detected by name
                and type.

        Returns:
            A frame of the same kind as the table: id, time, `gated` (the median: half of the values
            are expected above it), `gated-mean` (the mean, whose sum is the expected total; never
            rounded) and the requested columns, `h` rows per series; series without a past are last.

        Raises:
            NotFittedError: there is neither a fitted table nor `df`.
            DataError: the table cannot be read, or the future covariates are missing or invalid.
            UsageError: an argument is out of range.

        Warns:
            GatedWarning: series were left out, future values are missing, or categories are
                unknown.

        >>> import numpy as np, pandas as pd
        >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
        >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
        >>> Forecaster().predict(sales, h=7)["gated"].round().tolist()
        [10.0, 10.0, 10.0, 10.0, 10.0, 15.0, 15.0]
        """
        request = Request(df, h, X_df, futr_df, static_df, id_col, time_col, target_col)
        if engine_of(df) is not None:
            return predict_frame(self, request, level, quantiles)
        return self._warned(request, ForecastColumns.of(level, quantiles)).frame

    def forecast(
        self,
        df: Any = None,
        h: int | None = None,
        *,
        level: Numbers | None = None,
        quantiles: Numbers | None = None,
        X_df: Any = None,
        futr_df: Any = None,
        static_df: Any = None,
        id_col: str | Sequence[str] | None = None,
        time_col: str | None = None,
        target_col: str | None = None,
    ) -> Forecast:
        """Forecast as `predict`, and return a `Forecast` with plots, report and explanation.

        Raises:
            NotFittedError, DataError, UsageError: as `predict`.
        """
        request = Request(df, h, X_df, futr_df, static_df, id_col, time_col, target_col)
        return self._forecast(request, ForecastColumns.of(level, quantiles))

    def simulate(
        self,
        df: Any = None,
        h: int | None = None,
        *,
        n_paths: int = DEFAULT_PATHS,
        seed: int | None = None,
        X_df: Any = None,
        futr_df: Any = None,
        static_df: Any = None,
        id_col: str | Sequence[str] | None = None,
        time_col: str | None = None,
        target_col: str | None = None,
    ) -> Any:
        """Draw paths of the future; see `Forecast.simulate`.

        Args:
            df, h, X_df, futr_df, static_df, id_col, time_col, target_col: as in `predict`.
            n_paths: number of paths.
            seed: of the random numbers; by default that of the constructor.

        Returns:
            A frame of the same kind as the table: id, time, `path` and `value`.

        Raises:
            NotFittedError, DataError: as `predict`.
            UsageError: an argument is out of range.

        >>> import numpy as np, pandas as pd
        >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
        >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
        >>> len(Forecaster().simulate(sales, h=7, n_paths=100))
        700
        """
        chosen = self.seed if seed is None else seed
        check_paths(n_paths, chosen)  # before the work of the forecast
        request = Request(df, h, X_df, futr_df, static_df, id_col, time_col, target_col)
        return self._warned(request, ForecastColumns.of()).simulate(n_paths, seed=chosen)

    def save(self, path: str | Path, *, with_table: bool = True) -> None:
        """Write the fitted forecaster to one file (safetensors and JSON, no pickle).

        The file contains the fitted table, so that `predict()` needs none: everybody with access
        to the file can read the values and the labels of the series.

        Args:
            path: path of the file; an existing file is replaced.
            with_table: False leaves out values, times, labels of series and notes. Such a model
                only forecasts a given table, `predict(df)`. The file still contains the names of
                the columns, the labels of categories, and the scaling of covariates.

        Raises:
            NotFittedError: the forecaster is not fitted.
            GatedError: the file cannot be written.
        """
        fit = self._fit_
        whole = fit.given.whole
        save_model(path, self.get_params(), fit.h, fit.fitted, whole, with_table=with_table)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Load a forecaster from a file of `save`.

        Raises:
            ModelFileError: missing, changed, damaged, not a gated model, or of another version.
        """
        params, h, fitted, table = load_model(path)
        model = cls(**params)
        model._fit = Fit(fitted, GivenTable.of(table), h)
        model._validated = {h: fitted}
        return model

    def _forecast(self, request: Request, columns: ForecastColumns) -> Forecast:
        """Forecast as requested, and keep the forecast as the latest one."""
        is_fitted_now = request.df is not None and not self.is_fitted
        fit = self._fit_now(request) if is_fitted_now else self._fit_for(request)
        self._latest = request.forecast(fit, columns)
        if request.df is not None:
            warn_of_left_out(fit.table, fit.fitted.profile if is_fitted_now else None)
        return self._latest

    def _warned(self, request: Request, columns: ForecastColumns) -> Forecast:
        """The same, with the notes on future covariates as warnings."""
        made = self._forecast(request, columns)
        for note in made.future_notes:
            warn(note)
        return made

    def _fit_now(self, request: Request) -> Fit:
        """Validate the pretrained network on the requested table and horizon."""
        given = request.new_table(self.freq, self.season_length)
        h = horizon_for(given.past, self.h if request.h is None else request.h)
        return Fit(fit_zero_shot(given.past, h, self._config()), given, h)

    def _fit_for(self, request: Request) -> Fit:
        """The fit for the requested table and horizon."""
        given = request.table_for(self._fit_)
        h = horizon_for(given.past, self._fit_.h if request.h is None else request.h)
        return Fit(self._validated_for(h), given, h)

    def _validated_for(self, h: int) -> Fitted:
        """The fit, validated for a horizon.

        A trained network was trained on the held-out windows in its final stage, so it cannot be
        validated again: it keeps the validation for its own horizon. So does a model that was
        saved without its table.
        """
        if self.training != "none" or not self._fit_.table.n_series:
            return self._fit_.fitted
        if h not in self._validated:
            self._validated[h] = fit_zero_shot(self._fit_.table, h, self._config())
        return self._validated[h]
