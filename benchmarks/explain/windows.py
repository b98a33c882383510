"""Cuts windows of 500 steps from five real tables, to be explained."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.common.folders import Folder

__all__ = ["TABLES", "Windows", "read_windows"]

_STEPS, _WINDOWS = 500, 6


@dataclass(frozen=True)
class _Source:
    """A table: its file, its id, time and target columns, the step, and the horizon."""

    file: str
    id_col: str | None
    time_col: str
    target_col: str
    freq: str
    h: int


TABLES = {
    "shop_revenue": _Source("demo/shop_daily_total.csv.gz", None, "ds", "revenue", "D", 28),
    "us_births": _Source("forecast/us_births_daily.csv", None, "ds", "births", "D", 28),
    "aus_retail": _Source("demo/aus_retail_monthly.csv.gz", "unique_id", "ds", "y", "MS", 12),
    "bike_sharing": _Source(
        "forecast/bike_sharing_hourly.csv.gz", None, "date_time", "users", "h", 24
    ),
    "m4_hourly": _Source("forecast/m4_hourly.csv.gz", "unique_id", "t", "y", "h", 48),
}
"""The tables by name."""


@dataclass(frozen=True)
class Windows:
    """Windows of one table, as a table of series.

    Attributes:
        name: of the table.
        frame: `unique_id`, `ds`, `y`: up to 500 steps of each window.
        h: steps ahead.
    """

    name: str
    frame: pd.DataFrame
    h: int


def read_windows(folder: Folder, name: str, count: int = _WINDOWS) -> Windows:
    """Read windows of one table: of several series, or of one series at several times.

    Args:
        folder: of the data sets.
        name: of the table.
        count: number of windows.
    """
    source = TABLES[name]
    table = pd.read_csv(folder.file(source.file))
    if source.id_col is None:
        table[source.id_col or "series"] = "one"
    ids = source.id_col or "series"
    series = [part for _, part in table.groupby(ids, sort=True)]
    if len(series) == 1:
        ends = np.linspace(min(_STEPS, len(series[0])), len(series[0]), count).round().astype(int)
        series = [series[0].iloc[:end] for end in ends]
    else:
        chosen = np.unique(np.linspace(0, len(series) - 1, count).round().astype(int))
        series = [series[index] for index in chosen]
    parts = []
    for number, part in enumerate(series):
        values = part[source.target_col].to_numpy(dtype=np.float64)[-_STEPS:]
        times = (
            pd.date_range("2020-01-06", periods=len(values), freq=source.freq)  # numbered steps
            if source.time_col == "t"
            else pd.to_datetime(part[source.time_col]).to_numpy()[-_STEPS:]
        )
        parts.append(pd.DataFrame({"unique_id": f"{number + 1}", "ds": times, "y": values}))
    return Windows(name, pd.concat(parts, ignore_index=True), source.h)
