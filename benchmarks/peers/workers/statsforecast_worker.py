"""statsforecast: one method of the library, fitted to each series by itself."""

import sys
from pathlib import Path

import numpy as np
from statsforecast import StatsForecast, models
from workbench import Forecast, Task, column, ids_of, interval_ends, read, run


def fit(task: Task) -> StatsForecast:
    """All series; `last_seasons`, for a trial, keeps only so many seasons of each."""
    settings = dict(task.settings)
    last = settings.pop("last_seasons", None)
    past = task.past[["unique_id", "ds", "y", *task.covariates]]
    if last is not None:
        past = past.groupby("unique_id", sort=False).tail(last * task.season_length)
    method = getattr(models, task.method)(season_length=task.season_length, **settings)
    return StatsForecast(models=[method], freq=task.freq, n_jobs=task.threads).fit(past)


def predict(task: Task, model: StatsForecast) -> Forecast:
    """Each interval gives two quantiles; the point, a mean, stands for the median."""
    levels = sorted({round(100 * abs(2 * q - 1)) for q in task.quantiles} - {0})
    frame = model.predict(h=task.h, level=levels, X_df=task.future if task.covariates else None)
    points = column(frame, task.method, task.h)
    values = {0.5: points}
    for level in levels:
        low, high = interval_ends(level)
        values[low] = column(frame, f"{task.method}-lo-{level}", task.h)
        values[high] = column(frame, f"{task.method}-hi-{level}", task.h)
    stacked = np.stack([values[quantile] for quantile in task.quantiles], axis=-1)
    return Forecast.of_quantiles(task, ids_of(frame, task.h), stacked)


if __name__ == "__main__":
    run(fit, predict, jobs=read(Path(sys.argv[1])).threads)
