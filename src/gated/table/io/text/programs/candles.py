"""Names the columns of the candlesticks that Binance offers: twelve numbers in each line.

A line is: open time, open, high, low, close, volume, close time, volume in the other currency,
trades, volume bought, the same in the other currency, and a number without a meaning. Times are
counted since 1970, in milliseconds or, since 2025, in microseconds.
"""

import numpy as np

from gated.table.io.text.programs.program_rows import ProgramRows

__all__ = ["candle_rows", "is_candles"]

NAMES = (
    "open_time", "open", "high", "low", "close", "volume", "quote_volume", "trades",
    "taker_buy_volume", "taker_buy_quote_volume",
)  # fmt: skip
WIDTH = 12
CLOSE_TIME, UNUSED = 6, (6, 11)
LOOK_LINES = 50
FEWEST_LINES = 3
DIVISORS = {13: 1, 16: 1000}  # of a time with so many digits: milliseconds, microseconds


def is_candles(head: bytes) -> bool:
    """Whether one of the first lines is a candlestick.

    >>> row = "1704067200000,5,9,4,6,1.5,1704070799999,7.5,3,1,2,0"
    >>> is_candles(row.encode()), is_candles(b"day,y\\n2024-01-01,5\\n")
    (True, False)
    """
    lines = head[:4096].decode("utf-8", errors="replace").split("\n")[:2]
    return any(_is_candle(line.strip().split(",")) for line in lines)


def candle_rows(text: str) -> ProgramRows | None:
    """The rows of candlesticks with names; None if the lines are no such ones.

    >>> row = "1704067200000,5,9,4,6,1.5,1704070799999,7.5,3,1,2,0"
    >>> found = candle_rows("\\n".join([row] * 3))
    >>> found.text.splitlines()[1]
    '2024-01-01T00:00:00.000,5,9,4,6,1.5,7.5,3,1,2'
    """
    rows = [line.strip().split(",") for line in text.rstrip("\n").split("\n")]
    has_header = len(rows[0]) == WIDTH and not _is_candle(rows[0])
    data = rows[has_header:]
    if len(data) < FEWEST_LINES or not all(map(_is_candle, data)):
        return None
    starts = [int(row[0]) // DIVISORS[len(row[0])] for row in data]  # milliseconds
    times = np.datetime_as_string(np.array(starts, dtype="M8[ms]")).tolist()
    kept = [place for place in range(1, WIDTH) if place not in UNUSED]
    lines = [
        ",".join([time, *(row[place] for place in kept)])
        for time, row in zip(times, data, strict=True)
    ]
    note = (
        "The lines are candlesticks with their open time, in UTC; their close time and the last "
        "column were left out."
    )
    return ProgramRows("\n".join([",".join(NAMES), *lines]) + "\n", (note,))


def _is_candle(cells: list[str]) -> bool:
    """Whether a line has the twelve numbers, which fit each other."""
    if (
        len(cells) != WIDTH
        or len(cells[0]) not in DIVISORS
        or len(cells[CLOSE_TIME]) != len(cells[0])
    ):
        return False
    try:
        begin, end = int(cells[0]), int(cells[CLOSE_TIME])
        open_, high, low, close, volume = map(float, cells[1:CLOSE_TIME])
    except ValueError:
        return False
    is_price = 0 < low <= min(open_, close) and max(open_, close) <= high
    return begin < end and end % 10 == 9 and is_price and volume >= 0
