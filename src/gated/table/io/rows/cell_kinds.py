"""Tells cells with a number or a date from cells with words, to find the header and the data.

The patterns are wider than those that read the cells: a cell that they take for a number or a
date only says that its row may be data.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

__all__ = [
    "CellKind",
    "cell_kind",
    "column_kinds",
    "is_calendar_name",
    "is_date_word",
    "is_time_name",
]

CellKind = Literal["date", "number", "missing", "label"]

LONGEST_VALUE = 50  # characters of the longest number or date; a longer cell is text
MOST_KEPT = (
    4096  # cells whose kind is kept: the separator, the header and the rows ask for the same
)
MOST = 0.5  # share of the cells of a column that decides its kind

MISSING = re.compile(
    r"[-–—.?*/#:\s]*|: ?[a-z]{1,2}|#?n\.?/?[ad]\.?|nan|null|none|missing|<na>|#.*[!?]|"
    r"#?n/v|k\. ?a\.|n\. ?v\.",
    re.I,
)
NUMBER = re.compile(
    r"[(+\-−–]?\s*(?:[$€£¥₹₽]|[A-Z]{2,3}\$?\s|kr\.?\s|R\$)?\s*"  # sign and currency
    r"[+\-−–]?(?:\d[\d.,'’\s]*|[.,]\d+)(?:e[+-]?\d+)?"
    r"(?:\s*[%‰€£$¥₹₽]|\s+[a-zµ°][a-z³²/°]{0,4}\.?)?\s*[)\-*]?",  # unit, sign at the end
    re.I,
)
CLOCK = r"(?:\d{1,2}[:h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?|\d{1,2}\s?h)"
NUMERIC_DATE = re.compile(
    r"(?:(?:1[89]|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[:T]?\d{4}(?:\d{2})?Z?)?|"
    r"\d{1,4}[-/.]\s?\d{1,2}[-/.]\s?\d{1,4}\.?|\d{4}[-/]\d{1,2}|\d{4}-?M\d{1,2}|\d{1,2}[-/]\d{4})"
    rf"(?:[T ,;_]+{CLOCK}.*)?|{CLOCK}(?:\s?[ap]m)?",
    re.I,
)
WORD = re.compile(r"[^\W\d_]+")
DIGITS = re.compile(r"\d+")


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


# First letters of the months in English, German, French, Spanish, Italian, Portuguese, Dutch and
# the Nordic languages, and of the English weekdays.
MONTHS = tuple(
    _words(
        "jan feb fev fév mar mär mrz maa mai maj may mei apr avr abr jun jui jul aug aoû aou ago",
        "sep set oct okt out ott nov dec dez des déc dic ene gen mag giu lug",
    )
)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DATE_WORDS = _words(
    "t z am pm q w kw cw wk week fy h de of st nd rd th utc gmt er",
    "quarter quartal trimestre trimester kvartal kwartal kwartaal",
)
DATE_SIGNS = frozenset("年月日时時分秒년월일주周週第季度年度")
LONGEST_MONTH = 10

TIME_NAMES = _words(
    "date dates datetime time times timestamp ds day days week weeks month months year years",
    "hour hours quarter period periods interval t step",
    "datum zeit zeitpunkt zeitstempel tag woche monat jahr stunde quartal zeitraum von",
    "heure jour semaine mois année annee trimestre période fecha hora dia día semana mes año ano",
    "data giorno mese anno ora settimana dato tid dag uke vecka måned månad år päivä",
    "日期 时间 時間 日時 年月 月份 日付 年 月 날짜 일자 дата время месяц год",
)
# Names of a whole time, and not of a part of it or of one time.
WHOLE_TIMES = _words(
    "date dates datetime time times timestamp ds datum zeit fecha data dato дата 日期"
)
ROMAN_QUARTERS = frozenset({"i", "ii", "iii", "iv"})


@lru_cache(MOST_KEPT)
def cell_kind(cell: str) -> CellKind:
    """The kind of one cell.

    >>> [cell_kind(cell) for cell in ("1.234,50 €", "5 Jan 2024", "n/a", "Sales 2024")]
    ['number', 'date', 'missing', 'label']
    """
    text = cell.strip()
    if len(text) > LONGEST_VALUE:
        return "label"
    if MISSING.fullmatch(text):
        return "missing"
    if _is_date(text):
        return "date"
    return "number" if NUMBER.fullmatch(text) else "label"


def column_kinds(rows: Sequence[Sequence[str]], width: int) -> list[CellKind]:
    """The kind of most cells of each of the first `width` columns: "missing" if none is filled.

    >>> column_kinds([["Oslo", "2024-01-01", "5"], ["Bergen", "2024-01-02", ""]], 3)
    ['label', 'date', 'number']
    """
    kinds: list[CellKind] = []
    for column in range(width):
        cells = [cell_kind(row[column]) for row in rows if column < len(row)]
        filled: list[CellKind] = [kind for kind in cells if kind != "missing"]
        most: CellKind = max(set(filled), key=filled.count) if filled else "missing"
        decided = not filled or filled.count(most) > MOST * len(filled)
        kinds.append(most if decided else "label")
    return kinds


def is_date_word(word: str) -> bool:
    """Whether a word in small letters is a part of dates: a month, a weekday, "q", "de", "年".

    >>> is_date_word("janvier"), is_date_word("total")
    (True, False)
    """
    is_day = word.startswith(DAYS) and len(word) <= LONGEST_MONTH
    return word in DATE_WORDS or _is_month(word) or is_day or set(word) <= DATE_SIGNS


def is_time_name(cell: str) -> bool:
    """Whether a cell of a header names a column of times, in one of a dozen languages.

    >>> is_time_name("Datum"), is_time_name("Valid time (UTC)"), is_time_name("Oslo")
    (True, True, False)
    """
    return any(word.casefold() in TIME_NAMES for word in WORD.findall(cell))


def is_calendar_name(name: str) -> bool:
    """Whether a name has only words of the calendar: a month, a quarter, "Week", and no "Date".

    >>> [is_calendar_name(name) for name in ("Jan", "Q1", "III", "Year", "Date", "Week sales")]
    [True, True, True, True, False, False]
    """
    words = [word.casefold() for word in WORD.findall(name)]
    calendar = (
        is_date_word(word) or word in TIME_NAMES or word in ROMAN_QUARTERS for word in words
    )
    return bool(words) and WHOLE_TIMES.isdisjoint(words) and all(calendar)


def _is_date(text: str) -> bool:
    if NUMERIC_DATE.fullmatch(text):
        return True
    numbers, words = DIGITS.findall(text), WORD.findall(text.casefold())
    if not numbers or not words:
        return False
    has_month = any(_is_month(word) for word in words)
    if not all(is_date_word(word) for word in words):
        return False
    return (has_month and max(map(len, numbers)) >= 2) or len(numbers) >= 2


def _is_month(word: str) -> bool:
    return 3 <= len(word) <= LONGEST_MONTH and word.startswith(MONTHS)
