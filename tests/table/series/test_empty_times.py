"""Tests of the note on times of the day and weekdays at which no row ever is."""

import numpy as np
import pandas as pd
import pytest

from gated.table import Table, read_table
from tests.table.example_tables import frame

TIMES = pd.date_range("2024-01-01", periods=24 * 21, freq="h")


def said(table: Table) -> list[str]:
    return [note for note in table.notes if note.startswith("There is no row")]


@pytest.mark.parametrize(
    ("kept", "note"),
    [
        (
            (TIMES.hour >= 9) & (TIMES.hour < 17) & (TIMES.day_of_week < 5),
            "There is no row at 17:00 to 08:00, and none on Saturday and Sunday; the forecast has "
            "these times, too.",
        ),
        (TIMES.hour != 3, "There is no row at 03:00; the forecast has these times, too."),
        (TIMES.day_of_week != 6, "There is no row on Sunday; the forecast has these times, too."),
    ],
)
def test_times_without_a_row_are_named(kept: np.ndarray, note: str) -> None:
    rows = frame(ds=TIMES, y=np.arange(float(len(TIMES))))[kept]
    assert said(read_table(rows)) == [note]


@pytest.mark.parametrize("kept", [TIMES.hour % 6 != 2, np.arange(len(TIMES)) % 100 != 7])
def test_other_gaps_are_not_named(kept: np.ndarray) -> None:
    assert not said(read_table(frame(ds=TIMES, y=np.arange(float(len(TIMES))))[kept], freq="h"))
