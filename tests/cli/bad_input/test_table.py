"""Tables that cannot be read, or only in part, with forecast and backtest."""

from pathlib import Path

import pandas as pd
import pytest

from tests.cli.bad_input.messages import error_of


def bytes_read():
    """The bytes that this process has read from files; 0 if the system does not count them."""
    counts = Path("/proc/self/io")
    return int(counts.read_text().split()[1]) if counts.exists() else 0


@pytest.fixture(params=["forecast", "backtest"])
def either(gated, request):
    def run(*arguments):
        return gated(request.param, *arguments, "--horizon", 7)

    return run


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "t.csv: the file is empty (0 bytes)."),
        (b"\xef\xbb\xbf", "t.csv: the file is empty: it has no rows."),
        (b"\n \n", "t.csv: the file is empty: it has no rows."),
        (b"ds,y\n", "t.csv: the table has no rows, only the columns `ds`, `y`."),
        (b"ds,y\n2024-01-01,5\n", "t.csv: there is a single row"),
        (bytes(range(256)) * 9, "t.csv: this is a binary file, not text."),
    ],
)
def test_nothing_to_read(either, tmp_path, content, expected):
    (tmp_path / "t.csv").write_bytes(content)
    assert expected in error_of(either("t.csv"))


def test_no_such_file(either, sales):
    message = error_of(either("sale.csv"))
    assert message == "Error: sale.csv: there is no such file. Did you mean `sales.csv`?"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("t.csv", "t.csv: this is a binary file, not text."),
        ("t.parquet", "t.parquet: the file is damaged or not a Parquet file"),
        ("t.bin", "t.bin: files of this type are not supported."),
    ],
)
def test_a_gigabyte_of_something_else_is_not_read_first(either, tmp_path, name, expected):
    with (tmp_path / name).open("wb") as file:
        file.truncate(1 << 30)
    before = bytes_read()
    assert expected in error_of(either(name))
    assert bytes_read() - before < 1 << 26


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("ds,sales,revenue", "several columns could be the target: `sales`, `revenue`."),
        ("ds,open,name", "several columns could be the target: `open`, `name`."),
        ("ds,y,y", "the target: `y_1` (column 2), `y_2` (column 3). Name one with --target-col"),
        ("date,datetime,y", "several columns could be the time"),
    ],
)
def test_columns(either, tmp_path, header, expected):
    rows = [f"2024-01-{day:02d},{day},{day % 3}" for day in range(1, 29)]
    if header.startswith("date,"):
        rows = [f"2024-01-{day:02d},2024-02-{day:02d},5" for day in range(1, 29)]
    (tmp_path / "t.csv").write_text("\n".join([header, *rows]))
    assert expected in error_of(either("t.csv"))


def test_a_directory(either, tmp_path):
    (tmp_path / "empty").mkdir()
    message = error_of(either(tmp_path / "empty"))
    assert "is a directory. Expected one file, or a directory of tables." in message


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("2021-13-04,5,1", 'sales.csv: row 12: ds "2021-13-04" is not a date.'),
        ("2024-01-11,many,1", 'sales.csv: row 12: y "many" is not a number.'),
        ("2024-01-10,5,1", "row 11 and row 12 have the same time, 2024-01-10."),
        ("2024-01-11T00:00+02:00,5,1", "row 12: ds has an offset from UTC, but ds in row 2"),
        ("2024-01-11 10:17,5,1", "series `y`: the times are not regular"),
        (",5,1", "sales.csv: row 12: ds is empty."),
        ("2024-01-11,5", "sales.csv: row 12 has 2 cells"),
        ('2024-01-11,"5,1', "sales.csv: row 12 opens a quote that is not closed"),
    ],
)
def test_a_row_is_named(either, sales, row, expected):
    lines = sales.read_text().splitlines()
    lines[11] = row
    sales.write_text("\n".join(lines))
    assert expected in error_of(either(sales))


def test_a_bad_series_is_left_out_and_listed(forecast, write_sales):
    table = write_sales(series=tuple("abcdefghijklmnopqrstuvwxyz"))
    with table.open("a") as file:
        file.write("twice,2024-01-01,5,1\ntwice,2024-01-01,6,1\n")
        file.write("empty,2024-01-01,,1\nempty,2024-01-02,,1\n")
    result = forecast(table)
    assert result.exit_code == 0, result.stderr
    assert "`twice`: row 1822 and row 1823 have the same time" in result.stderr
    assert "`empty`: the target is missing in every row." in result.stderr
    assert len(result.stdout.splitlines()) == 1 + 26 * 7


def test_one_bad_series_among_hundreds(forecast, tmp_path):
    days = [f"2024-01-{day:02d}" for day in range(1, 29)]
    rows = [f"s{series:04d},{day},{series % 7}" for series in range(299) for day in days]
    rows += [f"worst,{day},5" for day in ("2024-01-01", "2024-01-01", "2024-01-02")]
    (tmp_path / "t.csv").write_text("\n".join(["unique_id,ds,y", *rows]))
    result = forecast("t.csv")
    assert result.exit_code == 0, result.stderr
    assert "1 series left out; first `worst`: row 8374 and row 8375 have" in result.stderr
    assert len(result.stdout.splitlines()) == 1 + 299 * 7


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda rows: rows[::-1], "Rows were not sorted by time; they were sorted."),
        (lambda rows: rows[:20] + rows[25:], "5 of 70 steps had no row (first: 2024-01-21)"),
        (lambda rows: [rows[0].replace(",20,", ",nan,"), *rows[1:]], "1 missing value taken"),
        (lambda rows: [rows[0].replace(",20,", ",inf,"), *rows[1:]], "1 infinite value taken"),
        (
            lambda rows: [rows[0].replace(",20,", ',"1,020",'), *rows[1:]],
            "`y`: the comma was read as a mark between thousands.",
        ),
        (
            lambda rows: [
                row.replace(",", f"T00:00+0{1 + (day > 9)}:00,", 1) for day, row in enumerate(rows)
            ],
            "the offsets are left out",
        ),
    ],
    ids=["unsorted", "gap", "nan", "inf", "thousands", "summer time"],
)
def test_a_repair_is_printed(forecast, sales, change, expected):
    header, *rows = sales.read_text().splitlines()
    sales.write_text("\n".join([header, *change(rows)]))
    result = forecast(sales)
    assert result.exit_code == 0, result.stderr
    assert expected in result.stderr
    assert len(result.stdout.splitlines()) == 1 + 7


def test_another_encoding_is_printed(forecast, sales):
    sales.write_bytes(sales.read_text().replace("promo", "größe").encode("cp1252"))
    result = forecast(sales)
    assert result.exit_code == 0
    assert "not UTF-8" in result.stderr


def test_one_bad_series_does_not_stop_the_backtest_of_the_others(gated, tmp_path):
    rows = [f"s{n},2024-01-{day:02d},{n + day % 7}" for n in range(200) for day in range(1, 29)]
    rows += ["worst,2024-01-01,1", "worst,2024-01-01,2"]
    (tmp_path / "t.csv").write_text("\n".join(["unique_id,ds,y", *rows]))
    result = gated("backtest", "t.csv", "--horizon", 7, "--windows", 1, "--out", "past.csv")
    assert result.exit_code == 0, result.stderr
    assert "1 series left out; first `worst`" in result.stderr
    assert pd.read_csv("past.csv")["unique_id"].nunique() == 200


def test_a_cell_of_200_kb_is_cut(gated, tmp_path):
    long = "x" * 200_000
    (tmp_path / "ids.csv").write_text(
        f"unique_id,ds,y\n{long},2024-01-01,4\n{long},2024-01-01,5\nb,2024-01-03,5\n"
    )
    error = error_of(gated("read", "ids.csv"))
    assert "… (200,002 characters)" in error
    assert len(error) < 1000
    (tmp_path / "note.csv").write_text(f"ds,y\n{long},4\n2024-01-02,5\n2024-01-03,5\n")
    result = gated("read", "note.csv")
    assert result.exit_code == 0
    assert len(result.stdout) < 2000
