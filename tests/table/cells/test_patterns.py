"""Times written with a strptime pattern are those that pandas reads."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from gated.errors import UsageError
from gated.table.cells.dates.patterns import times_by_pattern

CASES = [
    ("%Y-%m-%d", ["2024-02-29", "2023-02-29", "2024-1-5", "soon", "2024-01-05 10:00", ""]),
    ("%d/%m/%y %H:%M", ["05/01/24 23:59", "05/01/69 00:00", "5/1/24 1:02"]),
    ("%Y%m%d", ["20240105", "2024111", "202401"]),
    ("%d %b %Y %I:%M %p", ["05 Jan 2024 12:01 AM", "05 JAN 2024 1:01 pm"]),
    ("%Y-%m-%dT%H:%M:%S%z", ["2024-01-05T10:00:00+02:00", "2024-01-05T10:00:00Z", "2024-01-05"]),
    ("%H:%M:%S.%f %Y", ["10:00:00.5 2024", "10:00:00.123456789 2024", "10:00:00.1234567 1999"]),
    ("%Y %j", ["2024 060", "2024 367"]),
    ("%G-W%V-%u", ["2024-W01-1", "2024-W53-1"]),
]


@pytest.mark.parametrize(("pattern", "texts"), CASES, ids=[pattern for pattern, _ in CASES])
def test_times_are_those_of_pandas(pattern: str, texts: list[str]) -> None:
    seconds, rest = times_by_pattern(pa.array(texts), pattern)
    for text, second, nanoseconds in zip(texts, seconds.tolist(), rest.tolist(), strict=True):
        time = pd.to_datetime(text, format=pattern, errors="coerce", utc="%z" in pattern)
        if pd.isna(time):
            assert second == np.iinfo(np.int64).min, text
            continue
        expected = time.tz_localize(None)
        found = pd.Timestamp(second, unit="s") + pd.Timedelta(nanoseconds, unit="ns")
        assert found == expected, text


@pytest.mark.parametrize("pattern", ["%Q", "%Y %", "%d %d", " ", "%Y-W%V"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="Expected strptime codes such as"):
        times_by_pattern(pa.array(["2024-W05"]), pattern)
