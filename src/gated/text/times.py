"""Formats times and durations."""

from collections.abc import Iterable
from typing import Any

__all__ = ["duration", "shown_time", "shown_times"]


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
