"""The worker of darts: RNNModel."""

from typing import Any

import numpy as np
import pandas as pd
import torch
from darts import TimeSeries
from darts.dataprocessing.transformers import Scaler
from darts.models import RNNModel
from darts.utils.likelihood_models.torch import GaussianLikelihood
from worker import Job, WorkerForecast, run, series_of

_SAMPLES = 100  # per forecast, the default of GluonTS

Fitted = tuple[RNNModel, list[TimeSeries], list[TimeSeries] | None, Scaler | None]


def fit(job: Job) -> Fitted:
    """Fit; the settings `is_scaled`, `is_probabilistic` and `dtype` are not darts' but ours."""
    torch.set_num_threads(job.threads)
    settings = dict(job.settings)
    dtype = settings.pop("dtype", "float64")
    is_scaled = settings.pop("is_scaled", False)
    if settings.pop("is_probabilistic", False):
        settings["likelihood"] = GaussianLikelihood()
    trainer = {"accelerator": "cpu", "enable_progress_bar": False, **_trainer(settings)}
    series = [_series(part, ["y"], job, dtype) for part in series_of(job).values()]
    covariates = _covariates(job, dtype)
    scaler = Scaler() if is_scaled else None
    if scaler is not None:
        series = scaler.fit_transform(series)
    if covariates is not None and is_scaled:
        covariates = Scaler().fit_transform(covariates)
    model = RNNModel(model=job.method, random_state=job.seed, pl_trainer_kwargs=trainer, **settings)
    model.fit(series, future_covariates=covariates)
    return model, series, covariates, scaler


def predict(job: Job, fitted: Fitted) -> WorkerForecast:
    """Forecast quantiles of samples, or points only."""
    model, series, covariates, scaler = fitted
    is_probabilistic = job.settings.get("is_probabilistic", False)
    samples = _SAMPLES if is_probabilistic else 1
    forecast = model.predict(
        job.h,
        series=series,
        future_covariates=covariates,
        num_samples=samples,
        show_warnings=False,
    )
    if scaler is not None:
        forecast = scaler.inverse_transform(forecast)
    ids = list(series_of(job))
    values = np.stack([one.all_values(copy=False)[:, 0, :] for one in forecast])  # [N, h, samples]
    if not is_probabilistic:
        return WorkerForecast(ids, values[..., 0].astype(np.float64))
    quantiles = np.quantile(values.astype(np.float64), job.quantiles, axis=-1)
    return WorkerForecast.of_quantiles(job, ids, np.moveaxis(quantiles, 0, -1))


def _trainer(settings: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = settings.pop("pl_trainer_kwargs", {})
    return given


def _series(frame: pd.DataFrame, columns: list[str], job: Job, dtype: str) -> TimeSeries:
    return TimeSeries.from_dataframe(
        frame, time_col="ds", value_cols=columns, freq=job.freq
    ).astype(dtype)


def _covariates(job: Job, dtype: str) -> list[TimeSeries] | None:
    """Past and known future of the covariates, one TimeSeries for each series."""
    if not job.covariates:
        return None
    ahead = {str(name): part for name, part in job.future.groupby("unique_id", sort=False)}
    return [
        _series(pd.concat([part, ahead[name]]), job.covariates, job, dtype)
        for name, part in series_of(job).items()
    ]


if __name__ == "__main__":
    run(fit, predict)
