"""Formats numbers, times, lists and option names as text for messages.

No other module formats them. An option is written as a Python keyword by default, and as a flag
of the command line inside a command (`option_style`).
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches
from typing import Any

from rich.cells import cell_len

__all__ = [
    "aligned",
    "amount",
    "between",
    "change",
    "columns_of_text",
    "counted",
    "did_you_mean",
    "duration",
    "grouped",
    "joined",
    "listed",
    "option",
    "option_name",
    "option_style",
    "percent",
    "percent_range",
    "plain",
    "printable",
    "printable_lines",
    "roughly",
    "rounded",
    "shares",
    "shown_time",
    "shown_times",
    "tabular",
    "whole_percent",
]

OptionStyle = Callable[[str, str | None], str]

_SHOWN_DIGITS = 3
_LARGEST_SHOWN = 10**20
_DIGITS, _DIGITS_OF_INTERVAL = 4, 3
_LARGE = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_LARGEST_SPOKEN = 1e15  # larger numbers have an exponent
_MINUS = "\N{MINUS SIGN}"
_QUOTED = re.compile(r"""`[^`]+`|"[^"]+\"""")
_JOINERS = "\u200c\u200d"  # inside of words in Persian and Hindi, and of emoji
_LISTS = ("covariates", "past_covariates", "level", "quantiles", "against")


def option(name: str, value: str | None = None) -> str:
    """The text of an option in a message, in the current style.

    >>> option("time_col"), option("freq", "YS"), option("covariates")
    ('time_col=', 'freq="YS"', 'covariates=[…]')
    """
    return _style.get()(name, value)


def option_name(name: str) -> str:
    """How a sentence names an option in the current style, as in "top_p is 2.0. Expected …".

    >>> option_name("top_p")
    'top_p'
    """
    style = _style.get()
    return name if style is _keyword else style(name, None)


@contextmanager
def option_style(style: OptionStyle) -> Iterator[None]:
    """Write options in another style inside the block.

    Args:
        style: maps the name of a parameter, and its value or None, to text.

    >>> with option_style(lambda name, value: f"--{name} {value or ''}".strip()):
    ...     option("freq", "YS")
    '--freq YS'
    """
    token = _style.set(style)
    try:
        yield
    finally:
        _style.reset(token)


def _keyword(name: str, value: str | None) -> str:
    """The style for Python users."""
    if value is not None:
        return f'{name}="{value}"'
    if name == "wide":
        return "wide=True"
    return f"{name}=[…]" if name in _LISTS else f"{name}="


_style: ContextVar[OptionStyle] = ContextVar("option_style", default=_keyword)


def listed(names: Iterable[object], limit: int = 8) -> str:
    """Column or series names in backticks, at most `limit` of them.

    >>> listed(["ds", "y"])
    '`ds`, `y`'
    >>> listed(range(5), limit=2)
    '`0`, `1` and 3 more'
    """
    shown = [f"`{name}`" for name in names]
    more = len(shown) - limit
    return ", ".join(shown) if more <= 0 else f"{', '.join(shown[:limit])} and {more} more"


def joined(parts: Sequence[str]) -> str:
    """Parts of a sentence with commas, and "and" before the last one.

    >>> joined(["Monday"]), joined(["Monday", "Tuesday", "Friday"])
    ('Monday', 'Monday, Tuesday and Friday')
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A suggestion if `word` is similar to a known word, else an empty text.

    >>> did_you_mean("untis", ["units", "orders"])
    ' Did you mean `units`?'
    >>> did_you_mean("xyz", ["units"])
    ''
    """
    spellings = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), spellings, n=1, cutoff=0.6)
    return f" Did you mean `{spellings[close[0]]}`?" if close else ""


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun.

    >>> counted(1, "row"), counted(2000, "row"), counted(3, "series", "series")
    ('1 row', '2,000 rows', '3 series')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


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


def columns_of_text(
    heads: list[str], content: list[list[str]], *, left: int = 1, gap: str = "  "
) -> list[str]:
    """Lay out columns of text as lines, the first `left` of them flush left.

    >>> for line in columns_of_text(["day", "sold"], [["Mon", "Tue"], ["7", "12"]]):
    ...     print(line)
    day  sold
    Mon     7
    Tue    12
    """
    widths = [
        max(map(cell_len, (head, *cells))) for head, cells in zip(heads, content, strict=True)
    ]
    lines = []
    for row in (heads, *zip(*content, strict=True)):
        cells = [
            cell + " " * (width - cell_len(cell))
            if index < left
            else " " * (width - cell_len(cell)) + cell
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(gap.join(cells).rstrip())
    return lines


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


def duration(seconds: float) -> str:
    """A duration as text.

    >>> duration(0.42), duration(17.3), duration(260), duration(7300)
    ('0.4 s', '17 s', '4 min 20 s', '2 h 1 min')
    """
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


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


def plain(method: str) -> str:
    """The name of a method in plain words.

    >>> plain("seasonal_naive"), plain("AutoETS")
    ('seasonal naive', 'AutoETS')
    """
    return method.replace("_", " ")


def printable(label: str, *, ascii_only: bool = False) -> str:
    r"""Make control characters visible: a terminal executes them and XML forbids them.

    These are escape sequences, line feeds, and marks that turn the direction of the text. Blanks of
    other widths become blanks.

    Args:
        label: any text, such as the name of a column or series.
        ascii_only: whether to replace characters outside ASCII by "?".

    >>> printable("caf\u00e9\x1b[31m", ascii_only=True), printable("a\u202eb\nc")
    ('caf?\\x1b[31m', 'a\\u202eb\\nc')
    """
    if not label.isprintable():
        label = "".join(map(_visible, label))
    return label.encode("ascii", "replace").decode() if ascii_only else label


def printable_lines(content: str) -> str:
    r"""Make control characters visible, but keep tabs, and lines outside of quoted names.

    >>> printable_lines("a\x1b[31m.wav\nb")
    'a\\x1b[31m.wav\nb'
    >>> printable_lines("No column `a\nb`.\nTry again.")
    'No column `a\\nb`.\nTry again.'
    """
    if content.isprintable():
        return content
    lined = _QUOTED.sub(lambda found: printable(found[0]), content)
    return "".join(each if each in "\n\t" else _visible(each) for each in lined)


def _visible(character: str) -> str:
    """One character, or its escape: that of Python, and above U+0020 that of JSON too."""
    if character.isprintable() or character in _JOINERS:
        return character
    if unicodedata.category(character) == "Zs":  # a blank of another width
        return " "
    if character < " ":
        return repr(character)[1:-1]
    point = ord(character)
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def shown_time(time: Any) -> str:
    """A time for a message: without the time of day at midnight, without empty fractions.

    >>> import numpy as np
    >>> shown_time(np.datetime64("2021-04-30T00:00:00.000000000")), shown_time(7)
    ('2021-04-30', '7')
    """
    import numpy as np  # imported here, so that `gated --help` stays fast

    if not isinstance(time, np.datetime64):
        return str(time)
    for unit, length in (("D", 10), ("m", 16), ("s", 19)):
        if time == time.astype(f"M8[{unit}]"):
            return str(time)[:length].replace("T", " ")
    return str(time).rstrip("0").replace("T", " ")


def shown_times(times: Iterable[Any]) -> list[str]:
    """Times or labels of one column as text: if one has a time of day, all dates have one.

    >>> import numpy as np
    >>> shown_times(np.array(["2024-05-13T23:00", "2024-05-14T00:00"], "M8[ns]"))
    ['2024-05-13 23:00', '2024-05-14 00:00']
    """
    texts = [shown_time(time) for time in times]
    if {len(text) for text in texts} == {10, 16} and all(text[4] == "-" for text in texts):
        return [text if len(text) == 16 else f"{text} 00:00" for text in texts]
    return texts


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
