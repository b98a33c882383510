"""Tests headers of several rows, and facts on a station above rows without a header."""

from pathlib import Path

import numpy as np

from gated.table.reader import read_table


def test_facts_above_the_data_are_no_header(tmp_path: Path) -> None:
    path = tmp_path / "flow.csv"
    top = "database,id,x-20\nstation,id,39001\nstation,name,Kew\ndata,first,2024-01-01\n"
    rows = [f"2024-02-{day:02d},{day}.5,\n" for day in range(1, 29)]
    path.write_text(top + "data,last,2024-02-28\n" + "".join(rows))
    table = read_table(path)
    assert (table.n_series, table.frequency.alias, table.y[0]) == (1, "D", 1.5)


def test_serial_numbers_above_the_header_are_no_data(tmp_path: Path) -> None:
    path = tmp_path / "plant.csv"
    top = "Site 5\n\n;SN: 21;SN: 22\n;21;22\n;Yield;Power\ndd.MM.yyyy HH:mm;kWh;kW\n"
    rows = [f"{day:02d}.02.2024 00:00;{day},5;{day},1\n" for day in range(1, 29)]
    path.write_text(top + "".join(rows))
    table = read_table(path, target_col="Power")
    assert (table.frequency.alias, table.y[0]) == ("D", 1.1)


def test_years_above_quarters_belong_to_the_header(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    years = [str(2010 + at // 4) for at in range(12)]
    quarters = [f"Q{at % 4 + 1}" for at in range(12)]
    rows = [
        f"{line},{name}," + ",".join(f"{line}.{at % 10}" for at in range(12))
        for line, name in ((1, "GDP"), (2, "Goods"))
    ]
    text = [f"Line,,{','.join(years)}", f",,{','.join(quarters)}", *rows]
    path.write_text("Table 1\n" + "\n".join(text) + "\n")
    table = read_table(path)
    assert (table.n_series, str(table.ds[0])[:7], str(table.ds[11])[:7]) == (
        2,
        "2010-01",
        "2012-10",
    )


def test_an_empty_name_is_that_of_the_row_above(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"2024/2/{day},{day}.5,8,1\n" for day in range(1, 29)]
    path.write_text(",東京,東京,東京\n年月日,気温,気温,気温\n,,品質情報,均質番号\n" + "".join(rows))
    table = read_table(path)
    assert (table.n_series, table.schema.time_col) == (1, "年月日")


def test_rows_of_numbers_with_a_separator_at_the_end_have_no_header(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_text("".join(f"{year};{year % 7},5;\n" for year in range(2010, 2020)))
    table = read_table(path)
    assert (len(table.y), table.y[0]) == (10, 1.5)


def test_quarters_without_a_header_are_data(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for word in ("Quartal", "Quarter", "trimestre"):
        rows = [f'"{at % 4 + 1}. {word} {2020 + at // 4}";"{at - 4}"' for at in range(12)]
        path.write_text("\n".join(["# created by the portal", *rows]))
        table = read_table(path)
        assert (table.n_rows, table.ds[0]) == (12, np.datetime64("2020-01-01"))
        assert table.y.tolist() == list(range(-4, 8))


def test_a_title_above_two_columns_of_numbers_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "\n".join(f"{year};{year % 10}.5" for year in range(1999, 2012))
    for title in ("Station: Oslo\nUnit: kWh\n\n", "Sales report\n"):
        path.write_text(f"{title}{rows}\n")
        table = read_table(path)
        assert (table.ds[0], table.y[0], len(table.y)) == (1999, 9.5, 13)
