"""Formats numbers: amounts, shares, changes, columns of numbers."""

import math
from collections.abc import Iterable, Sequence

__all__ = [
    "aligned",
    "amount",
    "between",
    "change",
    "grouped",
    "percent",
    "percent_range",
    "roughly",
    "rounded",
    "shares",
    "tabular",
    "whole_percent",
]

_SHOWN_DIGITS = 3
_LARGEST_SHOWN = 10**20
_DIGITS, _DIGITS_OF_INTERVAL = 4, 3
_LARGE = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_LARGEST_SPOKEN = 1e15  # larger numbers have an exponent
_MINUS = "\N{MINUS SIGN}"


def grouped(number: int) -> str:
    """A whole number with thousands separators; for a very long one, its number of digits.

    >>> grouped(1400), grouped(10**40)
    ('1,400', 'a number of 41 digits')
    """
    if abs(number) < _LARGEST_SHOWN:
        return f"{number:,}"
    return f"a number of {math.floor(math.log10(abs(number))) + 1} digits"


def aligned(values: Iterable[float]) -> list[str]:
    """Format the numbers of one column: three digits of the largest, or whole numbers.

    >>> aligned([1234.5, 7.25, 0])
    ['1,234', '7', '0']
    >>> aligned([0.5, 0.123456]), aligned([1e300, float("nan")])
    (['0.500', '0.123'], ['1.00e+300', '–'])
    """
    numbers = list(values)
    largest = max((abs(v) for v in numbers if math.isfinite(v)), default=0.0)
    if largest >= 1e15 or 0 < largest < 1e-6:
        return [_or_dash(v, ".2e") for v in numbers]
    whole = all(v == round(v) for v in numbers if math.isfinite(v))
    decimals = 0 if whole else max(0, _SHOWN_DIGITS - 1 - math.floor(math.log10(largest)))
    return [_or_dash(v, f",.{decimals}f") for v in numbers]


def percent(share: float) -> str:
    """A share as a percentage with two digits, or with all digits before the point.

    >>> percent(0.2487), percent(0.031), percent(1.0), percent(float("nan"))
    ('25 %', '3.1 %', '100 %', '–')
    """
    return "–" if math.isnan(share) else f"{100 * share:.{0 if share >= 0.0995 else 1}f} %"


def whole_percent(share: float) -> str:
    """A share as a percentage without digits after the point.

    >>> whole_percent(0.2487), whole_percent(0.031), whole_percent(float("nan"))
    ('25 %', '3 %', '–')
    """
    return "–" if math.isnan(share) else f"{100 * share:.0f} %"


def percent_range(low: float, high: float) -> str:
    """Two shares as the ends of a range.

    >>> percent_range(0.583, 1.0)
    '58 to 100 %'
    """
    return f"{100 * low:.0f} to {whole_percent(high)}"


def shares(kept: Sequence[tuple[str, float]], most: int = 4) -> str:
    """The largest of some named shares, in one sentence.

    >>> shares([("1 week before", 0.62), ("2 weeks before", 0.3), ("5 weeks before", 0.08)], most=2)
    '1 week before 62 %, 2 weeks before 30 %, others 8.0 %.'
    """
    named = [f"{name} {percent(share)}" for name, share in kept[:most]]
    if len(kept) > most:
        named.append(f"others {percent(sum(share for _, share in kept[most:]))}")
    return ", ".join(named) + "."


def amount(value: float) -> str:
    """A number with four digits, or as a whole number with thousands separators.

    >>> [amount(value) for value in (0.0123456, 10350.4, 2e20)]
    ['0.01235', '10,350', '2e+20']
    """
    return f"{value:,.0f}" if 1e3 <= abs(value) < 1e15 else f"{value:.4g}"


def roughly(value: float) -> str:
    """A number with two digits.

    >>> [roughly(value) for value in (13_006.2, 0.04567, 7.0, 3e20)]
    ['13,000', '0.046', '7', '3e+20']
    """
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if 10 <= abs(rounded) < 1e15 else f"{rounded:.2g}"


def rounded(value: float) -> str:
    """A number with four digits.

    >>> [rounded(value) for value in (1103871.2, 12345.6, 493.27, 37.0, 0.01234)]
    ['1,104,000', '12,350', '493.3', '37', '0.01234']
    """
    if not math.isfinite(value):
        return "–"
    if abs(value) >= _LARGEST_SPOKEN:
        return _signed(f"{value:.3g}")
    if abs(value) < 10 ** (_DIGITS - 1):
        return _signed(f"{value:.{_DIGITS}g}")
    return _signed(f"{_round(value, _DIGITS):,.0f}")


def between(low: float, high: float) -> str:
    """The ends of an interval in words.

    >>> between(928400, 1312000), between(9312.4, 13094.0), between(0.0, 8.25)
    ('0.93 and 1.31 million', '9,310 and 13,100', '0 and 8.25')
    """
    largest = max(abs(low), abs(high))
    if not math.isfinite(largest) or largest >= _LARGEST_SPOKEN:
        return f"{rounded(low)} and {rounded(high)}"
    for unit, word in _LARGE:
        if largest >= unit:
            decimals = max(0, _DIGITS_OF_INTERVAL - 1 - math.floor(math.log10(largest / unit)))
            ends = (_signed(f"{end / unit:.{decimals}f}") for end in (low, high))
            return f"{' and '.join(ends)} {word}"
    if largest >= 10 ** (_DIGITS_OF_INTERVAL - 1):
        digits = _DIGITS_OF_INTERVAL
        return " and ".join(_signed(f"{_round(end, digits):,.0f}") for end in (low, high))
    return " and ".join(_signed(f"{end:.{_DIGITS_OF_INTERVAL}g}") for end in (low, high))


def change(new: float, old: float) -> str:
    """The change from one amount to another in percent; empty where it has no meaning.

    >>> change(112, 100), change(96.5, 100), change(100, 100), change(5, 0)
    ('+12 %', '−3.5 %', '±0 %', '')
    """
    if not (old > 0 and math.isfinite(new) and math.isfinite(old)):
        return ""
    points = 100 * (new / old - 1)
    if points > 999.5:
        return "> 999 %"
    size = f"{abs(points):.{1 if abs(points) < 9.95 else 0}f}".removesuffix(".0")
    sign = "±" if size == "0" else _MINUS if points < 0 else "+"
    return f"{sign}{size} %"


def tabular(value: float) -> str:
    """A number of a table on a page: three or four digits, thousands in groups.

    >>> [tabular(value) for value in (0.71234, 12.345, 19928.08, 2e9)]
    ['0.712', '12.3', '19,928', '2.00e+09']
    """
    size = abs(value)
    if size >= 1e7 or 0 < size < 1e-3:
        return f"{value:.2e}"
    return f"{value:,.0f}" if size >= 1000 else f"{value:.1f}" if size >= 10 else f"{value:.3f}"


def _or_dash(value: float, form: str) -> str:
    return format(value, form) if math.isfinite(value) else "–"


def _round(value: float, digits: int) -> float:
    """A number with some digits; 0 stays 0."""
    return float(f"{value:.{digits}g}")


def _signed(number: str) -> str:
    """A number with a typographic minus sign, and no sign for 0."""
    if not number.strip("-0.,"):
        return number.lstrip("-")
    return number.replace("-", _MINUS, 1) if number.startswith("-") else number
