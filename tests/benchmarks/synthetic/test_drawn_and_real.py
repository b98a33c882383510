"""The comparison of drawn series with real ones."""

import numpy as np
import pytest

from benchmarks.synthetic.drawn_and_real import figures_of_series


def test_a_line_is_all_rise_and_no_season():
    figures = figures_of_series(np.arange(100.0) + 50, 4, 8)
    assert figures["rise"] > 3
    assert figures["line"] < 1e-9
    assert figures["naive"] == pytest.approx(4.5 / 4)
    assert figures["zeros"] == 0


def test_a_season_that_repeats_is_all_season():
    rng = np.random.default_rng(0)
    y = np.tile([0.0, 5.0, 1.0, 9.0], 30) + 0.01 * rng.normal(size=120)
    figures = figures_of_series(y, 4, 8)
    assert figures["season"] > 0.999
    assert abs(figures["memory"]) < 0.2


@pytest.mark.parametrize("y", [np.ones(100), np.arange(9.0), np.full(100, np.nan)])
def test_constant_short_and_missing_series_have_no_figures(y):
    assert figures_of_series(y, 4, 4) == {}


def test_each_table_stands_above_the_drawn_series_of_its_kind(call, tmp_path):
    days = np.datetime64("2020-01-31", "D") + np.arange(0, 40 * 31, 31)
    months = days.astype("datetime64[M]").astype("datetime64[D]")
    values = 10 + np.arange(40) + 3 * np.sin(np.arange(40))
    lines = [f"a,{ds},{y:.3f}" for ds, y in zip(np.unique(months), values, strict=False)]
    (tmp_path / "sales.csv").write_text("unique_id,ds,y\n" + "\n".join(lines) + "\n")
    code, output, _ = call("synthetic", "--compare", str(tmp_path), "--json")
    assert code == 0
    assert output.index('"sales"') < output.index('"drawn"')
    assert '"months"' in output


@pytest.mark.parametrize("name", ["", "missing"])
def test_a_folder_without_tables_is_named(call, tmp_path, name):
    code, _, message = call("synthetic", "--compare", str(tmp_path / name))
    assert code == 2
    assert "holds no .csv and no .parquet file" in message
