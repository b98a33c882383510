"""Finds columns that are parts of times: weekdays beside weeks, days and years beside months."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray, IntArray, TimeArray
from gated.errors import DataError
from gated.table.cells.dates.names import words
from gated.table.cells.dates.spans import iso_mondays
from gated.table.cells.kinds import kind_of_column
from gated.table.cells.numbers import column_text
from gated.table.io.source import Source
from gated.table.shape.parts.part_cells import part_numbers
from gated.table.shape.parts.part_names import Part, part_of
from gated.table.time.times import TimeRequest, read_times

__all__ = ["PartsAcross", "days_across", "weekdays_across", "years_across"]

# The names of one weekday in a row, in the larger European languages, without accents.
_WEEKDAYS = tuple(
    words(names)
    for names in (
        "monday mon mo montag lundi lun lunes lunedi segunda seg maandag ma mandag man pon "
        "poniedzialek maanantai pazartesi pzt",
        "tuesday tue tues tu dienstag di mardi mar martes martedi terca ter dinsdag tirsdag tir "
        "tisdag tis wt wtorek tiistai ti sali",
        "wednesday wed we mittwoch mi mercredi mer miercoles mie mercoledi quarta qua woensdag wo "
        "onsdag ons sr sroda keskiviikko ke carsamba",
        "thursday thu thur thurs th donnerstag do jeudi jeu jueves jue giovedi gio quinta qui "
        "donderdag torsdag tor czw czwartek torstai to persembe",
        "friday fri fr freitag vendredi ven viernes vie venerdi sexta sex vrijdag vr fredag fre pt "
        "piatek perjantai pe cuma",
        "saturday sat sa samstag sonnabend samedi sam sabado sab sabato zaterdag za lordag lor sob "
        "sobota lauantai la cumartesi",
        "sunday sun su so sonntag dimanche dim domingo dom domenica zondag zo sondag son ndz niedz "
        "niedziela sunnuntai pazar",
    )
)
_FEWEST_WEEKDAYS = 5
_LONGEST_WEEKDAY = 30  # characters, with accents that stand alone
_YEAR = re.compile(r"^(?:1[89]|20|21)\d{2}$")
_FEWEST_YEARS = 2
_ENDS = re.compile(r"end|bis|\bto\b|fin\b|slut", re.IGNORECASE)
_BESIDE_YEARS: tuple[Part, ...] = ("month", "quarter", "week")


@dataclass(frozen=True)
class PartsAcross:
    """Columns whose cells have times of their own.

    Attributes:
        columns: their names.
        time: name of the column beside them, which is part of the times.
        used: the columns beside them that the times were made of.
        ds: [K · R] the times, column after column.
        exists: [K · R] whether there is such a time: not of February 30.
    """

    columns: list[str]
    time: str
    used: tuple[str, ...]
    ds: TimeArray
    exists: BoolArray


def weekdays_across(source: Source, columns: Sequence[str]) -> PartsAcross | None:
    """Columns named as weekdays, beside the date of each week, or its year and number."""
    found = {name: day for name in columns if (day := _weekday(name)) is not None}
    days = list(found.values())
    if len(days) < _FEWEST_WEEKDAYS or len(set(days)) < len(days):
        return None
    weeks = _weeks(source, columns, days)
    if weeks is None:
        return None
    begin, used, first = weeks
    offsets = [(day - first) % 7 for day in days]
    ds = np.concatenate([begin + np.timedelta64(offset, "D") for offset in offsets])
    return PartsAcross(list(found), used[0], used, ds, np.ones(len(ds), dtype=np.bool_))


def _weekday(name: str) -> int | None:
    if len(name) > _LONGEST_WEEKDAY:
        return None
    signs = (
        one for one in unicodedata.normalize("NFKD", name) if unicodedata.category(one) != "Mn"
    )
    text = "".join(signs).strip(" .").casefold().replace("ø", "o").replace("ł", "l")
    return next((day for day, names in enumerate(_WEEKDAYS) if text in names), None)


def _weeks(
    source: Source, columns: Sequence[str], days: Sequence[int]
) -> tuple[TimeArray, tuple[str, ...], int] | None:
    """The first day of the week of each row, the columns that have it, and its weekday."""
    dates = [name for name in columns if kind_of_column(source, name) == "date"]
    if len(dates) == 1 and (read := _read(source, dates[0])) is not None:
        weekday = (read.astype("M8[D]").astype(np.int64) + 3) % 7
        if (weekday != weekday[0]).any() or len(np.unique(read)) < len(read):
            return None
        first = int(weekday[0])
        if first == days[0] and not _ENDS.search(dates[0]):
            return read, (dates[0],), first
        if first == days[-1]:  # the week ends on the day that is written
            return read - np.timedelta64(6, "D"), (dates[0],), (first + 1) % 7
        return None
    for year in (name for name in columns if part_of(name, "year")):
        for week in (name for name in columns if part_of(name, "week")):
            years, weeks = part_numbers(source, year, "year"), part_numbers(source, week, "week")
            if years is not None and weeks is not None and days[0] == 0:
                mondays, _ = iso_mondays(years, weeks)
                return mondays.astype("M8[D]").astype("M8[ns]"), (year, week), 0
    return None


def days_across(source: Source, columns: Sequence[str]) -> PartsAcross | None:
    """Columns named 1 to 31, beside a column of months."""
    found = {name: int(name) for name in columns if re.fullmatch(r"\d{1,2}", name.strip())}
    if list(found.values()) != list(range(1, 32)):
        return None
    dates = [name for name in columns if kind_of_column(source, name) == "date"]
    if len(dates) != 1 or (read := _read(source, dates[0])) is None:
        return None
    begin = read.astype("M8[M]")
    if (begin.astype("M8[ns]") != read).any() or len(np.unique(read)) < len(read):
        return None
    days = np.concatenate([begin.astype("M8[D]") + (day - 1) for day in found.values()])
    exists = days.astype("M8[M]") == np.tile(begin, len(found))
    return _checked(source, list(found), (dates[0],), days.astype("M8[ns]"), exists)


def years_across(source: Source, columns: Sequence[str]) -> PartsAcross | None:
    """Columns named by years, beside a column of months, quarters or weeks."""
    years = [name for name in columns if _YEAR.match(name.strip())]
    if len(years) < _FEWEST_YEARS:
        return None
    for name in columns:
        part = next((part for part in _BESIDE_YEARS if part_of(name, part)), None)
        if name in years or (part is None and name != columns[0]):
            continue
        numbers = part_numbers(source, name, part or "month")
        if numbers is None or len(np.unique(numbers)) < _FEWEST_YEARS:
            continue
        parts = [_of_year(int(year), numbers, part or "month") for year in years]
        ds = np.concatenate([times for times, _ in parts])
        return _checked(source, years, (name,), ds, np.concatenate([ok for _, ok in parts]))
    return None


def _of_year(year: int, numbers: IntArray, part: Part) -> tuple[TimeArray, BoolArray]:
    """The times of the parts of a year, and whether they exist."""
    if part == "week":
        mondays, exist = iso_mondays(np.full(len(numbers), year), numbers)
        return mondays.astype("M8[D]").astype("M8[ns]"), exist
    months = 3 * (numbers - 1) if part == "quarter" else numbers - 1
    times = np.datetime64(f"{year}-01", "M") + months
    return times.astype("M8[ns]"), np.ones(len(numbers), dtype=np.bool_)


def _checked(
    source: Source, columns: list[str], used: tuple[str, ...], ds: TimeArray, exists: BoolArray
) -> PartsAcross | None:
    """The columns, if no cell of a time that does not exist has a value."""
    cells = exists.reshape(len(columns), len(source.frame))
    for name, real in zip(columns, cells, strict=True):
        if not real.all():
            texts = pc.fill_null(column_text(source.frame[name]), "").filter(pa.array(~real))
            if pc.any(pc.not_equal(pc.utf8_trim_whitespace(texts), "")).as_py():
                return None
    return PartsAcross(columns, used[0], used, ds, exists)


def _read(source: Source, column: str) -> TimeArray | None:
    try:
        times = read_times(source, TimeRequest(column)).values
    except DataError:  # a wrong cell is named when the column is read
        return None
    return times if times.dtype.kind == "M" else None
