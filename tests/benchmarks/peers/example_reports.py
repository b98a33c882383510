"""A report of two methods that were done and two that were not."""

from benchmarks.peers.peers_report import peers_report, with_ratios

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
