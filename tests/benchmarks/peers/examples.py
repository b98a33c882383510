"""A worker without a library, a cut of two series, results of five methods on two tables."""

import numpy as np

from benchmarks.forecasting.data.cut import Panel, cut
from benchmarks.peers.results import PeersResults

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


FACTS = {"cut": "test", "seed": 0, "trial": False}
MACHINE = {"processor": "example", "threads": 1, "load before": 0.5, "commit": "abc"}
LIBRARIES = (
    {"library": "gated", "version": "0.1", "import": 2.0, "installed": 900.0},
    {"library": "darts", "version": "0.2", "import": 3.0, "installed": 800.0},
    {"library": "gluonts", "version": "0.3", "import": 4.0, "installed": 700.0},
)


def table(data, naive_mase, notes=""):
    return {
        "data": data,
        "series": 2,
        "steps": 1000,
        "h": 2,
        "season_length": 4,
        "naive_mase": naive_mase,
        "notes": notes,
    }


def method_row(data, library, method, configuration="default", outcome="done", **figures):
    return {
        "data": data,
        "library": library,
        "method": method,
        "configuration": configuration,
        "covariates": "none",
        "settings": "none",
        "source": "defaults",
        "limit": 60.0,
        "process": 50.0,
        "outcome": outcome,
        **figures,
    }


def example_results():
    """gated and GRU on both tables, DeepAR on the first; one DeepAR and one GRU are not done."""
    costs = {"predict": 0.5, "peak": 500.0}
    scores = {"smape": 10.0, "wape": 0.04, "coverage_80": 0.8, "coverage_95": 0.95}
    ours, theirs = ("gated", "gated"), ("darts", "darts RNNModel GRU")
    deep_ar = ("gluonts", "GluonTS DeepAR")
    methods = (
        method_row("hours", *ours, fit=7.5, mase=0.8, crps=0.03, **scores, **costs),
        method_row("hours", *theirs, fit=96.5, mase=1.2, crps=0.06, **scores, **costs),
        method_row("hours", *deep_ar, "recommended", fit=10.0, mase=1.6, **scores, **costs),
        method_row("hours", *deep_ar, outcome="failed: ValueError: a | b"),
        method_row("shop", *ours, fit=37.5, mase=0.9, crps=0.02, **scores, **costs),
        method_row("shop", *theirs, outcome="not done in 60 s"),
    )
    tables = (table("hours", 1.0, "hours: numbered."), table("shop", 1.8))
    return PeersResults(FACTS, MACHINE, tables, LIBRARIES, methods)
