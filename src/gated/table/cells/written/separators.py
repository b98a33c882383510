"""Decides which sign of a column is the decimal sign, and which ones separate thousands."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray, IntArray
from gated.table.cells.regex import all_match, matches, replaced
from gated.table.cells.written.flags import contain

__all__ = [
    "Separators",
    "Sign",
    "has_only_points_of_thousands",
    "may_be_thousands",
    "read_separators",
    "separate_thousands",
]

Sign = Literal[",", "."]

# Groups of three digits; and as in India, where groups of two digits precede the last three.
MANY_COMMAS = r"^(\d{1,3}(,\d{3}){2,}|\d{1,2}(,\d{2})+,\d{3})$"
COMMAS_THEN_POINT = r"^(\d{1,3}(,\d{3})+|\d{1,2}(,\d{2})+,\d{3})\.\d*$"
MANY_POINTS = r"^\d{1,3}(\.\d{3}){2,}$"
POINTS_THEN_COMMA = r"^\d{1,3}(\.\d{3})+,\d*$"
GROUPED = r"^\d{1,3}([ ']\d{3})+([.,]\d*)?$"  # a blank or an apostrophe can only separate thousands
ONE = {",": r"^(\d+,\d*|,\d+)$", ".": r"^(\d+\.\d*|\.\d+)$"}
# "1,234" is a thousand or a fraction; "0,123" and "1,23" can only be fractions.
EITHER = {",": r"^[1-9]\d{0,2},\d{3}$", ".": r"^[1-9]\d{0,2}\.\d{3}$"}
POINT_OF_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(\.\d{3})+$"
COMMA_OF_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(,\d{3})+$"
OPEN: dict[Sign, str] = {",": r"^[+-]?[1-9]\d{0,2},\d{3}$", ".": r"^[+-]?[1-9]\d{0,2}\.\d{3}$"}
HUNDREDS = r"^[+-]?[1-9]\d\d$"
FEWEST_HUNDREDS = 2
BELOW_THOUSAND = r"^[+-]?\d{1,3}$"
# How much wider the values would spread as fractions than as thousands, so that they are none.
MUCH_WIDER = 20
LOOK_ROWS = 1000
FEWEST = 3  # cells with a decimal comma that decide although commas separate the cells


@dataclass(frozen=True)
class Separators:
    """The numbers of a column with a decimal point and without other separators.

    Attributes:
        plain: [K] text, null where the separators fit no number.
        decimal: the decimal sign; None if there is none.
        thousands: the signs between thousands: ",", ".", " ", "'".
        contradiction: two cells that decide differently, or None.
        open: the only sign, if it stands before the last three digits of each cell that has it, so
            that it may also have the other meaning.
    """

    plain: pa.Array
    decimal: Sign | None
    thousands: tuple[str, ...]
    contradiction: tuple[int, int] | None = None
    open: Sign | None = None


def read_separators(
    digits: pa.Array, counts: IntArray, *, decimal_comma: bool, known: Sign | None = None
) -> Separators:
    """Read the separators of a column from all of its cells.

    Args:
        digits: [K] distinct texts of digits and separators; null where a cell is not a number.
        counts: [K] how often each occurs.
        decimal_comma: whether a lone comma may be the decimal sign: in a file whose cells are
            separated by another sign.
        known: the decimal sign of this column in an earlier table, which decides where the cells
            leave it open.

    >>> cells, once = pa.array(["1.097,50", "1.097", "12"]), np.ones(3, dtype=np.int64)
    >>> found = read_separators(cells, once, decimal_comma=False)
    >>> found.plain.to_pylist(), found.decimal, found.thousands
    (['1097.50', '1097', '12'], ',', ('.',))
    """
    has_marks = contain(digits, " ") or contain(digits, "'")
    grouped = matches(digits, GROUPED) if has_marks else np.zeros(len(digits), dtype=np.bool_)
    marks = _separators_in(digits.filter(pa.array(grouped)), " '")
    whole = digits
    if has_marks:
        blank_free = replaced(digits, "[ ']", "")
        whole = pc.if_else(pa.array(grouped | ~matches(digits, "[ ']")), blank_free, None)
    lone: dict[Sign, BoolArray] = {
        ",": _matches(whole, ONE[","], ","),
        ".": _matches(whole, ONE["."], "."),
    }
    either = {sign: lone[sign] & _matches(whole, EITHER[sign], sign) & ~grouped for sign in lone}
    comma = _matches(whole, POINTS_THEN_COMMA, ",.") | _matches(whole, MANY_POINTS, ".")
    comma |= lone[","] & grouped
    point = _matches(whole, COMMAS_THEN_POINT, ",.") | _matches(whole, MANY_COMMAS, ",")
    point |= lone["."] & ~either["."]
    fractions = lone[","] & ~either[","]
    if (
        known == ","
        or decimal_comma
        or comma.any()
        or _same_decimals(whole, fractions, either, point, counts)
    ):
        comma |= fractions
    if comma.any() and point.any():
        return Separators(whole, None, marks, (int(np.argmax(comma)), int(np.argmax(point))))
    if known is not None and not (comma.any() or point.any()):
        return _converted(whole, known, marks)
    if not (comma.any() or point.any()) and either[","].any() and either["."].any():
        pair = int(np.argmax(either[","])), int(np.argmax(either["."]))
        return Separators(whole, None, marks, pair)
    if comma.any() or point.any() or not any(cells.any() for cells in either.values()):
        return _converted(whole, "," if comma.any() else ".", marks)
    sign: Sign = "," if either[","].any() else "."
    if sign == "," and _are_below_thousand(whole):
        return _converted(whole, ".", marks)
    if sign == "," and not decimal_comma:
        return replace(_converted(whole, ".", marks), open=sign)
    if sign == "." and separate_thousands(pa.chunked_array([whole]), ".", is_likely=decimal_comma):
        return _converted(whole, ",", marks)
    return replace(_converted(whole, sign, marks), open=sign)


def _are_below_thousand(whole: pa.Array) -> bool:
    """Whether there are numbers without a sign, and all of them are below a thousand."""
    return bool(matches(whole, BELOW_THOUSAND).any()) and not matches(whole, r"^\d{4,}$").any()


def separate_thousands(text: pa.ChunkedArray, sign: Sign, *, is_likely: bool = True) -> bool:
    """Whether a sign can only separate thousands: "1.230" beside "987" is no fraction.

    Fractions of a fixed width would be "987.000", and those of the shortest form "1.23". Without a
    zero at the end, fractions would be far below the numbers without the sign.

    Args:
        text: the cells.
        sign: a comma or a point.
        is_likely: whether the file may have the other sign as the decimal one. If not, several
            numbers from 100 to 999 are needed: a program may write "0" beside "1.230".

    >>> separate_thousands(pa.chunked_array([["1.230", "2.345", "987"]]), ".")
    True
    >>> separate_thousands(pa.chunked_array([["1,617", "2,463", "670"]]), ",")
    True
    >>> separate_thousands(pa.chunked_array([["1.235", "2.345", "9"]]), ".")
    False
    >>> separate_thousands(pa.chunked_array([["1.230", "2.345", "0"]]), ".", is_likely=False)
    False
    """
    pattern = POINT_OF_THOUSANDS if sign == "." else COMMA_OF_THOUSANDS
    if not _has_only(text, sign, pattern):
        return False
    has_sign = pc.fill_null(pc.match_substring(text, sign), False)
    grouped, others = text.filter(has_sign), text.filter(pc.invert(has_sign)).drop_null()
    if not len(others) or not matches(others, BELOW_THOUSAND).all():
        return False
    if not is_likely and matches(pc.unique(others), HUNDREDS).sum() < FEWEST_HUNDREDS:
        return False
    return bool(matches(grouped, "0$").any()) or _are_far_apart(grouped, others, sign)


def may_be_thousands(text: pa.ChunkedArray, sign: Sign = ",") -> bool:
    """Whether a sign may separate thousands or be the decimal one: only cells as "1,234".

    >>> may_be_thousands(pa.chunked_array([["1,617", "12,463", None]]))
    True
    >>> may_be_thousands(pa.chunked_array([["1.617", "0.463"]]), ".")
    False
    """
    return all_match(text, OPEN[sign])


def _are_far_apart(grouped: pa.ChunkedArray, others: pa.ChunkedArray, sign: Sign) -> bool:
    """Whether the values spread much wider if the sign is the decimal sign."""
    digits = pc.replace_substring(grouped, sign, "")
    thousands = np.abs(pc.cast(digits, pa.float64()).to_numpy())
    below = np.abs(pc.cast(others, pa.float64()).to_numpy())
    below = below[below > 0]
    if not len(below) or matches(grouped, rf"\{sign}.*\{sign}").any():
        return bool(len(below))
    spreads = []
    for values in (thousands, thousands / 1000):
        every = np.concatenate([values, below])
        spreads.append(float(every.max() / every.min()))
    return spreads[1] >= MUCH_WIDER * spreads[0]


def has_only_points_of_thousands(text: pa.ChunkedArray) -> bool:
    """Whether there are points, and each one may separate thousands, as in 1.234.

    >>> has_only_points_of_thousands(pa.chunked_array([["1.234", "5"]]))
    True
    >>> has_only_points_of_thousands(pa.chunked_array([["1.234", "0.5"]]))
    False
    """
    return _has_only(text, ".", POINT_OF_THOUSANDS)


def _has_only(text: pa.ChunkedArray, sign: Sign, pattern: str) -> bool:
    """Whether a sign occurs, and each cell with it matches the pattern."""
    for part in (text.slice(0, LOOK_ROWS), text):  # most columns are decided by their first cells
        signed = matches(part, rf"\{sign}")
        if (matches(part, pattern) != signed).any():
            return False
    return bool(signed.any())


def _same_decimals(
    whole: pa.Array,
    fractions: BoolArray,
    either: dict[Sign, BoolArray],
    point: BoolArray,
    counts: IntArray,
) -> bool:
    """Whether most cells have a lone comma with one number of digits after it, and none a point.

    Such a column has decimal commas even where commas separate the cells of a file: its cells are
    in quotes.
    """
    if point.any() or either[","].any() or either["."].any() or not fractions.any():
        return False
    after = pc.utf8_length(replaced(whole, "^.*,", "")).filter(pa.array(fractions))
    cells = int(counts[fractions].sum())
    written = int(counts[np.asarray(whole.is_valid())].sum())
    return len(pc.unique(after)) == 1 and cells >= max(FEWEST, written / 2)


def _matches(texts: pa.Array, pattern: str, signs: str) -> BoolArray:
    """Whether each text matches a pattern, of which each match has all of the signs."""
    if all(contain(texts, sign) for sign in signs):
        return matches(texts, pattern)
    return np.zeros(len(texts), dtype=np.bool_)


def _separators_in(texts: pa.Array, signs: str) -> tuple[str, ...]:
    return tuple(sign for sign in signs if pc.any(pc.match_substring(texts, sign)).as_py())


def _converted(whole: pa.Array, decimal: Sign, marks: tuple[str, ...]) -> Separators:
    other = "." if decimal == "," else ","
    groups = rf"\d{{1,3}}(\{other}\d{{3}})+"
    if other == ",":
        groups += r"|\d{1,2}(,\d{2})+,\d{3}"
    fits = matches(whole, rf"^(\d+|{groups})(\{decimal}\d*)?$")
    fits &= ~_matches(whole, rf"^0+\{other}", other)  # "0,123" has no thousands
    fits |= _matches(whole, ONE[decimal], decimal)
    fitting = pc.if_else(pa.array(fits), whole, None)
    has_decimal = bool(pc.any(pc.match_substring(fitting, decimal)).as_py())
    thousands = (*_separators_in(fitting, other), *marks)
    plain = pc.replace_substring(pc.replace_substring(fitting, other, ""), decimal, ".")
    return Separators(plain, decimal if has_decimal else None, thousands)
