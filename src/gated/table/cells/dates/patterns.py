"""Reads dates with a strptime pattern, and finds the pattern that fits a cell."""

import re
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import IntArray
from gated.errors import UsageError
from gated.text import option

__all__ = ["fitting_pattern", "times_by_pattern"]

CLOCK = re.compile(
    r"(?P<before>T|,?\s+)\d{1,2}:\d{2}(?P<second>:\d{2})?(?P<fraction>[.,]\d{1,6})?"
    r"(?P<space>\s?)(?P<half>[AaPp][Mm])?(?P<gap>\s*)(?P<offset>Z|[+-]\d{2}:?\d{2})?$"
)
DIGITS = {
    "Y": r"\d{4}", "m": r"0[1-9]|1[0-2]", "d": r"0[1-9]|[12]\d|3[01]", "H": r"[01]\d|2[0-3]",
    "M": r"[0-5]\d", "S": r"[0-5]\d",
}  # fmt: skip
DAY_AND_MONTH = re.compile(r"%d.*%[mbB]|%[mbB].*%d", re.S)
WITH_YEAR = re.compile(r"%[YyGcx]")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOT_READ = (int(np.iinfo(np.int64).min), 0)
BELOW_MICROSECONDS = re.compile(r"(?<=[.,]\d{6})\d{1,3}(?!\d)")  # digits of a fraction
PATTERN_FAULT = re.compile(r"^(?!time data|unconverted data).*(directive|stray %)", re.S)


def fitting_pattern(cell: str, order: str) -> str:
    """The strptime pattern of a cell of numbers.

    Args:
        cell: a date with or without a time of day.
        order: the meaning of its numbers, "d", "m" and "y", from left to right.

    >>> fitting_pattern("01-02-2019", "dmy"), fitting_pattern("1/2/24 0:00", "mdy")
    ('%d-%m-%Y', '%m/%d/%y %H:%M')
    """
    clock = CLOCK.search(cell)
    date, after = (cell[: clock.start()], _clock_pattern(clock)) if clock else (cell, "")
    meanings = iter(order)

    def code(number: re.Match[str]) -> str:
        meaning = next(meanings, "")
        return "%Y" if meaning == "y" and len(number[0]) == 4 else f"%{meaning}"

    return re.sub(r"\d+", code, date.replace("%", "%%")) + after


def _clock_pattern(clock: re.Match[str]) -> str:
    seconds = ":%S" if clock["second"] else ""
    fraction = f"{clock['fraction'][0]}%f" if clock["fraction"] else ""
    half = f"{clock['space']}%p" if clock["half"] else ""
    offset = f"{clock['gap']}%z" if clock["offset"] else ""
    hour = "%I" if clock["half"] else "%H"
    return f"{clock['before']}{hour}:%M{seconds}{fraction}{half}{offset}"


def times_by_pattern(texts: pa.Array, pattern: str) -> tuple[IntArray, IntArray]:
    """Read texts with a strptime pattern.

    Returns:
        [K] whole seconds since 1970 (the minimum of int64 where unreadable), and the nanoseconds
        within the second: dates of any year fit.

    Raises:
        UsageError: `pattern` is empty, has no year, or is not a strptime pattern.
    """
    if not pattern.strip():
        raise UsageError(
            f"{option('time_format')} is empty. Expected strptime codes such as "
            '"%d/%m/%Y %H:%M", or no format, to detect it from the dates.'
        )
    if DAY_AND_MONTH.search(pattern) and not WITH_YEAR.search(pattern):
        raise UsageError(
            f"{option('time_format', pattern)} has no year. Expected %Y, or %y for a year of two "
            "digits; write the year in every cell if it is not there, as in 2021-04-30."
        )
    seconds, rest = _plain_seconds(texts, pattern), np.zeros(len(texts), dtype=np.int64)
    others = np.flatnonzero(seconds == NOT_READ[0])
    found = [_parsed(text, pattern) for text in texts.take(pa.array(others)).to_pylist()]
    if found:
        seconds[others], rest[others] = np.array(found, dtype=np.int64).T
    return seconds, rest


def _plain_seconds(texts: pa.Array, pattern: str) -> IntArray:
    """The seconds of texts of numbers with all their digits, at once; NOT_READ of the others."""
    seconds = np.full(len(texts), NOT_READ[0])
    codes = re.findall(r"%(.)", pattern)
    if not {"Y", "m", "d"} <= set(codes) <= set(DIGITS) or len(set(codes)) < len(codes):
        return seconds
    literals = map(re.escape, re.split(r"%.", pattern))
    groups = [*(f"(?P<{code}>{DIGITS[code]})" for code in codes), ""]
    form = "".join(literal + group for literal, group in zip(literals, groups, strict=True))
    cells = pc.extract_regex(texts, f"^{form}$")
    rows = np.flatnonzero(cells.is_valid().to_numpy(zero_copy_only=False))
    part = dict.fromkeys(DIGITS, np.zeros(len(rows), dtype=np.int64))
    for code in codes:
        digits = pc.struct_field(cells, code).take(pa.array(rows))
        part[code] = np.asarray(digits.cast(pa.int64()).to_numpy())
    month = (part["Y"] - 1970) * 12 + part["m"] - 1
    day = month.astype("M8[M]").astype("M8[D]").astype(np.int64) + part["d"] - 1
    clock = (part["H"] * 60 + part["M"]) * 60 + part["S"]
    is_day = (day.astype("M8[D]").astype("M8[M]").astype(np.int64) == month) & (part["Y"] > 0)
    seconds[rows[is_day]] = (day * 86_400 + clock)[is_day]
    return seconds


def _parsed(text: str, pattern: str) -> tuple[int, int]:
    """The seconds since 1970 and the nanoseconds of a text; `NOT_READ` if it does not fit."""
    nanoseconds = 0
    if "%f" in pattern and (digits := BELOW_MICROSECONDS.search(text)):  # Python reads six
        text = text[: digits.start()] + text[digits.end() :]
        nanoseconds = int(digits[0].ljust(3, "0"))
    try:
        moment = datetime.strptime(text, pattern)
    except (ValueError, re.error) as problem:
        if isinstance(problem, ValueError) and not PATTERN_FAULT.search(str(problem)):
            return NOT_READ
        raise UsageError(
            f"{option('time_format', pattern)} is not a pattern for dates ({problem}). "
            'Expected strptime codes such as "%d/%m/%Y %H:%M".'
        ) from problem
    if "%V" in pattern and _numbers(moment.strftime(pattern)) != _numbers(text):
        return NOT_READ  # Python reads week 53 of a year without it as week 1 of the next one
    if moment.tzinfo is not None and "%z" in pattern:
        moment = moment.astimezone(UTC)
    passed = moment.replace(tzinfo=UTC) - EPOCH
    return passed.days * 86_400 + passed.seconds, passed.microseconds * 1000 + nanoseconds


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]
