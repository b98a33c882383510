"""Makes tables whose drivers are known."""

import numpy as np
import pandas as pd

H = 14


def weekly(steps: int = 140, seed: int = 0) -> pd.DataFrame:
    """Sales that depend on the weekday and rise slowly."""
    rng = np.random.default_rng(seed)
    day = np.arange(steps)
    y = 50 + 0.05 * day + 20 * (day % 7 >= 5) + rng.normal(0, 1, steps)
    return pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=steps), "y": y})


def promoted(steps: int = 210, *, factor: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sales with a promotion that adds 10, or multiplies by 1.5; past and steps ahead."""
    rng = np.random.default_rng(1)
    frame = weekly(steps + H, seed=2)
    frame["promotion"] = (rng.random(steps + H) < 0.3).astype(float)
    frame["noise"] = rng.normal(size=steps + H)
    effect = 1 + 0.5 * frame["promotion"] if factor else 1
    frame["y"] = frame["y"] * effect + (0 if factor else 10 * frame["promotion"])
    return frame.iloc[:steps], frame.iloc[steps:].drop(columns="y")


def intermittent(steps: int = 280, series: int = 3) -> pd.DataFrame:
    """Sales of goods that are not sold on most days."""
    rng = np.random.default_rng(3)
    parts = [
        pd.DataFrame(
            {
                "unique_id": f"good {number}",
                "ds": pd.date_range("2024-01-01", periods=steps),
                "y": rng.poisson(2, steps) * (rng.random(steps) < 0.3 + 0.1 * number),
            }
        )
        for number in range(series)
    ]
    return pd.concat(parts, ignore_index=True)
