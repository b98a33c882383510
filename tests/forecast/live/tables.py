"""Tables of the tests of live states: sales of several kinds, and their later rows."""

import numpy as np
import pandas as pd

from gated import Forecaster
from gated.forecast.live.live import Live

H = 7


def daily(kind: str, length: int, seed: int = 0, label: str = "a") -> pd.DataFrame:
    """Daily values: "plain", "counts" (mostly zeros), "gaps", "negative", "closed" on Sundays."""
    rng, t = np.random.default_rng(seed), np.arange(length)
    y = 60 + 10 * np.sin(2 * np.pi * t / 7) + np.cumsum(rng.normal(0, 0.3, length))
    y += rng.normal(0, 3, length)
    if kind == "counts":
        y = rng.poisson(0.4 + 0.3 * np.sin(2 * np.pi * t / 7)).astype(float)
    elif kind == "negative":
        y = y - 60
    elif kind == "closed":
        y = np.where(t % 7 == 6, 0.0, np.round(y))
    frame = pd.DataFrame({"unique_id": label, "ds": _days(length), "y": y})
    if kind == "gaps":
        frame = frame[(rng.random(length) > 0.15) | (t == 0) | (t == length - 1)]
    return frame.reset_index(drop=True)


def table(kinds: list[str], length: int, seed: int = 0) -> pd.DataFrame:
    """Several series; each one begins at the same day and ends a few days before the last one."""
    parts = [
        daily(kind, length - 5 * place, seed + place, f"s{place}")
        for place, kind in enumerate(kinds)
    ]
    return pd.concat(parts, ignore_index=True)


def _days(length: int) -> pd.DatetimeIndex:
    return pd.date_range("2021-01-04", periods=length, freq="D")  # a Monday


def watched(frame: pd.DataFrame, **options: object) -> tuple[Forecaster, Live]:
    """A fitted forecaster and the live state of its table."""
    model = Forecaster(h=H).fit(frame)
    return model, model.watch(**options)


def single(length: int = 120, **options: object) -> Live:
    """The state of one plain series, `a`."""
    return Forecaster().watch(daily("plain", length), h=H, **options)


def day(number: int) -> str:
    """The day after `number` days of a table, as text."""
    return str(_days(number + 1)[-1].date())


def numbers(frame: pd.DataFrame) -> np.ndarray:
    """The columns of a forecast as an array."""
    return frame[[name for name in frame if str(name).startswith("gated")]].to_numpy()
