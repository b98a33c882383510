"""Times that a file gives as a start and a step are those of pandas."""

import numpy as np
import pandas as pd
import pytest

from gated.table.io.kinds.json.series import PERIODS, STEP, series_columns
from gated.table.io.kinds.monash import _step, _times

STEPS = ["D", "2D", "W", "W-SUN", "3W", "h", "30min", "M", "MS", "2Q", "Q-DEC", "Y", "s", "T"]
STARTS = ["2024-01-31 13:15:10", "2024-01-31", "2024-01", "2024", "1969-05-04T01:00:00.25"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("start", STARTS)
def test_gluonts(step: str, start: str) -> None:
    parts = STEP.match(step)
    assert parts is not None
    freq = parts["count"] + PERIODS.get(parts["unit"], parts["unit"])
    expected = pd.period_range(start, periods=4, freq=freq).start_time
    columns = series_columns([{"start": start, "freq": step, "target": [1, 2, 3, 4]}])
    assert columns is not None
    assert columns["ds"] == [time.isoformat() for time in expected]


@pytest.mark.parametrize(("step", "start"), [("fortnight", "2024-01-01"), ("D", "soon")])
def test_gluonts_without_known_times_counts_the_rows(step: str, start: str) -> None:
    columns = series_columns([{"start": start, "freq": step, "target": [1, 2, 3]}])
    assert columns is not None
    assert columns["ds"] == [0, 1, 2]


def test_gluonts_working_days() -> None:
    columns = series_columns([{"start": "2024-02-03", "freq": "B", "target": [1, 2, 3, 4, 5, 6]}])
    assert columns is not None
    days = ["2024-02-05", "2024-02-06", "2024-02-07", "2024-02-08", "2024-02-09", "2024-02-12"]
    assert columns["ds"] == [f"{day}T00:00:00" for day in days]


@pytest.mark.parametrize(
    ("frequency", "offset"),
    [
        ("yearly", pd.DateOffset(years=1)),
        ("quarterly", pd.DateOffset(months=3)),
        ("monthly", pd.DateOffset(months=1)),
        ("weekly", pd.DateOffset(weeks=1)),
        ("4_hourly", pd.DateOffset(hours=4)),
        ("half_hourly", pd.DateOffset(minutes=30)),
        ("10_minutes", pd.DateOffset(minutes=10)),
    ],
)
@pytest.mark.parametrize("start", ["2020-02-29 13:00:01", "2019-12-31", "1990-01-30"])
def test_monash(frequency: str, offset: pd.DateOffset, start: str) -> None:
    step = _step(frequency)
    assert step is not None
    expected = pd.date_range(start, periods=40, freq=offset).to_numpy()
    np.testing.assert_array_equal(_times(np.datetime64(start, "us"), 40, step), expected)
