"""A worker without a library, a cut of two series, a report of four methods."""

import numpy as np

from benchmarks.forecasting.data.cut import Panel, cut
from benchmarks.peers.peers_report import peers_report, with_ratios

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


FACTS = {"data": "m4_hourly", "cut": "test", "trial": False}
MACHINE = {"processor": "example", "threads": 1}


def row(method, configuration="default", outcome="done", **figures):
    return {
        "method": method,
        "configuration": configuration,
        "covariates": "none",
        "settings": "none",
        "source": "defaults",
        "version": "1.0",
        "outcome": outcome,
        **figures,
    }


def example_report():
    costs = {"predict": 0.5, "import": 2.0, "installed": 900.0, "peak": 500.0}
    rows = [
        row("gated", fit=40.0, mase=0.8, smape=10.0, wape=0.04, crps=0.03, **costs),
        row("darts RNNModel GRU", fit=400.0, mase=1.2, smape=12.0, wape=0.05, **costs),
        row("GluonTS DeepAR", outcome="not done in 1,800 s", installed=800.0),
        row("GluonTS DeepAR", "recommended", outcome="failed: ValueError: a | b"),
    ]
    return peers_report(FACTS, MACHINE, with_ratios(rows), ["A note."])
