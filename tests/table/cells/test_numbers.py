"""Tests the reading of numbers: missing spellings, decimal commas, and invalid cells."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from gated.errors import DataError
from gated.table.cells.numbers import MISSING_SPELLINGS, Numbers, read_numbers
from gated.table.io.source import open_source


def from_file(tmp_path: Path, *cells: str, separator: str = ",") -> Numbers:
    path = tmp_path / "a.csv"
    rows = [f"{row}{separator}{cell}" for row, cell in enumerate(cells)]
    path.write_text("\n".join([f"t{separator}y", *rows]), encoding="utf-8")
    return read_numbers(open_source(path), "y")


def from_frame(cells: Any) -> list[float]:
    return read_numbers(open_source(cells), "y").values.tolist()


def test_text_becomes_numbers(tmp_path: Path) -> None:
    found = from_file(tmp_path, "1", "-2.5", "+3", " 4 ", "1e3", ".5", "6.", "true", "False")
    assert found.values.tolist() == [1, -2.5, 3, 4, 1000, 0.5, 6, 1, 0]
    assert (found.missing, found.infinite) == (0, 0)


@pytest.mark.parametrize("spelling", MISSING_SPELLINGS)
def test_missing_spellings_are_masked_and_counted(tmp_path: Path, spelling: str) -> None:
    found = from_file(tmp_path, "1", spelling, f" {spelling} ", "2")
    assert np.isnan(found.values).tolist() == [False, True, True, False]
    assert found.missing == 2


def test_pandas_would_mask_the_same_spellings(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "\n".join(["t,y", *(f"{i},{cell}" for i, cell in enumerate(MISSING_SPELLINGS))])
    )
    assert pd.read_csv(path)["y"].isna().all()


def test_infinite_and_overflowing_values_are_masked_and_counted(tmp_path: Path) -> None:
    found = from_file(tmp_path, "inf", "-Infinity", "1e400", "1e300", "-1e300")
    assert found.infinite == 3
    assert found.values[3:].tolist() == [1e300, -1e300]
    assert np.isnan(found.values[:3]).all()


@pytest.mark.parametrize("cell", ["12 kg", "€5", '"1,23"', "1_000", "low", "0x10", "1.2.3", "5%"])
def test_an_invalid_cell_is_an_error_with_row_and_value(tmp_path: Path, cell: str) -> None:
    with pytest.raises(DataError) as caught:
        from_file(tmp_path, "1", "2", cell)
    shown = cell.strip('"')
    assert f'a.csv: row 4: y "{shown}" is not a number.' in str(caught.value)
    assert "such as 1234.5" in str(caught.value)


def test_further_bad_cells_are_counted(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'row 2: y "a" is not a number \(2 more cells like it\)\.'):
        from_file(tmp_path, "a", "1", "b", "c")


def test_decimal_commas_in_cells_separated_by_other_marks(tmp_path: Path) -> None:
    found = from_file(tmp_path, "1,5", "-2,25", "3", separator=";")
    assert found.values.tolist() == [1.5, -2.25, 3]
    assert found.repairs == ("the comma was read as the decimal sign",)
    assert from_file(tmp_path, "1.5", "3", separator=";").values.tolist() == [1.5, 3]
    with pytest.raises(DataError, match="is not a number"):
        from_file(tmp_path, "1,5", "2.5", separator=";")  # one of the two is not a decimal sign


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"y": [1.0, None, 3.0]}),
        pd.DataFrame({"y": pd.array([1, None, 3], dtype="Int64")}),
        pd.DataFrame({"y": pd.array([1, None, 3], dtype="int64[pyarrow]")}),
        pd.DataFrame({"y": ["1", None, "3"]}),
        pd.DataFrame({"y": [Decimal(1), None, "3"]}, dtype=object),
        pd.DataFrame({"y": pd.Categorical(["1", None, "3"])}),
        pl.DataFrame({"y": [1, None, 3]}),
        pl.DataFrame({"y": [Decimal(1), None, Decimal(3)]}),
        pl.DataFrame({"y": ["1", None, "3"]}),
        pa.table({"y": [1, None, 3]}),
        pa.table({"y": pa.chunked_array([["1"], [None, "3"]])}),
    ],
)
def test_frames_of_every_type(frame: object) -> None:
    np.testing.assert_array_equal(from_frame(frame), [1, np.nan, 3])


def test_a_column_without_a_type_is_missing() -> None:
    assert np.isnan(from_frame(pl.DataFrame({"y": [None, None]}))).all()
    assert np.isnan(from_frame(pd.DataFrame({"y": [None, None]}))).all()


def test_booleans_are_one_and_zero() -> None:
    assert from_frame(pd.DataFrame({"y": [True, False]})) == [1, 0]
    assert from_frame(pl.DataFrame({"y": [True, False]})) == [1, 0]


def test_times_are_not_numbers() -> None:
    with pytest.raises(DataError, match="`y` is of type Duration"):
        from_frame(pd.DataFrame({"y": pd.to_timedelta([1, 2])}))
    with pytest.raises(DataError, match="`y` is of type List"):
        from_frame(pl.DataFrame({"y": [[1], [2]]}))
    with pytest.raises(DataError, match="`y` is of type Unknown"):
        from_frame(pd.DataFrame({"y": [1j]}))


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (('"1,234"', "56", '"-1,234,567.5"'), [1234, 56, -1234567.5]),
        (('"12,000"', "", "NA"), [12000, np.nan, np.nan]),
    ],
)
def test_commas_between_thousands(tmp_path: Path, cells: tuple[str, ...], values: object) -> None:
    found = from_file(tmp_path, *cells)
    np.testing.assert_array_equal(found.values, values)
    assert found.repairs == ("the comma was read as a mark between thousands",)


@pytest.mark.parametrize("cells", [('"1,234"', '"1,5"'), ('"0,123"', "4"), ('"1234,567"', "4")])
def test_ambiguous_commas_are_an_error(tmp_path: Path, cells: tuple[str, ...]) -> None:
    with pytest.raises(DataError, match=r"is not a number.* commas in a column only between"):
        from_file(tmp_path, *cells)
