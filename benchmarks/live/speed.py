"""Times updates and forecasts of live states, and measures what is saved."""

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import pandas as pd

from benchmarks.common.report import Row
from gated import Forecaster, Live

__all__ = ["H", "many_values", "one_value", "states"]

H = 28
_SHORT, _MANY_LENGTH = 1_000, 400
_WARM = 3


def one_value(length: int, repeats: int) -> list[Row]:
    """Rows of milliseconds for a short and a long past."""
    rows: list[Row] = []
    for values in (_SHORT, length):
        for name, spent in _spent(values, repeats).items():
            what = f"{name}, after {values:,} values"
            rows.append({"what": what, "low": min(spent), "middle": median(spent)})
    return rows


def _spent(values: int, repeats: int) -> dict[str, list[float]]:
    """Milliseconds of each part, for each repeat."""
    live, later = _single(values, repeats + _WARM)
    live.forecast_arrays()
    update, forecast, cut = [], [], []
    for row in later:
        update.append(_cpu_ms(live.update, row))
        forecast.append(_cpu_ms(live.forecast_arrays))
        cut.append(_cpu_ms(live.rules.dataset, live._states.past, np.arange(1), H))
    both = [one + other for one, other in zip(update, forecast, strict=True)]
    parts = {"update": update, "forecast": forecast, "both": both, "cutting, in forecast": cut}
    return {name: spent[_WARM:] for name, spent in parts.items()}


def many_values(series: int, repeats: int) -> list[Row]:
    """Rows of values per second, without and with forecasts to compare with."""
    rng = np.random.default_rng(0)
    ids = np.array([f"item_{number}" for number in range(series)], dtype=object)
    days = pd.date_range("2022-01-01", periods=_MANY_LENGTH + 2 * (repeats + _WARM))
    past = _long(ids, days[:_MANY_LENGTH], rng)
    live = Forecaster().watch(past, h=H)
    rows: list[Row] = []
    day = _MANY_LENGTH
    for name in ("update", "update, with widths and probabilities"):
        spent: list[float] = []
        for _ in range(repeats + _WARM):
            if name != "update" and not spent:
                live.forecast_arrays()
            block = _long(ids, days[day : day + 1], rng)
            spent.append(_cpu_ms(live.update, block))
            day += 1
        low = min(spent[_WARM : H - 1])  # later values have no forecast to compare with
        rows.append({"what": name, "rate": 1e3 * series / low, "ms": low})
    return rows


def states(length: int) -> list[Row]:
    """Rows of bytes of a state, and of the difference from forecasting the whole past."""
    rows: list[Row] = []
    whole = _daily(length)
    whole["y"] = whole["y"].round()
    for name, frame in {"decimals": _daily(length), "whole numbers": whole}.items():
        model = Forecaster(h=H).fit(frame[: length // 2])
        live = model.watch(adaptive=False)
        live.update(frame[length // 2 :])
        found, again = live.forecast(), model.predict(frame)
        numbers = [column for column in again if str(column).startswith("gated")]
        difference = np.abs(found[numbers].to_numpy() - again[numbers].to_numpy()).max()
        rows.append(
            {
                "what": name,
                "rows": live.rows,
                "bytes": len(live.state_of(live.ids[0])),
                "difference": float(difference / frame["y"].std()),
            }
        )
    return rows


def _daily(length: int) -> pd.DataFrame:
    rng, t = np.random.default_rng(0), np.arange(length)
    y = 100 + 10 * np.sin(2 * np.pi * t / 7) + np.cumsum(rng.normal(0, 0.3, length))
    days = pd.date_range("1970-01-01", periods=length)
    return pd.DataFrame({"ds": days, "y": y + rng.normal(0, 3, length)})


def _single(length: int, more: int) -> tuple[Live, list[dict[str, object]]]:
    """The state of a series, and its later rows, each as a dict of plain values."""
    frame = _daily(length + more)
    live = Forecaster().watch(frame[:length], h=H)
    later = frame[length:].assign(ds=lambda part: part["ds"].dt.strftime("%Y-%m-%d"))
    return live, [{"ds": ds, "y": y} for ds, y in later.itertuples(index=False)]


def _long(ids: np.ndarray, days: pd.DatetimeIndex, rng: np.random.Generator) -> pd.DataFrame:
    """Values of all series on some days, by day."""
    level = 20 + 10 * (days.day_of_week.to_numpy() >= 5)
    y = rng.poisson(np.repeat(level, len(ids))).astype(float)
    return pd.DataFrame({"unique_id": np.tile(ids, len(days)), "ds": days.repeat(len(ids)), "y": y})


def _cpu_ms(call: Callable[..., object], *arguments: object) -> float:
    begin = time.process_time()
    call(*arguments)
    return 1e3 * (time.process_time() - begin)
