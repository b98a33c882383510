"""Tests JSON: its layouts give the same table; errors name the line."""

import json
from pathlib import Path

import pandas as pd
import pytest

from gated import read_table
from gated.errors import DataError, UsageError
from gated.table.io.source import open_source

DAYS = [f"2024-01-{day:02d}" for day in range(1, 21)]
VALUES = [day / 8 for day in range(1, 21)]
ROWS = [{"day": day, "y": value} for day, value in zip(DAYS, VALUES, strict=True)]
FRAME = pd.DataFrame(ROWS)


def write(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def lines(rows: object) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        open_source(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", ROWS),
        ("a.json", json.dumps(ROWS, indent=2)),
        ("a.json", {"day": DAYS, "y": VALUES}),
        ("a.json", {"unit": "MW", "data": ROWS}),
        ("a.json", {"meta": {"lat": 5}, "result": {"records": ROWS, "total": 20}}),
        ("a.json", {"values": [["day", "y"], *zip(DAYS, VALUES, strict=True)]}),
        (
            "a.json",
            {"hourly_units": {"day": "iso", "y": "C"}, "hourly": {"day": DAYS, "y": VALUES}},
        ),
        ("a.json", dict(zip(DAYS, VALUES, strict=True))),
        ("a.json", {"rates": {day: {"y": y} for day, y in zip(DAYS, VALUES, strict=True)}}),
        ("a.json", lines(ROWS)),
        ("a.jsonl", lines(ROWS)),
        ("a.ndjson", "\n" + lines(ROWS).replace("\n", "\r\n\r\n")),
        ("a.csv", ROWS),
        ("a.txt", lines(ROWS)),
        *(
            ("a.json", FRAME.to_json(orient=orient))
            for orient in ("records", "columns", "index", "split", "values")
        ),
        ("a.json", FRAME.set_index("day").to_json(orient="columns")),
        ("a.json", FRAME.set_index("day").to_json(orient="index")),
        ("a.json", FRAME.set_index("day").to_json(orient="split")),
        ("a.json", FRAME.set_index("day").to_json(orient="table")),
    ],
)
def test_layouts_give_the_same_series(tmp_path: Path, name: str, content: object) -> None:
    table = read_table(write(tmp_path / name, content))
    assert table.frequency.alias == "D"
    assert [str(day)[:10] for day in table.ds] == DAYS
    assert list(table.y) == VALUES


def test_nested_fields_are_joined_and_missing_ones_are_null(tmp_path: Path) -> None:
    rows = [{"y": 1, "at": {"lat": 5.5, "place": {"id": "007"}}}, {"y": None}]
    source = open_source(write(tmp_path / "a.jsonl", lines(rows)))
    assert source.frame.to_dict(as_series=False) == {
        "y": [1, None],
        "at.lat": [5.5, None],
        "at.place.id": ["007", None],
    }
    assert "Nested fields became columns: `at.lat`, `at.place.id`." in source.notes


def test_numbers_keep_their_digits(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", '[{"id": 9007199254740993, "y": 0.1}, {"id": 2, "y": 3}]')
    source = open_source(path)
    assert list(source.frame["id"]) == [9007199254740993, 2]
    assert list(source.frame["y"]) == [0.1, 3.0]
    wide = write(tmp_path / "b.json", '[{"id": 123456789012345678901}]')
    assert list(open_source(wide).frame["id"]) == ["123456789012345678901"]


def test_numbers_and_texts_in_one_column_are_text(tmp_path: Path) -> None:
    source = open_source(write(tmp_path / "a.json", [{"id": "A1"}, {"id": 17}, {"id": 2.5}]))
    assert list(source.frame["id"]) == ["A1", "17", "2.5"]


def test_rows_are_named_by_their_line(tmp_path: Path) -> None:
    rows = [*ROWS[:5], {"day": "2024-01-06", "y": "many"}, *ROWS[6:]]
    path = write(tmp_path / "a.jsonl", "\n" + lines(rows))
    with pytest.raises(DataError, match=r'a.jsonl: row 7: y "many" is not a number'):
        read_table(path, target_col="y")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lines(ROWS[:2]) + '{"day": "2024-01-03", "y":\n', "a.jsonl: line 3 is not JSON"),
        ('{"y": 1\n' + lines(ROWS), "a.jsonl: line 1 is not JSON"),
        (lines(ROWS[:2]) + "[1, 2]\n", "a.jsonl: line 3 is a list: '[1, 2]'"),
        ('[{"y": 1},\n {"y": oops}]', "a.jsonl: line 2 is not JSON (Expecting value, character 8)"),
        ("ds,y\n2024-01-01,1\n", "a.jsonl: line 1 is not JSON"),
        ('{"name": "sales"}', "is an object without a table. Expected a list of objects"),
        ("[]", "is a list without a table"),
        ("5", "is a number without a table"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_refuses_what_is_no_table(tmp_path: Path, content: str, words: str) -> None:
    assert words in refusal(write(tmp_path / "a.jsonl", content))


def test_refuses_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes('[{"shop":\n"café"}]'.encode("cp1252"))
    assert "a.json: line 2 is not of the encoding UTF-8" in refusal(path)


def test_several_tables_are_a_question(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", {"hourly": ROWS, "daily": {"day": DAYS, "y": [5] * 20}})
    with pytest.raises(
        DataError, match=r"several fields hold a table: `hourly`, `daily`. Name one"
    ):
        read_table(path)
    assert read_table(path, sheet="daily").y[0] == 5
    with pytest.raises(UsageError, match=r"no field `dayly` holds a table.*Did you mean `daily`"):
        read_table(path, sheet="dayly")


@pytest.mark.parametrize(
    "document",
    [
        {"status": "success", "data": {"resultType": "matrix", "result": [
            {"metric": {"job": "a"}, "values": [[1704067200, "1"], [1704070800, "2"]]},
            {"metric": {"job": "b"}, "values": [[1704067200, "3"]]}]}},
        {"results": [{"statement_id": 0, "series": [
            {"tags": {"job": "a"}, "columns": ["time", "value"],
             "values": [[1704067200, 1], [1704070800, 2]]},
            {"tags": {"job": "b"}, "columns": ["time", "value"], "values": [[1704067200, 3]]}]}]},
    ],
)  # fmt: skip
def test_objects_with_rows_of_their_own_are_series(tmp_path: Path, document: object) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document))
    source = open_source(path)
    assert [int(value) for value in source.frame["value"]] == [1, 2, 3]
    assert list(source.frame["time"]) == [1704067200, 1704070800, 1704067200]
    label = next(name for name in source.frame.columns if name.endswith("job"))
    assert list(source.frame[label]) == ["a", "a", "b"]
    assert "The rows are those of `values` in 2 objects." in source.notes


def test_buckets_of_a_search_engine(tmp_path: Path) -> None:
    buckets = [
        {
            "key_as_string": f"2024-01-0{day}",
            "key": day,
            "doc_count": day,
            "sales": {"value": day / 2},
        }
        for day in (1, 2, 3)
    ]
    path = tmp_path / "a.json"
    shards = {"total": 1, "successful": 1, "skipped": 0, "failed": 0}
    hits = {"total": {"value": 9, "relation": "eq"}, "max_score": None, "hits": []}
    found = {"took": 3, "timed_out": False, "_shards": shards, "hits": hits}
    path.write_text(json.dumps({**found, "aggregations": {"per_day": {"buckets": buckets}}}))
    source = open_source(path)
    assert source.frame.columns == ["key_as_string", "key", "doc_count", "sales.value"]
    assert list(source.frame["sales.value"]) == [0.5, 1.0, 1.5]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ([[5, 1704067200000], [7, 1704153600000]], ["value", "time"]),
        ([["2024-01-01", 5], ["2024-01-02", 7]], ["time", "value"]),
        ([[1, 5], [2, 7]], ["column_1", "column_2"]),
    ],
)
def test_the_time_of_two_cells_is_found(
    tmp_path: Path, rows: list[list[object]], names: list[str]
) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"target": "a", "points": rows}, {"target": "b", "points": rows}]))
    assert open_source(path).frame.columns == ["target", *names]
