"""Writes numbers as programs and people write them, and says whether a reader can know them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gated.arrays import FloatArray
from tests.table.fuzz.truths import Choose

__all__ = ["NumberForm", "choose_number_form"]

MARKS = ("", "", "NA", "NaN", "-", "n/a", "null", ".", "..", "#N/A", "k. A.", "***", "N/V")
UNITS = (("", ""),) * 10 + (("", " €"), ("", "%"), ("$", ""), ("€ ", ""), ("", " kWh"), ("", " kr"))


@dataclass(frozen=True)
class NumberForm:
    """A form of numbers.

    Attributes:
        decimal, thousands: the decimal sign, and the sign between thousands.
        is_fixed: whether zeros at the end are written.
        negative: what stands before and after a negative number.
        prefix, suffix: of every number.
        mark: of a missing value.
    """

    decimal: str
    thousands: str
    is_fixed: bool
    negative: tuple[str, str]
    prefix: str
    suffix: str
    mark: str

    def write(self, number: float, decimals: int) -> str:
        if np.isnan(number):
            return self.mark
        text = f"{abs(number):_.{decimals}f}"
        whole, _, fraction = text.partition(".")
        if not self.is_fixed:
            fraction = fraction.rstrip("0")
        text = whole.replace("_", self.thousands)
        if fraction:
            text += self.decimal + fraction
        before, after = self.negative if number < 0 else ("", "")
        return f"{before}{self.prefix}{text}{self.suffix}{after}"

    def is_decidable(
        self, values: FloatArray, decimals: int, *, by_comma: bool, is_foreign: bool
    ) -> bool:
        """Whether the signs in the column can have one meaning only.

        "1,234" may be a thousand or a fraction, unless another number of the column decides, and so
        may "1.234" in a file of a language with decimal commas. In others a point is the decimal
        sign, as programs write it, unless it separates two groups.

        Args:
            values: the numbers of the column.
            decimals: digits after the decimal sign.
            by_comma: whether commas separate the cells of the file.
            is_foreign: whether its separator, or its months, are those of such a language.
        """
        texts = [self.write(abs(number), decimals) for number in values[~np.isnan(values)]]
        texts = [text.removeprefix(self.prefix).removesuffix(self.suffix) for text in texts]
        signed = [text for text in texts if "," in text or "." in text]
        if not signed:
            return True
        either = [bool(re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text)) for text in signed]
        if not all(either):
            # Decimal commas in quotes beside commas between cells: few decide nothing.
            return not (by_comma and self.decimal == "," and not _sure(signed))
        if is_foreign:
            return False
        return self.decimal == "." and self.thousands != "." and any("." in text for text in signed)


def _sure(texts: Sequence[str]) -> bool:
    return any(re.search(r"\..*,|,.*\.", text) for text in texts)


def choose_number_form(choose: Choose, decimals: int) -> NumberForm:  # type: ignore[type-arg]
    """Choose a form of numbers with `decimals` digits after the decimal sign."""
    decimal, thousands = choose(
        ((".", ""), (".", ""), (",", ""), (".", ","), (",", "."), (",", " "), (".", " "),
         (".", "'"), (",", "\u00a0"), (",", "\u202f"))
    )  # fmt: skip
    negative = choose((("-", ""), ("-", ""), ("-", ""), ("\u2212", ""), ("", "-"), ("(", ")")))
    prefix, suffix = choose(UNITS)
    mark = choose(MARKS)
    return NumberForm(decimal, thousands, choose((True, False)), negative, prefix, suffix, mark)
