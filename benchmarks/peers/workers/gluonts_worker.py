"""GluonTS: its DeepAR on torch."""

from typing import Any

import numpy as np
import pandas as pd
import torch
from gluonts.dataset.common import ListDataset
from gluonts.torch import DeepAREstimator
from gluonts.torch.model.predictor import PyTorchPredictor
from lightning.pytorch import seed_everything
from workbench import Forecast, Task, run, series_of


def fit(task: Task) -> PyTorchPredictor:
    """`freq` in the settings is the calendar that the library needs, even for numbered steps."""
    torch.set_num_threads(task.threads)
    seed_everything(task.seed, verbose=False)
    settings = dict(task.settings)
    quiet = {"enable_progress_bar": False, "logger": False, "accelerator": "cpu"}
    estimator = DeepAREstimator(
        prediction_length=task.h,
        num_feat_dynamic_real=len(task.covariates),
        trainer_kwargs={**quiet, **settings.pop("trainer_kwargs", {})},
        **settings,
    )
    return estimator.train(_dataset(task, is_for_training=True))


def predict(task: Task, model: PyTorchPredictor) -> Forecast:
    """Quantiles of its samples."""
    forecasts = list(model.predict(_dataset(task, is_for_training=False)))
    values = [
        np.stack([one.quantile(quantile) for quantile in task.quantiles], axis=-1)
        for one in forecasts
    ]
    ids = [str(one.item_id) for one in forecasts]
    return Forecast.of_quantiles(task, ids, np.stack(values).astype(np.float64))


def _dataset(task: Task, *, is_for_training: bool) -> ListDataset:
    """One entry a series; to forecast, what is known ahead goes on into the future."""
    ahead = {str(name): part for name, part in task.future.groupby("unique_id", sort=False)}
    entries = []
    for name, part in series_of(task).items():
        start = part["ds"].iloc[0] if task.is_dated else pd.Timestamp("1970-01-01")
        entry: dict[str, Any] = {"item_id": name, "start": start, "target": part["y"].to_numpy()}
        if task.covariates:
            known = part if is_for_training else pd.concat([part, ahead[name]])
            entry["feat_dynamic_real"] = known[task.covariates].to_numpy().T
        entries.append(entry)
    return ListDataset(entries, freq=task.settings["freq"])


if __name__ == "__main__":
    run(fit, predict)
