"""Tests that Python and pyarrow find the same matches of the reader's patterns."""

import random

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from gated.table.cells import numbers
from gated.table.cells.dates import clock, code_before, forms, names
from gated.table.cells.regex import (
    FEW,
    SHORT,
    _compiled,
    all_match,
    any_matches,
    extracted,
    matches,
    replaced,
)
from gated.table.cells.written import marks, parts, separators
from gated.table.shape import summary_rows
from gated.table.shape.parts import part_cells
from gated.table.time import number_times, times

GROUPED = [
    clock.DATE_AND_TIME,
    code_before.CODED,
    parts.CELL,
    parts.ASCII_CELL,
    part_cells._CLOCK,
    part_cells._SEASON,
    *(form.shape for form in forms.FORMS),
]
PLAIN = [
    numbers.NUMBER,
    numbers.DECIMAL_COMMA,
    numbers.THOUSANDS,
    numbers.FOOTNOTE,
    names.MONTH_NAME,
    names.WEEKDAY_NAME,
    forms.DIGITS_ONLY,
    marks.PUNCTUATION,
    marks.EXCEL_ERROR,
    marks.EUROSTAT,
    marks.AROUND,
    separators.MANY_COMMAS,
    separators.GROUPED,
    summary_rows._SUBTOTAL,
    part_cells._WRITTEN_CLOCK,
    part_cells._INTERVAL_END,
    number_times.ANY_NUMBER,
    times.FOOTNOTE,
    *(pattern for pattern, _ in clock.COMPACT_CLOCKS),
]
WRITTEN = [
    "2024-01-05", "5.1.2024", "1/5/24 4:05 PM", "20240105T0130Z", "2024-W07", "Q1 2024",
    "5 Jan 2024", "Jan-24", "VPI-202001", "Week of Jan 5, 2024", "2024-01-01/2024-01-07", "00:15",
    "7h30", "9-10", "1,234.50", "1.234,5", "-$1.2M", "(12 %)", "1 234 567", "12.-", "1e5", "-inf",
    "5[4]", "12*", "#DIV/0!", ": c", "n/a", "(null)", "Jan Total", "subtotal", "Kew", "", " ",
    "5\n", "\n", "a\tb", "2024-01-05\n", "Infinity", "+.5", "=\"12\"", "'5", "2019/20", "12:30a",
    "K", "s", "year", "$", "]", "5. März 2024", "12,5 °C", "7 m²", "１２", "٣", "3月", "2024年1月",
    "±1", "févr. 2024", "1\u00a0234", "K", "ſ", "İ", "5–6", "\u20281", "é\n",
]  # fmt: skip
SIGNS = "0123456789-/:., TWQJanFebuary$%()[]*#'\"\n\té年²–\u00a0"


def _texts(seed: int) -> pa.Array:
    """Written cells, changed cells and cells of any signs."""
    draw = random.Random(seed)
    cells: list[str | None] = [None, *WRITTEN]
    for _ in range(FEW - len(cells)):
        cell = list(draw.choice(WRITTEN))
        for _ in range(draw.randrange(4)):
            place = draw.randrange(len(cell) + 1)
            cell[place : place + draw.randrange(2)] = draw.choices(SIGNS, k=draw.randrange(3))
        cells.append("".join(cell))
    return pa.array(cells, pa.string())


@pytest.mark.parametrize("pattern", [*PLAIN, *GROUPED])
def test_matches_are_those_of_pyarrow(pattern: str) -> None:
    for seed in range(3):
        texts = _texts(seed)
        expected = pc.match_substring_regex(texts, pattern)
        assert matches(texts, pattern).tolist() == expected.fill_null(False).to_pylist()
        assert any_matches(texts, pattern) == pc.any(expected).as_py()
        chosen = texts.filter(expected)
        assert all_match(chosen, pattern) == (len(chosen) > 0)
        assert not all_match(pa.concat_arrays([chosen, pa.array(["\x01\n\x01"])]), pattern)


@pytest.mark.parametrize("pattern", GROUPED)
def test_groups_are_those_of_pyarrow(pattern: str) -> None:
    texts = _texts(7)
    found = extracted(texts, pattern)
    expected = pc.extract_regex(texts, pattern)
    assert found.type == expected.type
    assert found.to_pylist() == expected.to_pylist()


@pytest.mark.parametrize(
    ("pattern", "by"),
    [
        *clock.COMPACT_CLOCKS,
        (marks.AROUND, ""),
        (marks.IGNORED, ""),
        (numbers.FOOTNOTE, r"\1"),
        (parts.NO_CENTS, r"\1\2"),
        (part_cells._INTERVAL_END, ""),
        (part_cells._NUMBERED_MONTH, r"number \1\2"),
    ],
)
def test_replaced_texts_are_those_of_pyarrow(pattern: str, by: str) -> None:
    texts = _texts(8)
    expected = pc.replace_substring_regex(texts, pattern, by)
    assert replaced(texts, pattern, by).equals(expected)
    chunked = pa.chunked_array([texts.slice(0, 100), texts.slice(100)])
    assert replaced(chunked, pattern, by).to_pylist() == expected.to_pylist()


@pytest.mark.parametrize("cell", ["é", "K", "1\v", "1" * (SHORT + 1)])
def test_other_cells_are_left_to_pyarrow(cell: str) -> None:
    texts, pattern = pa.array([cell, "1"]), r"^(?:\d+\s?|\p{L}|(?i:k))$"
    expected = pc.match_substring_regex(texts, pattern).to_pylist()
    assert matches(texts, pattern).tolist() == expected
    assert matches(pa.array([cell] * (FEW + 1)), pattern).tolist() == expected[:1] * (FEW + 1)


def test_empty_columns() -> None:
    texts = pa.array([], pa.string())
    assert matches(texts, "a").tolist() == []
    assert not any_matches(texts, "a")
    assert not all_match(texts, "a")
    assert extracted(texts, "(?P<a>a)").equals(pc.extract_regex(texts, "(?P<a>a)"))
    assert np.array_equal(matches(pa.array([None], pa.string()), ""), [False])


@pytest.mark.parametrize("pattern", [r"\p{Greek}", r"[\p{Lu}]", r"[[:alpha:]]", r"\P{L}"])
def test_classes_of_pyarrow_are_left_to_it(pattern: str) -> None:
    assert _compiled(pattern) is None
