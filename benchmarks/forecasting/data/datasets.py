"""Reads the data sets of the benchmark `forecast` by name, and any other table by its path."""

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

__all__ = ["DATASETS", "M3", "M4_HOURLY", "Columns", "load_cuts", "table_source"]

M4_HOURLY, M3 = "m4_hourly", "m3"


@dataclass(frozen=True)
class Columns:
    """Names of a table's columns; None: gated finds the column by name and type."""

    id: str | None = None
    time: str | None = None
    target: str | None = None
    covariates: tuple[str, ...] = ()


def load_cuts(
    name: str, data: Folder, *, columns: Columns, horizon: int | None, validation: bool
) -> list[Cut]:
    """Read a data set, or a table by its path, and cut it.

    Args:
        name: one of `DATASETS`, or a path.
        data: the folder of data sets.
        columns: of a table by path; a named data set has fixed columns.
        horizon: steps to forecast; required for a table by path, fixed for a competition.
        validation: drop the last horizon when it is read, and cut one horizon earlier.

    Returns:
        One cut; several if the parts of the data set are forecast separately (M3).

    Raises:
        DataError: the file is missing, or cannot be read or cut.
        UsageError: an option is not allowed for this data set, or nothing has this name.
    """
    if name in DATASETS and columns != Columns():
        raise UsageError(
            f"--data {name} has fixed columns. Expected --covariate and --*-col only with the path "
            "of a table; leave them out."
        )
    if name in _COMPETITIONS:
        if horizon is not None:
            raise UsageError(
                f"--horizon is {horizon}, but the competition fixed the horizon of {name}; leave "
                "out --horizon."
            )
        return [cut(panel) for panel in _COMPETITIONS[name](data, validation)]
    if name in _TABLES:
        table = _TABLES[name]
        panel = _read(name, table.locate(data), table.columns, horizon or table.h)
    else:
        panel = _read(Path(name).name, *_by_path(name, columns, horizon))
    return [cut(panel, validation=validation)]


@dataclass(frozen=True)
class _TableSource:
    """A data set of one table, with its columns and horizon.

    Attributes:
        path: within the data folder, or within the package's own data.
        h: steps to forecast.
        columns: names of the columns that gated cannot find by itself.
        is_embedded: whether the package contains the file.
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
    """The path, the columns and the horizon of a data set of one table."""
    table = _TABLES[name]
    return table.locate(data), table.columns, table.h


_TABLES = {
    "shop": _TableSource(
        "shop_daily_total.csv.gz", 28, Columns(target="revenue", covariates=(OPEN,)), True
    ),
    "shop30": _TableSource(
        "shop_daily_30.csv.gz", 28, Columns(target="units", covariates=(OPEN,)), True
    ),
    "births": _TableSource("forecast/us_births_daily.csv", 30),
    "bike": _TableSource(
        "forecast/bike_sharing_hourly.csv.gz",
        48,
        Columns(target="users", covariates=("holiday", "workingday", "temp", "hum")),
    ),
    "vic": _TableSource(
        "forecast/vic_elec_halfhourly.csv.gz",
        96,
        Columns(target="demand", covariates=("temperature", "holiday")),
    ),
    "etth1": _TableSource("forecast/ETTh1.csv", 48, Columns(time="date", target="OT")),
    "carparts": _TableSource("forecast/carparts_monthly_wide.csv.gz", 12),
    "ausretail": _TableSource("demo/aus_retail_monthly.csv.gz", 12),
    "airpassengers": _TableSource("forecast/classics/AirPassengers.csv", 12),
    "peyton": _TableSource("forecast/classics/wp_log_peyton_manning.csv", 28),
}


def _by_path(name: str, columns: Columns, horizon: int | None) -> tuple[Path, Columns, int]:
    if not Path(name).exists():
        raise UsageError(
            f"--data {name} is neither a data set nor a file. Expected one of "
            f"{', '.join(DATASETS)}, or the path of a table."
        )
    if horizon is None:
        raise UsageError(
            f"--data {name} is the path of a table, and its horizon is not known. Give --horizon, "
            "the number of last steps to forecast."
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
    """Read a table with `gated.read_table`."""
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
        "m4_hourly: the file numbers its steps and has no dates: gated detects the season length "
        "24 in the values, and uses no calendar."
    )
    return [_read(M4_HOURLY, frame[_LONG_NAMES], _LONG, 48, 24, note)]


def _m3(data: Folder, validation: bool) -> list[Panel]:
    """One panel for each of the four periods."""
    frame = _competition(data.file("forecast/m3.csv.gz"), validation)
    meta = pd.read_csv(data.file("forecast/m3_meta.csv")).set_index("unique_id")
    frame = frame.join(meta[["period_name", "start"]], on="unique_id")
    note = (
        "m3: a series without a starting year gets dates from 1970 on; series of the period "
        "`other` keep numbered steps."
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
_FIRST_YEAR, _YEAR_IF_UNKNOWN = 1700, 1970


def _m3_dates(part: pd.DataFrame, months: int) -> NDArray[np.datetime64]:
    """Dates of steps that are `months` apart; `start` is a year, such as 1984 or 7935/4 (1983¾)."""
    begin = {}
    for start in part["start"].unique():
        year = Fraction(start)
        known = year if year >= _FIRST_YEAR else Fraction(_YEAR_IF_UNKNOWN)
        begin[start] = round((known - 1970) * 12)
    since_1970 = part["start"].map(begin) + (part["t"] - 1) * months
    return since_1970.to_numpy(np.int64).astype("M8[M]").astype("M8[ns]")


def _competition(path: Path, validation: bool) -> pd.DataFrame:
    """unique_id, t, y of all steps; for validation, of the training part only."""
    frame = pd.read_csv(path)
    if validation:
        frame = frame[frame["split"] == "train"]
    return frame.drop(columns="split").reset_index(drop=True)


_COMPETITIONS: dict[str, Callable[[Folder, bool], list[Panel]]] = {
    M4_HOURLY: _m4_hourly,
    M3: _m3,
}

DATASETS = (*_COMPETITIONS, *_TABLES)
"""The names of the data sets; any other word is the path of a table."""
