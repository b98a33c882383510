"""Writes the training parts of all tables, on which a pretrained network is validated.

Steps of a test part are not written: those of a competition, those of the last windows that
`zero_shot` scores, and those that the other benchmarks cut off.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.common.folders import Folder
from benchmarks.forecasting.data.tables import TABLES

__all__ = ["TEST_STEPS", "write_training_parts"]

_MAX_SERIES = 300

# The number of last steps of each series that a benchmark tests. For the hourly ETT tables three
# windows of 720 steps (task "long"), for the daily ones three windows of 30 days; for births three
# windows of twelve months, and the weeks and days of the same period.
TEST_STEPS = {
    "m4_hourly": 48,
    "etth1": 2_160,
    "etth1_days": 90,
    "etth2": 2_160,
    "etth2_days": 90,
    "births": 1_100,
    "births_weeks": 160,
    "m3_yearly": 6,
    "m3_quarterly": 8,
    "m3_monthly": 18,
    "m3_other": 8,
    "carparts": 12,
    "ausretail": 24,
    "gasoline": 160,
    "bike": 24 * 40,
    "vic": 48 * 40,
    "shop": 112,
    "goods": 112,
    "peyton": 300,
    "taylor": 400,
    "exchange": 760,
    "sunspots": 280,
    "airpassengers": 24,
    "milk": 24,
    "wineind": 24,
    "ausbeer": 16,
    "woolyrnq": 16,
}


def write_training_parts(folder: Path, data: Folder) -> list[str]:
    """Write one Parquet file for each table.

    Args:
        folder: of the files; created if it does not exist.
        data: the folder of data sets.

    Returns:
        For each table a line with its number of series and rows.

    Raises:
        DataError: a file of the data folder is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, test_steps in TEST_STEPS.items():
        frame = TABLES[name](data).sort_values("ds", kind="stable")  # some files begin with the end
        steps_after = frame.groupby("unique_id", sort=False).cumcount(ascending=False)
        frame = frame[steps_after >= test_steps]
        frame = frame[frame["unique_id"].isin(_evenly_chosen(frame["unique_id"].unique()))]
        frame.to_parquet(folder / f"{name}.parquet", index=False)
        series = frame["unique_id"].nunique()
        lines.append(f"{name}: {series:,} series, {len(frame):,} rows")
    return lines


def _evenly_chosen(ids: np.ndarray | pd.api.extensions.ExtensionArray) -> np.ndarray:
    """At most 300 series, evenly over the table, so that validation is quick."""
    chosen = np.unique(np.linspace(0, len(ids) - 1, _MAX_SERIES).astype(np.int64))
    return np.asarray(ids)[chosen]
