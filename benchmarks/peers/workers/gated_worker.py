"""The worker of gated: Forecaster, in an environment of its own like the other libraries."""

import numpy as np
from worker import Job, WorkerForecast, column, ids_of, run

import gated

Forecaster = gated.Forecaster  # its imports are loaded here, before fit is timed


def fit(job: Job) -> gated.Forecaster:
    """Fit with the defaults."""
    model = Forecaster(h=job.h, seed=job.seed, **job.settings)
    return model.fit(
        job.past,
        covariates=job.covariates,
        id_col="unique_id",
        time_col="ds",
        target_col="y",
    )


def predict(job: Job, model: gated.Forecaster) -> WorkerForecast:
    """Forecast deciles and intervals."""
    frame = model.predict(
        h=job.h,
        level=job.levels,
        quantiles=job.deciles,
        X_df=job.future if job.covariates else None,
    )
    deciles = [column(frame, f"gated-q-{100 * q:g}", job.h) for q in job.deciles]
    intervals = {
        level: (
            column(frame, f"gated-lo-{level}", job.h),
            column(frame, f"gated-hi-{level}", job.h),
        )
        for level in job.levels
    }
    points = column(frame, "gated", job.h)
    return WorkerForecast(ids_of(frame, job.h), points, np.stack(deciles, axis=-1), intervals)


if __name__ == "__main__":
    run(fit, predict)
