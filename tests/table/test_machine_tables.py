"""Tables as databases, query tools, frames and monitors write them."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gated.errors import DataError
from gated.table.reader import read_table
from gated.table.table import Table


def table_of(folder: Path, text: str, name: str = "a.csv") -> Table:
    path = folder / name
    path.write_text(text)
    return read_table(path)


def begin_and_end(table: Table) -> tuple[str, str]:
    return str(table.ds[0])[:16], str(table.ds[-1])[:16]


def test_the_number_of_rows_below_a_query_is_no_row(tmp_path: Path) -> None:
    rows = "".join(f" 2023-05-{day:02d} | {day * 3:>5}\n" for day in range(1, 21))
    text = f"    week    | calls \n------------+-------\n{rows}(20 rows)\n\n"
    table = table_of(tmp_path, text, "a.txt")
    assert begin_and_end(table) == ("2023-05-01T00:00", "2023-05-20T00:00")
    assert table.y[[0, -1]].tolist() == [3, 60]


def test_commas_beside_numbers_below_1000_separate_thousands(tmp_path: Path) -> None:
    cells = ["998", "1,004", "1,013", "987", "1,120", "1,251"]
    rows = "".join(f"2023-{month:02d}\t{cell}\n" for month, cell in enumerate(cells, start=1))
    table = table_of(tmp_path, "month\tvisits\n" + rows, "a.tsv")
    assert table.y.tolist() == [998, 1004, 1013, 987, 1120, 1251]


def test_small_numbers_beside_three_decimals_stay_fractions(tmp_path: Path) -> None:
    cells = ["4,873", "5", "5,127", "4,991", "6", "5,503"]
    rows = "".join(f"2023-{month:02d};{cell}\n" for month, cell in enumerate(cells, start=1))
    table = table_of(tmp_path, "month;price\n" + rows)
    assert table.y.tolist() == [4.873, 5, 5.127, 4.991, 6, 5.503]


def test_commas_before_three_digits_in_every_cell_are_asked_about(tmp_path: Path) -> None:
    rows = "".join(f"2023-{month:02d}\t{month},{month}17\n" for month in range(1, 10))
    with pytest.raises(DataError, match=r'visits "1,117" may be 1117 or 1\.117'):
        table_of(tmp_path, "month\tvisits\n" + rows, "a.tsv")
    assert table_of(tmp_path, ("month;visits\n" + rows.replace("\t", ";"))).y[0] == 1.117


def test_spans_of_days_are_read_by_their_first_day(tmp_path: Path) -> None:
    spans = ["2023-03-06/2023-03-12", "2023-03-13/2023-03-19", "2023-03-20/2023-03-26"]
    rows = "".join(f"{span},{at}\n" for at, span in enumerate(spans))
    table = table_of(tmp_path, ",visits\n" + rows)
    assert begin_and_end(table) == ("2023-03-06T00:00", "2023-03-20T00:00")
    assert "Each span of days is written as its first day." in table.notes


@pytest.mark.parametrize(
    ("first", "second", "third", "begin"),
    [
        (
            "Mar 5, 2023 @ 22:00:00.000",
            "Mar 5, 2023 @ 23:00:00.000",
            "Mar 6, 2023 @ 00:00:00.000",
            "2023-03-05T22:00",
        ),
        (
            "3/25/2023 10:00:00 PM - 3/25/2023 11:00:00 PM",
            "3/25/2023 11:00:00 PM - 3/26/2023 12:00:00 AM",
            "3/26/2023 12:00:00 AM - 3/26/2023 1:00:00 AM",
            "2023-03-25T22:00",
        ),
        (
            "Week of March 6, 2023",
            "Week of March 13, 2023",
            "Week of March 20, 2023",
            "2023-03-06T00:00",
        ),
        (
            "05/Mar/2023:22:00:00 +0000",
            "05/Mar/2023:23:00:00 +0000",
            "06/Mar/2023:00:00:00 +0000",
            "2023-03-05T22:00",
        ),
    ],
)
def test_times_as_monitors_write_them(
    tmp_path: Path, first: str, second: str, third: str, begin: str
) -> None:
    table = table_of(tmp_path, f'when,n\n"{first}",1\n"{second}",2\n"{third}",3\n')
    assert begin_and_end(table)[0] == begin
    assert table.y.tolist() == [1, 2, 3]


def test_a_box_around_a_table_is_cut(tmp_path: Path) -> None:
    rows = "".join(f"│ 2023-05-{day:02d} │ {day:5} │\n" for day in range(1, 12))
    text = (
        "┌────────────┬───────┐\n│    day     │   n   │\n│    date    │ int64 │\n"
        f"├────────────┼───────┤\n{rows}└────────────┴───────┘\n"
    )
    table = table_of(tmp_path, text, "duck.txt")
    assert table.y.tolist() == list(range(1, 12))
    assert "The frame around the table was cut." in table.notes
    wrong = text.replace("│     7 │", "│  five │")
    with pytest.raises(DataError, match=r"duck.txt: row 11: n \"five\""):
        table_of(tmp_path, wrong, "duck.txt")


def test_a_list_of_stata_is_read(tmp_path: Path) -> None:
    rows = "".join(f" {row}. | 2021q{row}   {row}.5 |\n" for row in range(1, 5))
    text = f"\n    +---------------+\n    |  quarter   gdp |\n    |---------------|\n{rows}"
    table = table_of(tmp_path, text + "    +---------------+\n", "a.log")
    assert (table.frequency.alias, table.y.tolist()) == ("QS-OCT", [1.5, 2.5, 3.5, 4.5])


def test_rows_that_repeat_the_header_are_left_out(tmp_path: Path) -> None:
    first = "".join(f"2023-05-{day:02d},{day}\n" for day in range(1, 9))
    second = "".join(f"2023-05-{day:02d},{day}\n" for day in range(9, 16))
    table = table_of(tmp_path, f"day,n\n{first}day,n\n{second}")
    assert table.y.tolist() == list(range(1, 16))
    with pytest.raises(DataError, match='row 18: n "five" is not a number'):
        table_of(tmp_path, f"day,n\n{first}day,n\n{second}2023-05-16,five\n2023-05-17,1\n")


def test_pages_of_a_report_are_one_table(tmp_path: Path) -> None:
    page = "\nDAY             N\n--------- -------\n"
    rows = [f"{day:02d}-MAY-23 {day:7}\n" for day in range(1, 25)]
    text = "".join([page, *rows[:12], page, *rows[12:]]) + "\n24 rows selected.\n"
    assert table_of(tmp_path, text, "a.lst").y.tolist() == list(range(1, 25))


def test_a_series_of_pandas_without_a_name(tmp_path: Path) -> None:
    rows = "".join(f"2023-05-{day:02d},{day}.5\n" for day in range(1, 9))
    assert table_of(tmp_path, ",0\n" + rows).y.tolist() == [day + 0.5 for day in range(1, 9)]


def test_rows_deep_in_a_reply_are_found(tmp_path: Path) -> None:
    rows = [{"at": f"2023-05-{day:02d}T00:00:00Z", "kwh": day} for day in range(1, 9)]
    reply = {"data": {"me": {"sites": [{"use": {"nodes": rows}}]}}}
    table = table_of(tmp_path, json.dumps(reply), "a.json")
    assert table.y.tolist() == list(range(1, 9))


def test_objects_with_lists_of_values(tmp_path: Path) -> None:
    objects = [
        {"item_id": name, "start": "2023-11", "freq": "M", "target": [1.5, "NaN", 3.5]}
        for name in ("x", "y")
    ]
    table = table_of(tmp_path, "".join(json.dumps(one) + "\n" for one in objects), "a.jsonl")
    assert (table.frequency.alias, table.ids.tolist()) == ("MS", ["x", "y"])
    assert begin_and_end(table) == ("2023-11-01T00:00", "2024-01-01T00:00")
    assert np.isnan(table.y[[1, 4]]).all()


def test_lines_of_a_log_are_rows(tmp_path: Path) -> None:
    lines = [f"2023-05-02 10:{at:02d}:00 pump: flow={at}.5 level = {at * 2}\n" for at in range(9)]
    path = tmp_path / "a.log"
    path.write_text("".join([*lines[:4], "2023-05-02 10:03:30 pump restarted\n", *lines[4:]]))
    table = read_table(path, target_col="flow")
    assert (table.frequency.alias, table.y.tolist()) == ("min", [at + 0.5 for at in range(9)])
    assert "1 line of the log has other contents and was left out." in table.notes


def test_times_of_day_before_arrows_are_steps(tmp_path: Path) -> None:
    table = table_of(tmp_path, "".join(f"08:{at:02d}:30 -> {at}.25\n" for at in range(9)), "a.log")
    assert table.y.tolist() == [at + 0.25 for at in range(9)]
    assert any("time since the begin" in note for note in table.notes)


def test_requests_of_a_web_server_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text(
        "".join(
            f'10.1.1.{at % 3} - bob [{day:02d}/May/2023:{at:02d}:10:00 +0200] "GET /x HTTP/1.1" '
            f'200 {at}5 "-" "Mozilla/5.0 (X11)"\n'
            for day in range(2, 8)
            for at in range(24)
        )
    )
    table = read_table(path, aggregate="count", freq="D")
    assert table.y.tolist()[:5] == [24] * 5


def test_a_file_of_the_monash_archive(tmp_path: Path) -> None:
    text = (
        "# Note\n@relation x\n@attribute series_name string\n@attribute start_timestamp date\n"
        "@frequency quarterly\n@missing true\n@data\n"
        "A:2001-04-01 00-00-00:1,2,?,4\nB:2001-01-01 00-00-00:5,6.5\n"
    )
    table = table_of(tmp_path, text, "a.tsf")
    assert table.ids.tolist() == ["A", "B"]
    assert str(table.ds[3])[:10] == "2002-01-01"
    assert np.array_equal(table.y, [1, 2, np.nan, 4, 5, 6.5], equal_nan=True)
    with pytest.raises(DataError, match=r"a\.tsf: line 9 has 0 attributes\. Expected 2"):
        table_of(tmp_path, text.replace("B:2001-01-01 00-00-00:", ""), "a.tsf")


def test_nested_columns_and_durations_of_parquet(tmp_path: Path) -> None:
    inner = pa.array([{"mw": float(at)} for at in range(6)])
    pq.write_table(
        pa.table({"elapsed": pa.array(range(0, 90, 15), pa.duration("s")), "unit": inner}),
        tmp_path / "a.parquet",
    )
    table = read_table(tmp_path / "a.parquet")
    assert table.y.tolist() == [0, 1, 2, 3, 4, 5]
    assert "Nested fields became columns: `unit.mw`." in table.notes
    assert any("`elapsed` is the time since the begin" in note for note in table.notes)


def test_a_code_before_months_is_cut(tmp_path: Path) -> None:
    months = [f"{2021 + at // 12}{at % 12 + 1:02d}" for at in range(14)]
    rows = "".join(f"CPI_{month};{at},5\n" for at, month in enumerate(months))
    table = table_of(tmp_path, "time;value\n" + rows)
    assert (table.frequency.alias, begin_and_end(table)[1]) == ("MS", "2022-02-01T00:00")
    assert "The code before the months was cut." in table.notes
