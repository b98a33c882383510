"""Tests the arrays of all windows of a backtest, and the groups of their steps."""

import numpy as np
import pandas as pd
import pytest

import gated
from gated.errors import UsageError
from gated.forecast.evaluation.backtest import Backtest

DAYS = pd.date_range("2024-01-01", periods=90, freq="D")


@pytest.fixture(scope="module")
def found() -> Backtest:
    """Two cutoffs of two series; the second has begun only before the last cutoff."""
    y = np.arange(90.0) % 7
    first = pd.DataFrame({"unique_id": "a", "ds": DAYS, "y": y})
    second = pd.DataFrame({"unique_id": "b", "ds": DAYS[79:], "y": 100 + y[79:]})
    return gated.Forecaster().backtest(pd.concat([first, second]), h=7, n_windows=2)


def test_the_forecasts_are_ordered_by_series_then_cutoff(found: Backtest) -> None:
    assert found.series.tolist() == [0, 0, 1]
    assert found.cutoff_number.tolist() == [0, 1, 1]
    assert (found.ds[:, 0] == DAYS[[76, 83, 83]].to_numpy()).all()
    assert (found.actuals.y[0] == np.arange(76, 83) % 7).all()
    assert (found.actuals.y[2] >= 100).all()
    for forecast in found.forecasts.values():
        assert forecast.points.shape == (3, 7)


def test_each_step_belongs_to_a_labelled_group(found: Backtest) -> None:
    sizes = {}
    for by in ("overall", "series", "cutoff", "step"):
        labels, group = found.groups(by)
        sizes[by] = np.bincount(np.broadcast_to(group, (3, 7)).reshape(-1)).tolist()
        assert len(labels) == len(sizes[by])
    assert sizes == {"overall": [21], "series": [14, 7], "cutoff": [7, 14], "step": [3] * 7}
    assert found.groups("series")[0].tolist() == ["a", "b"]
    assert (found.groups("cutoff")[0] == DAYS[[75, 82]].to_numpy()).all()


def test_an_unknown_group_is_an_error_with_the_known_ones(found: Backtest) -> None:
    with pytest.raises(UsageError, match=r"by is 'week'. Expected one of overall, series, cutoff"):
        found.groups("week")  # type: ignore[arg-type]
