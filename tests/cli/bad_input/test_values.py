"""Values that are legal but odd: constant, huge, tiny, few."""

import numpy as np
import pandas as pd
import pytest


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([5.0] * 70, id="constant"),
        pytest.param([0.0] * 70, id="all zero"),
        pytest.param([(1 + day % 5) * 1e300 for day in range(70)], id="huge"),
        pytest.param([-(1 + day % 5) * 1e-300 for day in range(70)], id="tiny and negative"),
        pytest.param([1.0, 2.0], id="two rows"),
        pytest.param([3.0, 1.0, 4.0, 1.0, 5.0], id="shorter than the horizon"),
        pytest.param([5.0 + day % 7 for day in range(69)] + [1e300], id="one is huge"),
        pytest.param([1.7e308, -1.7e308] * 35, id="as large as can be"),
    ],
)
def test_are_forecast_with_finite_numbers(forecast, tmp_path, values):
    days = pd.date_range("2024-01-01", periods=len(values))
    pd.DataFrame({"ds": days, "y": values}).to_csv(tmp_path / "t.csv", index=False)
    result = forecast("t.csv", "--out", "f.parquet")
    assert result.exit_code == 0, (result.stderr, result.exception)
    frame = pd.read_parquet("f.parquet")
    assert np.isfinite(frame.iloc[:, 2:].to_numpy()).all()
    assert (frame["gated-lo-80"] <= frame["gated"]).all()


def test_a_series_of_one_row_among_others(forecast, write_sales):
    table = write_sales(series=("a", "b"))
    with table.open("a") as file:
        file.write("single,2024-03-10,7,1\n")
    result = forecast(table)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.count("single,") == 7
