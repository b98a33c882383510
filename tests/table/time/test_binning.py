"""Tests that times get the step that pandas gives them."""

import numpy as np
import pandas as pd
import pytest

from gated.table.time.binning import begin_of, end_of, for_binning, nearest_step, step_of
from gated.table.time.grid import Ticks, parse_alias

TIMES = np.sort(
    np.datetime64("2023-11-08T00:00:07", "ns")
    + np.random.default_rng(0).integers(0, 900 * 86_400, 300).astype("m8[s]")
)
ALIASES = ("D", "W", "W-WED", "MS", "ME", "QS", "QE", "QE-JAN", "YS", "YE-JUN", "h", "15min", "6h")


@pytest.mark.parametrize("alias", [*ALIASES, "B", "2W", "2MS", "7h"])
def test_steps_contain_their_times(alias: str) -> None:
    grid = for_binning(parse_alias(alias))
    label = step_of(grid, TIMES)
    if alias != "B":
        assert (begin_of(grid, label) <= TIMES).all()
        assert (end_of(grid, label) > TIMES).all()
    start = np.full(len(label), label[0])
    assert (grid.advance(start, grid.count(start, label)) == label).all()


@pytest.mark.parametrize("alias", ALIASES)
def test_labels_are_those_of_pandas(alias: str) -> None:
    counted = pd.Series(1, pd.DatetimeIndex(TIMES)).resample(alias).sum()
    labels, number = np.unique(step_of(for_binning(parse_alias(alias)), TIMES), return_counts=True)
    assert (labels == counted[counted > 0].index.to_numpy()).all()
    assert (number == counted[counted > 0].to_numpy()).all()


def test_nearest_steps() -> None:
    times = np.array(["2024-01-01T23:58", "2024-01-02T00:02", "2024-01-02T00:07:31"], "M8[ns]")
    expected = ["2024-01-02T00:00", "2024-01-02T00:00", "2024-01-02T00:10"]
    found = nearest_step(Ticks(300 * 10**9), times)
    assert found.astype("M8[m]").astype(str).tolist() == expected
