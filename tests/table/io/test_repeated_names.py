"""Columns of one name: copies are left out, others numbered; a role on one is a question."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gated.errors import DataError
from gated.table import read_table
from gated.table.table import Table
from tests.table.io.kinds.workbooks import xlsx

DAYS = [f"2024-01-{day:02d}" for day in range(1, 31)]
SALES = [10 + day % 7 for day in range(30)]
COST = [100.0 + day % 5 for day in range(30)]
WORDS = [f"n{day % 3}" for day in range(30)]
OTHER_WORDS = [f"m{day % 4}" for day in range(30)]

Names, Columns = Sequence[str], Sequence[Sequence[object]]
Reader = Callable[..., Table]


def _csv(path: Path, names: Names, columns: Columns) -> dict[str, str]:
    rows = [names, *zip(*columns, strict=True)]
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
    return {}


def _xlsx(path: Path, names: Names, columns: Columns) -> dict[str, str]:
    path.write_bytes(
        xlsx({"Sheet": [list(names), *(list(row) for row in zip(*columns, strict=True))]})
    )
    return {}


def _table(names: Names, columns: Columns) -> pa.Table:
    return pa.Table.from_arrays([pa.array(column) for column in columns], names=list(names))


def _parquet(path: Path, names: Names, columns: Columns) -> dict[str, str]:
    pq.write_table(_table(names, columns), path)
    return {}


def _arrow(path: Path, names: Names, columns: Columns) -> dict[str, str]:
    table = _table(names, columns)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return {}


def _object(names: Names, row: Sequence[object]) -> str:
    fields = zip(names, row, strict=True)
    return "{" + ", ".join(f"{json.dumps(name)}: {json.dumps(cell)}" for name, cell in fields) + "}"


def _json(path: Path, names: Names, columns: Columns) -> dict[str, str]:
    path.write_text("[" + ",".join(_object(names, row) for row in zip(*columns, strict=True)) + "]")
    return {}


def _jsonl(path: Path, names: Names, columns: Columns) -> dict[str, str]:
    path.write_text("".join(_object(names, row) + "\n" for row in zip(*columns, strict=True)))
    return {}


def _split(path: Path, names: Names, columns: Columns) -> dict[str, str]:
    rows = list(zip(*columns, strict=True))
    path.write_text(json.dumps({"columns": names, "data": rows}))
    return {}


def _lists(path: Path, names: Names, columns: Columns) -> dict[str, str]:
    path.write_text(json.dumps([names, *zip(*columns, strict=True)]))
    return {}


def _sqlite(path: Path, names: Names, columns: Columns) -> dict[str, str]:
    path.unlink(missing_ok=True)
    own = [f"c{at}" for at in range(len(names))]
    connection = sqlite3.connect(path)
    connection.execute(f"create table t ({', '.join(own)})")
    marks = ", ".join("?" * len(own))
    connection.executemany(f"insert into t values ({marks})", zip(*columns, strict=True))
    connection.commit()
    connection.close()
    chosen = ", ".join(f"{one} as {name}" for one, name in zip(own, names, strict=True))
    return {"query": f"select {chosen} from t"}


KINDS = {
    "a.csv": _csv,
    "a.xlsx": _xlsx,
    "a.parquet": _parquet,
    "a.arrow": _arrow,
    "a.json": _json,
    "split.json": _split,
    "lists.json": _lists,
    "a.jsonl": _jsonl,
    "a.db": _sqlite,
}


@pytest.fixture(params=KINDS)
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Reader:
    path = tmp_path / request.param

    def reader(names: Names, columns: Columns, **options: object) -> Table:
        more = KINDS[request.param](path, names, columns)
        return read_table(path, **more, **options)  # type: ignore[arg-type]

    return reader


def test_columns_without_a_role(read: Reader) -> None:
    names = ["date", "sales", "note", "note"]
    table = read(names, [DAYS, SALES, WORDS, OTHER_WORDS])
    assert table.y.tolist() == SALES
    assert any("`note_1` (column 3), `note_2` (column 4)" in note for note in table.notes)


def test_copies(read: Reader) -> None:
    names = ["date", "sales", "note", "note", "sales"]
    table = read(names, [DAYS, SALES, WORDS, WORDS, SALES])
    assert table.y.tolist() == SALES
    assert table.schema.target_col == "sales"
    assert any("left out" in note and "more such column" in note for note in table.notes)


@pytest.mark.parametrize("names", [("date", "y", "cost", "y"), ("date", "sales", "cost", "sales")])
def test_a_question_where_two_could_be_the_target(read: Reader, names: Names) -> None:
    doubled = [2 * value for value in SALES]
    columns = [DAYS, SALES, COST, doubled]
    name = names[1]
    with pytest.raises(DataError) as caught:
        read(names, columns)
    assert f"`{name}_1` (column 2), `{name}_2` (column 4)" in str(caught.value)
    assert f'target_col="{name}_1"' in str(caught.value)
    assert read(names, columns, target_col=f"{name}_2").y.tolist() == doubled
    assert read(names, columns, target_col="cost").y.tolist() == COST


def test_a_question_where_two_could_be_the_time(read: Reader) -> None:
    years_before = [day.replace("2024", "2023") for day in DAYS]
    with pytest.raises(DataError, match=r"time: `date_1` \(column 1\), `date_2` \(column 3\)"):
        read(["date", "y", "date"], [DAYS, SALES, years_before])


def test_times_as_names_are_refused(read: Reader) -> None:
    years = [str(2000 + at) for at in range(30)]
    with pytest.raises(DataError, match=r"`Jan` \(columns 2, 4\) more than once"):
        read(["year", "Jan", "Feb", "Jan"], [years, SALES, COST, COST])


def _read(tmp_path: Path, text: str, **options: object) -> Table:
    path = tmp_path / "a.csv"
    path.write_text(text)
    return read_table(path, **options)  # type: ignore[arg-type]


def test_series_beside_each_other(tmp_path: Path) -> None:
    pairs = zip(DAYS, SALES, strict=True)
    rows = "".join(f"{day},{value},{value + 1},{value * 2}\n" for day, value in pairs)
    text = f"date,Oslo,Bergen,Bergen\n{rows}"
    with pytest.raises(DataError, match=r"`Bergen_1` \(column 3\), `Bergen_2` \(column 4\)"):
        _read(tmp_path, text)
    assert list(_read(tmp_path, text, wide=True).ids) == ["Oslo", "Bergen_1", "Bergen_2"]


def test_series_of_two_columns_of_labels(tmp_path: Path) -> None:
    rows = "".join(f"{day},a,5,p\n{day},b,7,q\n" for day in DAYS)
    with pytest.raises(DataError, match=r'id_col="store_1"'):
        _read(tmp_path, f"date,store,sales,store\n{rows}")


def test_a_new_name_is_no_other_columns_name(tmp_path: Path) -> None:
    pairs = zip(DAYS, SALES, strict=True)
    rows = "".join(f"{day},1,{value},{value * 2}\n" for day, value in pairs)
    with pytest.raises(DataError, match=r"`sales_2` \(column 3\), `sales_3` \(column 4\)"):
        _read(tmp_path, f"date,sales_1,sales,sales\n{rows}")


def test_years_above_quarters_are_joined_first(tmp_path: Path) -> None:
    years = ",".join(["2021"] * 4 + ["2022"] * 4 + ["2023"] * 4)
    quarters = ",".join(["Q1", "Q2", "Q3", "Q4"] * 3)
    values = "".join(
        f"{row},GDP{row}," + ",".join(str(10 * at + row) for at in range(1, 13)) + "\n"
        for row in range(1, 6)
    )
    table = _read(tmp_path, f"Line,,{years}\n,,{quarters}\n{values}")
    assert table.y[:12].tolist() == [10 * at + 1 for at in range(1, 13)]
    assert table.ds[4] == pd.Timestamp("2022-01-01")
    with pytest.raises(DataError, match=r"`Q1` \(columns 3, 7, 11\)"):
        _read(tmp_path, f"Line,Item,{quarters}\n{values}")
