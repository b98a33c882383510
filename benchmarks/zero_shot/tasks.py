"""The tasks: table, horizon, number of windows and season length of each.

GIFT-Eval's rules (Aksu et al. 2024, arXiv 2410.10393): the last windows of each series, without
overlap, as many as fill a tenth of the shortest series, 20 at most; M4 has one. The unit of MASE
is the seasonal naive error before the window, with GluonTS's season length for the frequency: 24
for hours, 12 for months, 1 for days and weeks.
"""

import math
from dataclasses import dataclass

import pandas as pd

import gated
from benchmarks.common.folders import Folder
from benchmarks.forecasting.data.tables import TABLES
from gated.arrays import IntArray
from gated.table import Table

__all__ = ["GIFT_EVAL", "OTHERS", "Task"]


_TEST_SHARE, _MAX_WINDOWS = 0.1, 20


@dataclass(frozen=True)
class Task:
    """A forecasting task on one table.

    Attributes:
        table: its name in `benchmarks.forecasting.data.tables`.
        h: steps to forecast.
        season: season length of the seasonal naive baseline and of the unit of MASE.
        published: GIFT-Eval's name of the task; "" if it is not one of GIFT-Eval's.
        is_same: whether the values equal GIFT-Eval's; otherwise another edition of the data.
        windows: windows of each series; None: by GIFT-Eval's rule.
    """

    table: str
    h: int
    season: int
    published: str = ""
    is_same: bool = False
    windows: int | None = None

    @property
    def name(self) -> str:
        """The name of the task in the report."""
        return self.published or self.table

    def read(self, data: Folder) -> Table:
        """The whole table.

        Raises:
            DataError: its file is missing.
        """
        frame: pd.DataFrame = TABLES[self.table](data)
        return gated.read_table(frame, id_col="unique_id", time_col="ds", target_col="y")

    def cutoffs(self, lengths: IntArray) -> int:
        """Number of windows of each series, for series of these lengths [N]."""
        if self.windows is not None:
            return self.windows
        count = math.ceil(_TEST_SHARE * int(lengths.min()) / self.h)
        return min(max(1, count), _MAX_WINDOWS)


GIFT_EVAL = (
    Task("m4_hourly", 48, 24, "m4_hourly/h/short", is_same=True, windows=1),
    Task("carparts", 12, 12, "car_parts/m/short", is_same=True),
    Task("etth1", 48, 24, "ett1/h/short"),
    Task("etth1", 480, 24, "ett1/h/medium"),
    Task("etth1", 720, 24, "ett1/h/long"),
    Task("etth1_days", 30, 1, "ett1/d/short"),
    Task("etth2", 48, 24, "ett2/h/short"),
    Task("etth2", 480, 24, "ett2/h/medium"),
    Task("etth2", 720, 24, "ett2/h/long"),
    Task("etth2_days", 30, 1, "ett2/d/short"),
    Task("births", 30, 1, "us_births/d/short"),
    Task("births_weeks", 8, 1, "us_births/w/short"),
    Task("births_months", 12, 12, "us_births/m/short"),
)
"""GIFT-Eval's tasks, for which other models have published scores."""

OTHERS = (
    Task("births", 30, 7),
    Task("m3_yearly", 6, 1, windows=1),
    Task("m3_quarterly", 8, 4, windows=1),
    Task("m3_monthly", 18, 12, windows=1),
    Task("m3_other", 8, 1, windows=1),
    Task("ausretail", 24, 12, windows=1),
    Task("gasoline", 26, 52),
    Task("bike", 48, 24),
    Task("vic", 96, 48),
    Task("shop", 28, 7, windows=4),
    Task("goods", 28, 7, windows=4),
    Task("peyton", 30, 7),
    Task("taylor", 96, 48),
    Task("exchange", 30, 5),
    Task("sunspots", 24, 12),
    Task("airpassengers", 24, 12, windows=1),
    Task("milk", 24, 12, windows=1),
    Task("wineind", 24, 12, windows=1),
    Task("ausbeer", 8, 4, windows=2),
    Task("woolyrnq", 8, 4, windows=2),
)
"""Tasks without published scores; among them births with a season length of one week."""
