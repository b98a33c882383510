"""Forecasts tables of millions of series on several processes or machines.

Begin reading at `partition.py`, then `jobs/job.py`; for training at `learning.py`. The names below
load when they are first used.
"""

from typing import TYPE_CHECKING

from gated.lazy import loaded_on_use

if TYPE_CHECKING:
    from gated.scale.fitting import fit
    from gated.scale.forecasting import backtest, forecast
    from gated.scale.jobs.job import JobProgress, ScaledForecast
    from gated.scale.partition import backtest_partition, forecast_partition, forecast_schema

__all__ = [
    "JobProgress",
    "ScaledForecast",
    "backtest",
    "backtest_partition",
    "fit",
    "forecast",
    "forecast_partition",
    "forecast_schema",
]

__getattr__, __dir__ = loaded_on_use(
    __name__,
    {
        "JobProgress": "gated.scale.jobs.job",
        "ScaledForecast": "gated.scale.jobs.job",
        "backtest": "gated.scale.forecasting",
        "backtest_partition": "gated.scale.partition",
        "fit": "gated.scale.fitting",
        "forecast": "gated.scale.forecasting",
        "forecast_partition": "gated.scale.partition",
        "forecast_schema": "gated.scale.partition",
    },
)
