"""The worker of GluonTS: DeepAR on torch."""

from typing import Any

import numpy as np
import pandas as pd
import torch
from gluonts.dataset.common import ListDataset
from gluonts.torch import DeepAREstimator
from gluonts.torch.model.predictor import PyTorchPredictor
from lightning.pytorch import seed_everything
from worker import Job, WorkerForecast, run, series_of


def fit(job: Job) -> PyTorchPredictor:
    """Fit; the setting `freq` is a calendar, which the library needs even for numbered steps."""
    torch.set_num_threads(job.threads)
    seed_everything(job.seed, verbose=False)
    settings = dict(job.settings)
    quiet = {"enable_progress_bar": False, "logger": False, "accelerator": "cpu"}
    estimator = DeepAREstimator(
        prediction_length=job.h,
        num_feat_dynamic_real=len(job.covariates),
        trainer_kwargs={**quiet, **settings.pop("trainer_kwargs", {})},
        **settings,
    )
    return estimator.train(_dataset(job, is_for_training=True))


def predict(job: Job, model: PyTorchPredictor) -> WorkerForecast:
    """Forecast quantiles of samples."""
    forecasts = list(model.predict(_dataset(job, is_for_training=False)))
    values = [
        np.stack([one.quantile(quantile) for quantile in job.quantiles], axis=-1)
        for one in forecasts
    ]
    ids = [str(one.item_id) for one in forecasts]
    return WorkerForecast.of_quantiles(job, ids, np.stack(values).astype(np.float64))


def _dataset(job: Job, *, is_for_training: bool) -> ListDataset:
    """One entry for each series; to forecast, covariates include their known future."""
    ahead = {str(name): part for name, part in job.future.groupby("unique_id", sort=False)}
    entries = []
    for name, part in series_of(job).items():
        start = part["ds"].iloc[0] if job.is_dated else pd.Timestamp("1970-01-01")
        entry: dict[str, Any] = {"item_id": name, "start": start, "target": part["y"].to_numpy()}
        if job.covariates:
            rows = part if is_for_training else pd.concat([part, ahead[name]])
            entry["feat_dynamic_real"] = rows[job.covariates].to_numpy().T
        entries.append(entry)
    return ListDataset(entries, freq=job.settings["freq"])


if __name__ == "__main__":
    run(fit, predict)
