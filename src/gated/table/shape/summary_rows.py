"""Leaves out rows that sum up others: totals among the rows, and the years among months."""

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray
from gated.errors import DataError
from gated.table.cells.kinds import kind_of_column
from gated.table.cells.numbers import column_text, read_numbers
from gated.table.cells.regex import all_match, matches
from gated.table.cells.written.flags import flags
from gated.table.io.parquet import ParquetColumns
from gated.table.io.rows.cell_kinds import is_time_name
from gated.table.io.source import Source
from gated.table.shape.parts.part_cells import month_numbers
from gated.table.shape.parts.part_names import Part, is_part, part_of
from gated.text import counted, joined

__all__ = [
    "without_subtotals",
    "without_total",
    "without_totals_of_months",
    "without_whole_years",
]

# The Bureau of Labor Statistics writes months as M01 to M12 and the whole year as M13.
_WHOLE_YEARS = {"M13": "M", "Q05": "Q", "S03": "S"}
_PERIOD = re.compile(r"^[MQS]\d{2}$")
_MOST_ROWS = 100_000  # tables with totals between the rows are made for people
_MOST_TOTALS = 0.5  # share of the rows
_SHOWN = 40  # characters
_PARTS: tuple[Part, ...] = ("year", "quarter", "month", "week", "day", "day of year")
_SUBTOTAL = (
    r"(?i)^(?:(?:sub|grand)[\s-]?)?(?:total|totals|sum|summe|gesamt|somme|suma|totaal|zwischensumme|"
    r"subtotal|итого|всего|合计|合計|小计|小計|总计)\b|"
    r"\s(?:sub-?total|total|totals|sum|summe|gesamt|итого|合计|合計)$"
)
_MONTH = re.compile(r"^(?:0?[1-9]|1[0-2])$|^[^\W\d]{3,}\.?$")
_WHOLE_YEAR = re.compile(
    r"^(?:13|(?:annual|year|yearly)?[ _]*(?:grand )?(?:total|sum|mean|average|avg)?|ann\.?|"
    r"annual|year|jahr|gesamt|insgesamt|summe|année|ensemble|anno|totale|año|suma|somme|soma|totaal|"
    r"durchschnitt|mittel(?:wert)?|schnitt|promedio|media|média|moyenne|gemiddelde|gjennomsnitt|"
    r"snitt|medel(?:värde)?|średnia|razem|итого|всего|среднее|合計|合计|总计|平均)$",
    re.I,
)
_FEWEST_MONTHS, _MONTHS = 6, 12
_MOST_SUMMARIES = 3  # a total, a mean …
_COMPARED = 3  # columns whose last value is compared with the sum of the others
_NEAR = 1e-3  # relative; totals are rounded


def without_total(source: Source, columns: Sequence[str]) -> tuple[Source, tuple[str, ...]]:
    """Leave out the last row if it is the sum of all others, in a table of times across.

    Args:
        source: the table, not turned yet.
        columns: of times.

    Returns:
        The table, and a note if a row was left out.
    """
    rows = len(source.frame)
    chosen = np.unique(np.linspace(0, len(columns) - 1, _COMPARED).astype(int))
    if rows < _COMPARED or isinstance(source.frame, ParquetColumns):
        return source, ()
    for index in chosen:
        try:
            values = read_numbers(source, columns[index]).values
        except DataError:  # a wrong cell is named when the turned table is read
            return source, ()
        total = np.nansum(values[:-1])
        if not total or not abs(values[-1] - total) <= _NEAR * abs(total):
            return source, ()
    kept = np.arange(rows) < rows - 1
    note = f"{source.where(rows - 1)} is the sum of the rows above and was left out."
    return source.filtered(kept), (note.removeprefix(source.prefix).capitalize(),)


def without_subtotals(source: Source) -> tuple[Source, tuple[str, ...]]:
    """Leave out rows between dates that are called a total and have no date: `Jan Total`, `Q1 sum`.

    The date may stand in several columns, such as year and week: then all of them are empty.

    Returns:
        The table, and a note if rows were left out.
    """
    frame = source.frame
    if not source.is_text or isinstance(frame, ParquetColumns) or len(frame) > _MOST_ROWS:
        return source, ()
    times = _time_columns(source)
    if not times:
        return source, ()
    left_out = matches(_stripped(source, times[0]), _SUBTOTAL)
    is_empty = np.logical_and.reduce([flags(pc.equal(_stripped(source, n), "")) for n in times])
    if is_empty.any():
        for name in frame.columns:
            if name not in times and kind_of_column(source, name) == "text":
                left_out |= is_empty & matches(_stripped(source, name), _SUBTOTAL)
    return _without_rows(source, left_out)


def _time_columns(source: Source) -> list[str]:
    """The only column of dates, the parts of a time with its year, or numbers called a time."""
    columns = source.frame.columns
    dates = [name for name in columns if kind_of_column(source, name) == "date"]
    if dates:
        return dates if len(dates) == 1 else []
    parts = [name for name in columns if is_part(name, _PARTS)]
    if any(part_of(name, "year") for name in parts):
        return parts
    named = [name for name in columns if is_time_name(name)]
    return named if len(named) == 1 and kind_of_column(source, named[0]) == "integer" else []


def _without_rows(source: Source, left_out: BoolArray) -> tuple[Source, tuple[str, ...]]:
    """The table without its totals, and a note that names the first; all rows if they are many."""
    if not left_out.any() or left_out.mean() > _MOST_TOTALS:
        return source, ()
    frame = source.frame
    first = int(np.argmax(left_out))
    cells = [str(frame[name][first] or "").strip() for name in frame.columns]
    shown = " ".join(cell for cell in cells if cell)
    where = source.where(first).removeprefix(source.prefix)
    note = (
        f"{counted(int(left_out.sum()), 'row')} between the dates "
        f"{'is a total and was' if left_out.sum() == 1 else 'are totals and were'} left out; "
        f"the first: {where}, {shown[:_SHOWN]!r}."
    )
    return source.filtered(~left_out), (note,)


def _stripped(source: Source, name: str) -> pa.ChunkedArray:
    """The cells of a column as text, without blanks around them; "" where there is none."""
    return pc.utf8_trim_whitespace(pc.fill_null(column_text(source.frame[name]), ""))


def without_whole_years(source: Source) -> tuple[Source, tuple[str, ...]]:
    """Leave out the rows of whole years from a column of months, quarters or half-years.

    Returns:
        The table, and a note if rows were left out.
    """
    if not source.is_text or isinstance(source.frame, ParquetColumns):
        return source, ()
    for name, cell in source.first_row().items():
        if (
            part_of(name, "month")
            and (shorter := without_totals_of_months(source, name)) is not None
        ):
            return shorter
        if not _PERIOD.match(str(cell).strip()):
            continue
        text = pc.utf8_trim_whitespace(column_text(source.frame[name]))
        found = set(pc.unique(text).to_pylist())
        whole = found & _WHOLE_YEARS.keys()
        letters = {label[:1] for label in found if label}
        are_periods = all_match(text, _PERIOD.pattern)
        if len(whole) == 1 and are_periods and letters == {_WHOLE_YEARS[next(iter(whole))]}:
            label = next(iter(whole))
            kept = np.asarray(pc.not_equal(text, label).to_numpy(), dtype=np.bool_)
            count = counted(int((~kept).sum()), "row")
            note = f'`{name}`: {count} of "{label}" are whole years and were left out.'
            return source.filtered(kept), (note,)
    return source, ()


def without_totals_of_months(source: Source, name: str) -> tuple[Source, tuple[str, ...]] | None:
    """Leave out the rows of a column of months that are called a total or a year."""
    text = pc.utf8_trim_whitespace(column_text(source.frame[name]))
    found = pc.unique(text).drop_null().to_pylist()
    numbers = month_numbers(pa.array(found, pa.string())).to_pylist()
    months = {label for label, number in zip(found, numbers, strict=True) if number is not None}
    is_year = len(set(numbers) - {None}) == _MONTHS  # below all twelve, other labels sum them up
    months |= {n for n in found if _MONTH.match(n) and not is_year and not _WHOLE_YEAR.match(n)}
    others = [label for label in found if label not in months]
    if not others or not all(others) or len(months) < _FEWEST_MONTHS:
        return None
    if len(others) > _MOST_SUMMARIES or not (is_year or all(map(_WHOLE_YEAR.match, others))):
        return None
    kept = ~flags(pc.is_in(text, value_set=pa.array(others)))
    count = int((~kept).sum())
    labels = joined([f'"{label}"' for label in others])
    what = (
        "row of {} sums up the months and was"
        if count == 1
        else "rows of {} sum up the months and were"
    )
    return source.filtered(kept), (f"`{name}`: {count} {what.format(labels)} left out.",)
