"""The written forms of dates: one pattern each, for text in plain letters.

A text is first made plain: lower case, without accents, weekday, ordinals and words such as "of".
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray, IntArray
from gated.table.cells.dates.clock import pieces_of
from gated.table.cells.dates.names import MONTH_NAME, WEEKDAY_NAME
from gated.table.cells.dates.scripts import in_latin
from gated.table.cells.regex import all_match, any_matches, matches, replaced
from gated.table.cells.written.flags import are_ascii

__all__ = ["FORMS", "Form", "date_texts", "looks_like_dates", "matching_forms", "without_accents"]

LOOK = 1000  # texts from which the possible forms are taken
DIGITS_ONLY = r"^[\d\-/. ]*$"  # such texts are plain already
CJK_YEAR = "[年년]"
LONG_YEAR = r"(?P<y>\d{4})"  # labels such as V1.20 and S1-20 are no dates
YEAR = r"(?P<y>\d{4}|\d{2})"
NAME = rf"(?P<b>{MONTH_NAME})"
GAP, NO_GAP = r"[-/. ,_']+", r"[-/. ,_']*"
QUARTER = (
    "(?:quarters?|quartals?|quartaal|kwartaal|kwartal|kvartal|trimestre|trimester|trimestr|trim|"
    "ceyrek|quy|triwulan|qtr|kv|q|k)"
)
FISCAL = "(?:fy|gj)"  # of a fiscal year, a Geschäftsjahr
ANY_QUARTER = f"(?:{QUARTER}|kw)"  # kw. is a week in German, and a quarter in Polish
ROMAN = {"iv": 4, "iii": 3, "ii": 2, "i": 1}  # numerals of quarters
HALF = "(?:halbjahr|semestre|semester|half|hj|sem|h|s)"
WEEK = (
    "(?:calendar week|kalenderwoche|week|woche|semaine|semana|settimana|vecka|uke|uge|wk|kw|cw|"
    "sem|w|v|u|s)"
)


@dataclass(frozen=True)
class Form:
    """A written form of dates.

    Attributes:
        label: the form as a person would write it; also its name.
        shape: regular expression of the whole plain text, with named parts. y, b, m, q, t, h, w,
            i, d, j: as in `days_of`; p, s, r: day, month and year, whose order is not known yet;
            n: the second year of a season.
        note: what a reader of the dates must know.
    """

    label: str
    shape: str
    note: str = ""

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts, in their order."""
        return tuple(re.findall(r"\?P<(\w)>", self.shape))

    @cached_property
    def needs_letters(self) -> bool:
        """Whether every text of this form has a letter."""
        written = re.sub(r"\?P<\w>|\\\w|\(\?:[^()]*\)\?", "", self.shape)
        return any(sign.isalpha() for sign in written)


WEEK_NOTE = "Weeks are ISO weeks; each one is written as the date of its Monday."
QUARTERS = "Quarters are written as their first day."
FISCAL_YEARS = (
    "Fiscal years are written as January 1 of the year that they are named by, and their quarters "
    "as if they began then."
)
HALVES = "Half-years are written as their first day."
SEASON_NOTE = "Each pair of years, such as 2000/01, is written as January 1 of its first year."
# Weeks without a letter; `MORE_THAN_MONTHS` are read so only if the numbers are no months.
WEEK_SLASH_YEAR = Form("ww/YYYY", r"^(?P<w>\d{1,2})[-/. ]+(?P<y>\d{4})$", WEEK_NOTE)
YEAR_SLASH_WEEK = Form("YYYY-ww", r"^(?P<y>\d{4})[-/. ]+(?P<w>\d{1,2})$", WEEK_NOTE)
MORE_THAN_MONTHS = (WEEK_SLASH_YEAR, YEAR_SLASH_WEEK)
# In a tie, the first form is taken.
FORMS = (
    Form("YYYY-MM-DD", r"^(?P<y>\d{4})[-/. ]+(?P<m>\d{1,2})[-/. ]+(?P<d>\d{1,2})\.?$"),
    Form("YYYY-MM", r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})$"),
    Form("YYYY/YY", r"^(?:fy *)?(?P<y>\d{4})[-/](?P<n>\d{4}|\d{2})$", SEASON_NOTE),
    Form("YYYYMMDD", r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})$"),
    Form("YYYY-DDD", r"^(?P<y>\d{4})-(?P<j>\d{3})$"),
    Form(
        "DD/MM/YYYY or MM/DD/YYYY",
        r"^(?P<p>\d{1,2})[-/. ]+(?P<s>\d{1,2})[-/. ]+(?P<r>\d{4})$",
    ),
    Form(
        "DD/MM/YY or MM/DD/YY",
        r"^(?P<p>\d{1,2})(?:[-/ ]|\. ?)(?P<s>\d{1,2})(?:[-/ ]|\. ?)(?P<r>\d{2})$",
    ),
    Form("MM/YYYY", r"^(?P<m>\d{1,2})[-/. ]+(?P<y>\d{4})$"),
    Form("YYYYQn", rf"^{LONG_YEAR}{NO_GAP}{QUARTER}{NO_GAP}(?P<q>[1-4])$", QUARTERS),
    Form("Qn YYYY", rf"^{QUARTER}{NO_GAP}(?P<q>[1-4]){NO_GAP}{LONG_YEAR}$", QUARTERS),
    Form("Qn YY", rf"^q{NO_GAP}(?P<q>[1-4]){GAP}(?P<y>\d{{2}})$", QUARTERS),
    Form("FY YYYY", rf"^{FISCAL}{NO_GAP}{YEAR}$", FISCAL_YEARS),
    Form(
        "Qn FY YYYY",
        rf"^{QUARTER}{NO_GAP}(?P<q>[1-4]){NO_GAP}{FISCAL}{NO_GAP}{YEAR}$",
        FISCAL_YEARS,
    ),
    Form(
        "FY YYYY Qn",
        rf"^{FISCAL}{NO_GAP}{YEAR}{NO_GAP}{QUARTER}{NO_GAP}(?P<q>[1-4])$",
        FISCAL_YEARS,
    ),
    Form("nQYYYY", rf"^(?P<q>[1-4])[. ]*{QUARTER}{NO_GAP}{YEAR}$", QUARTERS),
    Form("YYYYTn", rf"^{LONG_YEAR}{NO_GAP}t{NO_GAP}(?P<t>[1-4])$"),
    Form("Tn YYYY", rf"^t{NO_GAP}(?P<t>[1-4]){NO_GAP}{LONG_YEAR}$"),
    Form("nTYYYY", rf"^(?P<t>[1-4])[. ]*t{NO_GAP}{YEAR}$"),
    Form("YYYYHn", rf"^{LONG_YEAR}{NO_GAP}{HALF}{NO_GAP}(?P<h>[12])$", HALVES),
    Form("Hn YYYY", rf"^{HALF}{NO_GAP}(?P<h>[12]){NO_GAP}{LONG_YEAR}$", HALVES),
    Form("Hn YY", rf"^h{NO_GAP}(?P<h>[12]){GAP}(?P<y>\d{{2}})$", HALVES),
    Form("nHYYYY", rf"^(?P<h>[12])[. ]*{HALF}{NO_GAP}{YEAR}$", HALVES),
    Form("YYYYMnn", rf"^{LONG_YEAR}{NO_GAP}m(?:m|onth)?{NO_GAP}(?P<m>\d{{1,2}})$"),
    Form("Mnn YYYY", rf"^(?:m(?:onth)?|thang){NO_GAP}(?P<m>\d{{1,2}}){GAP}{LONG_YEAR}$"),
    Form(
        "YYYY-Www",
        rf"^{LONG_YEAR}{NO_GAP}{WEEK}{NO_GAP}(?P<w>\d{{1,2}})(?:-?(?P<i>[1-7]))?$",
        WEEK_NOTE,
    ),
    Form("Www YYYY", rf"^{WEEK}{NO_GAP}(?P<w>\d{{1,2}}){GAP}{LONG_YEAR}$", WEEK_NOTE),
    Form(
        "Www YY",
        rf"^(?:kalenderwoche|week|woche|wk|kw|cw){NO_GAP}(?P<w>\d{{1,2}})[-/. ]'?(?P<y>\d{{2}})$",
        WEEK_NOTE,
    ),
    Form("ww. week YYYY", rf"^(?P<w>\d{{1,2}})[. ]*{WEEK}{NO_GAP}{LONG_YEAR}$", WEEK_NOTE),
    WEEK_SLASH_YEAR,
    YEAR_SLASH_WEEK,
    Form("DD Mon YYYY", rf"^(?P<d>\d{{1,2}}){NO_GAP}{NAME}{NO_GAP}{YEAR}$"),
    Form("Mon DD, YYYY", rf"^{NAME}{NO_GAP}(?P<d>\d{{1,2}}){GAP}{YEAR}$"),
    Form("YYYY Mon DD", rf"^{LONG_YEAR}{NO_GAP}{NAME}{NO_GAP}(?P<d>\d{{1,2}})$"),
    Form("Mon YYYY", rf"^{NAME}{NO_GAP}{LONG_YEAR}$"),
    Form("YYYY Mon", rf"^{LONG_YEAR}{NO_GAP}{NAME}\.?$"),
    Form("Mon YY", rf"^{NAME}{NO_GAP}(?P<y>\d{{2}})$"),
    Form("YY Mon", rf"^(?P<y>\d{{2}}){NO_GAP}{NAME}\.?$"),
)
# Dates of these forms match no other one.
COMPLETE = tuple(form for form in FORMS if form.label in ("YYYY-MM-DD", "DD/MM/YYYY or MM/DD/YYYY"))
SEASON = next(form for form in FORMS if "n" in form.parts)


def date_texts(pieces: pa.StructArray) -> pa.Array:
    """The date of each text, without its time of day, in plain letters.

    Args:
        pieces: [K] those of `pieces_of`.

    >>> texts = pa.array(["Mon, 1. März 2021", "1er janvier 2021", "2021年3月1日"])
    >>> date_texts(pieces_of(texts)).to_pylist()
    ['1. marz 2021', '1 janvier 2021', '2021-3-1']
    """
    texts = pc.fill_null(pc.struct_field(pieces, "date"), "")
    if all_match(_sample(texts), DIGITS_ONLY):
        return texts
    texts = in_latin(texts)
    if any_matches(texts, CJK_YEAR):
        for sign in (CJK_YEAR, "[月월]"):
            texts = replaced(texts, rf"(\d) *{sign} *", r"\1-")
        texts = replaced(texts, r"[日号일 -]+$", "")
    texts = without_accents(texts)
    for letter, plain in {"ø": "o", "ł": "l", "ı": "i", "æ": "ae"}.items():
        texts = pc.replace_substring(texts, letter, plain)
    for pattern, plain in (
        # A weekday stands before at least three parts: "mar 1, 2021" has the month of March.
        (rf"^(?:{WEEKDAY_NAME})\.?,? +(\w+\W+\w+\W+\w+)$", r"\1"),
        (r"(\d)(?:st|nd|rd|th|er|re|eme|ere|o|a)\b", r"\1"),
        (r"[ .]*\b(?:de|del|of|den|the)\b", " "),
        (r"\s+", " "),
        (r"^ | $", ""),
    ):
        texts = replaced(texts, pattern, plain)
    return _with_plain_quarters(texts)


def _with_plain_quarters(texts: pa.Array) -> pa.Array:
    """Quarters in Roman numerals, such as IV trim. 2020, with digits; other texts as they are."""
    if not any_matches(texts, r"\b(?:iv|i{1,3})\b"):
        return texts
    for numeral, digit in ROMAN.items():
        for pattern, plain in (
            (rf"^{numeral}{GAP}{ANY_QUARTER}{NO_GAP}(\d{{4}})$", rf"q{digit} \1"),
            (rf"^{ANY_QUARTER}{GAP}{numeral}{GAP}(\d{{4}})$", rf"q{digit} \1"),
            (rf"^(\d{{4}}){GAP}{numeral}{GAP}{ANY_QUARTER}\.?$", rf"q{digit} \1"),
            (rf"^(\d{{4}}){NO_GAP}{ANY_QUARTER}{GAP}{numeral}$", rf"q{digit} \1"),
        ):
            texts = replaced(texts, pattern, plain)
    return texts


def matching_forms(dates: pa.Array) -> dict[Form, BoolArray]:
    """The forms that match some of the plain dates, with flags [K] of the dates that match."""
    for form in COMPLETE:
        if all_match(dates, form.shape):
            return {form: np.ones(len(dates), dtype=np.bool_)}
    sample = _sample(dates)
    found = _matching(sample, _possible_forms(sample))
    if len(sample) < len(dates):
        found = _matching(dates, found or FORMS)
    return found


def _matching(dates: pa.Array, forms: Iterable[Form]) -> dict[Form, BoolArray]:
    found = {form: matches(dates, form.shape) for form in forms}
    return {form: those for form, those in found.items() if those.any()}


def _possible_forms(dates: pa.Array) -> Sequence[Form]:
    """The forms without those whose digits, letters or months no date has."""
    if not any_matches(dates, r"\d"):
        return ()
    if all_match(dates, DIGITS_ONLY):
        return [form for form in FORMS if not form.needs_letters]
    if any_matches(dates, MONTH_NAME):
        return FORMS
    return [form for form in FORMS if "b" not in form.parts]


def looks_like_dates(texts: pa.Array, counts: IntArray) -> bool:
    """Whether at least half of a sample's cells have the form of a date.

    Args:
        texts: [K] distinct trimmed cells, at least one.
        counts: [K] how often each occurs.

    >>> looks_like_dates(pa.array(["Jan-19", "low"]), np.array([2, 1]))
    True
    >>> looks_like_dates(pa.array(["Jan", "Feb"]), np.array([1, 1]))
    False
    """
    if are_ascii(texts) and not any_matches(texts, r"\d"):
        return False
    dates = date_texts(pieces_of(texts))
    shaped = np.zeros(len(texts), dtype=bool)
    for matched in matching_forms(dates).values():
        shaped |= matched
    return bool(counts[shaped].sum() >= counts.sum() / 2)


def without_accents(texts: pa.Array) -> pa.Array:
    """The texts in small letters, without accents.

    >>> without_accents(pa.array(["Févr."])).to_pylist()
    ['fevr.']
    """
    texts = pc.utf8_normalize(texts, "NFKD")
    if not pc.all(pc.string_is_ascii(texts)).as_py():
        texts = replaced(texts, r"\p{Mn}", "")
    return pc.utf8_lower(texts)


def _sample(texts: pa.Array) -> pa.Array:
    """At most `LOOK` texts, evenly spaced."""
    step = max(len(texts) // LOOK, 1)
    return texts.take(pa.array(np.arange(0, len(texts), step))) if step > 1 else texts
