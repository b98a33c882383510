"""Tests outliers: which values are found, and the note that names them."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gated
from gated.table.series.outliers import OUTLIER_RANK, OUTLIER_RATIO, outliers


def by_definition(y: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    found = np.zeros(len(y), dtype=bool)
    for begin, end in pairwise(offsets):
        deviation = np.abs(y[begin:end] - np.nanmedian(y[begin:end]))
        known = np.sort(deviation[np.isfinite(deviation)])
        if len(known) > OUTLIER_RANK and known[-OUTLIER_RANK] > 0:
            found[begin:end] = deviation > OUTLIER_RATIO * known[-OUTLIER_RANK]
    return found


@given(
    seed=st.integers(0, 10_000),
    lengths=st.lists(st.integers(1, 60), min_size=1, max_size=5),
    factor=st.sampled_from([1.0, 30.0, 1e3, 1e300]),
    kind=st.sampled_from(["normal", "counts", "tails"]),
)
def test_no_series_with_outliers_is_spared(seed, lengths, factor, kind) -> None:
    rng = np.random.default_rng(seed)
    offsets = np.append(0, np.cumsum(lengths))
    draw = {"normal": rng.standard_normal, "counts": lambda n: rng.poisson(0.3, n) * 1.0}
    y = draw.get(kind, lambda n: rng.standard_t(1.5, n))(int(offsets[-1]))
    y[rng.integers(0, len(y), size=2)] *= factor
    y[rng.random(len(y)) < 0.1] = np.nan
    y[offsets[:-1]] = 1.0  # a table has no series without any value
    np.testing.assert_array_equal(outliers(y, offsets), by_definition(y, offsets))


def sales(**changed: float) -> pd.DataFrame:
    days = pd.date_range("2024-01-01", periods=60)
    y = 100.0 + 20 * (np.arange(60) % 7)
    for day, value in changed.items():
        y[int(day[1:])] = value
    return pd.DataFrame({"ds": days, "y": y})


def test_a_value_a_thousand_times_too_large_is_named(tmp_path) -> None:
    path = tmp_path / "sales.csv"
    sales(d40=160_000.0).to_csv(path, index=False)
    (note,) = [note for note in gated.read_table(path).notes if "outside" in note]
    assert note == (
        "1 value far outside the range of its series: 160,000 (row 42, 2024-02-10). Check it: the "
        "forecast clips such values."
    )


def test_several_are_counted_and_the_first_is_named() -> None:
    two = pd.concat([sales(d3=9e4, d50=-9e4).assign(unique_id="a"), sales().assign(unique_id="b")])
    (note,) = [note for note in gated.read_table(two).notes if "outside" in note]
    assert note.startswith("2 values far outside the range of their series; first: 90,000 (`a`, ")
    assert note.endswith("Check them: the forecast clips such values.")


@pytest.mark.parametrize("growth", [1.0, 1.2])
def test_growth_and_weeks_are_no_outliers(growth: float) -> None:
    frame = sales()
    frame["y"] *= growth ** np.arange(60)
    assert not [note for note in gated.read_table(frame).notes if "outside" in note]
