"""neuralforecast: its GRU."""

import numpy as np
import torch
from neuralforecast import NeuralForecast
from neuralforecast.losses.pytorch import DistributionLoss
from neuralforecast.models import GRU
from workbench import Forecast, Task, column, ids_of, run


def fit(task: Task) -> NeuralForecast:
    """`distribution` in the settings names that of a DistributionLoss; without it: MAE."""
    torch.set_num_threads(task.threads)
    settings = dict(task.settings)
    distribution = settings.pop("distribution", None)
    if distribution is not None:
        settings["loss"] = DistributionLoss(distribution, quantiles=task.quantiles)
    model = GRU(
        h=task.h,
        random_seed=task.seed,
        futr_exog_list=task.covariates or None,
        enable_progress_bar=False,
        logger=False,
        enable_checkpointing=False,
        **settings,
    )
    forecaster = NeuralForecast(models=[model], freq=task.freq)
    forecaster.fit(task.past)
    return forecaster


def predict(task: Task, model: NeuralForecast) -> Forecast:
    """Quantiles of the distribution, or points alone."""
    frame = model.predict(futr_df=task.future if task.covariates else None)
    ids = ids_of(frame, task.h)
    if "distribution" not in task.settings:
        return Forecast(ids, column(frame, "GRU", task.h))
    values = [column(frame, _name(quantile), task.h) for quantile in task.quantiles]
    return Forecast.of_quantiles(task, ids, np.stack(values, axis=-1))


def _name(quantile: float) -> str:
    """As the library names it: by the interval that it ends."""
    if quantile == 0.5:
        return "GRU-median"
    end = "lo" if quantile < 0.5 else "hi"
    return f"GRU-{end}-{round(100 * abs(1 - 2 * quantile), 2)}"


if __name__ == "__main__":
    run(fit, predict)
