"""Reads the distinct cells of a column as numbers, and describes what was cut or interpreted."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.table.cells.regex import matches
from gated.table.cells.written.affixes import Affixes, read_affixes
from gated.table.cells.written.flags import flags
from gated.table.cells.written.marks import are_marks
from gated.table.cells.written.parts import Parts, split_cells
from gated.table.cells.written.separators import Separators, Sign, read_separators

__all__ = ["Contradiction", "WrittenNumbers", "number_share", "read_written", "separator_text"]

INFINITE = r"^[+-]?(?i:inf(inity)?)$"
BOOLEANS = {"true": 1.0, "false": 0.0}
SIGN_NAMES = {",": "the comma", ".": "the point", " ": "the blank", "'": "the apostrophe"}
POWERS = {
    3: "thousand", 4: "ten thousand", 5: "hundred thousand", 6: "million", 7: "ten million",
    8: "hundred million", 9: "billion", 12: "trillion",
}  # fmt: skip


@dataclass(frozen=True)
class Contradiction:
    """Two cells that cannot be numbers of one column: their indices, and the reason."""

    first: int
    second: int
    kind: str


@dataclass(frozen=True)
class WrittenNumbers:
    """Distinct cells as numbers.

    Attributes:
        values: [K] float64, NaN for a mark and for a cell that is no number.
        is_mark: [K] whether the cell is a mark for a missing value.
        wrong: [K] whether the cell is neither.
        repairs: what was cut or interpreted, as parts of a sentence.
        contradiction: two cells that contradict each other, or None.
        unit: the sign or unit of most cells.
        decimal: the decimal sign, if the cells decide it: thousands have the other one.
        open: a sign that may be the decimal one or separate thousands, see `Separators`.
    """

    values: FloatArray
    is_mark: BoolArray
    wrong: BoolArray
    repairs: tuple[str, ...] = ()
    contradiction: Contradiction | None = None
    unit: str = field(default="")
    decimal: Sign | None = None
    open: Sign | None = None


def read_written(
    texts: pa.Array, counts: IntArray, *, decimal_comma: bool, known: Sign | None = None
) -> WrittenNumbers:
    """Read distinct trimmed cells (no nulls) as numbers.

    Args:
        texts: [K] cells.
        counts: [K] how often each occurs.
        decimal_comma: whether the cells of the file are separated by another sign than a comma.
        known: the decimal sign of this column in an earlier table.

    >>> cells = pa.array(["$1,234.50", "($5)", "n/a", "$1.2M"])
    >>> found = read_written(cells, np.ones(4, dtype=np.int64), decimal_comma=False)
    >>> found.values.tolist()
    [1234.5, -5.0, nan, 1200000.0]
    >>> found.repairs[0]
    'the sign "$" was cut from the numbers'
    """
    values, is_word = _words(texts)
    is_mark = are_marks(texts) & ~is_word
    parts = split_cells(pc.if_else(pa.array(is_word | is_mark), None, texts))
    if not parts.readable.any():
        return WrittenNumbers(values, is_mark, ~(is_word | is_mark))
    is_zero = parts.readable & ~matches(parts.digits, "[1-9]")
    affixes = read_affixes(parts, counts, is_zero)
    digits = pc.if_else(pa.array(affixes.fits), parts.digits, None)
    separators = read_separators(digits, counts, decimal_comma=decimal_comma, known=known)
    numbers = _numbers(parts, affixes, separators)
    values = np.where(np.isnan(values), numbers, values)
    wrong = ~(is_word | is_mark) & ~flags(separators.plain.is_valid())
    contradiction = None
    if separators.contradiction is not None:
        contradiction = Contradiction(*separators.contradiction, "decimal sign")
    elif (other := parts.readable & ~affixes.fits).any():
        pair = sorted((int(np.argmax(affixes.fits)), int(np.argmax(other))))
        contradiction = Contradiction(pair[0], pair[1], "unit")
    return WrittenNumbers(
        values,
        is_mark,
        wrong,
        _repairs(parts, affixes, separators),
        contradiction,
        f"{affixes.prefix} {affixes.unit}".strip(),
        _decided(separators),
        separators.open,
    )


def _decided(separators: Separators) -> Sign | None:
    """The decimal sign that the cells decide; a lone point may be one by default only."""
    if separators.decimal == "," or "." in separators.thousands:
        return ","
    return "." if "," in separators.thousands else None


def number_share(texts: pa.Array, counts: IntArray) -> tuple[float, bool]:
    """The share of a sample's cells, without marks, that are numbers of one unit.

    Args:
        texts: [K] distinct trimmed cells.
        counts: [K] how often each occurs.

    Returns:
        The share, and whether the unit is a known one; otherwise it is any text after a blank.
    """
    if not matches(texts, "[0-9\uff10-\uff19]").any():
        return 0.0, False
    parts, total = split_cells(texts), int(counts.sum())
    if parts.readable.any() and (is_mark := are_marks(texts)).any():
        parts = split_cells(pc.if_else(pa.array(is_mark), None, texts))
        total = int(counts[~is_mark].sum())
    if not parts.readable.any():
        return 0.0, False
    affixes = read_affixes(parts, counts, parts.readable & ~matches(parts.digits, "[1-9]"))
    if not affixes.is_known and not affixes.has_gap:
        return 0.0, False
    digits = pc.if_else(pa.array(affixes.fits), parts.digits, None)
    separators = read_separators(digits, counts, decimal_comma=True)
    share = float(counts[flags(separators.plain.is_valid())].sum()) / total
    return share, affixes.is_known


def separator_text(decimal: str | None, thousands: tuple[str, ...]) -> tuple[str, ...]:
    """How separators were read, as parts of a sentence.

    >>> separator_text(",", (".",))
    ('the comma was read as the decimal sign', 'the point was read as a mark between thousands')
    """
    said = [f"{SIGN_NAMES[sign]} was read as a mark between thousands" for sign in thousands]
    if decimal == ",":
        said.insert(0, "the comma was read as the decimal sign")
    return tuple(said)


def _words(texts: pa.Array) -> tuple[FloatArray, BoolArray]:
    """Values of the words: true and false, and the spellings of infinity; and where they are."""
    values = np.full(len(texts), np.nan)
    lowered = pc.utf8_lower(texts)
    found = np.zeros(len(texts), dtype=bool)
    for word, value in BOOLEANS.items():
        here = flags(pc.equal(lowered, word))
        values[here], found = value, found | here
    infinite = matches(texts, INFINITE)
    values[infinite] = np.inf
    return values, found | infinite


def _numbers(parts: Parts, affixes: Affixes, separators: Separators) -> FloatArray:
    """The cells as float64: the scale is an exponent, so that 1.1K is exactly 1100."""
    written = parts.exponent
    if affixes.scales:
        scale = pa.array([f"e{power}" if power else "" for power in affixes.power])
        written = pc.if_else(pc.equal(written, ""), scale, written)
    sign = pc.if_else(pa.array(parts.negative), "-", "")
    text = pc.binary_join_element_wise(sign, separators.plain, written, "")
    if separators.contradiction is not None:
        return np.full(len(text), np.nan)
    values = np.asarray(pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False))
    return values if affixes.sizes is None else values * affixes.factor


def _repairs(parts: Parts, affixes: Affixes, separators: Separators) -> tuple[str, ...]:
    said: list[str] = []
    if affixes.prefix:
        said.append(f'the sign "{affixes.prefix}" was cut from the numbers')
    if affixes.sizes is not None:
        said.append(affixes.sizes.text)
    elif affixes.unit:
        said.append(f'"{affixes.unit}" was cut from the numbers, which stay in this unit')
    if affixes.scales:
        pairs = [f'"{text}" as {POWERS[power]}' for text, power in affixes.scales.items()]
        said.append(f"{', '.join(pairs)}: the suffixes were read as factors")
    if affixes.flags:
        named = ", ".join(f'"{text}"' for text in affixes.flags)
        said.append(f"the flags {named} after numbers were cut")
    said += separator_text(separators.decimal, separators.thousands)
    if (parts.bracketed & affixes.fits).any():
        said.append("numbers in brackets were read as negative")
    if (parts.trailing & affixes.fits).any():
        said.append("numbers with a minus behind them were read as negative")
    return tuple(said)
