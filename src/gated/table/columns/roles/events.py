"""Asks about tables of single events, such as bookings of a bank account or lines of orders.

Their rows are brought together by a rule and a step, so all options are proposed in one question.
"""

import re
from collections.abc import Sequence

import numpy as np

from gated.errors import DataError
from gated.table.cells.numbers import read_numbers
from gated.table.columns.roles.separating import fewest_separating
from gated.table.io.source import Source
from gated.table.time.times import TimeRequest, read_times
from gated.text import listed, option

__all__ = ["amount_of", "are_events", "are_separated", "events_question"]

LEAST_FILLED = 0.1  # share of all labels and times that have a row; of events, few have one
FEWEST_ROWS = 12  # of fewer rows, it cannot be said that they are events
DAYS_A_ROW = 0.75  # fewer distinct days than this share of the rows: several events on one day
# Words in the names of columns with the amount of an event, in order of preference.
AMOUNT_WORDS = (
    frozenset(
        {"amount", "betrag", "montant", "importe", "importo", "valor", "kwota", "tutar", "bedrag",
         "beløp", "belopp", "beløb", "částka", "összeg", "сумма", "金额", "金額", "금액", "gross",
         "brutto", "umsatz", "total", "net", "netto"}
    ),
    frozenset({"quantity", "qty", "menge", "units", "sales", "revenue", "paid", "cost", "price"}),
    frozenset(
        {"debit", "credit", "belastung", "gutschrift", "soll", "haben", "withdrawal", "deposit"}
    ),
)  # fmt: skip
WORD = re.compile(r"[^\W\d_]+")


def amount_of(names: Sequence[str]) -> str | None:
    """The column with the amount of an event, by its name; None if no name is that of an amount.

    >>> amount_of(["Balance", "Amount (EUR)", "Exchange Rate"]), amount_of(["Saldo", "Kurs"])
    ('Amount (EUR)', None)
    """
    for words in AMOUNT_WORDS:
        for name in names:
            if not words.isdisjoint(WORD.findall(name.casefold())):
                return name
    return None


def are_events(source: Source, time: str, labels: Sequence[str]) -> bool:
    """Whether several rows have one day and no labels tell them apart, as bookings do.

    Args:
        source: the table.
        time: a column of times.
        labels: columns that may name series.
    """
    rows = len(source.frame)
    if rows < FEWEST_ROWS:
        return False
    try:
        times = read_times(source, TimeRequest(time)).values
    except DataError:  # a wrong cell is named when the column is read
        return False
    if times.dtype.kind != "M":
        return False
    days = times.astype("M8[D]")
    if len(np.unique(days)) > DAYS_A_ROW * rows:
        return False
    if (times == days).all():
        return not are_separated(source, time, labels)
    steps = np.diff(np.unique(times)).astype(np.int64)  # sensors have equal ones
    most = np.unique(steps, return_counts=True)[1].max(initial=0)
    return bool(most < len(steps) / 2)


def are_separated(source: Source, time: str, labels: Sequence[str]) -> bool:
    """Whether labels tell the rows of one time apart, and most of them have rows at many times."""
    found = fewest_separating(source, time, labels)
    if found is None:
        return False
    frame = source.frame
    size = LEAST_FILLED * frame[time].n_unique()
    for name in found.columns:
        size *= frame[name].n_unique()
    return len(frame) >= size


def events_question(
    source: Source, times: Sequence[str], target: str | None, numbers: Sequence[str]
) -> DataError:
    """One question with all options that such a table needs.

    Args:
        source: the table.
        times: the columns that may be the time; the first is proposed.
        target: the column that the caller named, if any.
        numbers: the columns of numbers otherwise.
    """
    filled = [name for name in numbers if _is_filled(source, name)] or list(numbers)
    amount = target or amount_of(filled) or next(iter(filled), None)
    options = [option("time_col", times[0])] if len(times) > 1 else []
    if amount is not None and (target is None and len(numbers) > 1):
        options.append(option("target_col", amount))
    options += [option("aggregate", "sum"), option("freq", "D")]
    what = f"`{amount}`" if amount is not None else "the amounts"
    others = [name for name in numbers if name != amount]
    also = f" Other times: {listed(times[1:])}." if len(times) > 1 else ""
    also += f" Other columns of numbers: {listed(others)}." if others and target is None else ""
    return DataError(
        f"{source.prefix}the rows are single events, several on one day, and no column separates "
        f"them into series. To add up {what} of each day, pass {' '.join(options)}; "
        f"{option('aggregate', 'count')} counts the rows.{also}"
    )


def _is_filled(source: Source, name: str) -> bool:
    """Whether a column has numbers other than 0."""
    try:
        values = read_numbers(source, name).values
    except DataError:  # a wrong cell is named when the column is read
        return True
    return bool((np.nan_to_num(values) != 0).any())
