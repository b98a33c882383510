"""Tests the search for numbers that stand for missing values: far from all others, or reported."""

import numpy as np
import pandas as pd
import pytest

from gated.table import read_table
from gated.table.cells.codes import find_codes
from gated.table.schema import Schema

TEMPERATURES = [9.7, 10.7, 10.8, 12.0, 15.1, 22.1, 8.2, 9.6, -3.5]
COUNTS = [0.0, 4.0, 2.0, 0.0, 7.0, 3.0, 1.0, 0.0]


def found(*values: float) -> list[tuple[float, int, bool]]:
    codes = find_codes(np.array(values))
    return [(code.value, code.count, code.is_certain) for code in codes]


@pytest.mark.parametrize("code", [-999.0, -9999.0, -99999.0, -999.9, -32768.0])
def test_a_known_negative_code_far_from_all_values_is_certain(code: float) -> None:
    assert found(*TEMPERATURES, code) == [(code, 1, True)]
    assert found(*COUNTS, code, code) == [(code, 2, True)]


def test_a_positive_code_is_certain_only_if_it_is_repeated() -> None:
    assert found(*TEMPERATURES, 9999.0, 9999.0) == [(9999.0, 2, True)]
    assert found(*TEMPERATURES, 9999.0) == [(9999.0, 1, False)]


def test_two_codes_in_one_column() -> None:
    assert found(*TEMPERATURES, -9999.0, -999.0, 9999.0, 9999.0) == [
        (-9999.0, 1, True),
        (9999.0, 2, True),
        (-999.0, 1, True),
    ]


def test_other_repeated_numbers_are_only_reported() -> None:
    assert found(*TEMPERATURES, -200.0, -200.0) == [(-200.0, 2, False)]
    assert found(*TEMPERATURES, 999.0, 999.0) == [(999.0, 2, False)]
    assert found(1046.0, 955.0, 602.0, 11.0, 780.0, 90.0, -200.0, -200.0) == [(-200.0, 2, False)]
    assert found(60.0, 72.0, 66.0, 81.0, 90.0, -1.0, -1.0) == [(-1.0, 2, False)]


@pytest.mark.parametrize(
    "values",
    [
        [*COUNTS, -1.0, -1.0],
        [*TEMPERATURES, -1.0, -1.0],
        [9000.0, 9500.0, 9999.0, 9999.0, 8700.0, 9100.0, 9300.0],
        [-990.0, -950.0, -999.0, -999.0, -1100.0, -870.0, -930.0],
        [-999.0, -999.0, 5.0],
        [-999.0] * 9,
        [99.0, 100.0, 98.0, 99.0, 97.0, 99.0],
        [-1e15, 1e300, -1e300, 3.0, -4.0, 0.0],
        [],
    ],
)
def test_numbers_among_the_others_are_values(values: list[float]) -> None:
    assert found(*values) == []


def test_missing_and_infinite_values_are_left_out() -> None:
    assert found(*TEMPERATURES, np.nan, np.inf, -999.0) == [(-999.0, 1, True)]


def test_the_codes_of_an_earlier_table_are_codes_of_a_later_one() -> None:
    days = pd.date_range("2021-01-01", periods=len(TEMPERATURES) + 1)
    past = read_table(pd.DataFrame({"ds": days, "y": [*TEMPERATURES, -999.0]}))
    assert past.schema.missing_codes == {"y": (-999.0,)}
    assert Schema.from_json(past.schema.to_json()).missing_codes == past.schema.missing_codes
    few = pd.DataFrame({"ds": days[:3], "y": [1.0, -999.0, 2.0]})  # too few to know their range
    np.testing.assert_array_equal(read_table(few).y, [1.0, -999.0, 2.0])
    read = read_table(few, like=past)
    np.testing.assert_array_equal(read.y, [1.0, np.nan, 2.0])
    assert '`y`: "-999" in 1 cell was taken as a missing value.' in read.notes
    assert read.schema.missing_codes == past.schema.missing_codes
    only_those = pd.DataFrame({"ds": days, "y": [*TEMPERATURES[:8], -9999.0, -999.0]})
    read = read_table(only_those, like=past, missing="none")
    np.testing.assert_array_equal(read.y[-2:], [-9999.0, np.nan])
