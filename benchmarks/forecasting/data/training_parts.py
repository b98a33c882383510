"""The training parts of all tables, as files to validate a pretrained network on.

Nothing of a test part is written: neither a competition's, nor the last windows that
`zero_shot` scores, nor the horizons that the other benchmarks cut off.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.common.folders import Folder
from benchmarks.forecasting.data.tables import TABLES

__all__ = ["TESTED", "write"]

_MOST_SERIES = 300

# The last steps of each series that some benchmark tests. Of the hourly ETT tables the long
# term's three windows of 720 steps, of the daily ones three of 30 days, of births three of twelve
# months, weeks and days of the same time.
TESTED = {
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


def write(folder: Path, data: Folder) -> list[str]:
    """Write one Parquet file a table; a line on each."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, tested in TESTED.items():
        frame = TABLES[name](data)
        left = frame.groupby("unique_id", sort=False).cumcount(ascending=False)
        frame = frame[left >= tested]
        frame = frame[frame["unique_id"].isin(_spread(frame["unique_id"].unique()))]
        frame.to_parquet(folder / f"{name}.parquet", index=False)
        series = frame["unique_id"].nunique()
        lines.append(f"{name}: {series:,} series, {len(frame):,} rows")
    return lines


def _spread(ids: np.ndarray | pd.api.extensions.ExtensionArray) -> np.ndarray:
    """So many series that validation is quick, evenly over the table."""
    chosen = np.unique(np.linspace(0, len(ids) - 1, _MOST_SERIES).astype(np.int64))
    return np.asarray(ids)[chosen]
