"""Splits cells into sign, prefix, digits, exponent and suffix: "-$1,234.5M" is -, $, 1,234.5, M."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray
from gated.table.cells.regex import extracted, matches, replaced
from gated.table.cells.written.flags import are_ascii, contain, flags

__all__ = ["Parts", "split_cells"]

# Blanks that separate thousands, and apostrophes as in Switzerland: each as its plain character.
BLANKS = "[\u00a0\u202f\u2007\u2008\u2009\u200a\u3000]"
APOSTROPHES = "[\u2019\u2018\u02bc\u00b4`\u2032]"
FULL_WIDTH = "[\uff01-\uff5e]"  # digits and signs of East Asian keyboards
LONG_MINUS = "^([^\\d]*)[\u2212\u2013\u2014\ufe63](\\s?[^\\d\\s]{0,3}\\s?[\\d.,])"
TRAILING_MINUS = "(\\d)\\s?[\u2212\u2013\u2014]$"
NO_CENTS = "(\\d)[.,](?:-{1,2}|\u2013|\u2014)(\\s*[^\\d]*)$"  # "12.-" and "12,--" are 12 in prices
QUOTED = (r'^="?([^"]*)"?$', r'^"+([^"]*)"+$', r"^'([^']*)'?$")

# A prefix that ends with a letter may have a point ("Rs.500"); after a sign, the point belongs to
# the digits ("$.50").
CELL = (
    r"^(?P<open>\()?\s*(?P<sign>[+-])?\s*"
    r"(?P<prefix>[^\d\s()+.,'-][^\d()+-]*\p{L}\.?|\p{L}\.?|[^\d\s()+.,'-]+)?\s*"
    r"(?P<inner_open>\()?\s*(?P<inner>[+-])?\s*"
    r"(?P<digits>[.,]?\d(?:[\d.,' ]*\d)?[.,]?)(?P<exponent>[eE][+-]?\d+)?"
    r"(?P<after>-)?(?P<gap>\s*)"
    r"(?P<suffix>\([A-Za-z]{1,2}\)|[kcd]?m[23](?:/\p{L}+)?|[^\d\s()+.,'-][^\d()+]*?)?\s*"
    r"(?P<trailing>-)?\s*(?P<close>\))?$"
)
ASCII_CELL = CELL.replace(r"\p{L}", "[A-Za-z]")  # the same for ASCII, and compiled in a tenth


@dataclass(frozen=True)
class Parts:
    """The parts of [K] cells; those of an unreadable cell are null.

    Attributes:
        readable: whether the cell is one number with a prefix and a suffix that have no digits.
        negative: whether there is a minus or a pair of brackets around the number.
        bracketed: whether there is a pair of brackets.
        trailing: whether the minus follows the number.
        prefix, suffix: what stands before and after the number, without blanks; "" for nothing.
        has_gap: whether a blank separates the suffix.
        digits: the digits with their separators; blanks and apostrophes in one form.
        exponent: "e5"; "" without one.
    """

    readable: BoolArray
    negative: BoolArray
    bracketed: BoolArray
    trailing: BoolArray
    prefix: pa.Array
    suffix: pa.Array
    has_gap: BoolArray
    digits: pa.Array
    exponent: pa.Array


def split_cells(texts: pa.Array) -> Parts:
    """Split trimmed texts (no nulls) into their parts.

    >>> parts = split_cells(pa.array(["-$1,234.5M", "(12 %)", "7-", "x5y6"]))
    >>> parts.digits.to_pylist(), parts.suffix.to_pylist()
    (['1,234.5', '12', '7', None], ['M', '%', '', None])
    >>> parts.negative.tolist(), parts.readable.tolist()
    ([True, True, True, False], [True, True, True, False])
    """
    plain = _plain(texts)
    fields = extracted(plain, ASCII_CELL if are_ascii(plain) else CELL)
    if fields.null_count == len(fields):
        return _none_readable(len(fields))

    def part(name: str) -> pa.Array:
        return pc.struct_field(fields, name)

    def has(name: str) -> BoolArray:
        return flags(pc.not_equal(part(name), ""))

    readable = flags(pc.is_valid(part("digits")))
    outer_open, inner_open, closed = has("open"), has("inner_open"), has("close")
    outer_sign, inner_sign = has("sign"), has("inner")
    opened, signed = outer_open | inner_open, outer_sign | inner_sign
    minus = [flags(pc.equal(part(name), "-")) for name in ("sign", "inner", "after", "trailing")]
    signs = sum(flags_of.astype(int) for flags_of in (*minus, signed))
    trailing = minus[2] | minus[3]
    readable &= (opened == closed) & ~(outer_sign & inner_sign)
    readable &= ~(outer_open & inner_open) & (signs <= 2) & ~(trailing & opened)
    readable &= ~(minus[2] & minus[3]) & ~(trailing & signed) & ~(opened & signed)
    return Parts(
        readable=readable,
        negative=readable & (minus[0] | minus[1] | trailing | opened),
        bracketed=readable & opened,
        trailing=readable & trailing,
        prefix=part("prefix"),
        suffix=pc.utf8_trim_whitespace(part("suffix")),
        has_gap=has("gap"),
        digits=part("digits"),
        exponent=part("exponent"),
    )


def _none_readable(count: int) -> Parts:
    never, nothing = np.zeros(count, np.bool_), pa.nulls(count, pa.string())
    return Parts(never, never, never, never, nothing, nothing, never, nothing, nothing)


def _plain(texts: pa.Array) -> pa.Array:
    """The texts with one form of blanks, apostrophes, digits and minus signs, without quotes."""
    if are_ascii(texts):
        if contain(texts, "`"):
            texts = pc.replace_substring(texts, "`", "'")
        texts = _unquoted(texts)
        if contain(texts, ".-") or contain(texts, ",-"):
            texts = replaced(texts, NO_CENTS, r"\1\2")
        return pc.utf8_trim_whitespace(texts)
    wide = matches(texts, FULL_WIDTH)
    if wide.any():
        texts = pc.if_else(pa.array(wide), pc.utf8_normalize(texts, "NFKC"), texts)
    texts = replaced(texts, BLANKS, " ")
    texts = _unquoted(replaced(texts, APOSTROPHES, "'"))
    texts = replaced(texts, NO_CENTS, r"\1\2")
    texts = replaced(texts, LONG_MINUS, r"\1-\2")
    texts = replaced(texts, TRAILING_MINUS, r"\1-")
    return pc.utf8_trim_whitespace(texts)


def _unquoted(texts: pa.Array) -> pa.Array:
    """The texts without quotes around them, and without the sign before them in ="12"."""
    if any(contain(texts, sign) for sign in "=\"'"):
        for pattern in QUOTED:
            texts = replaced(texts, pattern, r"\1")
    return texts
