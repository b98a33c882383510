"""Tests the reading of numbers as people and programs write them."""

import numpy as np
import pyarrow as pa
import pytest

from gated.table.cells.written.marks import are_marks
from gated.table.cells.written.reading import WrittenNumbers, read_written
from gated.table.cells.written.units import is_known_unit, is_prefix, scale_of


def read(*cells: str, decimal_comma: bool = False) -> WrittenNumbers:
    counts = np.ones(len(cells), dtype=np.int64)
    return read_written(pa.array(cells), counts, decimal_comma=decimal_comma)


def values(*cells: str, decimal_comma: bool = False) -> list[float]:
    found = read(*cells, decimal_comma=decimal_comma)
    assert not found.wrong.any()
    assert found.contradiction is None
    return found.values.tolist()


@pytest.mark.parametrize(
    "mark",
    [".", "-", "–", "—", "?", "*", "**", "***", "..", "...", "…", ":", "n/e", "na", "n.a.", "n.d.",
     "N/D", "ND", "nd", "k.A.", "kA", "k. A.", "(null)", "#DIV/0!", "#REF!", "#VALUE!", "#WERT!",
     "#N/V", "#BEZUG!", "missing", "nodata", "No data", "keine Angabe", "sin datos", "brak danych",
     ": c", ":u", "x", "M", "----", "[n/a]"],
)  # fmt: skip
def test_marks_for_a_missing_value(mark: str) -> None:
    assert are_marks(pa.array([mark])).tolist() == [True]
    assert read("1", mark, "2").is_mark.tolist() == [False, True, False]


@pytest.mark.parametrize("text", ["low", "trace", "T", "<1", "-5", "$ -", "many", "0", "a", "١"])
def test_other_texts_are_no_marks(text: str) -> None:
    assert are_marks(pa.array([text])).tolist() == [False]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("$1,234.50", "$5", "$0.75"), [1234.5, 5, 0.75]),
        (("-$5", "$-5", "($5)", "$(5)", "−$5", "$5-"), [-5] * 6),
        (("US$ 12", "US$.50"), [12, 0.5]),
        (("R$ 1.234,50", "R$ 2,00"), [1234.5, 2]),
        (("CHF 1'234.50", "CHF 1’000.00"), [1234.5, 1000]),
        (("Rs.1,23,456", "Rs.500"), [123456, 500]),
        (("1 234,50 €", "5,00 €", "−7,00 €"), [1234.5, 5, -7]),
        (("1 234 kr", "5 kr"), [1234, 5]),
        (("12.5 %", "13%", "0"), [12.5, 13, 0]),
        (("5 kWh", "6.5kWh"), [5, 6.5]),
        (("21.5 °C", "-3 °C"), [21.5, -3]),
        (("7 m³", "8 m³"), [7, 8]),
        (("12 apples", "13 apples"), [12, 13]),
        (("12.-", "13.50", "1'000.--"), [12, 13.5, 1000]),
        (("¥1,200", "￥１，３００"), [1200, 1300]),
        (("1,200円", "980円"), [1200, 980]),
        (("12 件", "9 件"), [12, 9]),
    ],
)
def test_a_sign_or_unit_in_every_cell_is_cut(cells: tuple[str, ...], expected: list[float]) -> None:
    assert values(*cells) == expected


def test_what_was_cut_is_said() -> None:
    assert read("$5", "$6").repairs == ('the sign "$" was cut from the numbers',)
    assert read("5%", "6%").repairs == ('"%" was cut from the numbers, which stay in this unit',)


@pytest.mark.parametrize(
    "cells",
    [
        ("USD 5", "EUR 7"),
        ("5 kg", "6 kWh"),
        ("12%", "0.13"),
        ("$5", "6"),
        ("512B", "3"),
        ("12.50 CR", "12.50 DR"),
    ],
)
def test_different_units_contradict_each_other(cells: tuple[str, ...]) -> None:
    found = read(*cells)
    assert found.contradiction is not None
    assert (found.contradiction.first, found.contradiction.second) == (0, 1)
    assert found.wrong.any()


@pytest.mark.parametrize(
    ("cells", "expected", "said"),
    [
        (("700 MB", "1.2 GB"), [700, 1200], '"MB", with 1 GB as 1,000'),
        (("1010 MB", "1.5 GB"), [1010, 1536], '"MB", with 1 GB as 1,024'),
        (("700 MiB", "1.5 GiB"), [700, 1536], '"MiB", with 1 GiB as 1,024'),
        (("700ms", "1.25s", "0"), [700, 1250, 0], '"ms", with 1 s as 1,000'),
        (("5 kg", "6 g"), [5000, 6], '"g", with 1 kg as 1,000'),
        (("900 kWh", "1.1 MWh"), [900, 1100], '"kWh", with 1 MWh as 1,000'),
    ],
)
def test_units_of_one_quantity_become_the_smallest_one(
    cells: tuple[str, ...], expected: list[float], said: str
) -> None:
    assert values(*cells) == expected
    assert read(*cells).repairs == (f"numbers are in {said}",)


@pytest.mark.parametrize("cell", ["<1", "A12", "Store 5", "1_000", "0x10", "12:30", "1/2", "5-3"])
def test_other_texts_with_digits_are_no_numbers(cell: str) -> None:
    assert read("1", "2", cell).wrong.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("1.097,50", "1.097", "12"), [1097.5, 1097, 12]),
        (("1,234.5", "1,234"), [1234.5, 1234]),
        (("1.234.567", "1.234"), [1234567, 1234]),
        (("12,34,567.50", "1,00,000", "50"), [1234567.5, 100000, 50]),
        (("97 500,50", "5"), [97500.5, 5]),
        (("97\u00a0500,50", "97\u202f500"), [97500.5, 97500]),
        (("1'234'567.25", "0.5"), [1234567.25, 0.5]),
        (("12,50", "7,25", "3,10"), [12.5, 7.25, 3.1]),
        (("1,5e3", "2,25", "3,0"), None),
        (("１２３", "４"), [123, 4]),
        (('="007"', "'8"), [7, 8]),
    ],
)
def test_the_cells_decide_the_separators(
    cells: tuple[str, ...], expected: list[float] | None
) -> None:
    if expected is None:
        assert read(*cells).wrong.any()
    else:
        assert values(*cells) == expected


def test_a_lone_comma_is_a_decimal_sign_where_commas_do_not_separate_the_cells() -> None:
    assert values("1,5e3", "2,25", "-", decimal_comma=True)[:2] == [1500, 2.25]
    assert values("1.234", "5", "0,5", decimal_comma=True) == [1234, 5, 0.5]


def test_two_decimal_signs_contradict_each_other() -> None:
    for cells in (("1.234,5", "1,234.5"), ("1,234", "1.234")):
        found = read(*cells)
        assert found.contradiction is not None
        assert found.contradiction.kind == "decimal sign"


def test_negative_numbers_of_accounts() -> None:
    cells = ("12.50", "(12.50)", "12.50-", "−12.50", "–12.50", "+12.50")
    assert values(*cells) == [12.5, -12.5, -12.5, -12.5, -12.5, 12.5]
    assert read(*cells).repairs == (
        "numbers in brackets were read as negative",
        "numbers with a minus behind them were read as negative",
    )
    assert read("1", "(2", "3)").wrong.tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("1.1K", "3.4M", "900", "2B"), [1100, 3.4e6, 900, 2e9]),
        (("$1.5m", "$900k", "$2.5bn"), [1.5e6, 9e5, 2.5e9]),
        (("1,2 Mio.", "900 Tsd.", "0,5 Mrd."), [1.2e6, 9e5, 5e8]),
        (("3,4 Mio. €", "5,1 Mio. €"), [3.4e6, 5.1e6]),
        (("1.5 crore", "20 lakh"), [1.5e7, 2e6]),
        (("293 K", "294.5 K"), [293, 294.5]),
        (("5 m", "6 m"), [5, 6]),
        (("512B", "1024B"), [512, 1024]),
    ],
)
def test_scales(cells: tuple[str, ...], expected: list[float]) -> None:
    assert values(*cells, decimal_comma="," in cells[0]) == expected


def test_flags_of_statistical_offices_are_cut_and_said() -> None:
    found = read("12.3 p", "12.4", "12.5b", ": c", "12.6 (r)", "12.7 *")
    assert found.values[[0, 1, 2, 4, 5]].tolist() == [12.3, 12.4, 12.5, 12.6, 12.7]
    assert found.is_mark.tolist() == [False, False, False, True, False, False]
    assert found.repairs == ('the flags "(r)", "*", "b", "p" after numbers were cut',)
    assert values("5 s", "6 s") == [5, 6]


def test_lists_of_units_do_not_overlap_with_labels() -> None:
    assert not any(is_prefix(text) for text in ("SKU", "Store", "A", "Q", "<", "#"))
    assert not any(is_known_unit(text) for text in ("Jan", "North", "th", "Main Street"))
    assert scale_of("MW") is None
