"""Tests totals between dates, labels written once, fiscal periods, and Excel's day numbers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gated.table import Table, read_table
from tests.table.example_tables import frame, refusal


def of_text(folder: Path, text: str, **options: object) -> Table:
    path = folder / "table.csv"
    path.write_text(text)
    return read_table(path, **options)  # type: ignore[arg-type]


def test_totals_of_weeks_between_days(tmp_path: Path) -> None:
    lines = ["Day,Guests,Takings"]
    for number, day in enumerate(pd.date_range("2024-01-01", periods=42)):
        lines.append(f"{day:%d.%m.%Y},{number},{number * 9}")
        if day.day_of_week == 6:
            lines.append(f"Week {day.week} Total,{7 * number - 21},")
    table = of_text(tmp_path, "\n".join(lines), target_col="Guests")
    np.testing.assert_array_equal(table.y, np.arange(42))
    assert any("totals and were left out; the first: row 9" in note for note in table.notes)


def test_a_total_above_the_data(tmp_path: Path) -> None:
    days = pd.date_range("2024-01-01", periods=20)
    text = "Datum,Aufrufe\nGesamt,190\n" + "".join(
        f"{d:%Y-%m-%d},{n}\n" for n, d in enumerate(days)
    )
    assert of_text(tmp_path, text).y.sum() == 190


def test_a_series_called_total_stays(tmp_path: Path) -> None:
    days = pd.date_range("2024-01-01", periods=20)
    text = "day,region,y\n" + "".join(
        f"{d:%Y-%m-%d},{region},{n}\n" for n, d in enumerate(days) for region in ("North", "Total")
    )
    assert list(of_text(tmp_path, text).ids) == ["North", "Total"]


def test_labels_that_a_pivot_writes_once(tmp_path: Path) -> None:
    lines = ["Region,Month,Sum of Units"]
    for region in ("North", "South"):
        for number, month in enumerate(pd.date_range("2022-01-01", periods=18, freq="MS")):
            lines.append(f"{region if number == 0 else ''},{month:%b-%y},{number}")
        lines.append(f"{region} Total,,153")
    table = of_text(tmp_path, "\n".join(lines))
    assert list(table.ids) == ["North", "South"]
    np.testing.assert_array_equal(table.y, [*range(18)] * 2)


def test_periods_of_fiscal_years() -> None:
    years = np.repeat([2022, 2023], 12)
    rows = {
        "FY": [f"FY{year}" for year in years],
        "Period": [f"P{p:02d}" for p in range(1, 13)] * 2,
    }
    table = read_table(frame(**{"Fiscal Year": rows["FY"]}, Period=rows["Period"], Net=range(24)))
    assert table.frequency.alias == "MS"
    assert any("Fiscal years are written as if they began on January 1" in n for n in table.notes)


@pytest.mark.parametrize("name", ["Date", "Datum", "Fecha"])
def test_excel_day_numbers(name: str) -> None:
    table = read_table(frame(**{name: np.arange(45_292, 45_322), "y": np.arange(30.0)}))
    assert table.frequency.alias == "D"
    assert str(table.ds[0])[:10] == "2024-01-01"
    assert any("as spreadsheets count them" in note for note in table.notes)


def test_other_numbers_of_five_digits_are_steps() -> None:
    assert read_table(frame(t=np.arange(45_292, 45_322), y=np.arange(30.0))).ds.dtype.kind == "i"


def test_departments_beside_their_total_are_series() -> None:
    months = pd.date_range("2022-01-31", periods=15, freq="ME").astype(str)
    parts = {"Sales": np.arange(15), "IT": np.ones(15), "Legal": np.full(15, 2.0)}
    table = read_table(frame(Month=months, **parts, Total=sum(parts.values())))
    assert list(table.ids) == ["Sales", "IT", "Legal", "Total"]
    other = read_table(frame(Month=months, **parts, Total=np.zeros(15)))
    assert list(other.ids) == ["Sales"]


def test_prices_in_other_languages() -> None:
    days = pd.bdate_range("2024-01-01", periods=30).astype(str)
    names = ["Fecha", "Último", "Apertura", "Máximo", "Mínimo"]
    rows = dict(zip(names, [days, *(np.arange(30.0) + k for k in range(4))], strict=True))
    assert read_table(frame(**rows)).schema.target_col == "Último"


def test_columns_of_text_with_one_name(tmp_path: Path) -> None:
    days = pd.date_range("2024-01-01", periods=10)
    text = "day,unit,sold,unit\n" + "".join(
        f"{d:%Y-%m-%d},EUR,{n},pcs\n" for n, d in enumerate(days)
    )
    table = of_text(tmp_path, text)
    assert table.y.sum() == 45
    assert any("`unit_1` (column 2), `unit_2` (column 4)" in note for note in table.notes)
    path = tmp_path / "numbers.csv"
    path.write_text(text.replace("unit", "sold"))
    assert "`sold_2` (column 3)" in refusal(str(path))


def test_a_total_below_years_and_weeks(tmp_path: Path) -> None:
    rows = [f"{shop},2023,{week},{week}" for shop in ("Bern", "Genf") for week in range(9, 17)]
    table = of_text(tmp_path, "\n".join(("shop,Year,Week,y", *rows, "Total,,,200")))
    assert list(table.ids) == ["Bern", "Genf"]
    np.testing.assert_array_equal(table.y, [*range(9, 17)] * 2)
    assert any("row 18, 'Total 200'" in note for note in table.notes)


def test_a_region_called_total_whose_years_are_written_once(tmp_path: Path) -> None:
    rows = [f"Total,{year if month == 1 else ''},{month},{month}"
            for year in (2022, 2023) for month in range(1, 13)]  # fmt: skip
    table = of_text(tmp_path, "\n".join(("region,Year,Month,y", *rows)))
    np.testing.assert_array_equal(table.y, [*range(1, 13)] * 2)


def test_a_total_below_months_written_with_digits_and_below_years(tmp_path: Path) -> None:
    digits = (202011, 202012, 202101)
    rows = [f"{shop},{month},{month}" for shop in ("s-1", "s-2") for month in digits]
    table = of_text(tmp_path, "\n".join(("Product,Date,Sales", *rows, "Total,,12")))
    assert table.frequency.alias == "MS"
    np.testing.assert_array_equal(table.y, digits * 2)
    months = "Year;Jan;Feb;Mar;Apr;May;Jun;Jul;Aug;Sep;Oct;Nov;Dec"
    rows = [f"{year};" + ";".join(str(month) for month in range(1, 13)) for year in (2024, 2025)]
    across = of_text(tmp_path, "\n".join((months, *rows, "Total;;;;;;;;;;;;156")))
    np.testing.assert_array_equal(across.y, [*range(1, 13)] * 2)
    assert "Row 4 at the end is no data and was left out: 'Total 156'." in across.notes
