"""gated.Forecaster, in an environment of its own like every other."""

import numpy as np
from workbench import Forecast, Task, column, ids_of, run

import gated

Forecaster = gated.Forecaster  # loads what it needs now: that is the time of the import


def fit(task: Task) -> gated.Forecaster:
    """With its defaults."""
    model = Forecaster(h=task.h, seed=task.seed, **task.settings)
    return model.fit(
        task.past,
        covariates=task.covariates,
        id_col="unique_id",
        time_col="ds",
        target_col="y",
    )


def predict(task: Task, model: gated.Forecaster) -> Forecast:
    """Deciles and intervals, as they come."""
    frame = model.predict(
        h=task.h,
        level=task.levels,
        quantiles=task.deciles,
        X_df=task.future if task.covariates else None,
    )
    deciles = [column(frame, f"gated-q-{100 * q:g}", task.h) for q in task.deciles]
    intervals = {
        level: (
            column(frame, f"gated-lo-{level}", task.h),
            column(frame, f"gated-hi-{level}", task.h),
        )
        for level in task.levels
    }
    points = column(frame, "gated", task.h)
    return Forecast(ids_of(frame, task.h), points, np.stack(deciles, axis=-1), intervals)


if __name__ == "__main__":
    run(fit, predict)
