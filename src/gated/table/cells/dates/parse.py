"""Parses dates written as text into nanoseconds; each date form is one pattern.

The form that matches most of the texts is used for all of them. The values decide whether
04/05/2021 begins with the day or the month; if they do not, the error requests a format.
"""

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from gated.arrays import BoolArray, IntArray
from gated.errors import DataError
from gated.table.cells.dates.clock import (
    clock_label,
    clock_of,
    offset_of,
    pieces_of,
    span_notes,
    zone_notes,
)
from gated.table.cells.dates.forms import (
    FORMS,
    MORE_THAN_MONTHS,
    SEASON,
    Form,
    date_texts,
    matching_forms,
)
from gated.table.cells.dates.order import Order, choose_order, ordered
from gated.table.cells.dates.patterns import times_by_pattern
from gated.table.cells.dates.short_years import (
    refuse_turn_of_short_years,
    seconds_of_short_years,
    short_year_notes,
)
from gated.table.cells.dates.spans import (
    DAY,
    FIRST_YEAR,
    LAST_YEAR,
    NOT_A_TIME,
    SECOND,
    are_buddhist,
    days_of,
    full_year,
    part,
)
from gated.table.cells.dates.swapped import unswapped
from gated.table.cells.dates.without_year import refuse_days_without_year
from gated.table.cells.regex import extracted, matches
from gated.text import option

__all__ = ["ParsedDates", "parse_dates"]

ISO = FORMS[0]
SHORT_YEAR = next(form for form in FORMS if form.shape.endswith(r"(?P<r>\d{2})$"))
QUARTERS_IN_YEAR = 4


@dataclass(frozen=True)
class ParsedDates:
    """Texts as times.

    Attributes:
        wall: [K] int64 ns, the wall clock time as written; `NOT_A_TIME` where unreadable.
        offset: [K] int64 ns east of UTC; 0 where none is written.
        has_offset: [K] bool, whether an offset is written.
        too_far: [K] bool, a date, but outside the years that nanoseconds can represent.
        label: the format of the dates, as a person would write it.
        day_first: for formats such as 04/05/2021: whether the day is first.
        notes: how the order of day and month was decided, and what the dates stand for.
        form: the name of the written form; "" for a given pattern.
    """

    wall: IntArray
    offset: IntArray
    has_offset: BoolArray
    too_far: BoolArray
    label: str
    day_first: bool | None = None
    notes: tuple[str, ...] = ()
    form: str = ""


def parse_dates(
    texts: pa.Array,
    where: str,
    time_format: str | None = None,
    day_first: bool | None = None,
    form: str = "",
) -> ParsedDates:
    """Read distinct texts (no nulls) as dates with or without times and offsets.

    Args:
        texts: [K] strings.
        where: file and column, for the beginning of a message ("sales.csv: ds").
        time_format: a strptime pattern to use in place of the known forms.
        day_first: whether the day is first; None to infer it from the texts.
        form: the name of the form of the past table, used if it matches as many texts as others.

    Raises:
        DataError: the values do not decide between day first and month first, or match no known
            form.
        UsageError: `time_format` is not a strptime pattern.
    """
    if time_format is not None:
        return _parse_with_format(texts, time_format, where)
    pieces = pieces_of(texts)
    dates = date_texts(pieces)
    matches = matching_forms(dates)
    if not matches:
        raise _no_form(texts, where)
    chosen = _choose_form(matches, dates, form)
    matched = matches[chosen]
    parts = extracted(dates, chosen.shape)
    clock, clock_ok = clock_of(pieces)
    label, notes = chosen.label, [chosen.note] if chosen.note else []
    if "p" in chosen.parts:
        order = _order_of(chosen, parts, matched, clock, texts, where, day_first)
        parts, label = ordered(parts, order.name), order.label
        day_first = None if order.is_open else order.name == "dmy"
        label = label.replace("YYYY", "YY") if chosen is SHORT_YEAR else label
        notes += [order.note] if order.note else []
    elif "t" in chosen.parts:
        parts, note = _quarters_or_thirds(parts)
        notes.append(note)
    elif chosen.label in ("Mon YY", "YY Mon") and form != chosen.label:
        refuse_days_without_year(parts, matched, texts, where)
    refuse_turn_of_short_years(part(parts, "y", 0), full_year(parts), texts, where)
    days, too_far = days_of(parts)
    days, matched, more = _mixed(chosen, parts, matches, dates, days, clock)
    readable = matched & clock_ok & (days != NOT_A_TIME)
    wall = np.where(readable, np.where(readable, days, 0) * DAY + clock, NOT_A_TIME)
    offset, has_offset = offset_of(pieces)
    example = dates[int(np.argmax(matched))].as_py()
    label = _with_separator(label, example) + clock_label(pieces)
    notes += [*more, *_year_notes(parts), *zone_notes(pieces), *span_notes(texts)]
    return ParsedDates(
        wall, offset, has_offset, too_far, label, day_first, tuple(notes), chosen.label
    )


def _choose_form(matches: dict[Form, BoolArray], dates: pa.Array, past: str) -> Form:
    """The form of most dates; the form of the past table, or the first one, in a tie."""
    count = {form: int(matched.sum()) for form, matched in matches.items()}
    if SEASON in count and past != SEASON.label and not _are_seasons(matches, dates):
        del count[SEASON]
    for weeks in MORE_THAN_MONTHS:
        if weeks in count and past != weeks.label and not _are_weeks(matches, dates, weeks):
            del count[weeks]
        elif weeks in count:
            return weeks
    most = max(count.values(), default=0)
    best = [form for form in count if count[form] == most] or [SEASON]
    if SEASON in best:
        return SEASON
    return next((form for form in best if form.label == past), best[0])


def _are_seasons(matches: dict[Form, BoolArray], dates: pa.Array) -> bool:
    """Whether 2000-01 is a pair of years: in all cells, the second part follows the first."""
    shaped = dates.filter(pa.array(matches[SEASON]))
    parts = extracted(shaped, SEASON.shape)
    first, second = part(parts, "y", 0), part(parts, "n", 0)
    follows = bool(((first + 1) % 100 == second % 100).all())
    is_long = bool((second >= 100).all() or (second == 0).any() or (second > 12).any())
    return follows and (is_long or len(np.unique(first)) > 1)


def _are_weeks(matches: dict[Form, BoolArray], dates: pa.Array, weeks: Form) -> bool:
    """Whether 17/2021 is a week: most of the numbers are no months, and none is above 53."""
    parts = extracted(dates.filter(pa.array(matches[weeks])), weeks.shape)
    numbers = part(parts, "w", 0)
    is_whole = bool(matches[weeks].mean() > 0.5)
    return is_whole and bool((numbers > 12).mean() > 0.5 and (numbers <= 53).all())


def _order_of(
    form: Form,
    parts: pa.StructArray,
    matched: BoolArray,
    clock: IntArray,
    texts: pa.Array,
    where: str,
    day_first: bool | None,
) -> Order:
    if day_first is not None:
        return Order("dmy" if day_first else "mdy")
    return choose_order(parts, matched, clock, texts, where)


def _quarters_or_thirds(parts: pa.StructArray) -> tuple[pa.StructArray, str]:
    """2012T1 is a quarter (trimestre); without any T4 in several years, a third of the year."""
    numbers, years = part(parts, "t", 0), full_year(parts)
    written = years > 0
    has_fourth = bool((numbers == QUARTERS_IN_YEAR).any())
    if has_fourth or len(np.unique(years[written])) < 2:
        names = ["q" if field.name == "t" else field.name for field in parts.type]
        note = "T1 to T4 are quarters; each one is written as its first day."
        return pa.StructArray.from_arrays(parts.flatten(), names=names), note
    return parts, (
        "T1 to T3 were read as the thirds of a year, because there is no T4; each one is written "
        "as its first day."
    )


def _mixed(
    chosen: Form,
    parts: pa.StructArray,
    matches: dict[Form, BoolArray],
    dates: pa.Array,
    days: IntArray,
    clock: IntArray,
) -> tuple[IntArray, BoolArray, list[str]]:
    """Complete dates of which a spreadsheet swapped some and left the others as text."""
    matched = matches[chosen]
    text_form = next((form for form in matches if "p" in form.parts), None)
    if ISO not in matches or (chosen != ISO and chosen != text_form):
        return days, matched, []
    if text_form is None:
        swapped, changed = unswapped(parts, matched, days, clock)
        return swapped, matched, [SWAPPED] if changed else []
    both = matches[ISO] | matches[text_form]
    texts = extracted(dates, text_form.shape)
    day, month = part(texts, "p", 0), part(texts, "s", 0)
    is_text = matches[text_form]
    if not both.all() or not ((day > 12)[is_text].all() or (month > 12)[is_text].all()):
        return days, matched, []
    order = "dmy" if (day > 12)[is_text].all() else "mdy"
    iso_parts = parts if chosen == ISO else extracted(dates, ISO.shape)
    together = np.where(is_text, days_of(ordered(texts, order))[0], days_of(iso_parts)[0])
    together, changed = unswapped(iso_parts, matches[ISO], together, clock)
    return together, both, [SWAPPED] if changed else [TWO_FORMS]


SWAPPED = (
    "Day and month are swapped in some dates, as by a spreadsheet; they were swapped back, "
    "because only so the times are regular."
)
TWO_FORMS = "Dates are written in two forms, with the year first and with the year last."


def _year_notes(parts: pa.StructArray) -> list[str]:
    written, year = part(parts, "y", 0), full_year(parts)
    if are_buddhist(written):
        latest = int(np.argmax(written))
        return [f"Buddhist years: {written[latest]} as {year[latest]}."]
    return short_year_notes(written, year)


def _with_separator(label: str, example: str) -> str:
    """The label of a format of numbers with the separator of an example.

    >>> _with_separator("DD/MM/YYYY", "01.07.2024"), _with_separator("Mon DD, YYYY", "Jul 1, 2024")
    ('DD.MM.YYYY', 'Mon DD, YYYY')
    """
    separator = re.fullmatch(r"\d+([-/.])[-/.\d]+", example)
    return re.sub("[-/]", separator[1], label) if separator else label


def _no_form(texts: pa.Array, where: str) -> DataError:
    has_digit = matches(texts, r"\d")
    example = texts[int(np.argmax(has_digit))].as_py()
    return DataError(
        f'{where} "{example}" is not a date. Expected a form such as 2021-04-30, 2021-04, '
        f"2021-W17, 2021-Q2 or 2021-04-30 16:00; or give the format with "
        f"{option('time_format', '%d.%m.%y')}."
    )


_SHORT_YEAR, _WEEKS = (re.compile(rf"(?<!%)(?:%%)*%[{codes}]") for codes in ("yx", "UW"))


def _parse_with_format(texts: pa.Array, time_format: str, where: str) -> ParsedDates:
    seconds, rest = times_by_pattern(texts, time_format)
    is_time = seconds != NOT_A_TIME
    is_short = bool(_SHORT_YEAR.search(time_format)) and not _WEEKS.search(time_format)
    if is_short:
        seconds = seconds_of_short_years(seconds, is_time)
    years = seconds.astype("M8[s]").astype("M8[Y]").astype(np.int64) + 1970
    notes: list[str] = []
    if is_short:
        read = np.where(is_time, years, 0)
        refuse_turn_of_short_years(read % 100, read, texts, where)
        notes = short_year_notes(read % 100, read)
    too_far = is_time & ((years < FIRST_YEAR) | (years > LAST_YEAR))
    usable = is_time & ~too_far
    wall = np.where(usable, np.where(usable, seconds, 0) * SECOND + rest, NOT_A_TIME)
    aware = np.full(len(texts), "%z" in time_format)
    zero = np.zeros_like(wall)
    return ParsedDates(wall, zero, aware, too_far, time_format, notes=tuple(notes))
