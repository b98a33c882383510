"""Defines `GatedModel`, the forecaster of gated as a model of AutoGluon-TimeSeries."""

from typing import Any

import pandas as pd

from gated.adapters.indexed_frames import ID, TARGET, TIME, IndexedPast
from gated.forecast import Forecaster
from gated.libraries import importing

with importing("autogluon", "gated.adapters.autogluon"):
    from autogluon.timeseries import TimeSeriesDataFrame
    from autogluon.timeseries.models.abstract import AbstractTimeSeriesModel

__all__ = ["GatedModel"]

_PARAMETERS = ("season_length", "holidays", "training", "max_steps", "seed", "device")


class GatedModel(AbstractTimeSeriesModel):
    """A `gated.Forecaster` as a model of `TimeSeriesPredictor`.

    Give the class, or after its import the name "Gated", in the `hyperparameters` of
    `TimeSeriesPredictor.fit`. Known covariates are used; past covariates and static features are
    not. Missing values may stay.

    Hyperparameters: `season_length`, `holidays`, `training`, `max_steps`, `seed` and `device`, as
    those of `gated.Forecaster`. With `training="none"`, the default, nothing is learned in `fit`.

    >>> from gated.adapters.autogluon import GatedModel
    >>> from autogluon.timeseries.models.registry import ModelRegistry
    >>> ModelRegistry.get_model_class("Gated") is GatedModel
    True
    """

    ag_priority = 50
    _supports_known_covariates = True
    _trained: Forecaster | None = None

    @property
    def allowed_hyperparameters(self) -> list[str]:
        """The names of all hyperparameters."""
        return [*super().allowed_hyperparameters, *_PARAMETERS]

    def _more_tags(self) -> dict[str, Any]:
        return {"allow_nan": True}

    def _fit(self, train_data: Any, **kwargs: Any) -> None:
        self._check_fit_params()
        self._log_unused_hyperparameters()
        if self.get_hyperparameters().get("training", "none") != "none":
            self._trained = self._fitted(self._past(train_data), self.prediction_length)

    def _predict(self, data: Any, known_covariates: Any = None, **kwargs: Any) -> Any:
        past = self._past(data)
        h = self.prediction_length + past.n_missing
        future = None
        if past.X is not None:
            future = past.future_table(pd.DataFrame(known_covariates)[past.X.columns])
        model = self._trained or self._fitted(past, h)
        levels = list(self.quantile_levels)
        forecast = model.predict(past.table, h, level=[], quantiles=levels, X_df=future)
        index = self.get_forecast_horizon_index(data)
        names = dict(zip(["mean", *map(str, levels)], forecast.columns[3:], strict=True))
        return TimeSeriesDataFrame(
            pd.DataFrame(
                {
                    column: past.values_at(forecast, index, name)[self.target]
                    for column, name in names.items()
                }
            )
        )

    def _past(self, data: Any) -> IndexedPast:
        """The target and the known covariates of a frame of AutoGluon."""
        frame, known = pd.DataFrame(data), list(self.covariate_metadata.known_covariates)
        return IndexedPast(frame[[self.target]], frame[known] if known else None)

    def _fitted(self, past: IndexedPast, h: int) -> Forecaster:
        hyperparameters = self.get_hyperparameters()
        given = {name: hyperparameters[name] for name in _PARAMETERS if name in hyperparameters}
        return Forecaster(h=h, freq=self.freq, **given).fit(
            past.table, covariates=past.covariates, id_col=ID, time_col=TIME, target_col=TARGET
        )
