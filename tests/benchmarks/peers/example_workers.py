"""A worker without a library, and a cut of two series."""

import numpy as np

from benchmarks.forecasting.data.cut import Panel, cut

WORKING = """
    import numpy as np
    from worker import WorkerForecast, run

    def fit(job):
        return job.past.groupby("unique_id", sort=False)["y"].last()

    def predict(job, last):
        ids = list(last.index)[::-1]  # in another order than the table's
        points = np.repeat(last.to_numpy()[::-1, None], job.h, axis=1)
        spread = np.array(job.quantiles) - 0.5
        return WorkerForecast.of_quantiles(job, ids, points[..., None] + spread)

    run(fit, predict)
"""
"""The source of a worker that forecasts the last value."""


def two_series(ds=None, covariates=("open",)):
    """Series "1" counts from 0 to 9, "b" from 100 on; two steps are held out."""
    steps = np.tile(np.arange(10), 2) if ds is None else np.tile(ds, 2)
    y = np.concatenate([np.arange(10.0), np.arange(100.0, 110.0)])
    values = np.ones((20, len(covariates)))
    ids = np.array(["1", "b"], dtype=object)
    return cut(Panel("two", 2, ids, np.array([0, 10, 20]), steps, y, values, covariates, 4))
