"""Numbers and times as a person reads them."""

import math
from collections.abc import Iterable, Sequence

__all__ = ["aligned", "duration", "percent", "shares"]

_SHOWN_DIGITS = 3


def aligned(values: Iterable[float]) -> list[str]:
    """Numbers of one column: three digits of the largest, thousands in groups, whole ones whole.

    >>> aligned([1234.5, 7.25, 0])
    ['1,234', '7', '0']
    >>> aligned([0.5, 0.123456]), aligned([1e300, float("nan")])
    (['0.500', '0.123'], ['1.00e+300', '–'])
    """
    numbers = list(values)
    largest = max((abs(v) for v in numbers if math.isfinite(v)), default=0.0)
    if largest >= 1e15 or 0 < largest < 1e-6:
        return [_or_dash(v, ".2e") for v in numbers]
    whole = all(v == round(v) for v in numbers if math.isfinite(v))
    decimals = 0 if whole else max(0, _SHOWN_DIGITS - 1 - math.floor(math.log10(largest)))
    return [_or_dash(v, f",.{decimals}f") for v in numbers]


def percent(share: float) -> str:
    """A share as a percentage with two digits or all before the point.

    >>> percent(0.2487), percent(0.031), percent(1.0), percent(float("nan"))
    ('25 %', '3.1 %', '100 %', '–')
    """
    return "–" if math.isnan(share) else f"{100 * share:.{0 if share >= 0.0995 else 1}f} %"


def shares(kept: Sequence[tuple[str, float]], most: int = 4) -> str:
    """The heaviest of some named shares, in one sentence.

    >>> shares([("1 week before", 0.62), ("2 weeks before", 0.3), ("5 weeks before", 0.08)], most=2)
    '1 week before 62 %, 2 weeks before 30 %, all else 8.0 %.'
    """
    named = [f"{name} {percent(share)}" for name, share in kept[:most]]
    if len(kept) > most:
        named.append(f"all else {percent(sum(share for _, share in kept[most:]))}")
    return ", ".join(named) + "."


def duration(seconds: float) -> str:
    """A length of time.

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


def _or_dash(value: float, form: str) -> str:
    return format(value, form) if math.isfinite(value) else "–"
