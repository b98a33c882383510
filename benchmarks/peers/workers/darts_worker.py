"""darts: its RNNModel."""

from typing import Any

import numpy as np
import pandas as pd
import torch
from darts import TimeSeries
from darts.dataprocessing.transformers import Scaler
from darts.models import RNNModel
from darts.utils.likelihood_models.torch import GaussianLikelihood
from workbench import Forecast, Task, run, series_of

_SAMPLES = 100  # of a forecast: as many as GluonTS draws by default

Fitted = tuple[RNNModel, list[TimeSeries], list[TimeSeries] | None, Scaler | None]


def fit(task: Task) -> Fitted:
    """`is_scaled`, `is_probabilistic` and `dtype` in the settings are ours, the rest is darts'."""
    torch.set_num_threads(task.threads)
    settings = dict(task.settings)
    dtype = settings.pop("dtype", "float64")
    is_scaled = settings.pop("is_scaled", False)
    if settings.pop("is_probabilistic", False):
        settings["likelihood"] = GaussianLikelihood()
    trainer = {"accelerator": "cpu", "enable_progress_bar": False, **_trainer(settings)}
    series = [_series(part, ["y"], task, dtype) for part in series_of(task).values()]
    known = _covariates(task, dtype)
    scaler = Scaler() if is_scaled else None
    if scaler is not None:
        series = scaler.fit_transform(series)
    if known is not None and is_scaled:
        known = Scaler().fit_transform(known)
    model = RNNModel(
        model=task.method, random_state=task.seed, pl_trainer_kwargs=trainer, **settings
    )
    model.fit(series, future_covariates=known)
    return model, series, known, scaler


def predict(task: Task, fitted: Fitted) -> Forecast:
    """Quantiles of samples, or points alone."""
    model, series, known, scaler = fitted
    is_probabilistic = task.settings.get("is_probabilistic", False)
    samples = _SAMPLES if is_probabilistic else 1
    forecast = model.predict(
        task.h, series=series, future_covariates=known, num_samples=samples, show_warnings=False
    )
    if scaler is not None:
        forecast = scaler.inverse_transform(forecast)
    ids = list(series_of(task))
    drawn = np.stack([one.all_values(copy=False)[:, 0, :] for one in forecast])  # [N, h, samples]
    if not is_probabilistic:
        return Forecast(ids, drawn[..., 0].astype(np.float64))
    values = np.quantile(drawn.astype(np.float64), task.quantiles, axis=-1)
    return Forecast.of_quantiles(task, ids, np.moveaxis(values, 0, -1))


def _trainer(settings: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = settings.pop("pl_trainer_kwargs", {})
    return given


def _series(frame: pd.DataFrame, columns: list[str], task: Task, dtype: str) -> TimeSeries:
    return TimeSeries.from_dataframe(
        frame, time_col="ds", value_cols=columns, freq=task.freq
    ).astype(dtype)


def _covariates(task: Task, dtype: str) -> list[TimeSeries] | None:
    """Past and future of what is known ahead, a series each."""
    if not task.covariates:
        return None
    ahead = {str(name): part for name, part in task.future.groupby("unique_id", sort=False)}
    return [
        _series(pd.concat([part, ahead[name]]), task.covariates, task, dtype)
        for name, part in series_of(task).items()
    ]


if __name__ == "__main__":
    run(fit, predict)
