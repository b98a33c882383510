"""Reads whole tables of the data folder as long frames: unique_id, ds, y."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.common.folders import Folder

__all__ = ["TABLES", "Read"]

Read = Callable[[Folder], pd.DataFrame]

_M3_ALIASES = {"YEARLY": "YS", "QUARTERLY": "QS", "MONTHLY": "MS", "OTHER": None}


def _long(path: str, time: str, target: str, id_col: str | None = None) -> Read:
    """A reader of a long file; without a column of ids it is one series."""

    def read(data: Folder) -> pd.DataFrame:
        frame = pd.read_csv(data.file(path), dtype={id_col: str} if id_col else None)
        ds = pd.to_datetime(frame[time], utc=True).dt.tz_localize(None)
        ids = frame[id_col] if id_col else "all"
        return pd.DataFrame({"unique_id": ids, "ds": ds, "y": frame[target].astype(float)})

    return read


def _wide(path: str, time: str) -> Read:
    """A reader of a file with one column for each series."""

    def read(data: Folder) -> pd.DataFrame:
        frame = pd.read_csv(data.file(path), parse_dates=[time]).rename(columns={time: "ds"})
        long = frame.melt("ds", var_name="unique_id", value_name="y")
        return long[["unique_id", "ds", "y"]]

    return read


def _classic(name: str) -> Read:
    """A reader of a file of one series: first column time or number, last column values."""

    def read(data: Folder) -> pd.DataFrame:
        frame = pd.read_csv(data.file(f"forecast/classics/{name}.csv"))
        y = frame.select_dtypes("number").iloc[:, -1].astype(float)
        time = frame.iloc[:, 0]
        ds = np.arange(len(y)) if pd.api.types.is_numeric_dtype(time) else pd.to_datetime(time)
        return pd.DataFrame({"unique_id": name, "ds": ds, "y": y})

    return read


def _resampled(read: Read, alias: str, how: str) -> Read:
    """A reader of days, weeks or months of another table; incomplete ones are left out."""

    def resampled(data: Folder) -> pd.DataFrame:
        frame = read(data)
        groups = frame.set_index("ds").groupby("unique_id", sort=False)["y"].resample(alias)
        values = groups.agg(how)
        size = groups.size()
        is_complete = size >= size.groupby("unique_id").transform("median") * 0.9
        return values[is_complete].reset_index()

    return resampled


def _m4_hourly(data: Folder) -> pd.DataFrame:
    """Training and test part; the file numbers its steps, which are hours."""
    frame = pd.read_csv(data.file("forecast/m4_hourly.csv.gz"))
    ds = pd.Timestamp("2000-01-03") + pd.to_timedelta(frame["t"], unit="h")
    return pd.DataFrame({"unique_id": frame["unique_id"], "ds": ds, "y": frame["y"]})


def _m3(period: str) -> Read:
    """A reader of training and test part of a period; every series gets dates from 1900 on."""
    alias = _M3_ALIASES[period]

    def read(data: Folder) -> pd.DataFrame:
        frame = pd.read_csv(data.file("forecast/m3.csv.gz"))
        meta = pd.read_csv(data.file("forecast/m3_meta.csv")).set_index("unique_id")
        frame = frame[frame["unique_id"].isin(meta.index[meta["period_name"] == period])]
        ds = frame["t"]
        if alias is not None:
            grid = pd.date_range("1900-01-01", periods=int(frame["t"].max()) + 1, freq=alias)
            ds = pd.Series(grid[frame["t"]], index=frame.index)
        return pd.DataFrame({"unique_id": frame["unique_id"], "ds": ds, "y": frame["y"]})

    return read


def _exchange(data: Folder) -> pd.DataFrame:
    values = pd.read_csv(data.file("forecast/exchange_rate.txt.gz"), header=None)
    values.index = pd.bdate_range("1990-01-01", periods=len(values), name="ds")
    long = values.reset_index().melt("ds", var_name="unique_id", value_name="y")
    return long.assign(unique_id=long["unique_id"].astype(str))[["unique_id", "ds", "y"]]


_BIRTHS = _long("forecast/us_births_daily.csv", "ds", "births")
_ETT = {name: _wide(f"forecast/{name}.csv", "date") for name in ("ETTh1", "ETTh2")}

TABLES: dict[str, Read] = {
    "m4_hourly": _m4_hourly,
    "etth1": _ETT["ETTh1"],
    "etth1_days": _resampled(_ETT["ETTh1"], "D", "mean"),
    "etth2": _ETT["ETTh2"],
    "etth2_days": _resampled(_ETT["ETTh2"], "D", "mean"),
    "births": _BIRTHS,
    "births_weeks": _resampled(_BIRTHS, "W", "sum"),
    "births_months": _resampled(_BIRTHS, "MS", "sum"),
    "m3_yearly": _m3("YEARLY"),
    "m3_quarterly": _m3("QUARTERLY"),
    "m3_monthly": _m3("MONTHLY"),
    "m3_other": _m3("OTHER"),
    "carparts": _wide("forecast/carparts_monthly_wide.csv.gz", "ds"),
    "ausretail": _long("demo/aus_retail_monthly.csv.gz", "ds", "y", "unique_id"),
    "gasoline": _classic("us_gasoline"),
    "bike": _long("forecast/bike_sharing_hourly.csv.gz", "date_time", "users"),
    "vic": _long("forecast/vic_elec_halfhourly.csv.gz", "ds", "demand"),
    "shop": _long("demo/shop_daily_total.csv.gz", "ds", "revenue"),
    "goods": _long("forecast/online_retail_daily_500.csv.gz", "ds", "units", "unique_id"),
    "peyton": _classic("wp_log_peyton_manning"),
    "taylor": _classic("taylor"),
    "exchange": _exchange,
    "sunspots": _classic("monthly-sunspots"),
    "airpassengers": _classic("AirPassengers"),
    "milk": _classic("monthly-milk"),
    "wineind": _classic("wineind"),
    "ausbeer": _classic("ausbeer"),
    "woolyrnq": _classic("woolyrnq"),
}
"""Name of a table to its reader; values are those of the file, gaps are not filled."""
