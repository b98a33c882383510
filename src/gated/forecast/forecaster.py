"""`gated.Forecaster`: a table of past values in, a forecast with intervals out."""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from gated.arrays import FloatArray
from gated.errors import GatedWarning, UsageError
from gated.forecast.data.dataset import Dataset, build_dataset
from gated.forecast.data.inputs import Columns, horizon_for, read_ahead, read_like, read_past
from gated.forecast.evaluation.cross_validation import CrossValidating
from gated.forecast.model.explanation import explanation, kept_by_distance
from gated.forecast.model_file import load_model, save_model
from gated.forecast.prediction.columns import ForecastColumns
from gated.forecast.prediction.forecast import Forecast
from gated.forecast.prediction.predict import predict
from gated.forecast.training.checkpoint import Checkpoint
from gated.forecast.training.trainer import fit
from gated.table import Table, to_frame
from gated.train import Progress


class Forecaster(CrossValidating):
    """Forecasts the series of a table with one gated recurrent network, shared by all of them.

    Without `fit`, `predict(df, h)` forecasts any table at once, with the network that comes with
    the package. `fit` lets a network learn from the table. Either way the table's last part is
    held out first, to compare the network with simple rules (seasonal naive, weekday means, theta
    …), and `verdict_.text` says which one forecasts.

    Args:
        h: the horizon to train for, in steps; by default two to four short seasons (28 days, 48
            hours, 24 months). `predict` may ask for any other.
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
        training: what `fit` does: "none" takes the shipped network as it is; "tune" lets it learn
            from the table; "scratch" learns from nothing else, with `hidden_size` and
            `num_layers`; "auto" does both and keeps the one that errs less on the held-out
            windows.

    Attributes:
        verdict_: what the held-out windows said (`text`, `errors`, `share`).
        notes_: what was found, assumed and repaired in the table.
        rejected_: series left out, and why.
        h_: the horizon trained for.

    >>> import numpy as np, pandas as pd
    >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
    >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
    >>> model = Forecaster(max_steps=5).fit(sales)
    >>> model.predict(h=3, level=[80]).columns.tolist()
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
        training: str = "auto",
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
        """Learn from a table.

        Args:
            df: a pandas, polars or arrow frame, the path of a CSV or Parquet file, or a `Table`
                from `gated.read_table` (then the three column names are already settled).
            covariates: columns that will be known in advance: numbers, true and false, or
                categories in words; `predict` then needs their future values. Those that told
                nothing about the past are left out, and `notes_` says so.
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

        Raises:
            DataError: the table cannot be read or forecast as it stands.
            UsageError: an argument or hyperparameter is out of range.
        """
        settings = self._settings()
        columns = Columns(covariates, past_covariates, static_df, id_col, time_col, target_col)
        table = read_past(df, columns, self.freq, self.season_length)
        h = horizon_for(table, self.h)
        fitted = fit(table, h, settings, progress=progress, checkpoint=checkpoint)
        self._learned = (fitted, table, h)
        return self

    def predict(
        self,
        df: Any = None,
        h: int | None = None,
        *,
        level: Sequence[float] | None = None,
        quantiles: Sequence[float] | None = None,
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
                Without `fit`, any table: the shipped network forecasts it as it is.
            h: steps ahead; by default the horizon trained for.
            level: central intervals in percent; adds `gated-lo-80`, `gated-hi-80` and so on.
            quantiles: shares between 0 and 1; adds `gated-q-90` and so on.
            X_df: future values of the covariates, with id and time columns.
            futr_df: another name for X_df.
            static_df: with `df`: the static features of its series, where the fitted had some.
            id_col, time_col, target_col: without `fit`: column names; by default found by name
                and type.

        Returns:
            A frame of the kind that `fit` (or `df`) was: id, time, `gated` (the median) and the
            columns asked for, `h` rows a series; series without any past come last.

        Raises:
            NotFittedError: neither `fit` nor a table came first.
            DataError: the table cannot be read, or the future covariates are missing or do not fit.
            UsageError: an argument is out of range.

        Warns:
            GatedWarning: future values are missing, or categories unknown; the forecast goes on.

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
            warnings.warn(note, GatedWarning, stacklevel=2)
        return made.frame

    def forecast(
        self,
        df: Any = None,
        h: int | None = None,
        *,
        level: Sequence[float] | None = None,
        quantiles: Sequence[float] | None = None,
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
        asked = ForecastColumns.of(level, quantiles)
        if df is not None and not self.has_learned:
            at_once = type(self)(**{**self.get_params(), "training": "none"})
            at_once.fit(
                df, static_df=static_df, id_col=id_col, time_col=time_col, target_col=target_col
            )
            return at_once.forecast(
                h=h, level=level, quantiles=quantiles, X_df=X_df, futr_df=futr_df
            )
        if id_col or time_col or target_col:
            raise UsageError(
                "id_col, time_col and target_col are those of the fitted table. Leave them out "
                "here, or give them to fit."
            )
        table, h, future, notes = self._look_ahead(df, h, X_df, futr_df, static_df)
        fitted = self._fitted
        return Forecast(fitted, table, future, predict(fitted, table, future), asked, notes)

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
            A frame of the kind that came in: id, time, `remembered` (the past time), `seasons`
            (how many seasons before) and `weight` (shares of the network's weighted past, before
            its learned correction), `top` rows a step, heaviest first.
        """
        if top < 1:
            raise UsageError(f"top is {top!r}. Expected a whole number, at least 1.")
        table, h, future, _ = self._look_ahead(df, h, X_df, futr_df, static_df)
        data = self._lay_out(table, future)
        return to_frame(table.schema, explanation(self._fitted.network, table, data, h, top))

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
        table, h, future, _ = self._look_ahead(df, h, X_df, futr_df, static_df)
        return kept_by_distance(self._fitted.network, table, self._lay_out(table, future), h)

    def save(self, path: str | Path, *, with_table: bool = True) -> None:
        """Write the fitted forecaster to one file (safetensors and JSON, no pickle).

        The file holds the table that was fitted on, so that `predict()` can go on from it: whoever
        gets the file gets its values and the labels of its series.

        Args:
            path: of the file; replaced if it exists.
            with_table: False leaves out values, times, labels and notes. Such a model forecasts
                another table, `predict(df)`, only; of the fitted one it keeps the names of the
                columns, the labels of categories, and how covariates are scaled.

        Raises:
            NotFittedError: there is nothing to save yet.
            GatedError: the file cannot be written.
        """
        fitted, table, h = self._require_learned()
        save_model(path, self.get_params(), h, fitted, table, with_table=with_table)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a forecaster that `save` wrote.

        Raises:
            ModelFileError: missing, changed, damaged, not a gated model, or of another version.
        """
        params, h, fitted, table = load_model(path)
        model = cls(**params)
        model._learned = (fitted, table, h)
        return model

    def _look_ahead(
        self, df: Any, h: int | None, X_df: Any, futr_df: Any, static_df: Any = None
    ) -> tuple[Table, int, FloatArray, tuple[str, ...]]:
        """The table to forecast from, the horizon, the covariates [N, h, F] ahead, and notes."""
        _, table, trained = self._require_learned()
        if isinstance(df, int):
            raise UsageError(f"predict was given {df} as a table. For the horizon write h={df}.")
        if df is not None:
            table = read_like(df, table, static_df)
        elif static_df is not None:
            raise UsageError("static_df tells of the series of another table: give that as df.")
        elif not table.n_series:
            raise UsageError(
                "This model was saved without its table (with_table=False), so there is nothing to "
                "forecast from. Give the past as df: predict(df, h=28)."
            )
        h = horizon_for(table, trained if h is None else h)
        return table, h, *read_ahead(table, h, X_df, futr_df)

    def _lay_out(self, table: Table, future: FloatArray) -> Dataset:
        """All rows as the network reads them."""
        return build_dataset(
            table, self._fitted.profile, self._fitted.network.config.layout, future
        )
