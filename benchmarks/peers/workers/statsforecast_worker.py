"""The worker of statsforecast: one method, fitted to each series separately."""

import sys
from pathlib import Path

import numpy as np
from statsforecast import StatsForecast, models
from worker import Job, WorkerForecast, column, ids_of, interval_ends, read, run


def fit(job: Job) -> StatsForecast:
    """Fit; the setting `last_seasons`, of a trial, limits the number of seasons of each series."""
    settings = dict(job.settings)
    last = settings.pop("last_seasons", None)
    past = job.past[["unique_id", "ds", "y", *job.covariates]]
    if past["y"].isna().any():  # AutoETS refuses gaps, AutoTheta does not end
        past = past.assign(y=past.groupby("unique_id", sort=False)["y"].ffill())
    if last is not None:
        past = past.groupby("unique_id", sort=False).tail(last * job.season_length)
    method = getattr(models, job.method)(season_length=job.season_length, **settings)
    return StatsForecast(models=[method], freq=job.freq, n_jobs=job.threads).fit(past)


def predict(job: Job, model: StatsForecast) -> WorkerForecast:
    """Forecast two quantiles from each interval; the point, a mean, is used as the median."""
    levels = sorted({round(100 * abs(2 * q - 1)) for q in job.quantiles} - {0})
    frame = model.predict(h=job.h, level=levels, X_df=job.future if job.covariates else None)
    points = column(frame, job.method, job.h)
    values = {0.5: points}
    for level in levels:
        low, high = interval_ends(level)
        values[low] = column(frame, f"{job.method}-lo-{level}", job.h)
        values[high] = column(frame, f"{job.method}-hi-{level}", job.h)
    stacked = np.stack([values[quantile] for quantile in job.quantiles], axis=-1)
    return WorkerForecast.of_quantiles(job, ids_of(frame, job.h), stacked)


if __name__ == "__main__":
    run(fit, predict, processes=read(Path(sys.argv[1])).threads)
