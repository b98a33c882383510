"""A future table with few cells is read in the number and date format of the past."""

import numpy as np
import pytest

from gated import Forecaster, read_table
from gated.errors import DataError
from gated.table import read_future

PAST = {
    "decimals": ("1.250,5", "980,25", "1.100,0", "1.312,75", "875,0"),
    "thousands": ("1.250", "980", "1.100.000", "1.312", "875"),
    "unit": ("1.250,50 €", "980,25 €", "1.100,00 €", "1.312,75 €", "875,00 €"),
}


def past(tmp_path, cells, separator=";", name="past.csv", quote=""):
    rows = [
        f"{day:02}.01.2024{separator}{10 + day}{separator}{quote}{cells[day % 5]}{quote}"
        for day in range(1, 29)
    ]
    path = tmp_path / name
    path.write_text("\n".join([f"ds{separator}y{separator}price", *rows]) + "\n", encoding="utf-8")
    return read_table(path, target_col="y", covariates=["price"])


def future(tmp_path, table, cells, separator=";", quote=""):
    rows = [
        f"{28 + step}.01.2024{separator}{quote}{cell}{quote}"
        for step, cell in enumerate(cells, start=1)
    ]
    path = tmp_path / "future.csv"
    path.write_text("\n".join([f"ds{separator}price", *rows]) + "\n", encoding="utf-8")
    values, _ = read_future(path, table, len(cells))
    return values[0, :, 0].tolist()


@pytest.mark.parametrize("kind", PAST)
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_points_between_thousands_as_in_the_past(tmp_path, kind, separator):
    table = past(tmp_path, PAST[kind])
    assert table.covariates.max() > 1000
    assert future(tmp_path, table, ["1.500", "1.250", "1.333"], separator) == [1500, 1250, 1333]


def test_english_thousands_as_in_the_past(tmp_path):
    cells = ("1,250.5", "980.25", "1,100.0", "1,312.75", "875.0")
    table = past(tmp_path, cells, ",", quote='"')
    assert table.covariates.max() == 1312.75
    assert future(tmp_path, table, ["1,500", "1,250", "900"]) == [1500, 1250, 900]


def test_cells_that_decide_come_first(tmp_path):
    table = past(tmp_path, PAST["decimals"])
    assert future(tmp_path, table, ["1.5", "1.250", "1.333"]) == [1.5, 1.25, 1.333]
    assert future(tmp_path, table, ["1,5", "1.250", "0,333"]) == [1.5, 1250, 0.333]


def test_decimal_commas_in_quotes_beside_points(tmp_path):
    table = past(tmp_path, PAST["decimals"])
    assert future(tmp_path, table, ["1,5", "1.250", "99,25"], ",", '"') == [1.5, 1250, 99.25]


def test_a_past_with_points_only_decides_nothing(tmp_path):
    table = past(tmp_path, ("1.5", "2.25", "1.125", "2.0", "3.5"), ",")
    assert dict(table.schema.decimals) == {}
    assert future(tmp_path, table, ["1.500", "1.250", "1.333"], ",") == [1.5, 1.25, 1.333]


def test_the_order_of_dates_is_that_of_the_past(tmp_path):
    rows = [f"{day:02}/01/2024,{day},{day % 3}" for day in range(1, 32)]
    rows += [f"{day:02}/02/2024,{day},{day % 3}" for day in range(1, 4)]
    (tmp_path / "past.csv").write_text("ds,y,price\n" + "\n".join(rows) + "\n")
    table = read_table(tmp_path / "past.csv", target_col="y", covariates=["price"])
    (tmp_path / "future.csv").write_text("ds,price\n04/02/2024,5\n05/02/2024,6\n06/02/2024,7\n")
    values, _ = read_future(tmp_path / "future.csv", table, 3)
    assert values[0, :, 0].tolist() == [5, 6, 7]


def test_a_saved_model_keeps_the_format_and_the_fill(tmp_path):
    rows = [f"{day:02}.01.2024;{10 + day};1.{day:02}0,5" for day in range(1, 32) if day != 17]
    (tmp_path / "past.csv").write_text("ds;y;price\n" + "\n".join(rows) + "\n")
    table = read_table(tmp_path / "past.csv", target_col="y", covariates=["price"], fill="zero")
    Forecaster(h=3).fit(table).save(tmp_path / "m.gated")
    loaded = Forecaster.load(tmp_path / "m.gated")
    assert dict(loaded.table_.schema.decimals) == {"price": ","}
    assert loaded.table_.schema.fill == "zero"
    new = "\n".join(f"{day:02}.02.2024;{20 + day};1.{day:02}0" for day in range(1, 20) if day != 9)
    (tmp_path / "new.csv").write_text("ds;y;price\n" + new + "\n")
    (tmp_path / "future.csv").write_text(
        "ds;price\n20.02.2024;1.500\n21.02.2024;1.250\n22.02.2024;1.333\n"
    )
    made = loaded.forecast(tmp_path / "new.csv", X_df=tmp_path / "future.csv")
    assert made.table.y[8] == 0  # the 9th of February has no row
    np.testing.assert_array_equal(made.table.covariates[:2, 0], [1010, 1020])


def test_a_contradiction_is_still_an_error(tmp_path):
    table = past(tmp_path, PAST["decimals"])
    with pytest.raises(DataError, match="decimal"):
        future(tmp_path, table, ["1.234,5", "1,234.5", "7"])
