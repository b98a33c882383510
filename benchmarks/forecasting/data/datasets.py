"""The data sets of the forecast benchmark by name, and any other table by its path."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import gated
from benchmarks.common.folders import Folder
from benchmarks.forecasting.data.cut import OPEN, Cut, Panel, cut
from gated.errors import UsageError

__all__ = ["M3", "M4_HOURLY", "NAMES", "Columns", "load", "table_source"]

M4_HOURLY, M3 = "m4_hourly", "m3"


@dataclass(frozen=True)
class Columns:
    """Names of a table's columns; None: gated finds it by name and type."""

    id: str | None = None
    time: str | None = None
    target: str | None = None
    covariates: tuple[str, ...] = ()


def load(
    name: str, data: Folder, *, columns: Columns, horizon: int | None, validation: bool
) -> list[Cut]:
    """Read a data set, or a table by its path, and cut it.

    Args:
        name: one of `NAMES`, or a path.
        data: the folder of data sets.
        columns: of a table by path; a named data set has its own.
        horizon: steps to forecast; needed for a table by path, fixed for a competition.
        validation: drop the last horizon as soon as it is read, and cut one horizon before.

    Returns:
        One cut, or one a part where the parts are forecast separately (M3).

    Raises:
        DataError: the file is missing, or cannot be read or cut.
        UsageError: an option does not go with this data set, or nothing has this name.
    """
    if name in NAMES and columns != Columns():
        raise UsageError(f"{name} has its own columns: --covariate and --*-col go with a path.")
    if name in _COMPETITIONS:
        if horizon is not None:
            raise UsageError(f"{name}: the competition fixed the horizon; leave out --horizon.")
        return [cut(panel) for panel in _COMPETITIONS[name](data, validation)]
    if name in _TABLES:
        table = _TABLES[name]
        panel = _read(name, table.locate(data), table.columns, horizon or table.h)
    else:
        panel = _read(Path(name).name, *_by_path(name, columns, horizon))
    return [cut(panel, validation=validation)]


@dataclass(frozen=True)
class _Table:
    """A data set with its own columns and horizon.

    Attributes:
        path: within the data folder, or within the package's own data.
        h: steps to forecast.
        columns: names, where gated is not to find them by itself.
        is_embedded: whether it comes with the package.
    """

    path: str
    h: int
    columns: Columns = Columns()
    is_embedded: bool = False

    def locate(self, data: Folder) -> Path:
        if self.is_embedded:
            return Path(str(files("gated"))) / "data" / self.path
        return data.file(self.path)


def table_source(name: str, data: Folder) -> tuple[Path, Columns, int]:
    """Where a data set of one table lies, its columns, and its horizon."""
    table = _TABLES[name]
    return table.locate(data), table.columns, table.h


_TABLES = {
    "shop": _Table(
        "shop_daily_total.csv.gz", 28, Columns(target="revenue", covariates=(OPEN,)), True
    ),
    "shop30": _Table("shop_daily_30.csv.gz", 28, Columns(target="units", covariates=(OPEN,)), True),
    "births": _Table("forecast/us_births_daily.csv", 30),
    "bike": _Table(
        "forecast/bike_sharing_hourly.csv.gz",
        48,
        Columns(target="users", covariates=("holiday", "workingday", "temp", "hum")),
    ),
    "vic": _Table(
        "forecast/vic_elec_halfhourly.csv.gz",
        96,
        Columns(target="demand", covariates=("temperature", "holiday")),
    ),
    "etth1": _Table("forecast/ETTh1.csv", 48, Columns(time="date", target="OT")),
    "carparts": _Table("forecast/carparts_monthly_wide.csv.gz", 12),
    "ausretail": _Table("demo/aus_retail_monthly.csv.gz", 12),
    "airpassengers": _Table("forecast/classics/AirPassengers.csv", 12),
    "peyton": _Table("forecast/classics/wp_log_peyton_manning.csv", 28),
}


def _by_path(name: str, columns: Columns, horizon: int | None) -> tuple[Path, Columns, int]:
    if not Path(name).exists():
        raise UsageError(
            f"--data {name}: neither a data set nor a file. Expected one of {', '.join(NAMES)}, "
            "or the path of a table."
        )
    if horizon is None:
        raise UsageError(
            f"--data {name}: a table by its path needs --horizon, how many of its last steps are "
            "to be forecast."
        )
    return Path(name), columns, horizon


def _read(
    name: str,
    source: Path | pd.DataFrame,
    columns: Columns,
    h: int,
    season_length: int | None = None,
    note: str | None = None,
) -> Panel:
    """Read a table with gated's own reader."""
    table = gated.read_table(
        source,
        id_col=columns.id,
        time_col=columns.time,
        target_col=columns.target,
        covariates=columns.covariates,
    )
    return Panel(
        name=name,
        h=h,
        ids=table.ids,
        offsets=table.offsets,
        ds=table.ds,
        y=table.y,
        covariates=table.covariates,
        covariate_names=table.covariate_names,
        season_length=season_length or table.frequency.season_length,
        notes=(note,) if note else (),
    )


_LONG = Columns("unique_id", "ds", "y")
_LONG_NAMES = ["unique_id", "ds", "y"]


def _m4_hourly(data: Folder, validation: bool) -> list[Panel]:
    frame = _competition(data.file("forecast/m4_hourly.csv.gz"), validation)
    frame["ds"] = frame["t"]
    note = (
        "m4_hourly: the file numbers its steps, and so they are read: the season of 24 is found "
        "in the values, and no calendar is known."
    )
    return [_read(M4_HOURLY, frame[_LONG_NAMES], _LONG, 48, 24, note)]


def _m3(data: Folder, validation: bool) -> list[Panel]:
    """The four periods, each a panel of its own."""
    frame = _competition(data.file("forecast/m3.csv.gz"), validation)
    meta = pd.read_csv(data.file("forecast/m3_meta.csv")).set_index("unique_id")
    frame = frame.join(meta[["period_name", "start"]], on="unique_id")
    note = (
        "m3: series whose starting year is not given are dated from 1970 on; those of the period "
        "`other` keep their numbered steps."
    )
    panels = []
    for period, part in frame.groupby("period_name", sort=False):
        first = meta[meta["period_name"] == period].iloc[0]
        season, h = int(first["seasonality"]), int(first["horizon"])
        months = _M3_MONTHS[str(period)]
        dated = part.assign(ds=part["t"] if months is None else _m3_dates(part, months))
        panels.append(_read(str(period).lower(), dated[_LONG_NAMES], _LONG, h, season, note))
    return panels


_M3_MONTHS = {"YEARLY": 12, "QUARTERLY": 3, "MONTHLY": 1, "OTHER": None}
_FIRST_YEAR, _YEAR_WHERE_UNKNOWN = 1700, 1970


def _m3_dates(part: pd.DataFrame, months: int) -> NDArray[np.datetime64]:
    """Dates of steps so many months apart; `start` is a year, such as 1984 or 7935/4 (1983¾)."""
    begin = {}
    for start in part["start"].unique():
        year = Fraction(start)
        known = year if year >= _FIRST_YEAR else Fraction(_YEAR_WHERE_UNKNOWN)
        begin[start] = round((known - 1970) * 12)
    since_1970 = part["start"].map(begin) + (part["t"] - 1) * months
    return since_1970.to_numpy(np.int64).astype("M8[M]").astype("M8[ns]")


def _competition(path: Path, validation: bool) -> pd.DataFrame:
    """unique_id, t, y; of the training part only, where the cut is made for validation."""
    frame = pd.read_csv(path)
    if validation:
        frame = frame[frame["split"] == "train"]
    return frame.drop(columns="split").reset_index(drop=True)


_COMPETITIONS: dict[str, Callable[[Folder, bool], list[Panel]]] = {
    M4_HOURLY: _m4_hourly,
    M3: _m3,
}

NAMES = (*_COMPETITIONS, *_TABLES)
"""The data sets with a name; any other word is the path of a table."""
