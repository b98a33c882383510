"""Reads the time of day and the offset from UTC that follow a date."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray, IntArray
from gated.table.cells.dates.code_before import without_code
from gated.table.cells.dates.spans import SECOND, part
from gated.table.cells.regex import all_match, any_matches, extracted, replaced
from gated.table.cells.written.flags import contain, flags

__all__ = [
    "DATE_AND_TIME",
    "PLAIN_DATE",
    "clock_label",
    "clock_of",
    "offset_of",
    "pieces_of",
    "span_notes",
    "with_colons",
    "zone_notes",
]

LOOK = 20  # texts that show how clocks are written

# The end of an interval after its start: 01.01.2024 00:00 - 01.01.2024 01:00.
UNTIL = (
    r"(?:\s+(?:[-–]|to|bis|til)\s+(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\s+)?\d{1,2}:\d{2}\S*"
    r"(?:\s?[AaPp][Mm])?)?"
)
DATE_AND_TIME = (
    r"^(?P<date>.*?)"
    r"(?:(?:T|,?\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r"\s?(?P<half>[AaPp]\.?\s?[Mm]\.?)?\s*(?P<offset>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
    rf"\s*(?P<zone>[A-Z]{{1,4}}T)?{UNTIL})?$"  # PST, CEST
)
PIECES = re.findall(r"\?P<(\w+)>", DATE_AND_TIME)
# The most frequent dates, which have no other form than their own and are no numbers.
PLAIN_DATE = (
    r"^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})"
    r"(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?$"
)
# A day with its year, and the separators of which the spans of days are told apart.
WHOLE_DAY = (
    r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\d{1,2}\.\d{2,4}|\d{1,2}/\d{1,2}/\d{2,4}|"
    r"[A-Za-z]{3,9}\.? \d{1,2}, \d{4}|\d{1,2}\.? [A-Za-z]{3,9}\.? \d{4})"
)
# The first and the last day of a week, or of another span of days.
SPAN_OF_DAYS = rf"^({WHOLE_DAY}) ?(?:/|-|–|—|to|bis|until) ?{WHOLE_DAY}$"
WEEK_OF = (
    r"^(?i:week (?:of|commencing|beginning|starting|ending|ended)|w/[ce]|woche (?:vom|ab)|"
    r"semaine du):? (.*\d.*)$"
)
CODE_NOTE = "The code before the months was cut."
SPANS_NOTE = "Each span of days is written as its first day."
# Clocks without colons: 20240101:0011, 20240101T001100 and 01/01/2024 13H. In Japan, China and
# Korea the weekday stands in brackets behind the date: 2024/1/5(金).
COMPACT_CLOCKS = (
    (r"^(\S*\d\S*?)\s?[(（](?:[月火水木金土日一二三四五六월화수목금토일])[)）]", r"\1"),
    (r"^(\d{8})[:T_ ](\d{2})(\d{2})(\d{2})(Z|[+-]\d{2}:?\d{2})?$", r"\1 \2:\3:\4\5"),
    (r"^(\d{8})[:T_ ](\d{2})(\d{2})(Z|[+-]\d{2}:?\d{2})?$", r"\1 \2:\3\4"),
    (r"^(\d{1,2}[A-Za-z]{3}\d{2,4}):(\d{2}:\d{2}.*)$", r"\1 \2"),  # SAS: 01JAN2024:13:00:00
    (r"^(.*\d{4}.*[T ])(\d{1,2}) ?(?:[Hh]|Uhr)$", r"\1\2:00"),
    (r"^(.*\d:\d{2}) ?(?:h|hrs?|Uhr|klo|val)\.?$", r"\1"),  # 01.01.2024 13:00 Uhr
    (r"^(.*\d{4}) (?:um|kl\.?|klo|om|at|a las|à) (\d{1,2}[:.]\d{2}.*)$", r"\1 \2"),
    (r"^(.*\d{4},? )(\d{1,2})h(\d{2})$", r"\1\2:\3"),  # 31/01/2024 13h30
    (r"^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4},?) (\d{1,2})\.(\d{2})$", r"\1 \2:\3"),
    (r"^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4},?) (\d{1,2})\.(\d{2})\.(\d{2})$", r"\1 \2:\3:\4"),
    (r"^(.*\d) ?@ ?(\d{1,2}:\d{2}.*)$", r"\1 \2"),  # Kibana: Jan 1, 2024 @ 13:00:00.000
    (r"^(\d{1,2}/[A-Za-z]{3}/\d{4}):(\d{2}:\d{2}.*)$", r"\1 \2"),  # Apache: 01/Jan/2024:13:00:00
    (SPAN_OF_DAYS, r"\1"),
    (WEEK_OF, r"\1"),
)


def pieces_of(texts: pa.Array) -> pa.StructArray:
    """The parts of `DATE_AND_TIME` in trimmed texts: the date, and what follows it, or "".

    >>> pieces_of(pa.array(["20240101:0011", "Jan 5"])).field("date").to_pylist()
    ['20240101', 'Jan 5']
    """
    texts = with_colons(texts)
    if contain(texts, ":") or contain(texts, "\n"):
        return extracted(texts, DATE_AND_TIME)
    nothing = pa.repeat("", len(texts))
    columns = dict.fromkeys(PIECES, nothing) | {"date": texts}
    return pa.StructArray.from_arrays(list(columns.values()), names=list(columns))


def with_colons(texts: pa.Array) -> pa.Array:
    """Texts with colons in the time of day, where it is written without, and without a weekday.

    >>> with_colons(pa.array(["20240101:0011", "2024-01-01 13H", "2024/1/5(金)"])).to_pylist()
    ['20240101 00:11', '2024-01-01 13:00', '2024/1/5']
    """
    if all_match(texts[:LOOK], PLAIN_DATE):
        return texts
    for pattern, written in COMPACT_CLOCKS:
        if any_matches(texts[:LOOK], pattern):
            texts = replaced(texts, pattern, written)
    return without_code(texts)


def span_notes(texts: pa.Array) -> list[str]:
    """Notes on spans of days, such as 2024-01-01/2024-01-07, and on a code before months.

    >>> span_notes(pa.array(["2024-01-01/2024-01-07"]))
    ['Each span of days is written as its first day.']
    """
    if all_match(texts[:LOOK], PLAIN_DATE):
        return []
    are_spans = any_matches(texts[:LOOK], SPAN_OF_DAYS)
    notes = [SPANS_NOTE] if are_spans else []
    return notes if without_code(texts) is texts else [*notes, CODE_NOTE]


def clock_of(pieces: pa.StructArray) -> tuple[IntArray, BoolArray]:
    """Nanoseconds since midnight, and whether the time of day is valid."""
    if not flags(pc.not_equal(pc.struct_field(pieces, "hour"), "")).any():
        return np.zeros(len(pieces), dtype=np.int64), np.ones(len(pieces), dtype=np.bool_)
    hour, minute = part(pieces, "hour", 0), part(pieces, "minute", 0)
    second = part(pieces, "second", 0)
    fraction = pc.utf8_rpad(pc.fill_null(pc.struct_field(pieces, "part"), ""), 9, padding="0")
    nanosecond = np.asarray(pc.cast(fraction, pa.int64()).to_numpy(), dtype=np.int64)
    half = pc.utf8_slice_codeunits(pc.utf8_lower(pc.struct_field(pieces, "half")), 0, 1)
    is_half = flags(pc.not_equal(half, ""))
    possible = np.where(is_half, (hour >= 1) & (hour <= 12), hour <= 23)
    # The last hour of a day may be written as its end: 24:00 is 0:00 of the next day.
    possible |= ~is_half & (hour == 24) & (minute == 0) & (second == 0) & (nanosecond == 0)
    possible &= (minute <= 59) & (second <= 59)
    hour = np.where(is_half, hour % 12 + 12 * flags(pc.equal(half, "p")), hour)
    return ((hour * 60 + minute) * 60 + second) * SECOND + nanosecond, possible


def offset_of(pieces: pa.StructArray) -> tuple[IntArray, BoolArray]:
    """Nanoseconds east of UTC, and whether an offset is written."""
    text = pc.struct_field(pieces, "offset")
    is_written = flags(pc.not_equal(text, ""))
    if not is_written.any():
        return np.zeros(len(pieces), dtype=np.int64), is_written
    fields = extracted(text, r"^(?P<sign>[+-])(?P<hour>\d{2}):?(?P<minute>\d{2})?$")
    seconds = (part(fields, "hour", 0) * 60 + part(fields, "minute", 0)) * 60
    negative = flags(pc.equal(pc.struct_field(fields, "sign"), "-"))
    return np.where(negative, -seconds, seconds) * SECOND, is_written


def clock_label(pieces: pa.StructArray) -> str:
    """The form of the time of day of most texts: "", " HH:MM" or " HH:MM:SS"."""
    has_clock = flags(pc.not_equal(pc.struct_field(pieces, "hour"), "")).mean() > 0.5
    has_second = flags(pc.not_equal(pc.struct_field(pieces, "second"), "")).mean() > 0.5
    return (" HH:MM" if has_clock else "") + (":SS" if has_second else "")


def zone_notes(pieces: pa.StructArray) -> list[str]:
    """A note on names of zones after the times, such as PST and PDT: the wall clock is kept."""
    zones = pc.unique(pc.fill_null(pc.struct_field(pieces, "zone"), "")).to_pylist()
    names = sorted(zone for zone in zones if zone)
    if not names:
        return []
    cut = " and ".join(names)
    return [f"The name of the zone ({cut}) was cut from the times; they stay those of the clock."]
