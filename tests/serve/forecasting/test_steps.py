"""A clear step is the one that the reader of tables finds."""

import numpy as np
import pandas as pd
import pytest

from gated.serve.forecasting.job import Series
from gated.serve.forecasting.steps import clear_step
from gated.table import read_table


@pytest.mark.parametrize(
    "freq", ["min", "15min", "30min", "h", "D", "W-SUN", "W-WED", "MS", "2h", "QS", "ME", "B"]
)
def test_a_clear_step_is_that_of_the_reader(freq: str) -> None:
    times = pd.date_range("2023-03-01", periods=40, freq=freq)
    frame = pd.DataFrame({"unique_id": "a", "ds": times, "y": np.arange(40) + 0.5})
    ds = times.to_numpy().astype("datetime64[us]").astype(np.int64)
    found = clear_step("local", [Series("a", ds, np.zeros(40))])
    expected = read_table(frame, id_col="unique_id", time_col="ds", target_col="y").frequency.alias
    assert found in (expected, None)
    assert (found is None) == (freq in ("2h", "QS", "ME", "B"))


def test_unclear_steps() -> None:
    def step(*ds: int) -> str | None:
        times = np.array(ds)
        return clear_step("integer", [Series("a", times, np.zeros(len(times)))])

    assert step(1, 2, 3) == "1"
    assert step(5, 10, 15) == "5"
    assert step(1, 2) is None
    assert step(1, 2, 4) is None
