"""The worker of neuralforecast: GRU."""

import numpy as np
import torch
from neuralforecast import NeuralForecast
from neuralforecast.losses.pytorch import DistributionLoss
from neuralforecast.models import GRU
from worker import Job, WorkerForecast, column, ids_of, run


def fit(job: Job) -> NeuralForecast:
    """Fit; the setting `distribution` is that of a DistributionLoss; without it the loss is MAE."""
    torch.set_num_threads(job.threads)
    settings = dict(job.settings)
    distribution = settings.pop("distribution", None)
    if distribution is not None:
        settings["loss"] = DistributionLoss(distribution, quantiles=job.quantiles)
    model = GRU(
        h=job.h,
        random_seed=job.seed,
        futr_exog_list=job.covariates or None,
        enable_progress_bar=False,
        logger=False,
        enable_checkpointing=False,
        **settings,
    )
    forecaster = NeuralForecast(models=[model], freq=job.freq)
    forecaster.fit(job.past)
    return forecaster


def predict(job: Job, model: NeuralForecast) -> WorkerForecast:
    """Forecast quantiles of the distribution, or points only."""
    frame = model.predict(futr_df=job.future if job.covariates else None)
    ids = ids_of(frame, job.h)
    if "distribution" not in job.settings:
        return WorkerForecast(ids, column(frame, "GRU", job.h))
    values = [column(frame, _name(quantile), job.h) for quantile in job.quantiles]
    return WorkerForecast.of_quantiles(job, ids, np.stack(values, axis=-1))


def _name(quantile: float) -> str:
    """The library's column of a quantile, named by the interval that ends there."""
    if quantile == 0.5:
        return "GRU-median"
    end = "lo" if quantile < 0.5 else "hi"
    return f"GRU-{end}-{round(100 * abs(1 - 2 * quantile), 2)}"


if __name__ == "__main__":
    run(fit, predict)
