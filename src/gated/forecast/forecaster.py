"""`gated.Forecaster`: a table of past values in, a forecast with intervals out."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from gated.errors import UsageError
from gated.forecast.base import Fit
from gated.forecast.data.inputs import (
    Columns,
    GivenTable,
    future_source,
    horizon_for,
    read_ahead,
    read_given,
    read_like,
)
from gated.forecast.evaluation.cross_validation import CrossValidating
from gated.forecast.losses import warn, warn_of_rejected, warn_of_unused
from gated.forecast.model_file import load_model, save_model
from gated.forecast.prediction.columns import ForecastColumns, Numbers
from gated.forecast.prediction.forecast import Forecast
from gated.forecast.training.checkpoint import Checkpoint, opened
from gated.forecast.training.fitted import Fitted
from gated.forecast.training.trainer import fit
from gated.forecast.training.zero_shot import fit_zero_shot
from gated.train import Progress


class Forecaster(CrossValidating):
    """Forecasts the series of a table with one gated recurrent network, shared by all of them.

    The network comes pretrained with the package: `predict(df, h)` forecasts any table at once.
    `fit` remembers a table, so that `predict(h=…)` needs none; with `training` it also trains on
    it. Either way the last part of the table is held out first, to compare the network with
    baselines (seasonal naive, weekday means, theta …) and to calibrate the intervals for the
    horizon that is asked for; `verdict_.text` says how network and baseline were combined.

    Args:
        h: the horizon in steps; by default two to four short seasons (28 days, 48 hours, 24
            months). `predict` may ask for any other.
        freq: pandas alias of the step ("D", "h", "MS"); by default inferred from the times.
        season_length: steps in the main cycle; by default the frequency's usual one.
        holidays: the place whose public holidays matter: a country's code, with a region where
            wanted ("GB", "DE-BY"); for steps of a day or shorter.
        hidden_size: features of the network's memory.
        num_layers: residual recurrent blocks.
        dropout: share of features dropped in training; by default the less, the more data.
        max_steps: gradient steps at most; by default 100 + 6·√(observed values), at most 1,400.
        batch_size: windows in a step.
        learning_rate: the highest of the one-cycle schedule.
        seed: the same seed, data and number of threads give the same bits.
        training: "none" uses the pretrained network as it is; "tune" fine-tunes it on the table;
            "scratch" trains a network of `hidden_size` and `num_layers` on nothing else; "auto"
            does both and keeps the one that errs less on the held-out windows.
        device: where training runs, as torch names it: "cpu", "cuda", "cuda:1", "mps".

    Attributes:
        verdict_: how network and baseline compared on the held-out windows, and were combined
            (`text`, `errors`, `share`).
        notes_: what was found, assumed and repaired in the table.
        rejected_: series left out, and why.
        h_: the horizon that was fitted for.
        table_: the fitted table.

    After `predict(df, h)` without `fit` they are those of that forecast.

    >>> import numpy as np, pandas as pd
    >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
    >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
    >>> model = Forecaster().fit(sales)
    >>> model.predict(h=3).columns.tolist()
    ['unique_id', 'ds', 'gated', 'gated-lo-80', 'gated-hi-80']
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
        id_col: str | None = None,
        time_col: str | None = None,
        target_col: str | None = None,
        progress: Callable[[str, Progress], None] | None = None,
        checkpoint: str | Path | Checkpoint | None = None,
    ) -> Self:
        """Remember a table, validate and calibrate on it, and train if `training` says so.

        Args:
            df: a pandas, polars or arrow frame, the path of a CSV or Parquet file, or a `Table`
                from `gated.read_table` (then the three column names are already settled).
            covariates: columns that will be known in advance: numbers, true and false, or
                categories in words; `predict` then needs their future values, from X_df or from
                rows after the last target. Uninformative ones are left out, and `notes_` says so.
                Without training only a column that closes the series is used.
            past_covariates: columns that are known up to the present only.
            static_df: a frame or path with one row a series: its id, and features that do not
                change with time. A series that stands here, but has no past, is forecast from the
                series most like it.
            id_col, time_col, target_col: column names; by default found by name and type, and
                said in `notes_`.
            progress: called after every training step with the stage: "tune", "scratch" or
                "finish".
            checkpoint: a file that Ctrl-C (or SIGTERM, SIGHUP, an error) leaves and a later call
                with the same data goes on from, to the same bits; it is removed when fitting is
                done.

        Warns:
            GatedWarning: series were left out, or columns are not used.

        Raises:
            DataError: the table cannot be read or forecast as it stands.
            UsageError: an argument or hyperparameter is out of range.
        """
        columns = Columns(covariates, past_covariates, static_df, id_col, time_col, target_col)
        config = self._config()
        given = read_given(df, columns, self.freq, self.season_length)
        h = horizon_for(given.past, self.h)
        with opened(checkpoint) as kept:  # until it is remembered: Ctrl-C loses nothing
            fitted = fit(given.past, h, config, progress=progress, checkpoint=kept)
            self._fit = Fit(fitted, given, h)
            self._validated = {h: fitted}
            self._latest = None
        warn_of_rejected(given.past)
        warn_of_unused(given.past, fitted.profile)
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
        id_col: str | None = None,
        time_col: str | None = None,
        target_col: str | None = None,
    ) -> Any:
        """Forecast the `h` steps after each series' end.

        Args:
            df: another table with the same columns to forecast from; by default the fitted one.
                Without `fit`, any table: the pretrained network forecasts it at once.
            h: steps ahead; by default the horizon of the constructor. Without training the
                forecast is validated and calibrated for just this horizon.
            level: central intervals in percent, such as 80 or [80, 95]: `gated-lo-80`,
                `gated-hi-80` and so on; by default 80, unless quantiles are asked for; [] for none.
            quantiles: shares between 0 and 1: `gated-q-90` and so on.
            X_df: future values of the covariates, with id and time columns; by default the rows
                after the last target of the table.
            futr_df: another name for X_df.
            static_df: with `df`: the static features of its series, where the fitted had some.
            id_col, time_col, target_col: without `fit`: column names; by default found by name
                and type.

        Returns:
            A frame of the kind that `fit` (or `df`) was: id, time, `gated` (the median) and the
            requested columns, `h` rows a series; series without any past come last.

        Raises:
            NotFittedError: there is neither a fitted table nor `df`.
            DataError: the table cannot be read, or the future covariates are missing or do not fit.
            UsageError: an argument is out of range.

        Warns:
            GatedWarning: series were left out, future values are missing, or categories are
                unknown; the forecast goes on.

        >>> import numpy as np, pandas as pd
        >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
        >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
        >>> Forecaster().predict(sales, h=7)["gated"].round().tolist()
        [10.0, 10.0, 10.0, 10.0, 10.0, 15.0, 15.0]
        """
        made = self.forecast(
            df,
            h,
            level=level,
            quantiles=quantiles,
            X_df=X_df,
            futr_df=futr_df,
            static_df=static_df,
            id_col=id_col,
            time_col=time_col,
            target_col=target_col,
        )
        for note in made.notes:
            warn(note)
        return made.frame

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
        id_col: str | None = None,
        time_col: str | None = None,
        target_col: str | None = None,
    ) -> Forecast:
        """Forecast as `predict` does, and give more than a frame: see `Forecast`.

        Raises:
            NotFittedError, DataError, UsageError: as `predict`.
        """
        requested = ForecastColumns.of(level, quantiles)
        if df is not None and not self.is_fitted:
            columns = Columns(None, None, static_df, id_col, time_col, target_col)
            at_once = self._at_once(df, self.h if h is None else h, columns)
            warn_of_unused(at_once.table, at_once.fitted.profile)
        else:
            if id_col or time_col or target_col:
                raise UsageError(
                    "id_col, time_col and target_col are those of the fitted table. Leave them out "
                    "here, or give them to fit."
                )
            at_once = self._from_fit(df, h, static_df)
        if df is not None:
            warn_of_rejected(at_once.table)
        source = future_source(X_df, futr_df, at_once.given.known_future)
        future, notes = read_ahead(at_once.table, at_once.h, source)
        made = Forecast(at_once.fitted, at_once.table, future, requested, notes)
        self._latest = made
        return made

    def explain(
        self,
        df: Any = None,
        h: int | None = None,
        *,
        X_df: Any = None,
        futr_df: Any = None,
        static_df: Any = None,
        top: int = 3,
    ) -> Any:
        """What the memory kept: for each forecast step, the past steps that weighed most.

        Args:
            df, h, X_df, futr_df, static_df: as in `predict`.
            top: how many past steps for each.

        Returns:
            A frame of the kind that was given: id, time, `remembered` (the past time), `seasons`
            (how many seasons before) and `weight` (shares of the network's weighted past, before
            its learned correction), `top` rows a step, heaviest first.
        """
        return self._looked_at(df, h, X_df, futr_df, static_df).explain(top)

    def memory(
        self,
        df: Any = None,
        h: int | None = None,
        *,
        X_df: Any = None,
        futr_df: Any = None,
        static_df: Any = None,
    ) -> list[tuple[str, float]]:
        """What the memory kept, in a few words: the share of each distance in the past.

        Args:
            df, h, X_df, futr_df, static_df: as in `predict`.

        Returns:
            (words, share), heaviest first: ("1 week before", 0.46), ("52 weeks before", 0.2) …
        """
        return self._looked_at(df, h, X_df, futr_df, static_df).memory

    def save(self, path: str | Path, *, with_table: bool = True) -> None:
        """Write the fitted forecaster to one file (safetensors and JSON, no pickle).

        The file holds the fitted table, so that `predict()` needs none: whoever has the file can
        read its values and the labels of its series.

        Args:
            path: of the file; an existing file is replaced.
            with_table: False leaves out values, times, labels of series and notes. Such a model
                only forecasts a table that is given, `predict(df)`. The file still holds the names
                of the columns, the labels of categories, and the scaling of covariates.

        Raises:
            NotFittedError: there is nothing to save yet.
            GatedError: the file cannot be written.
        """
        fit = self._fit_
        whole = fit.given.whole
        save_model(path, self.get_params(), fit.h, fit.fitted, whole, with_table=with_table)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a forecaster that `save` wrote.

        Raises:
            ModelFileError: missing, changed, damaged, not a gated model, or of another version.
        """
        params, h, fitted, table = load_model(path)
        model = cls(**params)
        model._fit = Fit(fitted, GivenTable.of(table), h)
        model._validated = {h: fitted}
        return model

    def _at_once(self, df: Any, h: object, columns: Columns) -> Fit:
        """A table that was not fitted, with the pretrained network validated on it for `h`."""
        given = read_given(df, columns, self.freq, self.season_length)
        steps = horizon_for(given.past, h)
        return Fit(fit_zero_shot(given.past, steps, self._config()), given, steps)

    def _from_fit(self, df: Any, h: object, static_df: Any) -> Fit:
        """What was fitted, for the table and the horizon that are asked for."""
        fit = self._fit_
        if isinstance(df, int):
            raise UsageError(f"predict was given {df} as a table. For the horizon write h={df}.")
        given = fit.given
        if df is not None:
            given = read_like(df, fit.table, static_df)
        elif static_df is not None:
            raise UsageError(
                "static_df holds the features of another table's series: give that table as df."
            )
        elif not fit.table.n_series:
            raise UsageError(
                "This model was saved without its table (with_table=False). Expected a table to "
                "forecast. Give it as df: predict(df, h=28)."
            )
        steps = horizon_for(given.past, fit.h if h is None else h)
        return Fit(self._validated_for(steps), given, steps)

    def _validated_for(self, h: int) -> Fitted:
        """What was fitted, validated for a horizon.

        A trained network has seen the held-out windows at the end of its training: it stays with
        the horizon it was trained for. So does a model that was saved without its table.
        """
        if self.training != "none" or not self._fit_.table.n_series:
            return self._fit_.fitted
        if h not in self._validated:
            self._validated[h] = fit_zero_shot(self._fit_.table, h, self._config())
        return self._validated[h]

    def _looked_at(
        self, df: Any, h: int | None, X_df: Any, futr_df: Any, static_df: Any
    ) -> Forecast:
        """The forecast to be explained: the latest one where nothing is named."""
        named = (df, h, X_df, futr_df, static_df)
        if self._latest is not None and all(part is None for part in named):
            return self._latest
        return self.forecast(df, h, X_df=X_df, futr_df=futr_df, static_df=static_df)
