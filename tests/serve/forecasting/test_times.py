"""Times of rows are read and written."""

import numpy as np
import pytest

from gated.errors import UsageError
from gated.serve.forecasting.times import read_times, written_times


@pytest.mark.parametrize(
    ("given", "clock", "written"),
    [
        (["2024-02-29", "1999-12-31"], "local", ["2024-02-29", "1999-12-31"]),
        (["2024-01-01T06", "2024-01-02"], "local", ["2024-01-01T06:00:00", "2024-01-02T00:00:00"]),
        (["2024-01-01T00:00:00.5"], "local", ["2024-01-01T00:00:00.500000"]),
        (["2024-01-01T01:30:00+01:30"], "utc", ["2024-01-01T00:00:00Z"]),
        (["0099-01-01"], "local", ["0099-01-01"]),
        ([-5, 0, 2**53], "integer", [-5, 0, 2**53]),
    ],
)
def test_times_are_read_and_written(
    given: list[str | int], clock: str, written: list[str | int]
) -> None:
    found, times = read_times(given)
    assert found == clock
    assert times.dtype == np.int64
    assert written_times(found, times) == written


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["2023-02-29"], "ds '2023-02-29' is not a time"),
        (["2024-01-01", "NaT"], "ds 'NaT' is not a time"),
        (["now"], "ds 'now' is not a time"),
        (["2024-01-01", 3], "ds 3 is a number, but other times are texts"),
        (["2024-01-01", "2024-01-01T00:00Z"], "Some times have a time zone"),
        (["0001-01-01T00:00+02:00"], "beyond the calendar"),
        ([2**53 + 1], "is too large"),
        ([10**4000], "is too large"),
    ],
)
def test_what_is_no_time_is_named(given: list[str | int], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        read_times(given)
