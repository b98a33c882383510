"""Tests of labels that describe the rows of one series, and name no series."""

from pathlib import Path

import pytest

from gated.errors import DataError
from gated.table import read_table

SKY = ["sun", "rain", "fog"]


def hours() -> list[str]:
    return [
        f"2024-02-{1 + i // 24:02d} {i % 24:02d}:00,{SKY[i % 3]},{SKY[i % 2]},{i}"
        for i in range(96)
    ]


def test_asks_where_a_word_changes_with_the_hour_and_few_hours_repeat(tmp_path: Path) -> None:
    rows = hours()
    rows.insert(51, "2024-02-03 02:00,fog,rain,50")
    path = tmp_path / "bikes.csv"
    path.write_text("time,sky,road,riders\n" + "\n".join(rows) + "\n")
    with pytest.raises(DataError, match="have the same time") as caught:
        read_table(path, target_col="riders")
    assert "aggregate=" in str(caught.value)
    table = read_table(path, target_col="riders", aggregate="mean")
    assert table.n_series == 1
    assert table.y.tolist() == [float(i) for i in range(96)]


def test_stations_that_follow_one_another_stay_series(tmp_path: Path) -> None:
    days = [f"2024-03-{day:02d}" for day in range(1, 31)]
    rows = [f"{day},Old Mill,north,5" for day in days[:16]]
    rows += [f"{day},New Weir,south,6" for day in days[15:]]
    path = tmp_path / "level.csv"
    path.write_text("day,gauge,bank,level\n" + "\n".join(rows) + "\n")
    assert read_table(path, target_col="level").n_series == 2
