"""Tables as databases, query tools, frames and monitors write them."""

import json
from pathlib import Path

import numpy as np
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
