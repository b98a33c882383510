"""Defines `GatedModel`, the forecaster of gated as a model of the benchmark fev."""

from typing import Any

import pandas as pd

from gated.adapters.indexed_frames import ID, TARGET, TIME, IndexedPast
from gated.forecast import Forecaster
from gated.libraries import importing

with importing("fev", "gated.adapters.fev"):
    import fev

__all__ = ["GatedModel"]

_SQUARED = {"MSE", "RMSE", "RMSSE"}  # the mean has the least error by these, the median by others


class GatedModel(fev.ForecastingModel):
    """A `gated.Forecaster` as a model of fev, under the name "gated".

    Each window is forecast on its own, with the columns that are known in the future as covariates.
    Columns that are known in the past only and static columns are not used. Several targets are
    several series. A series without an observed value is answered by 0: fev accepts no missing
    forecast.

    `trained_on_datasets` is empty: the network was trained on synthetic series only. Its training
    runs were compared on training parts of real tables, which `gated/weights/forecaster.md` lists.

    Args:
        holidays: place of the public holidays to use: a country code, with or without a region.

    >>> import fev
    >>> from gated.adapters.fev import GatedModel
    >>> fev.ForecastingModel.get_model_cls("gated") is GatedModel
    True
    """

    model_name = "gated"

    def __init__(self, holidays: str | None = None) -> None:
        super().__init__()
        self.holidays = holidays

    def _fit_predict(self, task: Any) -> list[Any]:
        task.load_full_dataset()
        metric = task.eval_metric if isinstance(task.eval_metric, str) else task.eval_metric["name"]
        point = "gated-mean" if metric in _SQUARED else "gated"
        return [self._window(window, task.quantile_levels, point) for window in task.iter_windows()]

    def _window(self, window: Any, levels: list[float], point: str) -> Any:
        """The predictions of one window, in the form of fev."""
        past, future, _ = fev.convert_input_data(window, adapter="pandas")
        key = [window.id_column, window.timestamp_column]
        past, future = past.set_index(key), future.set_index(key)
        known = [*future.columns]
        table = IndexedPast(past[window.target_columns], past[known] if known else None)
        with self._record_inference_time():
            values = self._forecast(table, future if known else None, window.horizon, levels)
        shape = (-1, window.horizon, len(window.target_columns))
        names = zip(["predictions", *map(str, levels)], [point, *values.columns[4:]], strict=True)
        made = {}
        for kind, name in names:
            found = table.values_at(values, future.index, name).fillna(0.0).to_numpy()
            made[kind] = found.reshape(shape).swapaxes(1, 2).ravel()  # item, target, step
        return fev.utils.convert_forecast_df_to_predictions(
            pd.DataFrame(made),
            horizon=window.horizon,
            quantile_levels=levels,
            target_columns=window.target_columns,
        )

    def _forecast(
        self, past: IndexedPast, future: pd.DataFrame | None, horizon: int, levels: list[float]
    ) -> pd.DataFrame:
        """The forecast of one window, from the last observed value of each series on."""
        h = horizon + past.n_missing
        forecaster = Forecaster(h=h, holidays=self.holidays).fit(
            past.table, covariates=past.covariates, id_col=ID, time_col=TIME, target_col=TARGET
        )
        X_df = None if future is None else past.future_table(future)
        frame: pd.DataFrame = forecaster.predict(level=[], quantiles=levels, X_df=X_df)
        return frame
