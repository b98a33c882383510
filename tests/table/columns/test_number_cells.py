"""Tests tables whose numbers have marks, signs, codes, or the option `missing`; and their notes."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from gated.errors import DataError, UsageError
from gated.table.reader import read_future, read_table
from gated.table.table import Table
from tests.table.example_tables import has_note

DAYS = [f"2024-01-{day:02d}" for day in range(1, 11)]
PLAIN = ["97", "107", "108", "120", "151", "221", "82", "96", "110", "102"]


def table_of(tmp_path: Path, cells: list[str], separator: str = ";", **options: Any) -> Table:
    path = tmp_path / "a.csv"
    rows = [f'{day}{separator}"{cell}"' for day, cell in zip(DAYS, cells, strict=True)]
    path.write_text("\n".join([f"date{separator}Net", *rows]), encoding="utf-8")
    return read_table(path, **options)


def changed(*places: tuple[int, str]) -> list[str]:
    cells = list(PLAIN)
    for place, cell in places:
        cells[place] = cell
    return cells


def test_marks_are_masked_counted_and_said(tmp_path: Path) -> None:
    table = table_of(tmp_path, changed((1, "."), (4, "n/e"), (7, ".")))
    assert np.flatnonzero(np.isnan(table.y)).tolist() == [1, 4, 7]
    assert has_note(
        table, '`Net`: "." in 2 cells and "n/e" in 1 cell were taken as missing values.'
    )
    assert has_note(table, "`Net`: 3 missing values taken as not observed.")


def test_a_column_with_more_marks_than_numbers_is_the_target(tmp_path: Path) -> None:
    table = table_of(tmp_path, changed(*[(place, "-") for place in range(6)]), ",")
    assert np.isnan(table.y).sum() == 6
    assert table.ids.tolist() == ["Net"]


@pytest.mark.parametrize(
    ("cells", "values", "note"),
    [
        ([f"${cell}.00" for cell in PLAIN], PLAIN, 'the sign "$" was cut'),
        ([f"{cell},0 %" for cell in PLAIN], PLAIN, '"%" was cut from the numbers, which stay'),
        ([f"EUR {cell}" for cell in PLAIN], PLAIN, 'the sign "EUR" was cut'),
        ([f"1.{cell.zfill(3)},50" for cell in PLAIN], None, "the comma was read as the decimal"),
    ],
)
def test_columns_with_signs_are_the_target(
    tmp_path: Path, cells: list[str], values: list[str] | None, note: str
) -> None:
    table = table_of(tmp_path, cells)
    expected = [1000.5 + int(cell) for cell in PLAIN] if values is None else list(map(int, values))
    assert table.y.tolist() == expected
    assert has_note(table, f"`Net`: {note}")


def test_a_well_known_code_is_masked_and_said(tmp_path: Path) -> None:
    table = table_of(tmp_path, changed((2, "-999"), (5, "-999.00")))
    assert np.flatnonzero(np.isnan(table.y)).tolist() == [2, 5]
    assert has_note(
        table,
        "`Net`: -999 in 2 cells, far from all other values (82 to 151), was taken as a missing "
        'value. missing="none" keeps it as a number.',
    )
    kept = table_of(tmp_path, changed((2, "-999"), (5, "-999.00")), missing="none")
    assert kept.y[2] == -999
    assert not has_note(kept, "missing value")


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
def test_codes_in_frames_of_numbers(library: Any) -> None:
    values = [9.7, 10.7, -9999.0, 12.0, 15.1, 22.1, 8.2, 9.6, 11.0, 10.2]
    assert np.isnan(read_table(library({"ds": DAYS, "y": values})).y[2])
    whole = [int(cell) for cell in changed((2, "-200"), (5, "-200"))]
    table = read_table(library({"ds": DAYS, "y": whole}))
    assert table.y[2] == -200
    assert has_note(table, "`y`: -200 in 2 cells is far from all other values (82 to 151).")
    assert has_note(table, 'pass missing="-200".')
    masked = read_table(library({"ds": DAYS, "y": whole}), missing=-200)
    assert np.flatnonzero(np.isnan(masked.y)).tolist() == [2, 5]
    assert has_note(masked, '`y`: "-200" in 2 cells was taken as a missing value.')


def test_the_option_missing_names_texts_and_numbers(tmp_path: Path) -> None:
    cells = changed((2, "<1"), (5, "555"), (6, "<1"))
    with pytest.raises(DataError, match=r'row 4: Net "<1" is not a number.*pass missing="<1"\.'):
        table_of(tmp_path, cells)
    table = table_of(tmp_path, cells, missing=["<1", 555, "?!"])
    assert np.flatnonzero(np.isnan(table.y)).tolist() == [2, 5, 6]
    assert has_note(table, '`Net`: "<1" in 2 cells and "555" in 1 cell were taken as missing')
    assert has_note(table, '"?!" (missing=) occurs in no cell of the columns that are used.')
    assert table.schema.missing == ("<1", "555", "?!")
    with pytest.raises(UsageError, match="Expected a text, a number, or a list"):
        table_of(tmp_path, PLAIN, missing=[None])


def test_the_future_is_read_with_the_same_marks() -> None:
    rows = pd.DataFrame(
        {
            "ds": DAYS,
            "y": range(10),
            "price": ["5", "closed", *"34567834"],
            "sky": ["sun", "rain", "?", *["sun", "rain"] * 3, "sun"],
        }
    )
    table = read_table(rows, target_col="y", covariates=["price", "sky"], missing=["closed", "?"])
    assert np.isnan(table.covariates[[1, 2], [0, 1]]).all()
    assert table.categories == {"sky": ("rain", "sun")}
    assert has_note(table, '`price`: "closed" in 1 cell was taken as a missing value.')
    ahead = pd.DataFrame(
        {"ds": ["2024-01-11", "2024-01-12"], "price": ["closed", "$5"], "sky": "?"}
    )
    with pytest.raises(DataError, match='row index 1: price "dear" is not a number'):
        read_future(ahead.assign(price=["closed", "dear"]), table, 2)
    values, notes = read_future(ahead, table, 2)
    assert np.isnan(values[0, 0, 0])
    assert values[0, 1, 0] == 5
    assert any('the sign "$" was cut' in note for note in notes)


def test_whole_numbers_that_are_rounded_are_said() -> None:
    large = [2**53 + 1 + 2 * step for step in range(10)]
    for values in (large, [str(value) for value in large]):
        table = read_table(pd.DataFrame({"ds": DAYS, "y": values}))
        assert has_note(
            table,
            "`y`: whole numbers above 9,007,199,254,740,992 (2^53) are not exact: "
            "9007199254740993 was read as 9007199254740992.",
        )
    exact = read_table(pd.DataFrame({"ds": DAYS, "y": [2**60 + 1024 * step for step in range(10)]}))
    assert not has_note(exact, "2^53")


def test_the_nearest_column_is_named_if_none_holds_numbers(tmp_path: Path) -> None:
    cells = [f"{cell} {unit}" for cell, unit in zip(PLAIN, ["kg", "lb", "oz"] * 4, strict=False)]
    with pytest.raises(DataError) as caught:
        table_of(tmp_path, cells)
    message = str(caught.value)
    assert "a.csv: no column holds numbers to forecast." in message
    assert "Nearest to numbers is column `Net`: row 3: " in message
    assert 'It has the sign or unit "lb", but "97 kg" (a.csv: row 2) has "kg".' in message


def test_one_message_names_both_cells_with_different_signs(tmp_path: Path) -> None:
    cells = [f"USD {cell}" for cell in changed()]
    cells[3] = "EUR 120"
    with pytest.raises(DataError, match=r'row 5: Net "EUR 120" is not a number\. It has the sign'):
        table_of(tmp_path, cells)


@pytest.mark.parametrize("cell", ["Store {}", "A{}", "{}.01.2021", "Q1 {}", "{} Jan 2024"])
def test_labels_and_dates_are_not_numbers(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.csv"
    rows = [f"{day},{cell.format(place % 4 + 1)},{place}" for place, day in enumerate(DAYS)]
    path.write_text("\n".join(["date,label,n", *rows]))
    assert read_table(path, time_col="date").schema.target_col == "n"


def test_points_of_three_digits_are_asked_about(tmp_path: Path) -> None:
    """In files with semicolons; that of the option works."""
    cells = [f"1.{cell.zfill(3)}" for cell in PLAIN]
    with pytest.raises(DataError) as raised:
        table_of(tmp_path, cells)
    assert 'Net "1.097" may be 1097 or 1.097' in str(raised.value)
    assert 'Pass decimal="," if the point separates thousands' in str(raised.value)
    assert table_of(tmp_path, cells, decimal=",").y[0] == 1097
    assert table_of(tmp_path, cells, decimal=".").y[0] == 1.097


def test_a_decimal_sign_that_the_cells_contradict_is_refused(tmp_path: Path) -> None:
    cells = [f"1.{cell.zfill(3)},5" for cell in PLAIN]
    with pytest.raises(DataError, match=r"the other decimal sign than decimal=\"\.\""):
        table_of(tmp_path, cells, decimal=".")
    with pytest.raises(UsageError, match=r'decimal=";" is unknown\. Expected "," or "\."\.'):
        table_of(tmp_path, cells, decimal=";")


def test_points_of_three_digits_are_read_by_the_other_cells_and_said(tmp_path: Path) -> None:
    grouped = table_of(tmp_path, changed((0, "1.230"), (1, "2.345")))
    assert grouped.y[:3].tolist() == [1230, 2345, 108]
    assert has_note(grouped, "`Net`: the point was read as a mark between thousands.")


def test_footnotes_behind_numbers_are_cut_and_said(tmp_path: Path) -> None:
    table = table_of(tmp_path, changed((0, "266,691[4]"), (1, "1,204 [a]")), separator="|")
    assert table.y[:2].tolist() == [266691, 1204]
    assert has_note(table, "marks of footnotes, such as [4], were cut")


def test_a_unit_does_not_hide_an_open_decimal_sign(tmp_path: Path) -> None:
    cells = [f"1,{cell.zfill(3)} kg" for cell in PLAIN]
    with pytest.raises(DataError, match=r'"1,097 kg" may be 1097 kg or 1\.097 kg'):
        table_of(tmp_path, cells, separator="\t")
    assert table_of(tmp_path, cells, separator="\t", decimal=".").y[0] == 1097
    points = [f"1.{cell.zfill(3)} kg" for cell in PLAIN]
    with pytest.raises(DataError, match=r'Pass decimal="," if the point separates thousands'):
        table_of(tmp_path, points)


def test_points_of_thousands_in_a_file_with_commas(tmp_path: Path) -> None:
    """Beside several numbers of three digits; beside zeros they may be fractions."""
    cells = changed((0, "1.230"), (1, "2.345"))
    for unit in ("", " kWh"):
        grouped = table_of(tmp_path, [cell + unit for cell in cells], separator=",")
        assert grouped.y[:3].tolist() == [1230, 2345, 108]
        assert has_note(grouped, "the point was read as a mark between thousands")
        small = [f"{cell if '.' in cell else 0}{unit}" for cell in cells]
        assert table_of(tmp_path, small, separator=",").y[:3].tolist() == [1.23, 2.345, 0]


def test_commas_of_three_digits_beside_months_of_another_language(tmp_path: Path) -> None:
    months = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.")
    path = tmp_path / "a.csv"
    rows = [
        f'1 {month} 2021,"1,{cell.zfill(3)}"' for month, cell in zip(months, PLAIN, strict=True)
    ]
    path.write_text("\n".join(["date,ventes", *rows]), encoding="utf-8")
    with pytest.raises(DataError, match=r'ventes "1,097" may be 1097 or 1\.097'):
        read_table(path)
    assert read_table(path, decimal=",").y[0] == 1.097
    assert read_table(path, decimal=".").y[0] == 1097
